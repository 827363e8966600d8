//! Working anew: a stopped step from its beginning, or the flow from an earlier step.
//!
//! Both plan effects with new keys. That is only right where it is settled that the old ones did nothing, or where what they
//! did is taken back first; anything else is refused in words, and the plain retry with its old key remains.

use super::command;
use super::flow::Flow;
use super::instance::{Instance, Scope, State, Stop, Stopped, Then};
use super::machine::Machine;
use super::reversal;
use serde_json::{Value as Json, json};

/// Works a stopped step from its beginning. A call that may have been done keeps its key: it is retried instead.
pub(super) fn redo(machine: &mut Machine<'_>, visit: usize, what: Stopped) {
    let found = &machine.instance.visits[visit];
    let open = found.stop.as_ref().is_some_and(Stop::may_be_done);
    match what {
        Stopped::Forward(_) if !open && !found.left => {
            machine.close_stop(visit, "worked anew");
            command::enter_again(machine, visit);
        }
        _ => command::retry(machine, visit, what),
    }
}

/// Goes back to a step; the words say why that cannot be.
pub(super) fn from(machine: &mut Machine<'_>, step: &str) -> Result<(), String> {
    from_visit(machine, target(machine.flow, &machine.instance, step)?)?;
    // Nobody is passed over on a way that somebody else has begun anew.
    machine.instance.straight = None;
    Ok(())
}

/// Goes back to one visit of a step: inside a loop another item has visits of its own.
pub(super) fn from_visit(machine: &mut Machine<'_>, visit: usize) -> Result<(), String> {
    possible(&machine.instance, visit)?;
    let step = machine.instance.visits[visit].step.clone();
    let touched: Vec<usize> =
        (visit..machine.instance.visits.len()).filter(|other| *other == visit || is_after(machine, visit, *other)).collect();
    if touched.iter().any(|other| reversal::frame(machine, *other).is_some()) || reversal::frame(machine, visit).is_some() {
        return Err(format!("`{step}` belongs to a reaction; a reaction runs once"));
    }
    let lane_is_open =
        machine.instance.visits[visit].parent.is_none() || touched.iter().any(|other| !machine.instance.visits[*other].state.is_over());
    if !lane_is_open {
        return Err(format!("the branch of `{step}` is finished; go back to the step around it"));
    }
    machine.note("again", Some(visit), json!({"from": step}));
    if let Some(stop) = machine.instance.stop.take() {
        machine.close(&stop, "the flow went back");
    }
    machine.leave_stop(visit, "the flow went back");
    reversal::begin(machine, visit, Scope::After, Then::Again);
    Ok(())
}

/// The visit that a step would be worked anew from.
///
/// # Errors
/// In words, why there is none.
pub fn target(flow: &Flow, instance: &Instance, step: &str) -> Result<usize, String> {
    if instance.status.is_over() {
        return Err("the instance is over".to_owned());
    }
    if flow.step(step).is_none() {
        return Err(format!("the flow has no step `{step}`"));
    }
    let newest = instance.visits.iter().rposition(|visit| visit.step == step && !visit.left && visit.state != State::Reversed);
    let Some(visit) = newest else { return Err(format!("`{step}` has not been reached, or was left again")) };
    possible(instance, visit)?;
    Ok(visit)
}

/// Whether a visit can be gone back to.
pub(super) fn possible(instance: &Instance, visit: usize) -> Result<(), String> {
    if instance.status.is_over() {
        return Err("the instance is over".to_owned());
    }
    let step = &instance.visits[visit].step;
    let found = &instance.visits[visit];
    if found.state == State::Calling {
        return Err(format!("`{step}` is being called now; wait for its answer"));
    }
    if found.state == State::Undoing {
        return Err(format!("`{step}` is being reversed now"));
    }
    let unknown = |visit: &super::instance::Visit| visit.stop.as_ref().is_some_and(Stop::may_be_done);
    if let Some(open) = instance.visits[visit..].iter().find(|visit| unknown(visit)) {
        return Err(format!("whether `{}` was done is not known; settle that first", open.step));
    }
    let mut around = found.parent;
    while let Some(parent) = around.and_then(|parent| instance.visits.get(parent as usize)) {
        if parent.state.is_over() || parent.left {
            return Err(format!("`{}` around `{step}` is over; go back to it instead", parent.step));
        }
        around = parent.parent;
    }
    Ok(())
}

/// Whether a later visit lies in the lane of an earlier one, or inside a visit that does.
pub(super) fn is_after(machine: &Machine<'_>, earlier: usize, later: usize) -> bool {
    let (parent, lane) = (machine.instance.visits[earlier].parent, machine.instance.visits[earlier].lane);
    match parent {
        None => reversal::frame(machine, later).is_none(),
        Some(parent) => machine.ancestors(later).iter().any(|(around, of)| *around == parent as usize && *of == lane),
    }
}

/// Everything since is taken back: the step comes again, as a new visit with keys of its own.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize) {
    let found = &mut machine.instance.visits[visit];
    found.left = true;
    found.state = if found.undo.as_ref().is_some_and(|undo| undo.settled) { State::Reversed } else { State::Left };
    machine.settle(visit, "the flow went back");
    machine.note("left", Some(visit), Json::Null);
    machine.visit_again(visit);
}
