//! Going back: to an earlier step, to the initiator, and straight back from there.
//!
//! What lies between is taken back by the same reversal as an operator's; approvals given there count no more, and people
//! are asked anew unless the return says "straight back": then those who had agreed are passed over until the step that
//! returned it is reached.

use super::asks_of;
use super::proceed::cancel_open;
use crate::domain::approval::{Activation, Returned, SYSTEM, Task, TaskKind, TaskState};
use crate::domain::flow::again;
use crate::domain::flow::decision::Decided;
use crate::domain::flow::event::Outcome;
use crate::domain::flow::instance::{Round, State, Straight};
use crate::domain::flow::machine::Machine;
use serde_json::json;

/// The initiator gets the document back, in the visit that returns it.
pub(super) fn to_initiator(machine: &mut Machine<'_>, visit: usize, how: Returned) {
    cancel_open(machine, visit, "returned");
    machine.cancel_timers(visit);
    let (now, initiator) = (machine.now, machine.facts.initiator.member("id").as_text().unwrap_or_default().to_owned());
    let Some(activation) = machine.instance.visits[visit].people.as_mut() else { return };
    activation.returned = Some(how);
    activation.tasks.push(Task { state: TaskState::Pending, since: Some(now), ..Task::of(initiator.clone(), TaskKind::Resubmit) });
    let number = activation.tasks.len() - 1;
    machine.touch(visit, number);
    machine.note("returned", Some(visit), json!({"to": "initiator"}));
    crate::domain::flow::ladder::tell_people(machine, visit, "returned", vec![initiator]);
}

/// The initiator has submitted anew: a new round begins, at the first step that asked people or at the one that returned it.
pub(in crate::domain::flow) fn resubmitted(machine: &mut Machine<'_>, visit: usize) -> Result<(), String> {
    let returned = machine.instance.visits[visit].people.as_ref().and_then(|activation| activation.returned);
    let own = machine.instance.visits[visit].step.clone();
    let step = match returned {
        Some(Returned::StraightBack) | None => own,
        Some(Returned::StepByStep) => first_asked(machine, visit).unwrap_or(own),
    };
    again::from(machine, &step)?;
    machine.instance.round = Round(machine.instance.round.0.saturating_add(1));
    Ok(())
}

/// The first step around or before a visit that asked people and can be gone back to.
fn first_asked(machine: &Machine<'_>, visit: usize) -> Option<String> {
    let visits = &machine.instance.visits;
    let ids = (0..=visit).filter(|index| visits[*index].people.is_some() && !visits[*index].left).map(|index| visits[index].step.clone());
    ids.into_iter().find(|step| again::target(machine.flow, &machine.instance, step).is_ok())
}

/// Goes back to an earlier step that asked people.
pub(super) fn to_step(machine: &mut Machine<'_>, visit: usize, step: &str, straight: bool) -> Result<(), String> {
    if machine.flow.step(step).and_then(asks_of).is_none() {
        return Err(format!("`{step}` asks nobody; return to a step that does"));
    }
    let target = again::target(machine.flow, &machine.instance, step)?;
    if target >= visit || !again::is_after(machine, target, visit) {
        return Err(format!("`{step}` does not come before this step"));
    }
    let own = machine.instance.visits[visit].step.clone();
    cancel_open(machine, visit, "returned");
    machine.note("returned", Some(visit), json!({"to": step, "straight": straight}));
    again::from(machine, step)?;
    machine.instance.straight = straight.then(|| Straight { until: own, target: step.to_owned() });
    Ok(())
}

/// On the way straight back: a step between whose people had agreed is passed. True when it was.
pub(in crate::domain::flow) fn pass_straight(machine: &mut Machine<'_>, visit: usize) -> bool {
    let step = machine.instance.visits[visit].step.clone();
    let Some(straight) = machine.instance.straight.clone() else { return false };
    if straight.until == step {
        machine.instance.straight = None;
        return false;
    }
    let agreed =
        |found: &crate::domain::flow::instance::Visit| found.step == step && found.left && found.outcome == Some(Outcome::Approved);
    let former = machine.instance.visits.iter().rposition(agreed);
    let (Some(former), false) = (former, straight.target == step) else { return false };
    if machine.instance.edited.is_some_and(|edited| edited as usize > former) {
        // They agreed to something else.
        return false;
    }
    let output = machine.instance.visits[former].output.clone();
    let found = &mut machine.instance.visits[visit];
    found.people = Some(Box::new(Activation::default()));
    found.outcome = Some(Outcome::Approved);
    found.output = output;
    found.state = State::Awaiting;
    machine.decided(
        visit,
        None,
        Decided { person: SYSTEM.to_owned(), verb: "approve".to_owned(), why: Some("straight_back".to_owned()), ..Decided::default() },
    );
    machine.complete(visit);
    true
}
