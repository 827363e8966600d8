//! Undoing: what a visit left open at a partner is taken back, one at a time, each with its own key: newest first, or in the
//! order in which a reaction names the steps.
//!
//! How to undo a call is fixed in its visit when its answer comes; what is being undone is therefore known to the visit
//! itself, and two undoers (a withdrawal that overtakes an expiry) never undo it twice.

use super::again;
use super::decision::LinkChange;
use super::effect::{EffectResult, Purpose};
use super::instance::{Scope, State, Stop, Stopped, Then, Undoing};
use super::machine::Machine;
use super::people;
use super::steps::{self, Kind, parallel};
use crate::domain::value::Value;
use serde_json::json;

/// Begins to undo; `tick` carries it on.
pub(super) fn begin(machine: &mut Machine<'_>, undoer: usize, what: Scope, then: Then) {
    if !matches!(what, Scope::Itself) {
        for visit in (0..machine.instance.visits.len()).rev() {
            if touches(machine, undoer, &what, visit) {
                leave(machine, visit);
            }
        }
    } else {
        machine.cancel_timers(undoer);
    }
    let found = &mut machine.instance.visits[undoer];
    found.state = State::Undoing;
    found.undoing = Some(Undoing { what, then });
}

/// The flow leaves a visit: its end moves nothing on, its timers and exception go. What it did is not undone by this.
pub(super) fn leave(machine: &mut Machine<'_>, visit: usize) {
    let found = &mut machine.instance.visits[visit];
    found.left = true;
    found.undoing = None;
    let state = found.state;
    machine.cancel_timers(visit);
    people::proceed::leave(machine, visit);
    match state {
        // Its answer is still out: only that tells whether there is something to undo.
        State::Calling => {}
        // Perhaps done: its exception stays until a person has found out.
        State::Stopped if may_be_done(machine, visit) => {}
        State::Active | State::Awaiting | State::Waiting | State::Undoing | State::Stopped => {
            machine.instance.visits[visit].state = State::Left;
            close_unless_reversing(machine, visit);
        }
        _ => close_unless_reversing(machine, visit),
    }
}

fn may_be_done(machine: &Machine<'_>, visit: usize) -> bool {
    machine.instance.visits[visit].stop.as_ref().is_some_and(Stop::may_be_done)
}

fn close_unless_reversing(machine: &mut Machine<'_>, visit: usize) {
    let stop = machine.instance.visits[visit].stop.as_ref();
    if stop.is_some_and(|stop| !matches!(stop.what, Stopped::Reversing(_))) {
        machine.leave_stop(visit, "the flow left the step");
    }
}

/// Whether an undoer undoes a visit.
fn touches(machine: &Machine<'_>, undoer: usize, what: &Scope, visit: usize) -> bool {
    let inside = |lanes: Option<&[u32]>| {
        machine.ancestors(visit).iter().any(|(parent, lane)| *parent == undoer && lanes.is_none_or(|undone| undone.contains(lane)))
    };
    match what {
        Scope::Itself => visit == undoer,
        Scope::All => visit != undoer && !shares_frame(machine, undoer, visit),
        Scope::Steps(ids) => visit != undoer && ids.contains(&machine.instance.visits[visit].step),
        Scope::Inside => inside(None),
        Scope::Siblings => {
            let redo = machine.instance.visits[undoer].lanes.as_ref().map(|lanes| lanes.redo.as_slice()).unwrap_or_default();
            inside(Some(redo))
        }
        Scope::After => visit == undoer || (visit > undoer && again::is_after(machine, undoer, visit)),
        Scope::Open => {
            let open = !machine.instance.visits[visit].state.is_over() || machine.instance.visits[visit].left;
            let around = || machine.ancestors(undoer).iter().any(|(parent, _)| *parent == visit);
            // The flow's own end leaves reactions beside it alone; the end of a reaction ends everything.
            let foreign = || match (frame(machine, undoer), frame(machine, visit)) {
                (None, other) => other.is_some(),
                (mine, other) => mine == other,
            };
            visit != undoer && open && !around() && !foreign()
        }
    }
}

/// Whether both stand in the same run of a reaction: a reaction does not undo itself.
fn shares_frame(machine: &Machine<'_>, one: usize, other: usize) -> bool {
    frame(machine, one).is_some() && frame(machine, one) == frame(machine, other)
}

/// The run of a reaction that a visit stands in.
pub(super) fn frame(machine: &Machine<'_>, visit: usize) -> Option<usize> {
    let is_frame = |visit: &usize| matches!(machine.step_of(*visit).map(|step| &step.kind), Some(Kind::Reaction(_)));
    Some(visit).filter(is_frame).or_else(|| machine.ancestors(visit).into_iter().map(|(parent, _)| parent).find(is_frame))
}

/// Carries every undoing on as far as it goes; true when one came to its end.
pub(super) fn tick(machine: &mut Machine<'_>) -> bool {
    for undoer in 0..machine.instance.visits.len() {
        let found = &machine.instance.visits[undoer];
        if found.state != State::Undoing {
            continue;
        }
        let Some(undoing) = found.undoing.clone() else { continue };
        if advance(machine, undoer, &undoing.what) {
            follow(machine, undoer, undoing);
            return true;
        }
    }
    false
}

/// Asks for the next undo; true when nothing is left.
fn advance(machine: &mut Machine<'_>, undoer: usize, what: &Scope) -> bool {
    for visit in in_order(machine, what) {
        if touches(machine, undoer, what, visit) && !undone(machine, undoer, visit) {
            return false;
        }
    }
    true
}

/// Newest first; steps that are named, in the order they are named.
fn in_order(machine: &Machine<'_>, what: &Scope) -> Vec<usize> {
    let newest_first = (0..machine.instance.visits.len()).rev();
    let Scope::Steps(ids) = what else { return newest_first.collect() };
    ids.iter().flat_map(|id| newest_first.clone().filter(|visit| machine.instance.visits[*visit].step == *id)).collect()
}

/// Brings one visit nearer to being undone; true when it is.
fn undone(machine: &mut Machine<'_>, undoer: usize, visit: usize) -> bool {
    let found = &machine.instance.visits[visit];
    if found.state == State::Calling || (found.state == State::Stopped && found.stop.is_some()) {
        return false;
    }
    if found.sub.is_some() && !steps::subflow::taken_back(machine, visit) {
        return false;
    }
    let found = &machine.instance.visits[visit];
    if let Some(undo) = found.undo.clone().filter(|undo| !undo.settled) {
        if undo.effect.is_none() {
            ask(machine, visit);
        }
        return false;
    }
    restore(machine, undoer, visit);
    true
}

fn ask(machine: &mut Machine<'_>, visit: usize) {
    let found = &machine.instance.visits[visit];
    let (Some(undo), Some(connection)) = (found.undo.clone(), found.connection.clone()) else { return };
    let index = machine.plan_call(visit, connection, undo.operation, &Value::from_json(&undo.input), Purpose::Reverse);
    if let Some(undo) = &mut machine.instance.visits[visit].undo {
        undo.effect = Some(index);
    }
}

/// The former status comes back, and the visit counts as reversed, when it had done something.
fn restore(machine: &mut Machine<'_>, undoer: usize, visit: usize) {
    if let Some(before) = machine.instance.visits[visit].before.take().filter(|before| !before.is_empty()) {
        machine.set_status(visit, before);
    }
    steps::create::reverse(machine, visit);
    let found = &mut machine.instance.visits[visit];
    found.left |= visit != undoer;
    let undone = found.undo.as_ref().is_some_and(|undo| undo.settled) || found.sub.is_some();
    if matches!(found.state, State::Done | State::Skipped | State::Left) && undone {
        found.state = State::Reversed;
    }
}

/// The effect of an undo has ended.
pub(super) fn ended(machine: &mut Machine<'_>, visit: usize, index: u32, result: EffectResult) {
    match result {
        EffectResult::Done { .. } => settled(machine, visit, "reversed"),
        // Nothing to undo is as good as undone.
        EffectResult::Failed { class, .. } if class == "not_found" => settled(machine, visit, "reversed"),
        EffectResult::Failed { cause, message, .. } => {
            machine.stop(visit, cause, "reverse_failed", &message, Stopped::Reversing(index));
        }
    }
}

/// An undo is through: done by the partner, or given up by a person.
pub(super) fn settled(machine: &mut Machine<'_>, visit: usize, how: &str) {
    machine.leave_stop(visit, how);
    machine.note(how, Some(visit), json!(null));
    let (document, _) = machine.subject_of(visit);
    let found = &mut machine.instance.visits[visit];
    if let Some(undo) = &mut found.undo {
        undo.settled = true;
    }
    if let (Some(connection), Some(external_id)) = (found.connection.clone(), found.external_id.clone()) {
        let written = found.undo.as_ref().map(|undo| undo.operation.clone());
        machine.changes.links.push(LinkChange { document, connection, external_id, step: None, written, seen: None, closed: true });
    }
}

fn follow(machine: &mut Machine<'_>, undoer: usize, undoing: Undoing) {
    machine.instance.visits[undoer].undoing = None;
    match undoing.then {
        // What took itself back does not set its status again.
        Then::Done if undoing.what == Scope::Itself => machine.conclude(undoer),
        Then::Done => machine.complete(undoer),
        Then::Outcome(outcome) => {
            machine.instance.visits[undoer].outcome = Some(outcome);
            machine.conclude(undoer);
        }
        Then::End => steps::finish(machine, undoer),
        Then::Resume => parallel::resume(machine, undoer),
        Then::Dropped => parallel::dropped(machine, undoer),
        Then::Again => again::enter(machine, undoer),
        Then::Fail(error) => {
            machine.instance.visits[undoer].state = State::Active;
            machine.fail(undoer, error, "branch_failed", Stopped::Entering);
        }
    }
}
