//! `complete`: what was to be done outside is done.

use super::{Given, On, Verb, Whose, go_on, set};
use crate::domain::approval::{Refusal, RefusalCode, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;

pub(super) static VERB: Verb = Verb {
    word: "complete",
    doc: "What was to be done is done; with the proof as a file where the step wants one.",
    on: On::Task(&[TaskKind::Handle], &[TaskState::Pending]),
    whose: Whose::Holder,
    core: true,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    if given.rules()?.proof && given.act.attachments.is_empty() {
        return Err(RefusalCode::Incomplete.because("a file that proves it must be attached"));
    }
    set(machine, given, TaskState::Done);
    go_on(machine, given)
}
