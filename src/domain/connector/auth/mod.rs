//! How a connection proves who it is, one file a kind.

mod apply;
mod basic;
mod bearer;
mod csrf;
mod digest;
mod handshake;
pub mod jwt;
mod jwt_bearer;
mod kingdee_sign;
mod login_session;
mod moment;
mod none;
mod oauth1;
mod oauth2_authorization_code;
mod oauth2_client_credentials;
mod parts;
mod signed_request;
mod static_headers;
#[cfg(test)]
mod tests;
mod token_endpoint;
mod token_request;
mod weaver_rsa;

pub use csrf::Csrf;
pub use handshake::{Credentials, Handshake, HandshakeError};
pub use moment::Moment;
pub use oauth2_authorization_code::Asking;

use super::compiler::Compiler;
use super::request::{Draft, Request};
use super::scopes::Scopes;
use super::tree::{BuildError, Tree};
use crate::domain::expression::{Expression, Scope, Template};
use crate::domain::text::shape::{Field, Kind, Shape, TaggedShape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use std::sync::Arc;

/// The kinds there are.
pub static KINDS: &[&Kind] = &[
    &none::KIND,
    &static_headers::KIND,
    &basic::KIND,
    &bearer::KIND,
    &token_request::KIND,
    &login_session::KIND,
    &oauth2_client_credentials::KIND,
    &oauth2_authorization_code::KIND,
    &jwt_bearer::KIND,
    &oauth1::KIND,
    &signed_request::KIND,
    &kingdee_sign::KIND,
    &weaver_rsa::KIND,
];

static TAGGED: TaggedShape = TaggedShape {
    name: "auth",
    doc: "How a connection proves who it is.",
    tag: "kind",
    default: None,
    common: &[Field::optional("csrf", csrf::SHAPE, "A token and cookies fetched before requests that change something.")],
    kinds: KINDS,
};

/// The shape of `auth:`.
pub const SHAPE: Shape = Shape::Tagged(&TAGGED);

/// How a connection proves who it is.
#[derive(Debug)]
pub struct Auth {
    word: &'static str,
    kind: AuthKind,
    csrf: Option<Box<Csrf>>,
}

#[derive(Debug)]
enum AuthKind {
    /// It does not.
    None,
    /// The same headers on every request.
    StaticHeaders(Vec<(Arc<str>, Tree)>),
    /// User and password on every request.
    Basic(Box<basic::Basic>),
    /// The same token on every request.
    Bearer(Box<Tree>),
    /// A request gives a token or a session that goes with every further request.
    Handshake(Box<Handshake>),
    /// A signature over every request.
    OAuth1(Box<oauth1::OAuth1>),
    /// The same, in the definition's own words.
    Signed(Box<signed_request::SignedRequest>),
    /// The same, in Kingdee's.
    Kingdee(Box<kingdee_sign::KingdeeSign>),
}

/// What a request is proved with.
#[derive(Clone, Copy, Debug)]
pub struct Proof<'a> {
    /// From the handshake, where there is one.
    pub credentials: Option<&'a Credentials>,
    /// When it is made.
    pub moment: &'a Moment,
}

impl Auth {
    /// No proof.
    pub(super) const NONE: Auth = Auth { word: "none", kind: AuthKind::None, csrf: None };

    /// Compiles `auth:`.
    pub(super) fn compile(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Auth> {
        let csrf = node.get("csrf").map(|csrf| compiler.inside("csrf", |compiler| Csrf::compile(csrf, scopes, compiler)).map(Box::new));
        let kind = AuthKind::compile(node, scopes, compiler)?;
        let written = node.get("kind").and_then(Node::text);
        let word = KINDS.iter().map(|kind| kind.word).find(|word| Some(*word) == written)?;
        match csrf {
            None => Some(Auth { word, kind, csrf: None }),
            Some(csrf) => csrf.map(|csrf| Auth { word, kind, csrf: Some(csrf) }),
        }
    }

    /// The word of its kind.
    pub fn word(&self) -> &'static str {
        self.word
    }

    /// The handshake that comes before other requests, if this kind has one.
    pub fn handshake(&self) -> Option<&Handshake> {
        match &self.kind {
            AuthKind::Handshake(handshake) => Some(handshake),
            _ => None,
        }
    }

    /// What is fetched before requests that change something.
    pub fn csrf(&self) -> Option<&Csrf> {
        self.csrf.as_deref()
    }

    /// The read that fetches the pair of `csrf`, with the proof of who we are.
    ///
    /// # Errors
    /// When it cannot be built from the settings.
    pub fn csrf_request(&self, base_url: &Template, settings: &Value, proof: &Proof<'_>) -> Result<Option<Request>, BuildError> {
        let Some(csrf) = &self.csrf else { return Ok(None) };
        let scope = Scope::default().with("settings", settings.clone()).with("input", Value::Unset);
        let mut draft = csrf.draft(base_url, &scope)?;
        self.apply(&mut draft, &scope, proof)?;
        let mut request = draft.finish();
        self.sign(&mut request, &scope, proof)?;
        Ok(Some(request))
    }

    /// Says of an answer that the credentials have lapsed, beside the rules of the connector.
    pub(super) fn expired_when(&self) -> Option<&Expression> {
        self.handshake().and_then(|handshake| handshake.expired_when.as_ref())
    }

    /// Puts the proof into a request.
    pub(super) fn apply(&self, draft: &mut Draft, scope: &Scope<'_>, proof: &Proof<'_>) -> Result<(), BuildError> {
        match &self.kind {
            AuthKind::None | AuthKind::OAuth1(_) | AuthKind::Kingdee(_) => Ok(()),
            AuthKind::Signed(signed) => signed.apply(draft, scope, proof.moment),
            AuthKind::StaticHeaders(headers) => static_headers::apply(headers, draft, scope),
            AuthKind::Basic(basic) => basic.apply(draft, scope),
            AuthKind::Bearer(token) => bearer::apply(token, draft, scope),
            AuthKind::Handshake(handshake) => handshake.apply(draft, scope, proof),
        }
    }

    /// Signs a request that no longer changes.
    pub(super) fn sign(&self, request: &mut Request, scope: &Scope<'_>, proof: &Proof<'_>) -> Result<(), BuildError> {
        match &self.kind {
            AuthKind::OAuth1(oauth1) => oauth1.sign(request, scope, proof.moment),
            AuthKind::Signed(signed) => signed.sign(request, scope, proof.moment),
            AuthKind::Kingdee(kingdee) => kingdee.sign(request, scope, proof.moment),
            _ => Ok(()),
        }
    }
}

impl AuthKind {
    fn compile(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<AuthKind> {
        let handshake = |handshake: Handshake| AuthKind::Handshake(Box::new(handshake));
        match node.get("kind").and_then(Node::text)? {
            "none" => Some(AuthKind::None),
            "static_headers" => static_headers::compile(node, scopes, compiler).map(AuthKind::StaticHeaders),
            "basic" => basic::Basic::compile(node, scopes, compiler).map(|basic| AuthKind::Basic(Box::new(basic))),
            "bearer" => bearer::compile(node, scopes, compiler).map(|token| AuthKind::Bearer(Box::new(token))),
            "token_request" => token_request::compile(node, scopes, compiler).map(handshake),
            "login_session" => login_session::compile(node, scopes, compiler).map(handshake),
            "oauth2_client_credentials" => oauth2_client_credentials::compile(node, scopes, compiler).map(handshake),
            "oauth2_authorization_code" => oauth2_authorization_code::compile(node, scopes, compiler).map(handshake),
            "jwt_bearer" => jwt_bearer::compile(node, scopes, compiler).map(handshake),
            "weaver_rsa" => weaver_rsa::compile(node, scopes, compiler).map(handshake),
            "oauth1" => oauth1::OAuth1::compile(node, scopes, compiler).map(|auth| AuthKind::OAuth1(Box::new(auth))),
            "signed_request" => signed_request::SignedRequest::compile(node, scopes, compiler).map(|auth| AuthKind::Signed(Box::new(auth))),
            "kingdee_sign" => kingdee_sign::KingdeeSign::compile(node, scopes, compiler).map(|auth| AuthKind::Kingdee(Box::new(auth))),
            _ => None,
        }
    }
}
