//! `approve`: agrees.

use super::{Given, On, Verb, Whose, go_on, set};
use crate::domain::approval::{Refusal, RefusalCode, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::people::enter::is_unclaimed;

pub(super) static VERB: Verb = Verb {
    word: "approve",
    doc: "Agrees. The step ends when its mode says so.",
    on: On::Task(&[TaskKind::Approve], &[TaskState::Pending]),
    whose: Whose::Holder,
    core: true,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    claimed(machine, given)?;
    set(machine, given, TaskState::Approved);
    go_on(machine, given)
}

/// Refuses to decide what nobody has taken yet.
pub(super) fn claimed(machine: &Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    let asks = given.rules()?;
    let task = machine.instance.visits[given.visit].people.as_ref().and_then(|activation| activation.tasks.get(given.task));
    if task.is_some_and(|task| is_unclaimed(asks, task) && task.origin.is_none()) {
        return Err(RefusalCode::NotAllowed.because("claim the task before you decide it"));
    }
    Ok(())
}
