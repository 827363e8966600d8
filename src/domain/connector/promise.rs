//! What a connector promises of each of its writes, and why: for `check`, the reference and people who choose.

use super::connector::Connector;
use super::idempotency::{Idempotency, LookupThen};
use super::operation::{Body, Effect, Operation};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The promise of one write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Promise {
    /// The operation.
    pub operation: String,
    /// Whether a write whose answer was lost is never done twice, as far as the definition says.
    pub safe: bool,
    /// What is promised and why.
    pub words: String,
    /// What stands for arguments that are not given.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub defaults: BTreeMap<String, Json>,
    /// The operation that shows whether it was really done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_back: Option<String>,
    /// The operation that undoes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed_by: Option<String>,
}

/// The promises of all writes, in the order of the definition.
pub fn promises(connector: &Connector) -> Vec<Promise> {
    connector.operations.values().filter(|operation| operation.effect == Effect::Write).map(promise).collect()
}

fn promise(operation: &Operation) -> Promise {
    let mut words = operation.label();
    if let Idempotency::Lookup(lookup) = &operation.idempotency {
        let last = lookup.ask_after_millis.last().copied().unwrap_or_default() / 1_000;
        words += &match lookup.then {
            LookupThen::Repeat => format!("; sent again when it is not found {last} s after the sending"),
            LookupThen::Person => format!("; a person decides when it is not found {last} s after the sending"),
        };
    }
    if let Body::Steps(steps) = &operation.body {
        words += &format!("; done in {} calls, each remembered", steps.len());
    }
    Promise {
        operation: operation.name.to_string(),
        safe: !matches!(operation.idempotency, Idempotency::None),
        words,
        defaults: operation.defaults.values().map(|(name, value)| (name.to_string(), value.to_json())).collect(),
        read_back: operation.readback.as_ref().map(|readback| readback.operation.to_string()),
        reversed_by: operation.reverse.as_ref().map(|reverse| reverse.operation.to_string()),
    }
}
