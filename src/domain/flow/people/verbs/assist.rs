//! `assist`: asks people for help; they do not decide, and the one who asked need not wait.

use super::{Given, On, Verb, Whose, go_on, named};
use crate::domain::approval::{Added, DEPTH_MAX, Origin, Refusal, RefusalCode, TASKS_MAX, Task, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;

pub(super) static VERB: Verb = Verb {
    word: "assist",
    doc: "Asks people (`to`) for a contribution: an opinion, data, a file. They do not decide; open requests end with the step.",
    on: On::Task(&[TaskKind::Approve, TaskKind::Handle], &[TaskState::Pending]),
    whose: Whose::Holder,
    core: false,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    ask(machine, given, TaskKind::Assist, Added::Helps)?;
    go_on(machine, given)
}

/// Adds tasks that do not decide; gives their numbers.
pub(super) fn ask(machine: &mut Machine<'_>, given: &Given<'_>, kind: TaskKind, how: Added) -> Result<Vec<u32>, Refusal> {
    let people = named(machine, given.act)?;
    let Some(activation) = machine.instance.visits[given.visit].people.as_mut() else { return Ok(Vec::new()) };
    let depth = activation.tasks[given.task].origin.map_or(0, |origin| origin.depth) + 1;
    if depth > DEPTH_MAX {
        return Err(RefusalCode::NotAllowed.because(format!("people have asked one another {DEPTH_MAX} times already")));
    }
    if activation.tasks.len() + people.len() > TASKS_MAX {
        return Err(RefusalCode::NotAllowed.because("the step has too many tasks already"));
    }
    let mut added = Vec::new();
    for person in people {
        if activation.open().any(|(_, task)| task.person == person && task.kind == kind) {
            return Err(RefusalCode::BadPeople.because(format!("`{person}` is asked here already")));
        }
        let origin = Origin { task: u32::try_from(given.task).unwrap_or(u32::MAX), how, depth };
        added.push(u32::try_from(activation.tasks.len()).unwrap_or(u32::MAX));
        activation.tasks.push(Task { origin: Some(origin), ..Task::of(person, kind) });
    }
    for number in &added {
        machine.touch(given.visit, *number as usize);
    }
    Ok(added)
}
