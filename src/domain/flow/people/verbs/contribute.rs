//! `contribute`: gives the help that was asked for.

use super::{Given, On, Verb, Whose, go_on, set};
use crate::domain::approval::{Refusal, RefusalCode, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;

pub(super) static VERB: Verb = Verb {
    word: "contribute",
    doc: "Gives the help that was asked for: a comment, files, or both.",
    on: On::Task(&[TaskKind::Assist], &[TaskState::Pending]),
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

/// Refuses an empty answer.
pub(super) fn something(given: &Given<'_>) -> Result<(), Refusal> {
    let said = given.act.comment.as_deref().is_some_and(|comment| !comment.trim().is_empty());
    if said || !given.act.attachments.is_empty() { Ok(()) } else { Err(RefusalCode::Incomplete.because("say something, or attach a file")) }
}
