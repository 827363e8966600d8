//! Approvals that people decide in another system, in their lists here: who is asked there, as far as that system tells.
//!
//! They are no tasks of ours: nothing is decided by them and no rule looks at them. What the partner's event says of who is asked stands
//! in the visit that waits for it; the rows that lists show follow from it, in the same commit. They go when the partner names somebody
//! no longer, and when nothing is waited for any more, however the step came to its end.

use super::decision::{TaskChange, Where};
use super::event::Asked;
use super::instance::{AskedOutside, State};
use super::machine::Machine;
use crate::domain::approval::{TaskKind, TaskState};
use crate::domain::ids;

/// People one visit remembers; who is asked beyond that is left out of lists.
const ASKED_MAX: usize = 200;

/// The partner says who is asked now.
pub(super) fn told(machine: &mut Machine<'_>, visit: usize, asked: &Asked) {
    let now = machine.now;
    let outside = machine.instance.visits[visit].outside.get_or_insert_default();
    let moved = outside.url != asked.url;
    outside.url.clone_from(&asked.url);
    for (number, known) in outside.asked.iter_mut().enumerate().filter(|(_, known)| known.ended.is_none()) {
        if !asked.people.contains(&known.person) {
            known.ended = Some(now);
        } else if !moved {
            continue;
        }
        machine.mirrored.insert((visit, number));
    }
    for person in &asked.people {
        let open = outside.asked.iter().any(|known| known.person == *person && known.ended.is_none());
        if !open && outside.asked.len() < ASKED_MAX {
            machine.mirrored.insert((visit, outside.asked.len()));
            outside.asked.push(AskedOutside { person: person.clone(), since: now, ended: None });
        }
    }
}

/// Nobody is asked any more where nothing is waited for.
pub(super) fn settle(machine: &mut Machine<'_>) {
    let (now, over) = (machine.now, machine.instance.status.is_over());
    for (visit, found) in machine.instance.visits.iter_mut().enumerate() {
        let waits = found.state == State::Awaiting && !over;
        let Some(outside) = found.outside.as_mut().filter(|_| !waits) else { continue };
        for (number, asked) in outside.asked.iter_mut().enumerate().filter(|(_, asked)| asked.ended.is_none()) {
            asked.ended = Some(now);
            machine.mirrored.insert((visit, number));
        }
    }
}

/// The rows that have changed.
pub(super) fn changes(machine: &Machine<'_>) -> Vec<TaskChange> {
    let change = |(visit, number): &(usize, usize)| {
        let found = machine.instance.visits.get(*visit)?;
        let outside = found.outside.as_ref()?;
        let asked = outside.asked.get(*number)?;
        let number = u32::try_from(*number).ok()?;
        Some(TaskChange {
            id: ids::task_id(machine.facts.tenant, machine.facts.instance, &found.step, found.number, number),
            step: found.step.clone(),
            visit: found.number,
            number,
            round: machine.instance.round.0,
            person: asked.person.clone(),
            kind: TaskKind::Approve,
            // Whether it was they who decided, the partner does not say.
            state: if asked.ended.is_some() { TaskState::Cancelled } else { TaskState::Pending },
            since: Some(asked.since),
            due: None,
            ended: asked.ended,
            by: None,
            claimed: false,
            outside: Some(Where {
                connection: found.connection.clone().unwrap_or_default(),
                external_id: found.external_id.clone().unwrap_or_default(),
                url: outside.url.clone(),
            }),
        })
    };
    machine.mirrored.iter().filter_map(change).collect()
}
