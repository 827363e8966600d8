//! What token requests and log-ins share: a request, what is captured, how long it lives, where it goes.

use super::Proof;
use super::apply::Apply;
use super::jwt::{Assertion, Unsigned};
use super::moment::Moment;
use super::oauth2_authorization_code::Consent;
use super::parts::Parts;
use super::token_endpoint::TokenForm;
use super::weaver_rsa::WeaverRsa;
use crate::domain::connector::class::Class;
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::reply::Reply;
use crate::domain::connector::request::{Draft, Request, RequestTemplate, plain_millis, scalar_text};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Cardinality, Expression, Path, Scope, Template};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::{Map, Value};
use rust_decimal::prelude::ToPrimitive;
use std::sync::Arc;

/// A request whose answer proves who we are.
#[derive(Debug)]
pub struct Handshake {
    pub(super) ask: Ask,
    /// Parts of a signature that the request may use.
    pub(super) sign: Parts,
    pub(super) assertion: Option<Assertion>,
    pub(super) name: &'static str,
    pub(super) captures: Vec<(Arc<str>, Capture)>,
    pub(super) expires_in: Option<Lifetime>,
    pub(super) apply: Vec<Apply>,
    pub(super) expired_when: Option<Expression>,
    /// Where a person has to consent first.
    pub(super) consent: Option<Box<Consent>>,
}

/// What is asked.
#[derive(Debug)]
pub(super) enum Ask {
    /// A request of the definition's own.
    Request(Box<RequestTemplate>),
    /// A token endpoint of OAuth 2.
    Token(Box<TokenForm>),
    /// A log-in of `weaver_rsa`.
    Weaver(Box<WeaverRsa>),
}

/// One thing kept from the answer.
#[derive(Debug)]
pub(super) enum Capture {
    From(Path),
    Header(Arc<str>),
    Cookie(Arc<str>),
    Computed(Box<Tree>),
}

/// How long credentials live.
#[derive(Debug)]
pub(super) enum Lifetime {
    Fixed(u64),
    /// Seconds, as nearly all partners write it.
    From(Path),
}

/// What a handshake gave. Not shown by `Debug`.
#[derive(Clone)]
pub struct Credentials {
    value: Value,
    /// Milliseconds they live; none when the partner does not say.
    pub lives_millis: Option<u64>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Credentials").field("lives_millis", &self.lives_millis).finish_non_exhaustive()
    }
}

impl Credentials {
    pub(super) fn new(value: Value, lives_millis: Option<u64>) -> Credentials {
        Credentials { value, lives_millis }
    }

    pub(super) fn value(&self) -> &Value {
        &self.value
    }

    /// Where further requests go, when the answer said so.
    pub(in crate::domain::connector) fn base_url(&self) -> Option<&str> {
        self.value.member("base_url").as_text()
    }

    /// The same beside what renews them.
    pub(super) fn with_refresh(self, refresh: &str) -> Credentials {
        let mut map = match &self.value {
            Value::Map(map) => map.as_ref().clone(),
            token => [(Arc::from("token"), token.clone())].into_iter().collect(),
        };
        map.insert(Arc::from("refresh_token"), Value::text(refresh));
        Credentials { value: Value::Map(Arc::new(map)), ..self }
    }

    /// What renews them, where a person has consented.
    pub fn refresh_token(&self) -> Option<&str> {
        self.value.member("refresh_token").as_text()
    }

    /// As JSON, for processes that share them. Secret.
    pub fn to_json(&self) -> serde_json::Value {
        self.value.to_json()
    }

    /// From what `to_json` gave. How long they live is known where they were captured.
    pub fn from_json(json: &serde_json::Value) -> Credentials {
        Credentials { value: Value::from_json(json), lives_millis: None }
    }

    /// Every captured text, for masking in what is recorded.
    pub fn texts(&self) -> Vec<Arc<str>> {
        match &self.value {
            Value::Text(text) => vec![text.clone()],
            // An address is no secret, and records without it would be hard to read.
            Value::Map(map) => {
                let secrets = map.iter().filter(|(name, _)| name.as_ref() != "base_url");
                secrets.filter_map(|(_, value)| value.as_text().map(Arc::from)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Why an answer to a handshake gives no credentials.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum HandshakeError {
    /// Something to capture is not there.
    #[error("the answer to the log-in has no `{0}`")]
    Missing(Arc<str>),
    /// Something cannot be computed.
    #[error(transparent)]
    Build(#[from] BuildError),
}

impl Handshake {
    /// Credentials that stand for themselves, for replaying examples without a network.
    pub fn stand_in(&self) -> Credentials {
        let example = |name: &Arc<str>| Value::text(format!("{name}-example"));
        let shown = self.captures.iter().filter(|(name, _)| name.as_ref() != "base_url");
        let captured: Map = shown.map(|(name, _)| (name.clone(), example(name))).collect();
        self.credentials(captured, None)
    }

    fn credentials(&self, captured: Map, lives_millis: Option<u64>) -> Credentials {
        let value = match (self.name, captured.len()) {
            ("token", 1) => captured.get("token").cloned().unwrap_or_default(),
            _ => Value::Map(Arc::new(captured)),
        };
        Credentials { value, lives_millis }
    }

    /// What has to be signed with a private key before the request can be built; none where nothing has.
    ///
    /// # Errors
    /// When a setting it needs is not there.
    pub fn unsigned(&self, settings: &Value, moment: &Moment) -> Result<Option<Unsigned>, BuildError> {
        let scope = moment.scope(&Scope::default().with("settings", settings.clone()));
        self.assertion.as_ref().map(|assertion| assertion.unsigned(&scope, moment)).transpose()
    }

    /// The request; `assertion` is the signed token where [`Handshake::unsigned`] wanted one.
    ///
    /// # Errors
    /// When it cannot be built from the settings.
    pub fn request(&self, base_url: &Template, settings: &Value, moment: &Moment, assertion: Option<&str>) -> Result<Request, BuildError> {
        let scope = moment.scope(&Scope::default().with("settings", settings.clone()));
        let scope = self.sign.compute(&scope, b"")?;
        let draft = match &self.ask {
            Ask::Request(template) => template.draft(base_url, &scope, settings, None)?,
            Ask::Token(form) => form.draft(&scope, assertion, &[])?,
            Ask::Weaver(weaver) => weaver.draft(base_url, &scope, moment)?,
        };
        Ok(draft.finish())
    }

    /// Captures the credentials from a successful answer.
    ///
    /// # Errors
    /// When something to capture is not there.
    pub fn capture(&self, reply: &Reply, settings: &Value) -> Result<Credentials, HandshakeError> {
        let mut captured = Map::with_capacity(self.captures.len());
        for (name, capture) in &self.captures {
            let missing = || HandshakeError::Missing(name.clone());
            let text = match capture {
                Capture::From(path) => {
                    let value = path.extract(&reply.body, Cardinality::Optional).unwrap_or_default();
                    scalar_text(&value, name)?
                }
                Capture::Header(header) => reply.headers.member(header).as_text().map(str::to_owned),
                Capture::Cookie(cookie) => reply.cookie(cookie).map(str::to_owned),
                Capture::Computed(tree) => {
                    let scope = Scope::default().with("settings", settings.clone()).with("session", Value::Map(Arc::new(captured.clone())));
                    let value = tree.build(&scope, &reply.body, name, &mut Budget::default())?;
                    scalar_text(&value, name)?
                }
            };
            let text = text.filter(|text| !text.is_empty()).ok_or_else(missing)?;
            captured.insert(name.clone(), Value::text(text));
        }
        let lives_millis = self.expires_in.as_ref().and_then(|lifetime| lifetime.read(reply));
        Ok(self.credentials(captured, lives_millis))
    }

    /// The class of an answer to the handshake itself: it changes nothing, so nothing is unknown, and an answer that
    /// says "expired" to a log-in means that the credentials are wrong.
    pub fn class(&self, class: Class) -> Class {
        match class {
            Class::Unknown => Class::Retryable,
            Class::AuthExpired | Class::NotFound | Class::Conflict => Class::Refused,
            other => other,
        }
    }

    pub(super) fn apply(&self, draft: &mut Draft, scope: &Scope<'_>, proof: &Proof<'_>) -> Result<(), BuildError> {
        let held = proof.credentials.map_or(Value::Unset, |credentials| credentials.value.clone());
        let value = match (self.name, &held) {
            ("token", Value::Map(map)) => map.get("token").cloned().unwrap_or_default(),
            _ => held,
        };
        if let Ask::Weaver(weaver) = &self.ask {
            return weaver.apply(draft, scope, value.as_text().unwrap_or_default(), proof.moment);
        }
        let mut inner = scope.clone();
        inner.set(self.name, value);
        self.apply.iter().try_for_each(|apply| apply.apply(draft, &inner))
    }
}

impl Lifetime {
    fn read(&self, reply: &Reply) -> Option<u64> {
        match self {
            Lifetime::Fixed(millis) => Some(*millis),
            Lifetime::From(path) => {
                let seconds = match path.extract(&reply.body, Cardinality::Optional).ok()? {
                    Value::Int(seconds) => u64::try_from(seconds).ok()?,
                    Value::Decimal(seconds) => seconds.to_u64()?,
                    Value::Text(text) => text.parse().ok()?,
                    _ => return None,
                };
                seconds.checked_mul(1_000)
            }
        }
    }
}

pub(super) fn compile_lifetime(node: Option<&Node>, compiler: &mut Compiler<'_>) -> Option<Lifetime> {
    let node = node?;
    match &node.kind {
        NodeKind::Map(_) => compiler.inside("expires_in", |compiler| compiler.json_path(node.get("from")?)).map(Lifetime::From),
        _ => plain_millis(Some(node), compiler).map(Lifetime::Fixed),
    }
}

pub(super) fn compile_expired(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Expression> {
    let expired = node.get("expired_when")?;
    compiler.inside("expired_when", |compiler| compiler.condition(expired, &scopes.response(None)))
}
