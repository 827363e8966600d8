//! `release`: gives a claimed task back to all who could do it.

use super::{Given, On, Verb, Whose, go_on};
use crate::domain::approval::{Mode, Refusal, RefusalCode, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;

pub(super) static VERB: Verb = Verb {
    word: "release",
    doc: "Gives a claimed task back to everybody who could do it.",
    on: On::Task(&[TaskKind::Approve, TaskKind::Handle], &[TaskState::Pending]),
    whose: Whose::HolderOrAdmin,
    core: true,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    if given.rules()?.mode != Mode::Claim {
        return Err(RefusalCode::NotAllowed.because("at this step nothing is claimed"));
    }
    let Some(activation) = machine.instance.visits[given.visit].people.as_mut() else { return Ok(()) };
    if !activation.tasks[given.task].claimed {
        return Err(RefusalCode::AlreadyHandled.because("nobody has claimed it"));
    }
    activation.tasks[given.task].claimed = false;
    let own = u32::try_from(given.task).unwrap_or(u32::MAX);
    for task in &mut activation.tasks {
        if task.state == TaskState::Waiting && task.after == [own] && task.origin.is_none() {
            task.after.clear();
        }
    }
    machine.touch(given.visit, given.task);
    go_on(machine, given)
}
