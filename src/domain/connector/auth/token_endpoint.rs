//! What the OAuth 2 kinds share: the form that asks a token endpoint, and what its answer gives.

use super::apply::{self, Apply};
use super::handshake::{Ask, Capture, Handshake, Lifetime, compile_expired, compile_lifetime};
use super::jwt::Assertion;
use super::moment::Moment;
use super::parts::{Parts, text_of};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secret;
use crate::domain::connector::request::{Draft, DraftBody, spread};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Place, Scope, ScopeType, Template};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;

static FROM: ObjectShape = ObjectShape {
    name: "token_from",
    doc: "Where in the answer something is.",
    fields: &[Field::required("from", Shape::Path, "A JSONPath on the answer's body.")],
};

static LIFE: [Shape; 2] = [Shape::Duration, Shape::Object(&FROM)];

pub(super) const TOKEN_URL: Field = Field::required("token_url", Shape::Template, "The address that gives tokens.");
pub(super) const SCOPE: Field = Field::optional("scope", Shape::Any, "What is asked for, separated by spaces.");
pub(super) const PARAMS: Field =
    Field::optional("params", Shape::Map(&Shape::Any), "Further fields of the form, such as `audience` or `resource`.");
pub(super) const SECRET_IN: Field =
    Field::optional("secret_in", Shape::Word(&["body", "basic"]), "Where id and secret of the client go; `body`.");
pub(super) const EXPIRES_IN: Field =
    Field::optional("expires_in", Shape::Either(&LIFE), "How long a token lives, where it is not `$.expires_in`.");
pub(super) const BASE_URL: Field = Field::optional(
    "base_url",
    Shape::Object(&FROM),
    "Where the answer says to which address further requests go; the egress list must allow it.",
);
pub(super) const APPLY: Field = Field::optional("apply", apply::SHAPE, "Where the token goes, where it is not `Authorization: Bearer`.");
pub(super) const EXPIRED_WHEN: Field =
    Field::optional("expired_when", Shape::Expression, "Says of an answer that the token has lapsed; a 401 always does.");

/// The form that asks for a token.
#[derive(Debug)]
pub(super) struct TokenForm {
    url: Template,
    grant: &'static str,
    client: Option<Client>,
    assertion: Option<AssertionAs>,
    fields: Vec<(Arc<str>, Tree)>,
}

/// Who asks.
#[derive(Debug)]
pub(super) struct Client {
    id: Tree,
    secret: Option<Tree>,
    in_basic: bool,
}

/// What a signed assertion stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AssertionAs {
    /// The client's secret.
    Client,
    /// The grant itself.
    Grant,
}

impl TokenForm {
    pub(super) fn compile(
        node: &Node,
        grant: &'static str,
        client: Option<Client>,
        assertion: Option<AssertionAs>,
        scope: &ScopeType,
        compiler: &mut Compiler<'_>,
    ) -> Option<TokenForm> {
        let url = compiler.inside("token_url", |compiler| compiler.template(node.get("token_url")?, Place::Url, scope));
        let mut fields = Vec::new();
        if let Some(wanted) = node.get("scope") {
            fields.push((Arc::from("scope"), compiler.inside("scope", |compiler| Tree::compile(wanted, scope, compiler))?));
        }
        for (name, value) in node.get("params").map(Node::entries).unwrap_or_default() {
            literal_secret(&name.text, value, compiler);
            let tree = compiler.inside(&format!("params.{}", name.text), |compiler| Tree::compile(value, scope, compiler))?;
            fields.push((Arc::from(name.text.as_str()), tree));
        }
        Some(TokenForm { url: url?, grant, client, assertion, fields })
    }

    /// The form without what is asked for.
    pub(super) fn without_scope(mut self) -> TokenForm {
        self.fields.retain(|(name, _)| name.as_ref() != "scope");
        self
    }

    /// The request; `further` are fields of the grant that are known only now.
    pub(super) fn draft(&self, scope: &Scope<'_>, assertion: Option<&str>, further: &[(&str, String)]) -> Result<Draft, BuildError> {
        self.draft_of(self.grant, scope, assertion, further)
    }

    /// The same for another grant at the same address.
    pub(super) fn draft_of(
        &self,
        grant: &str,
        scope: &Scope<'_>,
        assertion: Option<&str>,
        further: &[(&str, String)],
    ) -> Result<Draft, BuildError> {
        let failed = |source| BuildError::Evaluate { place: "auth.token_url".to_owned(), source };
        let url = self.url.render(scope, &mut Budget::default()).map_err(failed)?;
        let mut form = vec![("grant_type".to_owned(), grant.to_owned())];
        form.extend(further.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        match (self.assertion, assertion) {
            (Some(AssertionAs::Grant), Some(assertion)) => form.push(("assertion".to_owned(), assertion.to_owned())),
            (Some(AssertionAs::Client), Some(assertion)) => {
                form.push(("client_assertion_type".to_owned(), "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned()));
                form.push(("client_assertion".to_owned(), assertion.to_owned()));
            }
            _ => {}
        }
        let mut basic = None;
        if let Some(client) = &self.client {
            let id = text_of(&client.id, scope, "auth.client_id")?;
            let secret = client.secret.as_ref().map(|secret| text_of(secret, scope, "auth.client_secret")).transpose()?;
            match secret {
                Some(secret) if client.in_basic => basic = Some(basic_of(&id, &secret)),
                Some(secret) => form.extend([("client_id".to_owned(), id), ("client_secret".to_owned(), secret)]),
                None => form.push(("client_id".to_owned(), id)),
            }
        }
        for (name, tree) in &self.fields {
            let place = format!("auth.{name}");
            let value = tree.build(scope, &Value::Unset, &place, &mut Budget::default())?;
            spread(name, &value, &place, &mut form)?;
        }
        let body = DraftBody::Form(form);
        let mut draft = Draft { method: "POST", url, query: Vec::new(), headers: Vec::new(), body, timeout_millis: None };
        if let Some(basic) = basic {
            draft.set_header("authorization", basic);
        }
        Ok(draft)
    }
}

/// RFC 6749, 2.3.1: both are form-encoded before they are joined, so that a `:` in an id stays in the id.
fn basic_of(id: &str, secret: &str) -> String {
    let encode =
        |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string().replace("%2D", "-").replace("%2E", ".").replace("%5F", "_");
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(id), encode(secret))))
}

impl Client {
    pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Client> {
        let id = compiler.inside("client_id", |compiler| Tree::compile(node.get("client_id")?, scope, compiler))?;
        let secret = match node.get("client_secret") {
            Some(secret) => {
                literal_secret("client_secret", secret, compiler);
                Some(compiler.inside("client_secret", |compiler| Tree::compile(secret, scope, compiler))?)
            }
            None => None,
        };
        Some(Client { id, secret, in_basic: node.get("secret_in").and_then(Node::text) == Some("basic") })
    }
}

/// A handshake that a token endpoint answers.
pub(super) fn handshake(
    node: &Node,
    form: TokenForm,
    assertion: Option<Assertion>,
    scopes: &Scopes,
    compiler: &mut Compiler<'_>,
) -> Option<Handshake> {
    let mut captures = vec![(Arc::from("token"), Capture::From(static_path("$.access_token", compiler, node)?))];
    if let Some(base) = node.get("base_url") {
        let path = compiler.inside("base_url", |compiler| compiler.json_path(base.get("from")?))?;
        captures.push((Arc::from("base_url"), Capture::From(path)));
    }
    let expires_in = match node.get("expires_in") {
        Some(_) => compile_lifetime(node.get("expires_in"), compiler),
        None => Some(Lifetime::From(static_path("$.expires_in", compiler, node)?)),
    };
    let scope = scopes.settings().with("token", Type::Text);
    let apply = match node.get("apply") {
        Some(apply) => Apply::compile_all(apply, &scope, compiler)?,
        None => vec![Apply::bearer(&scope)],
    };
    let expired_when = compile_expired(node, scopes, compiler);
    Some(Handshake {
        ask: Ask::Token(Box::new(form)),
        sign: Parts::default(),
        assertion,
        name: "token",
        captures,
        expires_in,
        apply,
        expired_when,
        consent: None,
    })
}

fn static_path(path: &str, compiler: &mut Compiler<'_>, node: &Node) -> Option<crate::domain::expression::Path> {
    let kind = crate::domain::text::tree::NodeKind::Scalar { text: path.to_owned(), quoted: true };
    compiler.json_path(&Node { span: node.span, kind })
}

/// What the forms of the kinds may compute from.
pub(super) fn scope(scopes: &Scopes) -> ScopeType {
    Moment::types(scopes.settings())
}
