//! `transfer`: hands a duty on. The giver decides no more; the receiver has the same place.

use super::{Given, On, Verb, Whose, go_on, named};
use crate::domain::approval::{Activation, Added, Origin, Refusal, RefusalCode, TASKS_MAX, Task, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::people::enter::barred;

pub(super) static VERB: Verb = Verb {
    word: "transfer",
    doc: "Hands the task on to somebody (`to`), who decides instead.",
    on: On::Task(&[TaskKind::Approve, TaskKind::Handle, TaskKind::Assist, TaskKind::Consult], &[TaskState::Pending]),
    whose: Whose::HolderOrAdmin,
    core: false,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    let people = named(machine, given.act)?;
    let [receiver] = people.as_slice() else { return Err(RefusalCode::BadPeople.because("a task is handed on to one person")) };
    let holder = machine.instance.visits[given.visit].people.as_ref().map(|activation| activation.tasks[given.task].person.clone());
    if holder.as_deref() == Some(receiver) {
        return Err(RefusalCode::BadPeople.because("the task is theirs already"));
    }
    let decides =
        machine.instance.visits[given.visit].people.as_ref().is_some_and(|activation| activation.tasks[given.task].kind.decides());
    if let Some(why) = barred(machine, given.visit, given.rules()?, receiver).filter(|_| decides) {
        return Err(RefusalCode::BadPeople.because(why));
    }
    if machine.instance.visits[given.visit].people.as_ref().is_some_and(|activation| activation.tasks.len() >= TASKS_MAX) {
        return Err(RefusalCode::NotAllowed.because("the step has too many tasks already"));
    }
    let (by, comment) = (given.act.by.person.clone(), given.act.comment.clone());
    if let Some(task) = machine.instance.visits[given.visit].people.as_mut().and_then(|activation| activation.tasks.get_mut(given.task)) {
        task.by = Some(by).filter(|by| *by != task.person);
        task.comment = comment;
    }
    hand_on(machine, given.visit, given.task, receiver, "transferred");
    go_on(machine, given)
}

/// Gives a task's place to somebody else. Who has an open task here already gets no second one: the two become one.
pub(in crate::domain::flow) fn hand_on(machine: &mut Machine<'_>, visit: usize, number: usize, receiver: &str, why: &str) {
    let now = machine.now;
    let Some(activation) = machine.instance.visits[visit].people.as_mut() else { return };
    let old = &mut activation.tasks[number];
    let (was, kind, claimed, after) = (old.state, old.kind, old.claimed, old.after.clone());
    let origin = old.origin.map_or(Origin { task: index(number), how: Added::Transferred, depth: 1 }, |origin| match origin.how {
        Added::Transferred => Origin { task: index(number), how: Added::Transferred, depth: origin.depth.saturating_add(1) },
        // Somebody asked for it: that stays known, so that a no of the receiver counts as theirs would.
        _ => origin,
    });
    old.state = TaskState::Transferred;
    old.ended = Some(now);
    old.why = Some(why.to_owned());
    let same = activation.open().find(|(_, task)| task.person == receiver && task.kind == kind).map(|(number, _)| number);
    let given = after.clone();
    let next = match same {
        Some(same) => same,
        None => {
            let since = (was == TaskState::Pending).then_some(now);
            activation.tasks.push(Task { state: was, since, after, origin: Some(origin), claimed, ..Task::of(receiver, kind) });
            activation.tasks.len() - 1
        }
    };
    for task in &mut activation.tasks {
        for first in &mut task.after {
            if *first == index(number) {
                *first = index(next);
            }
        }
    }
    if same.is_some() {
        // The one duty has the earlier place; whom its holder asked is still waited for.
        let mut first = given;
        let asked = |number: &u32| {
            activation.tasks.get(*number as usize).is_some_and(|task| task.origin.is_some_and(|origin| origin.task == index(next)))
        };
        first.extend(activation.tasks[next].after.iter().copied().filter(asked));
        first.retain(|number| *number != index(next));
        activation.tasks[next].after = first;
        wait_for_no_one_who_waits(activation, next);
    }
    machine.touch(visit, number);
    machine.touch(visit, next);
    if was == TaskState::Pending {
        crate::domain::flow::notices::tell_people(machine, visit, "turn", vec![receiver.to_owned()]);
    }
}

/// Two duties that became one may have made a ring: of whom its holder asked, somebody waited for the one that came to it. The
/// holder hears whom they asked, as they wanted; those go on without them.
fn wait_for_no_one_who_waits(activation: &mut Activation, one: usize) {
    let mut waited_for = activation.tasks[one].after.clone();
    let mut seen = vec![false; activation.tasks.len()];
    while let Some(number) = waited_for.pop() {
        let number = number as usize;
        let Some(task) = activation.tasks.get_mut(number).filter(|task| task.state.is_open()) else { continue };
        if std::mem::replace(&mut seen[number], true) {
            continue;
        }
        task.after.retain(|first| *first != index(one));
        waited_for.extend(&task.after);
    }
}

fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
