//! `answer`: gives the opinion that was asked for; whoever asked has their turn again.

use super::contribute::something;
use super::{Given, On, Verb, Whose, go_on, set};
use crate::domain::approval::{Refusal, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;

pub(super) static VERB: Verb = Verb {
    word: "answer",
    doc: "Gives the opinion that was asked for; whoever asked has their turn again.",
    on: On::Task(&[TaskKind::Consult], &[TaskState::Pending]),
    whose: Whose::Holder,
    core: true,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    something(given)?;
    set(machine, given, TaskState::Done);
    go_on(machine, given)
}
