//! `add`: asks further people, before, after or beside oneself.

use super::{Given, On, Verb, Whose, go_on, named, set};
use crate::domain::approval::{Added, DEPTH_MAX, Origin, Refusal, RefusalCode, TASKS_MAX, Task, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::people::enter::barred;

pub(super) static VERB: Verb = Verb {
    word: "add",
    doc: "Asks further people (`to`): `how` is `before` (they decide first), `after` (agrees, and they must too) or `beside`; with `in_turn` one after the other.",
    on: On::Task(&[TaskKind::Approve, TaskKind::Handle], &[TaskState::Pending]),
    whose: Whose::HolderOrAdmin,
    core: false,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    let people = named(machine, given.act)?;
    let Some(how @ (Added::Before | Added::After | Added::Beside)) = given.act.how else {
        return Err(RefusalCode::Incomplete.because("`how` says where they stand: `before`, `after` or `beside`"));
    };
    // Whoever adds somebody after the task agrees with it; that is its holder's to do.
    let by = &given.act.by;
    let holder = machine.instance.visits[given.visit].people.as_ref().map(|activation| activation.tasks[given.task].person.as_str());
    let holds = holder == Some(by.person.as_str()) || (holder.is_some() && holder == by.on_behalf_of.as_deref());
    if how == Added::After && !holds {
        return Err(RefusalCode::NotYours.because("to add somebody after a task is to agree with it, and the task is somebody else's"));
    }
    let own = u32::try_from(given.task).unwrap_or(u32::MAX);
    let Some(activation) = machine.instance.visits[given.visit].people.as_ref() else { return Ok(()) };
    let asker = &activation.tasks[given.task];
    let depth = asker.origin.map_or(0, |origin| origin.depth) + 1;
    if depth > DEPTH_MAX {
        return Err(RefusalCode::NotAllowed.because(format!("people have asked one another {DEPTH_MAX} times already")));
    }
    if activation.tasks.len() + people.len() > TASKS_MAX {
        return Err(RefusalCode::NotAllowed.because("the step has too many tasks already"));
    }
    if let Some(person) = people.iter().find(|person| activation.deciding(person).is_some()) {
        return Err(RefusalCode::BadPeople.because(format!("`{person}` is asked here already")));
    }
    let asks = given.rules()?;
    if let Some(why) = people.iter().find_map(|person| barred(machine, given.visit, asks, person)) {
        return Err(RefusalCode::BadPeople.because(why));
    }
    let (kind, before_me) = (asker.kind, asker.after.clone());
    if how == Added::After {
        set(machine, given, if kind == TaskKind::Handle { TaskState::Done } else { TaskState::Approved });
    }
    let Some(activation) = machine.instance.visits[given.visit].people.as_mut() else { return Ok(()) };
    let mut added: Vec<u32> = Vec::new();
    for person in &people {
        let mut task = Task { origin: Some(Origin { task: own, how, depth }), claimed: true, ..Task::of(person.clone(), kind) };
        match how {
            Added::After => task.after.push(own),
            _ => task.after.clone_from(&before_me),
        }
        if let (true, Some(last)) = (given.act.in_turn, added.last()) {
            task.after.push(*last);
        }
        added.push(u32::try_from(activation.tasks.len()).unwrap_or(u32::MAX));
        activation.tasks.push(task);
    }
    // Who came after the one that asked comes after those asked as well.
    for (number, task) in activation.tasks.iter_mut().enumerate() {
        let is_added = added.iter().any(|added| *added as usize == number);
        if how != Added::Before && !is_added && task.after.contains(&own) {
            task.after.extend(&added);
        }
    }
    if how == Added::Before {
        let asker = &mut activation.tasks[given.task];
        asker.state = TaskState::Waiting;
        asker.after.extend(&added);
        machine.touch(given.visit, given.task);
    }
    for number in added {
        machine.touch(given.visit, number as usize);
    }
    go_on(machine, given)
}
