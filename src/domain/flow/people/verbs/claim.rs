//! `claim`: takes a task that several could do; the others need not.

use super::{Given, On, Verb, Whose, go_on};
use crate::domain::approval::{Mode, Refusal, RefusalCode, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;

pub(super) static VERB: Verb = Verb {
    word: "claim",
    doc: "Takes a task that several people could do; it leaves the others' lists until it is released.",
    on: On::Task(&[TaskKind::Approve, TaskKind::Handle], &[TaskState::Pending]),
    whose: Whose::Holder,
    core: true,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    if given.rules()?.mode != Mode::Claim {
        return Err(RefusalCode::NotAllowed.because("at this step nothing is claimed"));
    }
    let Some(activation) = machine.instance.visits[given.visit].people.as_mut() else { return Ok(()) };
    if activation.tasks[given.task].claimed {
        return Err(RefusalCode::AlreadyHandled.because("it is claimed already"));
    }
    activation.tasks[given.task].claimed = true;
    let others: Vec<usize> = (0..activation.tasks.len()).filter(|number| *number != given.task).collect();
    let mut changed = vec![given.task];
    for number in others {
        let task = &mut activation.tasks[number];
        if task.state == TaskState::Pending && task.kind.decides() && task.origin.is_none() {
            // It waits for the one who took it: a release gives it back.
            task.state = TaskState::Waiting;
            task.since = None;
            task.after = vec![u32::try_from(given.task).unwrap_or(u32::MAX)];
            changed.push(number);
        }
    }
    for number in changed {
        machine.touch(given.visit, number);
    }
    go_on(machine, given)
}
