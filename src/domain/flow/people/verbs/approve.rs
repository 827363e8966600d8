//! `approve`: agrees.

use super::{Given, On, Verb, Whose, go_on, set};
use crate::domain::approval::{Refusal, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;

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
    set(machine, given, TaskState::Approved);
    go_on(machine, given)
}
