//! The names expressions of a connector may use, place by place, and the values behind them.

use super::types::object;
use crate::domain::expression::{Scope, ScopeType};
use crate::domain::value::{ObjectType, Type, Value};
use jiff::Timestamp;
use std::sync::Arc;

/// What is known of the attempt at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptFacts {
    /// Counts from 1.
    pub number: u32,
    /// When the first attempt at this effect was sent: where a look-up begins to search.
    pub first_sent_at: Option<Timestamp>,
    /// The idempotency key; the same for every attempt at one effect.
    pub key: Arc<str>,
}

impl AttemptFacts {
    /// A first attempt.
    pub fn first(key: impl Into<Arc<str>>) -> AttemptFacts {
        AttemptFacts { number: 1, first_sent_at: None, key: key.into() }
    }

    fn value(&self) -> Value {
        Value::map([
            ("number", Value::Int(i64::from(self.number))),
            ("first_sent_at", self.first_sent_at.map_or(Value::Unset, Value::Instant)),
            ("key", Value::Text(self.key.clone())),
        ])
    }
}

/// What a request is built from.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The connection's settings, secrets included; unset where only input and output matter.
    pub settings: Value,
    /// Those of them that are no secrets: what an answer is read with, and what one operation hands to another.
    pub open: Value,
    /// The operation's input.
    pub input: Value,
    /// Our reference at the partner.
    pub reference: Arc<str>,
    /// The attempt at hand.
    pub attempt: AttemptFacts,
}

impl Facts {
    /// The scope of a request: secrets are there for the partner, and nobody else is told what it makes of them.
    pub(super) fn scope(&self) -> Scope<'static> {
        self.with_settings(&self.settings)
    }

    /// The scope of whatever goes on to somebody else: outputs, rules about answers, steps and what they hand on. The compiler
    /// knows no secret by name here; that none is among the values either holds also for `settings` as a whole.
    pub(super) fn open_scope(&self) -> Scope<'static> {
        self.with_settings(&self.open)
    }

    fn with_settings(&self, settings: &Value) -> Scope<'static> {
        Scope::default()
            .with("settings", settings.clone())
            .with("input", self.input.clone())
            .with("reference", Value::Text(self.reference.clone()))
            .with("attempt", self.attempt.value())
    }
}

/// `attempt`.
pub(super) fn attempt_type() -> Type {
    object("attempt", [("number", Type::Int), ("first_sent_at", Type::Instant), ("key", Type::Text)])
}

/// `response`.
pub(super) fn response_type() -> Type {
    object("response", [("status", Type::Int), ("headers", Type::Map(Box::new(Type::Text))), ("body", Type::Any)])
}

/// `page`.
pub(super) fn page_type() -> Type {
    object("page", [("number", Type::Int), ("offset", Type::Int), ("size", Type::Int), ("after", Type::Map(Box::new(Type::Any)))])
}

/// Types of the scopes of one connector.
pub(super) struct Scopes {
    settings: Arc<ObjectType>,
    open: Arc<ObjectType>,
}

impl Scopes {
    pub(super) fn new(settings: Arc<ObjectType>) -> Scopes {
        let open = Arc::new(settings.without_secrets());
        Scopes { settings, open }
    }

    /// The same for a connector that had none of the secrets.
    pub(super) fn without_secrets(&self) -> Scopes {
        Scopes { settings: self.open.clone(), open: self.open.clone() }
    }

    fn settings_type(&self) -> Type {
        Type::Object(self.settings.clone())
    }

    /// Requests that belong to no operation: handshakes.
    pub(super) fn settings(&self) -> ScopeType {
        ScopeType::default().with("settings", self.settings_type())
    }

    /// Requests of an operation.
    pub(super) fn request(&self, input: &Arc<ObjectType>) -> ScopeType {
        of_operation(self.settings(), input)
    }

    /// What an operation makes of its answers and hands from step to step: as its requests, without secrets.
    pub(super) fn open(&self, input: &Arc<ObjectType>) -> ScopeType {
        of_operation(self.open_settings(), input)
    }

    fn open_settings(&self) -> ScopeType {
        ScopeType::default().with("settings", Type::Object(self.open.clone()))
    }

    /// Rules about an answer.
    pub(super) fn response(&self, input: Option<&Arc<ObjectType>>) -> ScopeType {
        let scope = self.open_settings().with("response", response_type());
        match input {
            Some(input) => scope.with("input", Type::Object(input.clone())),
            None => scope.with("input", Type::Any),
        }
    }

    /// What one operation hands to another (`with`): no settings, so that the engine can evaluate it without secrets.
    pub(super) fn handing(input: &Arc<ObjectType>, output: Option<&Arc<ObjectType>>) -> ScopeType {
        let scope =
            ScopeType::default().with("input", Type::Object(input.clone())).with("reference", Type::Text).with("attempt", attempt_type());
        match output {
            Some(output) => scope.with("output", Type::Object(output.clone())),
            None => scope,
        }
    }
}

fn of_operation(settings: ScopeType, input: &Arc<ObjectType>) -> ScopeType {
    settings
        .with("input", Type::Object(input.clone()))
        .with("reference", Type::Text)
        .with("attempt", attempt_type())
        .with("page", page_type())
}

/// The values behind [`Scopes::handing`].
pub(super) fn handing(input: &Value, output: Option<&Value>, reference: &str, attempt: &AttemptFacts) -> Scope<'static> {
    let scope = Scope::default().with("input", input.clone()).with("reference", Value::text(reference)).with("attempt", attempt.value());
    match output {
        Some(output) => scope.with("output", output.clone()),
        None => scope,
    }
}
