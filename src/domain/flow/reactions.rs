//! Reactions: what is done when the world changes, also after the end.
//!
//! A reaction runs as a frame visit with its actions inside. One that reverses all, restarts or ends takes the instance
//! over: what was open is left first. A later one overtakes an earlier one; since every undo belongs to the visit that is
//! undone, nothing is undone twice by that.

use super::effect::Cause;
use super::event::{DriftSeen, Heard, Outcome, RevisionChange};
use super::flow::{Reaction, Trigger};
use super::instance::{State, Status, Stopped, Visit};
use super::machine::Machine;
use super::reversal;
use crate::domain::ids;
use serde_json::{Value as Json, json};

/// The source changed or withdrew the document.
pub(super) fn revision(machine: &mut Machine<'_>, change: &RevisionChange) {
    let (trigger, detail) = match change {
        RevisionChange::Changed { revision } => (Trigger::Changed, json!({"revision": revision})),
        RevisionChange::Withdrawn => (Trigger::Withdrawn, json!({"withdrawn": true})),
    };
    if let RevisionChange::Changed { revision } = change {
        let newest = machine.instance.newest_revision.unwrap_or(0).max(*revision);
        machine.instance.newest_revision = Some(newest);
    }
    if machine.instance.parent.is_some() {
        return machine.note("ignored", None, json!({"why": "the flow that this one is a step of answers for it"}));
    }
    machine.note("revision", None, detail.clone());
    start(machine, &trigger, detail);
}

/// An event that no await took.
pub(super) fn heard(machine: &mut Machine<'_>, heard: &Heard) {
    let outcome = heard.outcome.map(Outcome::word);
    if !concerns(machine, heard) {
        if heard.outcome == Some(Outcome::Pending) {
            // Still open over there, as a poll may say for ever: nothing that happened.
            return;
        }
        let detail = json!({"why": "its object is none of this instance that still counts", "event": heard.event, "outcome": outcome});
        return machine.note("ignored", None, detail);
    }
    let roles: Vec<&String> =
        machine.facts.binding.roles.iter().filter(|(_, connection)| **connection == heard.connection).map(|(role, _)| role).collect();
    let detail = json!({"outcome": outcome, "external_id": heard.external_id, "output": heard.output.to_json()});
    machine.note("heard", None, json!({"event": heard.event, "outcome": outcome}));
    for role in roles {
        if start(machine, &Trigger::Event { role: role.clone(), event: heard.event.clone() }, detail.clone()) {
            return;
        }
    }
    if heard.outcome == Some(Outcome::Unknown) {
        doubt(machine, heard);
    }
}

/// A status that nobody knows, of an object whose step is over: a person looks, once for each thing that is said.
fn doubt(machine: &mut Machine<'_>, heard: &Heard) {
    let Some(visit) = (0..machine.instance.visits.len()).find(|visit| stands(&machine.instance.visits[*visit], heard)) else { return };
    let said = ids::derived(&[b"doubt", heard.output.to_json_text().as_bytes()]).simple().to_string();
    if machine.instance.visits[visit].doubt.as_ref() == Some(&said) {
        return;
    }
    machine.instance.visits[visit].doubt = Some(said);
    let message = format!("`{}` says a status that no rule of `{}` knows", heard.connection, heard.event);
    machine.stop(visit, Cause::RuleMissing, "unknown_status", &message, Stopped::Nothing);
}

/// A drift that a run of reconciliation saw, or that a person wants repaired.
pub(super) fn drift(machine: &mut Machine<'_>, seen: &DriftSeen, actor: &str, reason: Option<&str>) {
    let output = [("field", &seen.field), ("ours", &seen.ours), ("theirs", &seen.theirs)];
    let output: serde_json::Map<String, Json> =
        output.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Json::String(value.clone()?)))).collect();
    machine.note("drift", None, json!({"kind": seen.kind, "connection": seen.connection, "actor": actor, "reason": reason}));
    let detail = json!({
        "outcome": seen.kind,
        "external_id": seen.external_id,
        "connection": seen.connection,
        "repair": seen.repair,
        "asked": seen.asked,
        "output": output,
    });
    let roles = machine.facts.binding.roles.iter().filter(|(_, connection)| **connection == seen.connection);
    let roles: Vec<String> = roles.map(|(role, _)| role.clone()).collect();
    for role in roles {
        if start(machine, &Trigger::Drift { kind: seen.kind.clone(), role }, detail.clone()) {
            return;
        }
    }
}

/// An object counts while the visit that made it stands, or when it is the source document itself.
fn concerns(machine: &Machine<'_>, heard: &Heard) -> bool {
    let source = &machine.facts.document;
    let is_source = source.source == heard.connection && source.external_id.as_deref() == Some(&heard.external_id);
    is_source || machine.instance.visits.iter().any(|visit| stands(visit, heard))
}

/// Whether a visit made the object, and that still counts.
fn stands(visit: &Visit, heard: &Heard) -> bool {
    visit.state == State::Done
        && !visit.left
        // What was taken back says so itself; that is our own echo.
        && visit.undo.as_ref().is_none_or(|undo| !undo.settled)
        && visit.connection.as_deref() == Some(&heard.connection)
        && visit.external_id.as_deref() == Some(&heard.external_id)
}

/// Starts the first reaction that fits; false when there is none.
pub(super) fn start(machine: &mut Machine<'_>, trigger: &Trigger, detail: Json) -> bool {
    if machine.instance.status == Status::Superseded {
        machine.note("ignored", None, json!({"why": "a newer instance has taken over"}));
        return false;
    }
    let flow = machine.flow;
    for reaction in flow.reactions.iter().filter(|reaction| reaction.trigger == *trigger) {
        if reaction.while_running && machine.instance.status.is_over() {
            continue;
        }
        if reaction.on_request && detail.get("asked") != Some(&Json::Bool(true)) {
            continue;
        }
        if is_repeated(machine, reaction, &detail) {
            machine.note("ignored", None, json!({"why": "this reaction has been set off by the same already"}));
            return true;
        }
        if begin(machine, reaction, &detail) {
            return true;
        }
    }
    machine.note("ignored", None, json!({"why": "no reaction is meant for it"}));
    false
}

/// Cancels: a person's word while the instance runs; a parent's word also after its end.
pub(super) fn cancel(machine: &mut Machine<'_>, detail: Json) {
    let flow = machine.flow;
    let Some(reaction) = flow.reactions.iter().find(|reaction| reaction.trigger == Trigger::Cancel) else { return };
    if is_repeated(machine, reaction, &detail) {
        return machine.note("ignored", None, json!({"why": "this reaction has been set off by the same already"}));
    }
    begin(machine, reaction, &detail);
}

/// Whether a reaction that takes the instance over is under way.
pub(super) fn taken_over(machine: &Machine<'_>) -> bool {
    machine.flow.reactions.iter().filter(|reaction| reaction.takes_over).any(|reaction| {
        let Some(frame) = machine.flow.steps.get(reaction.frame) else { return false };
        machine.instance.visits.iter().any(|visit| visit.step == frame.id && !visit.left && !visit.state.is_over())
    })
}

/// Whether a run of the reaction for the same thing is there and was not overtaken.
fn is_repeated(machine: &Machine<'_>, reaction: &Reaction, detail: &Json) -> bool {
    let Some(frame) = machine.flow.steps.get(reaction.frame) else { return false };
    machine.instance.visits.iter().filter(|visit| visit.step == frame.id && !visit.left).any(|visit| match reaction.trigger {
        // The newest revision is read when the restart comes.
        Trigger::Changed => !visit.state.is_over() || visit.heard.as_ref() == Some(detail),
        Trigger::Withdrawn => true,
        Trigger::Cancel | Trigger::Withdraw | Trigger::Expire | Trigger::Verb(_) => !visit.state.is_over(),
        // One repair at a time, and each once.
        Trigger::Drift { .. } => {
            !visit.state.is_over() || visit.heard.as_ref().is_some_and(|heard| heard.get("repair") == detail.get("repair"))
        }
        Trigger::Event { .. } => visit.heard.as_ref().is_some_and(|heard| same_event(heard, detail)),
    })
}

fn same_event(one: &Json, other: &Json) -> bool {
    let outcome = |event: &Json| event.get("outcome").cloned().filter(|outcome| !outcome.is_null());
    match (outcome(one), outcome(other)) {
        (Some(first), Some(second)) => first == second && one.get("external_id") == other.get("external_id"),
        _ => one == other,
    }
}

fn begin(machine: &mut Machine<'_>, reaction: &Reaction, detail: &Json) -> bool {
    let Some(frame) = machine.add_visit(reaction.frame, None, 0) else { return true };
    machine.instance.visits[frame].heard = Some(detail.clone());
    let holds = match &reaction.when {
        None => true,
        Some(when) => machine.holds(frame, when).unwrap_or_else(|error| {
            machine.note("ignored", None, json!({"why": "the condition of a reaction cannot be evaluated", "error": error.to_string()}));
            false
        }),
    };
    if !holds {
        machine.instance.visits.pop();
        return false;
    }
    machine.note("reaction", Some(frame), detail.clone());
    if reaction.takes_over {
        take_over(machine, frame);
    }
    machine.enter_lane(frame, 0);
    true
}

fn take_over(machine: &mut Machine<'_>, frame: usize) {
    for visit in (0..frame).rev() {
        if !machine.instance.visits[visit].state.is_over() {
            reversal::leave(machine, visit);
        }
    }
    if let Some(stop) = machine.instance.stop.take() {
        machine.close(&stop, "a reaction took over");
    }
}
