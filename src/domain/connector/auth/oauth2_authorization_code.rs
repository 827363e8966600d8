//! `kind: oauth2_authorization_code`: a person consents once, in a browser; from then on the hub renews by itself, with a
//! refresh token that many partners replace at each renewal.
//!
//! Who keeps the refresh token, and that a new one is kept before what came with it is used, is the gateway's part.

use super::Credentials;
use super::handshake::{Ask, Handshake, HandshakeError};
use super::moment::Moment;
use super::parts::text_of;
use super::token_endpoint::{
    APPLY, BASE_URL, Client, EXPIRED_WHEN, EXPIRES_IN, PARAMS, SCOPE, SECRET_IN, TOKEN_URL, TokenForm, handshake, scope,
};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secret;
use crate::domain::connector::reply::Reply;
use crate::domain::connector::request::{Request, spread};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Place, Scope, Template};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use url::Url;

/// The shape.
pub static KIND: Kind = Kind {
    word: "oauth2_authorization_code",
    doc: "OAuth 2 with a consent by a person and a refresh token that may be replaced at each renewal.",
    later: false,
    fields: &[
        Field::required("authorize_url", Shape::Template, "The address where the person is asked."),
        TOKEN_URL,
        Field::required("client_id", Shape::Any, "The client's id."),
        Field::optional("client_secret", Shape::Any, "The client's secret; a public client has none."),
        SECRET_IN,
        SCOPE,
        Field::optional(
            "authorize_params",
            Shape::Map(&Shape::Any),
            "Further parameters of the address, such as `prompt` or `access_type`.",
        ),
        PARAMS,
        EXPIRES_IN,
        BASE_URL,
        APPLY,
        EXPIRED_WHEN,
    ],
};

/// What asking a person takes.
#[derive(Debug)]
pub struct Consent {
    url: Template,
    client_id: Tree,
    params: Vec<(Arc<str>, Tree)>,
}

/// What one asking is told by: where the person comes back to, and what proves that it is the same asking.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// Where the partner sends the person back to.
    pub redirect_uri: &'a str,
    /// Unguessable, used once.
    pub state: &'a str,
    /// The secret whose digest goes into the address (RFC 7636).
    pub verifier: &'a str,
}

pub(super) fn compile(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Handshake> {
    let seen = scope(scopes);
    let url = compiler.inside("authorize_url", |compiler| compiler.template(node.get("authorize_url")?, Place::Url, &seen));
    let client_id = compiler.inside("client_id", |compiler| Tree::compile(node.get("client_id")?, &seen, compiler))?;
    let mut params = Vec::new();
    if let Some(wanted) = node.get("scope") {
        params.push((Arc::from("scope"), compiler.inside("scope", |compiler| Tree::compile(wanted, &seen, compiler))?));
    }
    for (name, value) in node.get("authorize_params").map(Node::entries).unwrap_or_default() {
        literal_secret(&name.text, value, compiler);
        let tree = compiler.inside(&format!("authorize_params.{}", name.text), |compiler| Tree::compile(value, &seen, compiler))?;
        params.push((Arc::from(name.text.as_str()), tree));
    }
    let client = Client::compile(node, &seen, compiler)?;
    // What was asked for is settled by the consent: asking for it again at each renewal is refused by some.
    let form = TokenForm::compile(node, "refresh_token", Some(client), None, &seen, compiler)?.without_scope();
    let made = handshake(node, form, None, scopes, compiler)?;
    Some(Handshake { consent: Some(Box::new(Consent { url: url?, client_id, params })), ..made })
}

/// `code_challenge` of a verifier, by the method S256.
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

impl Handshake {
    /// Whether a person has to consent before there are credentials.
    pub fn wants_consent(&self) -> bool {
        self.consent.is_some()
    }

    /// The address that a person opens to consent; none where this kind wants none.
    ///
    /// # Errors
    /// When it cannot be built from the settings.
    pub fn consent_url(&self, settings: &Value, moment: &Moment, asking: Asking<'_>) -> Result<Option<String>, BuildError> {
        let Some(consent) = &self.consent else { return Ok(None) };
        let scope = moment.scope(&Scope::default().with("settings", settings.clone()));
        let failed = |source| BuildError::Evaluate { place: "auth.authorize_url".to_owned(), source };
        let text = consent.url.render(&scope, &mut Budget::default()).map_err(failed)?;
        let mut url =
            Url::parse(&text).map_err(|_| BuildError::Invalid { place: "auth.authorize_url".to_owned(), why: "is no address" })?;
        let client_id = text_of(&consent.client_id, &scope, "auth.client_id")?;
        let mut pairs = vec![
            ("response_type".to_owned(), "code".to_owned()),
            ("client_id".to_owned(), client_id),
            ("redirect_uri".to_owned(), asking.redirect_uri.to_owned()),
            ("state".to_owned(), asking.state.to_owned()),
            ("code_challenge".to_owned(), challenge(asking.verifier)),
            ("code_challenge_method".to_owned(), "S256".to_owned()),
        ];
        for (name, tree) in &consent.params {
            let place = format!("auth.authorize_params.{name}");
            let value = tree.build(&scope, &Value::Unset, &place, &mut Budget::default())?;
            spread(name, &value, &place, &mut pairs)?;
        }
        url.query_pairs_mut().extend_pairs(pairs);
        Ok(Some(url.into()))
    }

    /// The request that turns the code of a consent into credentials.
    ///
    /// # Errors
    /// When it cannot be built from the settings.
    pub fn exchange_request(&self, settings: &Value, moment: &Moment, code: &str, asking: Asking<'_>) -> Result<Request, BuildError> {
        let further =
            [("code", code.to_owned()), ("redirect_uri", asking.redirect_uri.to_owned()), ("code_verifier", asking.verifier.to_owned())];
        self.token_request(settings, moment, "authorization_code", &further)
    }

    /// The request that renews credentials.
    ///
    /// # Errors
    /// When it cannot be built from the settings.
    pub fn renewal_request(&self, settings: &Value, moment: &Moment, refresh_token: &str) -> Result<Request, BuildError> {
        self.token_request(settings, moment, "refresh_token", &[("refresh_token", refresh_token.to_owned())])
    }

    fn token_request(&self, settings: &Value, moment: &Moment, grant: &str, further: &[(&str, String)]) -> Result<Request, BuildError> {
        let scope = moment.scope(&Scope::default().with("settings", settings.clone()));
        let Ask::Token(form) = &self.ask else {
            return Err(BuildError::Invalid { place: "auth".to_owned(), why: "has no token endpoint" });
        };
        Ok(form.draft_of(grant, &scope, None, further)?.finish())
    }

    /// Credentials of a consent or a renewal, with the refresh token that counts from now on: the new one, or `old` where the
    /// partner keeps to it.
    ///
    /// # Errors
    /// When the answer has no access token, or there is no refresh token at all.
    pub fn capture_consented(&self, reply: &Reply, settings: &Value, old: Option<&str>) -> Result<Credentials, HandshakeError> {
        let credentials = self.capture(reply, settings)?;
        let new = reply.body.member("refresh_token").as_text().filter(|text| !text.is_empty());
        let refresh = new.or(old).ok_or_else(|| HandshakeError::Missing(Arc::from("refresh_token")))?;
        Ok(credentials.with_refresh(refresh))
    }
}
