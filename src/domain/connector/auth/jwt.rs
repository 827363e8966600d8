//! Assertions: short-lived JSON Web Tokens that a private key signs. What is signed is made here; the signature is the
//! gateway's, because two of the algorithms want randomness.

use super::moment::Moment;
use super::parts::text_of;
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secret;
use crate::domain::connector::request::plain_millis;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Scope, ScopeType};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::{Map, Value};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Arc;

/// The algorithms there are. None with a shared secret: such an assertion proves less than the secret itself.
pub const ALGORITHMS: &[&str] = &["RS256", "PS256", "ES256"];

/// Partners refuse assertions that live longer than an hour.
const LIFETIME_MAX: u64 = 3_600_000;
/// Long enough for clocks that differ.
const LIFETIME: u64 = 180_000;

static OBJECT: ObjectShape = ObjectShape {
    name: "jwt_assertion",
    doc: "A signed statement of who we are.",
    fields: &[
        Field::required("algorithm", Shape::Word(ALGORITHMS), "How it is signed."),
        Field::required("key", Shape::Any, "The private key as PEM (PKCS #8), such as `{value: settings.private_key}`."),
        Field::optional("key_id", Shape::Any, "The key's or certificate's id at the partner: `kid`."),
        Field::optional("type", Shape::Text, "`typ` in its head, such as `JWT`; left out where nothing is said."),
        Field::required("issuer", Shape::Any, "`iss`, mostly the client's id."),
        Field::optional("subject", Shape::Any, "`sub`, where the partner wants it."),
        Field::required("audience", Shape::Any, "`aud`, mostly the token's address."),
        Field::optional("claims", Shape::Map(&Shape::Any), "Further claims."),
        Field::optional("lifetime", Shape::Duration, "How long it lives; 3m, at most 1h."),
        Field::optional("issued_at", Shape::Bool, "Whether it says when it was made: `iat`."),
        Field::optional("unique", Shape::Bool, "Whether it has an id of its own: `jti`."),
    ],
};

/// The shape of `assertion:`.
pub(super) const SHAPE: Shape = Shape::Object(&OBJECT);

/// An assertion to be made.
#[derive(Debug)]
pub struct Assertion {
    algorithm: &'static str,
    key: Tree,
    key_id: Option<Tree>,
    kind: Option<Arc<str>>,
    issuer: Tree,
    subject: Option<Tree>,
    audience: Tree,
    claims: Vec<(Arc<str>, Tree)>,
    lifetime_millis: u64,
    issued_at: bool,
    unique: bool,
}

/// What the gateway signs. Not shown by `Debug`: it holds the key.
pub struct Unsigned {
    /// One of [`ALGORITHMS`].
    pub algorithm: &'static str,
    /// Head and claims, with the dot between them.
    pub input: String,
    /// The private key.
    pub key: String,
}

impl std::fmt::Debug for Unsigned {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Unsigned").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

impl Assertion {
    pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Assertion> {
        literal_secret("private_key", node.get("key")?, compiler);
        let lifetime_millis = plain_millis(node.get("lifetime"), compiler).unwrap_or(LIFETIME);
        if let Some(lifetime) = node.get("lifetime").filter(|_| lifetime_millis > LIFETIME_MAX) {
            compiler.error("out_of_range", lifetime.span, "an assertion lives an hour at most");
        }
        let mut tree = |name: &str| match node.get(name) {
            Some(written) => compiler.inside(name, |compiler| Tree::compile(written, scope, compiler)).map(Some),
            None => Some(None),
        };
        let (key, key_id, issuer, subject, audience) = (tree("key"), tree("key_id"), tree("issuer"), tree("subject"), tree("audience"));
        let entries = node.get("claims").map(Node::entries).unwrap_or_default();
        let claims: Vec<_> = entries
            .iter()
            .filter_map(|(name, claim)| {
                let tree = compiler.inside(&format!("claims.{}", name.text), |compiler| Tree::compile(claim, scope, compiler))?;
                Some((Arc::from(name.text.as_str()), tree))
            })
            .collect();
        let algorithm = node.get("algorithm").and_then(Node::text);
        let flag = |name: &str| node.get(name).and_then(Node::bool).unwrap_or(false);
        let assertion = Assertion {
            algorithm: ALGORITHMS.iter().copied().find(|known| Some(*known) == algorithm)?,
            key: key??,
            key_id: key_id?,
            kind: node.get("type").and_then(Node::text).map(Arc::from),
            issuer: issuer??,
            subject: subject?,
            audience: audience??,
            claims,
            lifetime_millis,
            issued_at: flag("issued_at"),
            unique: flag("unique"),
        };
        (assertion.claims.len() == entries.len()).then_some(assertion)
    }

    /// What is to be signed, and with what.
    ///
    /// # Errors
    /// When a setting it needs is not there.
    pub fn unsigned(&self, scope: &Scope<'_>, moment: &Moment) -> Result<Unsigned, BuildError> {
        let text = |tree: &Tree, name: &str| text_of(tree, scope, &format!("auth.assertion.{name}")).map(Value::text);
        let mut head = Map::new();
        if let Some(kind) = &self.kind {
            head.insert("typ".into(), Value::Text(kind.clone()));
        }
        head.insert("alg".into(), Value::text(self.algorithm));
        if let Some(key_id) = &self.key_id {
            head.insert("kid".into(), text(key_id, "key_id")?);
        }
        let now = moment.now.as_second();
        let lifetime = i64::try_from(self.lifetime_millis / 1_000).unwrap_or_default();
        let mut claims = Map::new();
        claims.insert("iss".into(), text(&self.issuer, "issuer")?);
        if let Some(subject) = &self.subject {
            claims.insert("sub".into(), text(subject, "subject")?);
        }
        claims.insert("aud".into(), text(&self.audience, "audience")?);
        for (name, claim) in &self.claims {
            let value = claim.build(scope, &Value::Unset, &format!("auth.assertion.claims.{name}"), &mut Budget::default())?;
            if !value.is_unset() {
                claims.insert(name.clone(), value);
            }
        }
        if self.issued_at {
            claims.insert("iat".into(), Value::Int(now));
        }
        claims.insert("exp".into(), Value::Int(now + lifetime));
        if self.unique {
            claims.insert("jti".into(), Value::Text(moment.nonce.clone()));
        }
        let part = |map: Map| URL_SAFE_NO_PAD.encode(Value::Map(Arc::new(map)).to_json_text());
        let key = text_of(&self.key, scope, "auth.assertion.key")?;
        Ok(Unsigned { algorithm: self.algorithm, input: format!("{}.{}", part(head), part(claims)), key })
    }
}

/// The whole token, once it is signed.
pub fn token(input: &str, signature: &[u8]) -> String {
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}
