//! What a call is aimed at: an operation of a connector, at one connection, in the versions a flow is bound to.

use super::answer::Answer;
use super::class::Class;
use super::connector::{Connector, FollowUp};
use super::idempotency::{Found, Idempotency, LookupThen};
use super::operation::{Body, Effect, Operation};
use super::scopes::AttemptFacts;
use crate::domain::binding::Connection;
use crate::domain::delivery::{Guarantee, WhenAbsent};
use crate::domain::expression::EvaluateError;
use crate::domain::value::Value;
use std::sync::Arc;

/// Operations made of steps that call such operations: deeper than what runs.
const STEPS_DEEP_MAX: u32 = 16;

/// An operation at a connection.
#[derive(Clone, Debug)]
pub struct Target {
    connection: Arc<Connection>,
    connector: Arc<Connector>,
    operation: Arc<str>,
}

impl Target {
    /// An operation at a connection; none when the connector does not have it.
    pub fn new(connection: Arc<Connection>, connector: Arc<Connector>, operation: &str) -> Option<Target> {
        let operation = connector.operation(operation)?.name.clone();
        Some(Target { connection, connector, operation })
    }

    /// The connection.
    pub fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// The connector.
    pub fn connector(&self) -> &Arc<Connector> {
        &self.connector
    }

    /// The operation.
    pub fn operation(&self) -> &Operation {
        // `new` looked it up in this very connector, which never changes.
        &self.connector.operations[&self.operation]
    }

    /// What makes a repeat harmless.
    pub fn guarantee(&self) -> Guarantee {
        match &self.operation().idempotency {
            Idempotency::NotNeeded => Guarantee::Read,
            Idempotency::Header { .. } | Idempotency::Body { .. } | Idempotency::Key => Guarantee::Key,
            Idempotency::Nature => Guarantee::Nature,
            Idempotency::None => Guarantee::None,
            Idempotency::Lookup(lookup) => Guarantee::LookUp {
                ask_after_millis: lookup.ask_after_millis.clone(),
                then: match lookup.then {
                    LookupThen::Repeat => WhenAbsent::Repeat,
                    LookupThen::Person => WhenAbsent::Person,
                },
            },
        }
    }

    /// Whether a success is read back before it is believed.
    pub fn reads_back(&self) -> bool {
        self.operation().readback.is_some()
    }

    /// Whether it changes something.
    pub fn is_write(&self) -> bool {
        self.operation().effect == Effect::Write
    }

    /// Whether it can change nothing and be told nothing that it should not, whatever its definition says of it: no request of
    /// it is one that could do something, and none holds a secret that the partner could say back in other words.
    pub fn only_looks(&self) -> bool {
        self.looks(self.operation(), STEPS_DEEP_MAX)
    }

    fn looks(&self, operation: &Operation, left: u32) -> bool {
        if operation.effect == Effect::Write || operation.carries_secrets {
            return false;
        }
        match &operation.body {
            Body::Request(request) => request.only_looks(),
            Body::Steps(steps) => left.checked_sub(1).is_some_and(|left| {
                steps.iter().all(|step| self.connector.operation(&step.call).is_some_and(|called| self.looks(called, left)))
            }),
        }
    }

    /// The look-up of this write; none when it has none.
    ///
    /// # Errors
    /// When its arguments cannot be evaluated.
    pub fn lookup(&self, input: &Value, reference: &str, attempt: &AttemptFacts) -> Result<Option<FollowUp>, EvaluateError> {
        self.connector.lookup_call(self.operation(), input, reference, attempt)
    }

    /// What a look-up's answer says: the output the write would have had (class ok), `not_found`, or that the look-up
    /// itself failed.
    pub fn looked_up(&self, answer: Answer) -> Answer {
        let Idempotency::Lookup(lookup) = &self.operation().idempotency else { return answer };
        // The items of a batch are looked up one by one, and what was found of each is its output already.
        if answer.class != Class::Ok || self.operation().batch.is_some() {
            return answer;
        }
        match lookup.found(&answer) {
            Found::Yes(output) => Answer { output, ..answer },
            Found::No => Answer { class: Class::NotFound, output: Value::Unset, ..answer },
            Found::Doubtful(message) => Answer { class: Class::Refused, output: Value::Unset, message, ..answer },
        }
    }
}
