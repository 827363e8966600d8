//! A compiled connector and the small read-only surface the rest of the product uses.

use super::auth::Auth;
use super::event::EventDefinition;
use super::forms::FormLayout;
use super::heard_by::HeardBy;
use super::idempotency::Idempotency;
use super::kind::Reach;
use super::lacks::Lacks;
use super::operation::{Limits, Operation};
use super::proof::Proof;
use super::quota::Remaining;
use super::reconcile::Reconcile;
use super::redact::Redaction;
use super::rule::ResponseRule;
use super::run::hand;
use super::scopes::AttemptFacts;
use super::stream::Stream;
use super::webhook::Webhook;
use crate::domain::expression::{Budget, EvaluateError, Scope};
use crate::domain::text::title::Title;
use crate::domain::value::{ObjectType, Value};
use indexmap::IndexMap;
use std::sync::Arc;

/// What a kind of system can do.
#[derive(Debug)]
pub struct Connector {
    /// Its id.
    pub id: Arc<str>,
    /// What people see.
    pub title: Title,
    /// The settings a connection gives.
    pub settings: Arc<ObjectType>,
    /// Values of settings that a connection may leave out.
    pub defaults: IndexMap<Arc<str>, Value>,
    /// How it is reached.
    pub reach: Reach,
    /// How a connection proves who it is.
    pub auth: Auth,
    /// Limits where the connection gives none.
    pub limits: Limits,
    /// Headers that say how much is left.
    pub remaining: Vec<Remaining>,
    /// Ordered rules about answers.
    pub responses: Vec<ResponseRule>,
    /// The calls it offers.
    pub operations: IndexMap<Arc<str>, Operation>,
    /// The callbacks it understands.
    pub webhooks: IndexMap<Arc<str>, Webhook>,
    /// The collections it can read from time to time.
    pub streams: IndexMap<Arc<str>, Stream>,
    /// What it tells.
    pub events: IndexMap<Arc<str>, EventDefinition>,
    /// Document type to (its status, ours).
    pub statuses: IndexMap<Arc<str>, IndexMap<Arc<str>, Arc<str>>>,
    /// How its objects are read back, by kind.
    pub reconcile: IndexMap<Arc<str>, Reconcile>,
    /// How forms of its approvals are written, by the operation that sends one.
    pub forms: IndexMap<Arc<str>, FormLayout>,
    /// What it can and cannot; absent means cannot.
    pub can: IndexMap<Arc<str>, bool>,
    /// What such a system does not have.
    pub lacks: Lacks,
    /// What is taken out of records.
    pub redact: Redaction,
    /// What the definition was held against.
    pub proof: Option<Proof>,
}

/// A call that follows from another: a look-up, a read-back, a reversal, the read that tells the truth.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowUp {
    /// The operation.
    pub operation: Arc<str>,
    /// Its input.
    pub input: Value,
}

impl Connector {
    /// An operation by name.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.get(name)
    }

    /// An event by name.
    pub fn event(&self, name: &str) -> Option<&EventDefinition> {
        self.events.get(name)
    }

    /// A webhook by name.
    pub fn webhook(&self, name: &str) -> Option<&Webhook> {
        self.webhooks.get(name)
    }

    /// A stream by name.
    pub fn stream(&self, name: &str) -> Option<&Stream> {
        self.streams.get(name)
    }

    /// How long it may take until a document of this type is heard of where its callback is lost, milliseconds: the shortest time
    /// between two readings of a stream that tells of it. Zero where nothing but callbacks does.
    pub fn hears_within_millis(&self, document: &str) -> u64 {
        let makes = |event: &&EventDefinition| event.document.as_ref().is_some_and(|makes| *makes.document == *document);
        let ways = self.events.values().filter(makes).flat_map(|event| &event.heard_by);
        let streams = ways.filter_map(|way| match way {
            HeardBy::Stream { stream } => self.stream(stream),
            HeardBy::Webhook { .. } | HeardBy::Reread { .. } => None,
        });
        streams.map(|stream| stream.every_millis).min().unwrap_or(0)
    }

    /// Whether it says it can.
    pub fn can(&self, what: &str) -> bool {
        self.can.get(what).copied().unwrap_or(false)
    }

    /// Our status for one of its own.
    pub fn status(&self, document: &str, theirs: &str) -> Option<&str> {
        self.statuses.get(document)?.get(theirs).map(AsRef::as_ref)
    }

    /// The look-up of a write whose outcome is unknown; none when it has none.
    ///
    /// # Errors
    /// When its arguments cannot be evaluated.
    pub fn lookup_call(
        &self,
        operation: &Operation,
        input: &Value,
        reference: &str,
        attempt: &AttemptFacts,
    ) -> Result<Option<FollowUp>, EvaluateError> {
        let Idempotency::Lookup(lookup) = &operation.idempotency else { return Ok(None) };
        let input = hand(&lookup.with, &with_reference(operation, input, reference), None, reference, attempt)?;
        Ok(Some(FollowUp { operation: lookup.operation.clone(), input }))
    }

    /// The read-back after a write; none when it has none.
    ///
    /// # Errors
    /// When its arguments cannot be evaluated.
    pub fn readback_call(
        &self,
        operation: &Operation,
        input: &Value,
        output: &Value,
        reference: &str,
        attempt: &AttemptFacts,
    ) -> Result<Option<FollowUp>, EvaluateError> {
        let Some(readback) = &operation.readback else { return Ok(None) };
        let input = hand(&readback.with, &with_reference(operation, input, reference), Some(output), reference, attempt)?;
        Ok(Some(FollowUp { operation: readback.operation.clone(), input }))
    }

    /// Whether a read-back confirms the write.
    ///
    /// # Errors
    /// When the expectation cannot be evaluated.
    pub fn readback_confirms(&self, operation: &Operation, input: &Value, seen: &Value) -> Result<bool, EvaluateError> {
        let Some(readback) = &operation.readback else { return Ok(true) };
        let scope = Scope::default().with("input", input.clone()).with("output", seen.clone());
        readback.expect.holds(&scope, &mut Budget::default())
    }

    /// What undoes a write; none when nothing does.
    ///
    /// # Errors
    /// When its arguments cannot be evaluated.
    pub fn reverse_call(
        &self,
        operation: &Operation,
        input: &Value,
        output: &Value,
        reference: &str,
    ) -> Result<Option<FollowUp>, EvaluateError> {
        let Some(reverse) = &operation.reverse else { return Ok(None) };
        let attempt = AttemptFacts::first("");
        let input = hand(&reverse.with, &with_reference(operation, input, reference), Some(output), reference, &attempt)?;
        Ok(Some(FollowUp { operation: reverse.operation.clone(), input }))
    }
}

/// What the request itself saw: the hub fills `reference`, and what follows from the request must see it too.
fn with_reference(operation: &Operation, input: &Value, reference: &str) -> Value {
    operation.read_input(input, reference).unwrap_or_else(|_| input.clone())
}
