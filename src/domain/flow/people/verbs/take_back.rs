//! `take_back`: one's own decision is undone, as long as nothing has come of it.

use super::{Given, On, Verb, Whose, go_on};
use crate::domain::approval::{Refusal, RefusalCode, Task, TaskKind, TaskState};
use crate::domain::flow::again;
use crate::domain::flow::instance::State;
use crate::domain::flow::machine::Machine;
use crate::domain::flow::people::{asks_of, carry_over};
use crate::domain::flow::steps::Kind;

pub(super) static VERB: Verb = Verb {
    word: "take_back",
    doc: "Undoes one's own yes as long as nobody has decided after it and nothing was written to another system.",
    on: On::Task(&[TaskKind::Approve, TaskKind::Handle], &[TaskState::Approved, TaskState::Done]),
    whose: Whose::Holder,
    core: false,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    let gone = |why: &str| RefusalCode::AlreadyHandled.because(why);
    if machine.instance.status.is_over() {
        return Err(gone("the instance is over"));
    }
    let Some(activation) = machine.instance.visits[given.visit].people.as_ref() else { return Ok(()) };
    let task = &activation.tasks[given.task];
    if task.why.is_some() {
        return Err(RefusalCode::NotAllowed.because("nobody decided this task"));
    }
    let (ended, own) = (task.ended, u32::try_from(given.task).unwrap_or(u32::MAX));
    let later = |other: &Task| {
        other.kind.decides()
            && matches!(other.state, TaskState::Approved | TaskState::Rejected | TaskState::Done | TaskState::Returned)
            && other.why.is_none()
    };
    if machine.instance.visits[given.visit].state == State::Awaiting {
        let after = activation.tasks.iter().any(|other| later(other) && (other.ended > ended || other.after.contains(&own)));
        if after {
            return Err(gone("somebody has decided after you"));
        }
        return reopen(machine, given);
    }
    for index in given.visit + 1..machine.instance.visits.len() {
        let visit = &machine.instance.visits[index];
        let writes = machine.step_of(index).is_some_and(|step| match &step.kind {
            Kind::Call(call) => call.write && visit.next_effect > 0,
            Kind::Create(_) | Kind::Subflow(_) => true,
            _ => false,
        });
        if writes {
            return Err(gone("another system has been told since"));
        }
        let asked = machine.step_of(index).and_then(asks_of).is_some();
        if asked && visit.people.as_ref().is_some_and(|activation| activation.tasks.iter().any(later)) {
            return Err(gone("somebody has decided after you"));
        }
    }
    carry_over(machine, given.visit, given.task);
    again::from_visit(machine, given.visit).map_err(|why| RefusalCode::NotAllowed.because(why))
}

/// The step is still open: the task alone is.
fn reopen(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    let Some(activation) = machine.instance.visits[given.visit].people.as_mut() else { return Ok(()) };
    let own = u32::try_from(given.task).unwrap_or(u32::MAX);
    let task = &mut activation.tasks[given.task];
    *task = Task {
        person: task.person.clone(),
        kind: task.kind,
        after: task.after.clone(),
        origin: task.origin,
        claimed: task.claimed,
        ..Task::default()
    };
    let mut changed = vec![given.task];
    for number in 0..activation.tasks.len() {
        let other = &mut activation.tasks[number];
        if other.state == TaskState::Pending && other.after.contains(&own) {
            other.state = TaskState::Waiting;
            other.since = None;
            changed.push(number);
        }
    }
    for number in changed {
        machine.touch(given.visit, number);
    }
    go_on(machine, given)
}
