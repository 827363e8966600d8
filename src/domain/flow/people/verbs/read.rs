//! `read`: somebody who was only told has seen it.

use super::{Given, On, Verb, Whose, set};
use crate::domain::approval::{Refusal, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;

pub(super) static VERB: Verb = Verb {
    word: "read",
    doc: "Marks a copy as read; also after the end.",
    on: On::Task(&[TaskKind::Copy], &[TaskState::Pending]),
    whose: Whose::Holder,
    core: true,
    while_suspended: true,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    set(machine, given, TaskState::Done);
    Ok(())
}
