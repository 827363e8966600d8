//! What follows from a change of tasks: whose turn it is, and what the step comes to.

use super::enter::barred;
use super::going_back;
use super::{Asks, CopyAt, choose};
use crate::domain::approval::{RejectMeans, Returned, SYSTEM, Task, TaskKind, TaskState, Verdict};
use crate::domain::flow::decision::Decided;
use crate::domain::flow::event::Outcome;
use crate::domain::flow::instance::State;
use crate::domain::flow::machine::Machine;
use crate::domain::flow::notices;
use crate::domain::flow::reversal;
use crate::domain::flow::steps::parallel;
use serde_json::{Value as Json, json};

/// Goes on as far as the tasks allow.
pub(in crate::domain::flow) fn proceed(machine: &mut Machine<'_>, visit: usize, asks: &Asks) {
    match verdict(machine, visit, asks) {
        Verdict::Passed => close(machine, visit, asks, Outcome::Approved),
        // A reaction runs once: there is no way back in it.
        Verdict::Rejected if asks.reject == RejectMeans::Return && reversal::frame(machine, visit).is_none() => {
            cancel_open(machine, visit, "peer_rejected");
            going_back::to_initiator(machine, visit, Returned::StepByStep);
        }
        Verdict::Rejected => close(machine, visit, asks, Outcome::Rejected),
        Verdict::Open => wake(machine, visit),
    }
}

fn verdict(machine: &Machine<'_>, visit: usize, asks: &Asks) -> Verdict {
    let Some(activation) = machine.instance.visits[visit].people.as_deref() else { return Verdict::Open };
    if activation.returned.is_some() {
        return Verdict::Open;
    }
    // A veto is asked for only when there is a no: the rule may look at much.
    let vetoes = if asks.veto.is_empty() { Vec::new() } else { choose::people(machine, visit, &asks.veto).unwrap_or_default() };
    asks.mode.verdict(activation, |person| vetoes.iter().any(|known| known == person))
}

/// Waiting tasks whose turn has come become pending, and their people are told.
fn wake(machine: &mut Machine<'_>, visit: usize) {
    let now = machine.now;
    let Some(activation) = machine.instance.visits[visit].people.as_mut() else { return };
    let ready = activation.ready();
    let mut told: Vec<String> = Vec::new();
    for number in &ready {
        let task = &mut activation.tasks[*number];
        task.state = TaskState::Pending;
        task.since = Some(now);
        if !told.contains(&task.person) && task.kind != TaskKind::Copy {
            told.push(task.person.clone());
        }
    }
    for number in ready {
        machine.touch(visit, number);
    }
    notices::tell_people(machine, visit, "turn", told);
}

/// Ends the step with an outcome: open tasks are not needed any more.
pub(in crate::domain::flow) fn close(machine: &mut Machine<'_>, visit: usize, asks: &Asks, outcome: Outcome) {
    let why = match outcome {
        Outcome::Rejected => "peer_rejected",
        Outcome::Expired => "expired",
        _ => "peer_decided",
    };
    if outcome == Outcome::Expired {
        expire_open(machine, visit);
    }
    cancel_open(machine, visit, why);
    told(machine, visit, asks, CopyAt::Exit);
    machine.instance.visits[visit].output = Some(output(machine, visit));
    machine.instance.visits[visit].outcome = Some(outcome);
    machine.note("outcome", Some(visit), json!({"outcome": outcome.word(), "by": deciders(machine, visit)}));
    if outcome == Outcome::Approved {
        machine.complete(visit);
    } else {
        machine.conclude(visit);
    }
    if outcome == Outcome::Rejected {
        parallel::child_rejected(machine, visit);
    }
}

fn deciders(machine: &Machine<'_>, visit: usize) -> Vec<String> {
    let tasks = machine.instance.visits[visit].people.as_ref().map(|activation| activation.tasks.as_slice()).unwrap_or_default();
    tasks
        .iter()
        .filter(|task| said(task).is_some() && task.why.is_none())
        .map(|task| task.by.clone().unwrap_or_else(|| task.person.clone()))
        .collect()
}

/// What a task's holder said, when it decides.
fn said(task: &Task) -> Option<&'static str> {
    match task.state {
        TaskState::Approved | TaskState::Rejected if task.kind.decides() => Some(task.state.word()),
        TaskState::Done if task.kind == TaskKind::Handle => Some("done"),
        _ => None,
    }
}

/// `steps.ID.output` of a step that asked people.
fn output(machine: &Machine<'_>, visit: usize) -> Json {
    let found = &machine.instance.visits[visit];
    let tasks = found.people.as_ref().map(|activation| activation.tasks.as_slice()).unwrap_or_default();
    let opinions: Vec<Json> = tasks
        .iter()
        .filter_map(|task| {
            let decision = said(task).or_else(|| task.comment.as_ref().map(|_| task.state.word()))?;
            Some(json!({"person": task.by.as_ref().unwrap_or(&task.person), "decision": decision, "comment": task.comment.clone().unwrap_or_default()}))
        })
        .collect();
    let last = tasks.iter().filter(|task| said(task).is_some()).max_by_key(|task| task.ended).and_then(|task| task.comment.clone());
    json!({
        "decided_by": deciders(machine, visit),
        "comment": last.unwrap_or_default(),
        "opinions": opinions,
        "attachments": found.attached,
    })
}

/// Closes what is open; copies stay until they are read.
pub(in crate::domain::flow) fn cancel_open(machine: &mut Machine<'_>, visit: usize, why: &str) {
    end_open(machine, visit, TaskState::Cancelled, why);
}

fn expire_open(machine: &mut Machine<'_>, visit: usize) {
    end_open(machine, visit, TaskState::Expired, "time_is_up");
}

fn end_open(machine: &mut Machine<'_>, visit: usize, state: TaskState, why: &str) {
    let now = machine.now;
    let Some(activation) = machine.instance.visits[visit].people.as_mut() else { return };
    let mut ended = Vec::new();
    for (number, task) in activation.tasks.iter_mut().enumerate() {
        if task.state.is_open() && task.kind != TaskKind::Copy {
            task.state = state;
            task.why = Some(why.to_owned());
            task.ended = Some(now);
            ended.push(number);
        }
    }
    for number in ended {
        machine.touch(visit, number);
    }
}

/// Tells those who only are to know.
pub(super) fn told(machine: &mut Machine<'_>, visit: usize, asks: &Asks, at: CopyAt) {
    let mut people: Vec<String> = Vec::new();
    for (when, to) in &asks.copies {
        if *when == at || *when == CopyAt::Both {
            // Who cannot be found is not told; nobody waits for it.
            people.extend(choose::people(machine, visit, to).unwrap_or_default());
        }
    }
    copy_to(machine, visit, people, None);
}

/// Adds copies for people who have none at this visit.
pub(super) fn copy_to(machine: &mut Machine<'_>, visit: usize, people: Vec<String>, origin: Option<crate::domain::approval::Origin>) {
    let now = machine.now;
    let Some(activation) = machine.instance.visits[visit].people.as_mut() else { return };
    let mut added = Vec::new();
    for person in people {
        let known = activation.tasks.iter().any(|task| task.kind == TaskKind::Copy && task.person == person);
        if !known && activation.tasks.len() < crate::domain::approval::TASKS_MAX {
            activation.tasks.push(Task { state: TaskState::Pending, since: Some(now), origin, ..Task::of(person.clone(), TaskKind::Copy) });
            added.push((activation.tasks.len() - 1, person));
        }
    }
    for (number, _) in &added {
        machine.touch(visit, *number);
    }
    let people: Vec<String> = added.into_iter().map(|(_, person)| person).collect();
    if !people.is_empty() {
        machine.note("copied", Some(visit), json!({"to": people}));
        notices::tell_people(machine, visit, "copied", people);
    }
}

/// The flow leaves a visit: its tasks are nobody's any more.
pub(in crate::domain::flow) fn leave(machine: &mut Machine<'_>, visit: usize) {
    if machine.instance.visits[visit].people.is_some() {
        cancel_open(machine, visit, "left");
    }
}

/// A rung states an outcome.
pub(in crate::domain::flow) fn lapse(machine: &mut Machine<'_>, visit: usize, asks: &Asks, outcome: Outcome) {
    if machine.instance.visits[visit].state != State::Awaiting {
        return;
    }
    let verb = match outcome {
        Outcome::Approved => "approve",
        Outcome::Rejected => "reject",
        _ => "expire",
    };
    machine.decided(
        visit,
        None,
        Decided { person: SYSTEM.to_owned(), verb: verb.to_owned(), why: Some("time_is_up".to_owned()), ..Decided::default() },
    );
    close(machine, visit, asks, outcome);
}

/// Hands every open task of a visit to somebody's successors; used when people leave and when time is up.
pub(in crate::domain::flow) fn hand_over(machine: &mut Machine<'_>, visit: usize, from: Option<&str>, to: &[String], why: &str) {
    let Some(activation) = machine.instance.visits[visit].people.as_ref() else { return };
    let open: Vec<usize> = activation
        .open()
        // Only the initiator can submit anew; who takes over from one who has left must.
        .filter(|(_, task)| task.kind != TaskKind::Copy && (why != "time_is_up" || task.kind != TaskKind::Resubmit))
        .filter(|(_, task)| from.is_none_or(|person| task.person == person))
        .map(|(number, _)| number)
        .collect();
    for number in open {
        let may = |person: &&String| machine.asks(visit).is_none_or(|asks| barred(machine, visit, asks, person).is_none());
        let receiver = to.iter().filter(may).find(|person| {
            machine.instance.visits[visit].people.as_ref().is_some_and(|activation| activation.tasks[number].person != **person)
        });
        if let Some(receiver) = receiver.cloned() {
            super::verbs::transfer::hand_on(machine, visit, number, &receiver, why);
        }
    }
}
