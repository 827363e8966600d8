//! `remove`: takes back that somebody was asked, as long as they have not decided.

use super::{Given, On, Verb, Whose, go_on, set};
use crate::domain::approval::{Refusal, RefusalCode, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;

pub(super) static VERB: Verb = Verb {
    word: "remove",
    doc: "Takes an open task away from somebody who was added; by whoever added them, or an administrator. The last one cannot be removed.",
    on: On::Task(&[TaskKind::Approve, TaskKind::Handle, TaskKind::Assist, TaskKind::Consult], &[TaskState::Pending, TaskState::Waiting]),
    whose: Whose::AskerOrAdmin,
    core: false,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    let Some(activation) = machine.instance.visits[given.visit].people.as_ref() else { return Ok(()) };
    let kind = activation.tasks[given.task].kind;
    let others =
        activation.tasks.iter().enumerate().filter(|(number, task)| *number != given.task && task.kind.decides() && task.state.counts());
    if kind.decides() && others.count() == 0 {
        return Err(RefusalCode::NotAllowed.because("nobody would be left to decide"));
    }
    set(machine, given, TaskState::Cancelled);
    if let Some(task) = machine.instance.visits[given.visit].people.as_mut().and_then(|activation| activation.tasks.get_mut(given.task)) {
        task.why = Some("removed".to_owned());
    }
    go_on(machine, given)
}
