//! What an attempt need not believe of what an earlier one has read.

use super::super::connector::Connector;
use super::super::idempotency::Idempotency;
use super::super::operation::{Body, Effect, Operation, OperationStep};
use super::{Begun, StepDone};

/// Of a write that is harmless to repeat, what its steps read after the last thing they did is read anew. A request whose answer was
/// lost may have been done; sent again on the words of before, the partner refuses it, and what was done stands as failed. So does one
/// that met a conflict meet it again.
///
/// Where a step repeats by a key, the words stay: the partner takes another request with that key for the same one.
pub(super) fn without_stale_reads(connector: &Connector, operation: &str, mut begun: Begun) -> Begun {
    let Some(operation) = connector.operation(operation) else { return begun };
    let Body::Steps(steps) = &operation.body else { return begun };
    let called = |step: &OperationStep| connector.operation(&step.call);
    let harmless = |operation: &Operation| operation.effect == Effect::Read || matches!(operation.idempotency, Idempotency::Nature);
    if operation.effect == Effect::Read || !harmless(operation) || !steps.iter().filter_map(called).all(harmless) {
        return begun;
    }
    // An element of a step is named `step[number]`.
    let step_of = |done: &StepDone| steps.iter().find(|step| done.id.split('[').next() == Some(&*step.id));
    let is_read = |done: &mut StepDone| step_of(done).and_then(called).is_some_and(|called| called.effect == Effect::Read);
    while begun.steps.pop_if(is_read).is_some() {}
    begun
}
