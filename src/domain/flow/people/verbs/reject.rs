//! `reject`: says no.

use super::{Given, On, Verb, Whose, go_on, set};
use crate::domain::approval::{Refusal, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;

pub(super) static VERB: Verb = Verb {
    word: "reject",
    doc: "Says no. The step ends `rejected` when its mode says so, or goes back to the initiator where a no means that.",
    on: On::Task(&[TaskKind::Approve], &[TaskState::Pending]),
    whose: Whose::Holder,
    core: true,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    set(machine, given, TaskState::Rejected);
    go_on(machine, given)
}
