//! A connector as flows see it.

use crate::domain::connector::{Class, Connector, Effect, EventDefinition, Idempotency, LookupThen, Operation};
use crate::domain::flow::environment::{AfterLookUp, Can, ConnectorInfo, EventInfo, Idempotency as Seen, OperationInfo, ReverseInfo};

/// What flows need to know of a connector, for one connection.
pub fn of_connector(connection: &str, connector: &Connector) -> ConnectorInfo {
    ConnectorInfo {
        connection: connection.to_owned(),
        connector: connector.id.to_string(),
        operations: connector.operations.iter().map(|(name, operation)| (name.to_string(), of_operation(connector, operation))).collect(),
        events: connector.events.iter().map(|(name, event)| (name.to_string(), of_event(event))).collect(),
        can: Can { withdraw: connector.can("withdraw") },
    }
}

fn of_operation(connector: &Connector, operation: &Operation) -> OperationInfo {
    OperationInfo {
        write: operation.effect == Effect::Write,
        input: operation.input_type(),
        output: operation.output_type(),
        reverse: operation
            .reverse
            .as_ref()
            .map(|reverse| ReverseInfo { operation: reverse.operation.to_string(), uses_input: reverse.with.sees("input") }),
        idempotency: match &operation.idempotency {
            // Its items are looked up one by one by themselves, and what is missing is sent again: a test of a flow sees one call.
            Idempotency::Lookup(lookup) if operation.batch.is_some() && lookup.then == LookupThen::Repeat => Seen::Repeatable,
            Idempotency::Lookup(lookup) => Seen::LookUp {
                operation: lookup.operation.to_string(),
                then: match lookup.then {
                    LookupThen::Repeat => AfterLookUp::Repeat,
                    LookupThen::Person => AfterLookUp::Person,
                },
            },
            Idempotency::None => Seen::None,
            _ => Seen::Repeatable,
        },
        says_absence: operation.output.all_optional()
            || operation.responses.iter().chain(&connector.responses).any(|rule| rule.class() == Class::NotFound),
    }
}

fn of_event(event: &EventDefinition) -> EventInfo {
    EventInfo {
        output: event.output_type(),
        outcomes: event.outcome.is_some(),
        document: event.document.as_ref().map(|makes| makes.document.to_string()),
    }
}
