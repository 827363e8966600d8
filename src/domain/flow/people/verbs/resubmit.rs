//! `resubmit`: the initiator submits anew what was returned.

use super::{Given, On, Verb, Whose, set};
use crate::domain::approval::{Refusal, RefusalCode, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::people::going_back;

pub(super) static VERB: Verb = Verb {
    word: "resubmit",
    doc: "Submits anew what was returned, with changes; a new round begins.",
    on: On::Task(&[TaskKind::Resubmit], &[TaskState::Pending]),
    whose: Whose::Holder,
    core: true,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    set(machine, given, TaskState::Done);
    // Who agreed before the return has not agreed to what was changed since.
    let changed = machine.instance.edited == u32::try_from(given.visit).ok() && !given.act.edits.is_empty();
    going_back::resubmitted(machine, given.visit, changed).map_err(|why| RefusalCode::NotAllowed.because(why))
}
