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
    // The ladder goes on: a document that lies with its initiator is late as well.
    cancel_open(machine, visit, "returned");
    let (now, initiator) = (machine.now, machine.facts.initiator.member("id").as_text().unwrap_or_default().to_owned());
    let Some(activation) = machine.instance.visits[visit].people.as_mut() else { return };
    activation.returned = Some(how);
    activation.tasks.push(Task { state: TaskState::Pending, since: Some(now), ..Task::of(initiator.clone(), TaskKind::Resubmit) });
    let number = activation.tasks.len() - 1;
    machine.touch(visit, number);
    machine.note("returned", Some(visit), json!({"to": "initiator"}));
    crate::domain::flow::notices::tell_people(machine, visit, "returned", vec![initiator]);
}

/// The initiator has submitted anew: a new round begins, at the first step that asked people or at the one that returned it.
pub(in crate::domain::flow) fn resubmitted(machine: &mut Machine<'_>, visit: usize, changed: bool) -> Result<(), String> {
    let returned = machine.instance.visits[visit].people.as_ref().and_then(|activation| activation.returned);
    let target = match returned {
        Some(Returned::StraightBack) | None if !changed => visit,
        _ => {
            machine.instance.carried = None;
            machine.instance.straight = None;
            first_asked(machine, visit).unwrap_or(visit)
        }
    };
    // Of two branches that were both returned, the first to be submitted anew has begun the round.
    let begun = machine.instance.visits[visit].round != machine.instance.round;
    again::from_visit(machine, target)?;
    if !begun {
        machine.instance.round = Round(machine.instance.round.0.saturating_add(1));
    }
    Ok(())
}

/// The first visit before this one, on its own way through the flow, that asked people and can be gone back to.
fn first_asked(machine: &Machine<'_>, visit: usize) -> Option<usize> {
    let visits = &machine.instance.visits;
    let asked = |index: &usize| {
        visits[*index].people.is_some() && !visits[*index].left && (*index == visit || again::is_after(machine, *index, visit))
    };
    (0..=visit).filter(asked).find(|index| again::possible(&machine.instance, *index).is_ok())
}

/// Goes back to an earlier step that asked people.
pub(super) fn to_step(machine: &mut Machine<'_>, visit: usize, step: &str, straight: bool) -> Result<(), String> {
    if machine.flow.step(step).and_then(asks_of).is_none() {
        return Err(format!("`{step}` asks nobody; return to a step that does"));
    }
    // Of several items of a loop the one that this visit is in.
    let visits = &machine.instance.visits;
    let before = |index: &usize| visits[*index].step == step && !visits[*index].left && again::is_after(machine, *index, visit);
    let target = (0..visit).rev().find(before).ok_or_else(|| format!("`{step}` does not come before this step"))?;
    again::possible(&machine.instance, target)?;
    cancel_open(machine, visit, "returned");
    machine.note("returned", Some(visit), json!({"to": step, "straight": straight}));
    let agreed = agreed_after(machine, target);
    again::from_visit(machine, target)?;
    machine.instance.straight = Some(Straight { agreed }).filter(|found| straight && !found.agreed.is_empty());
    Ok(())
}

/// Visits that a return to an earlier one leaves and that people have agreed to.
fn agreed_after(machine: &Machine<'_>, target: usize) -> Vec<u32> {
    let visits = &machine.instance.visits;
    let agreed = |index: &usize| {
        let found = &visits[*index];
        found.people.is_some() && !found.left && found.outcome == Some(Outcome::Approved) && again::is_after(machine, target, *index)
    };
    (target + 1..visits.len()).filter(agreed).filter_map(|index| u32::try_from(index).ok()).collect()
}

/// On the way straight back: a step between whose people had agreed is passed, in whichever branch it stands. True when it was.
pub(in crate::domain::flow) fn pass_straight(machine: &mut Machine<'_>, visit: usize) -> bool {
    let own = place(machine, visit);
    let Some(straight) = machine.instance.straight.as_mut() else { return false };
    let mut agreed = std::mem::take(&mut straight.agreed);
    let found = agreed.iter().rposition(|former| place(machine, *former as usize) == own);
    let former = found.map(|at| agreed.remove(at) as usize);
    machine.instance.straight = Some(Straight { agreed }).filter(|left| !left.agreed.is_empty());
    let Some(former) = former else { return false };
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

/// Where a visit stands: its step and the steps around it, with branch or iteration.
pub(super) fn place(machine: &Machine<'_>, visit: usize) -> (String, Vec<(String, u32)>) {
    let visits = &machine.instance.visits;
    let around = machine.ancestors(visit).into_iter().map(|(parent, lane)| (visits[parent].step.clone(), lane)).collect();
    (visits[visit].step.clone(), around)
}
