//! `decide`: one event in, the next state and what is asked for out. It only routes.

use super::decision::{Changes, Reported};
use super::effect::{Cause, EffectResult};
use super::environment::Environment;
use super::event::{Event, Heard, Outcome};
use super::facts::Facts;
use super::flow::Flow;
use super::instance::{Instance, State, Status, Stopped, TimerPurpose};
use super::machine::Machine;
use super::steps::{Kind, call, create, each, notify, subflow};
use super::{awaits, command, ladder, notices, people, reactions, reversal, shown, within};
use crate::domain::approval::RefusalCode;
use crate::domain::ids::EffectId;
use jiff::Timestamp;
use serde_json::json;

/// Decides what follows from one event. Pure and total: any event in any state has an answer, an event that means nothing
/// is recorded as ignored, and no definition or state makes it run without bound.
pub fn decide(flow: &Flow, env: &dyn Environment, instance: Instance, facts: &Facts, event: &Event, now: Timestamp) -> (Instance, Changes) {
    if !is_sound(flow, &instance) {
        return refuse(flow, env, instance, facts, now, "bad_state", "the stored state does not fit the flow version");
    }
    let is_new = instance.status == Status::New && *event == Event::Started;
    let mut machine = Machine::new(flow, env, facts, instance.clone(), now);
    each::refresh(&mut machine);
    route(&mut machine, event);
    if let Some(refused) = machine.changes.refused.take() {
        return (instance, Changes { refused: Some(refused), ..Changes::default() });
    }
    machine.run();
    if is_new && !machine.instance.status.is_over() {
        within::begin(&mut machine);
    }
    if !machine.exhausted {
        shown::show(&mut machine, &instance);
    }
    if machine.exhausted {
        return refuse(flow, env, instance, facts, now, "decision_limit", "one event leads to more work than one decision may hold");
    }
    machine.finish()
}

fn refuse(
    flow: &Flow,
    env: &dyn Environment,
    instance: Instance,
    facts: &Facts,
    now: Timestamp,
    code: &str,
    message: &str,
) -> (Instance, Changes) {
    let mut machine = Machine::new(flow, env, facts, instance, now);
    machine.stop_instance(Cause::OurFault, code, message);
    machine.finish()
}

/// Whether every visit and timer of a state refers to what is there; the machine relies on it.
fn is_sound(flow: &Flow, instance: &Instance) -> bool {
    let visits = &instance.visits;
    let sound = visits
        .iter()
        .enumerate()
        .all(|(index, visit)| flow.step(&visit.step).is_some() && visit.parent.is_none_or(|parent| (parent as usize) < index));
    sound && instance.timers.iter().all(|timer| (timer.visit as usize) < visits.len())
}

fn route(machine: &mut Machine<'_>, event: &Event) {
    if machine.instance.status == Status::New && matches!(event, Event::Act(_)) {
        machine.changes.refused = Some(RefusalCode::NotAllowed.because("the instance has not started"));
        return;
    }
    if machine.instance.status == Status::New && !matches!(event, Event::Started) {
        return machine.note("ignored", None, json!({"why": "the instance has not started"}));
    }
    match event {
        Event::Started => started(machine),
        Event::EffectEnded { effect, result } => effect_ended(machine, *effect, result.clone()),
        Event::Heard(heard) => hear(machine, heard),
        Event::TimerFired { timer } => timer_fired(machine, *timer),
        Event::Revision(change) => reactions::revision(machine, change),
        Event::Linked { document, status } => create::linked(machine, *document, status),
        Event::SubflowEnded { instance, outcome, output, taken_back, decided_by } => {
            subflow::ended(machine, *instance, *outcome, output, *taken_back);
            subflow::heard_who_decided(machine, *instance, decided_by);
        }
        Event::TakenBack => taken_back(machine),
        Event::Act(act) => {
            if let Err(refusal) = people::verbs::obey(machine, act) {
                machine.changes.refused = Some(refusal);
            }
        }
        Event::Left { person } => people::left(machine, person),
        Event::Bundle(bundle) => notices::bundle(machine, bundle),
        Event::Command { command, exception, actor, reason } => {
            command::obey(machine, command, *exception, actor, reason.as_deref());
        }
    }
}

fn started(machine: &mut Machine<'_>) {
    if machine.instance.status != Status::New {
        return machine.note("ignored", None, json!({"why": "the instance has started already"}));
    }
    machine.instance.status = Status::Running;
    machine.instance.row.clone_from(&machine.flow.row);
    let document = &machine.facts.document;
    machine.note("started", None, json!({"document": document.key, "revision": document.revision, "version": machine.facts.version}));
    machine.begin();
}

/// The parent takes this instance back: what it did is undone as for an operator's cancel, also after its end.
fn taken_back(machine: &mut Machine<'_>) {
    machine.instance.taken_back = true;
    let gone = match &machine.instance.status {
        Status::Superseded => true,
        Status::Ended { outcome, .. } => *outcome == Outcome::Cancelled,
        _ => false,
    };
    if gone {
        machine.changes.reported =
            Some(Reported { outcome: Outcome::Cancelled, output: serde_json::Value::Null, taken_back: true, decided_by: Vec::new() });
        return machine.note("taken_back", None, json!(null));
    }
    reactions::cancel(machine, json!({"actor": "the flow that this one is a step of"}));
}

/// What an effect was for.
enum Role {
    Forward,
    Reverse,
    Notice,
}

fn effect_ended(machine: &mut Machine<'_>, effect: EffectId, result: EffectResult) {
    let Some((visit, index, role)) = find(machine, effect) else {
        return machine.note("ignored", None, json!({"why": "nothing waits for this effect", "effect": effect}));
    };
    match role {
        Role::Forward => call::ended(machine, visit, index, result),
        Role::Reverse => reversal::ended(machine, visit, index, result),
        Role::Notice => notify::ended(machine, visit, index, &result),
    }
}

fn find(machine: &Machine<'_>, effect: EffectId) -> Option<(usize, u32, Role)> {
    let matches = |visit: usize, index: &u32| machine.effect_id(visit, *index) == effect;
    machine.instance.visits.iter().enumerate().find_map(|(index, visit)| {
        if let Some(forward) = visit.forward.filter(|forward| visit.state == State::Calling && matches(index, forward)) {
            return Some((index, forward, Role::Forward));
        }
        let undo = visit.undo.as_ref().filter(|undo| !undo.settled).and_then(|undo| undo.effect);
        // One that failed stands in an exception; until that is retried nothing is under way.
        let undo = undo.filter(|undo| visit.stop.as_ref().is_none_or(|stop| stop.what != Stopped::Reversing(*undo)));
        if let Some(undo) = undo.filter(|undo| matches(index, undo)) {
            return Some((index, undo, Role::Reverse));
        }
        visit.notices.iter().find(|notice| matches(index, notice)).map(|notice| (index, *notice, Role::Notice))
    })
}

fn hear(machine: &mut Machine<'_>, heard: &Heard) {
    // Also after the end: a reaction may wait for an event of its own.
    if !awaits::hear(machine, heard) {
        reactions::heard(machine, heard);
    }
}

fn timer_fired(machine: &mut Machine<'_>, number: u32) {
    let Some(position) = machine.instance.timers.iter().position(|timer| timer.number == number) else {
        return machine.note("ignored", None, json!({"why": "no such timer is set", "timer": number}));
    };
    let timer = machine.instance.timers.remove(position);
    let visit = timer.visit as usize;
    match timer.purpose {
        TimerPurpose::Rung(rung) => ladder::fired(machine, visit, rung, timer.due),
        TimerPurpose::Within(rung) => within::fired(machine, rung, timer.due),
        TimerPurpose::Wait if machine.instance.visits[visit].state == State::Waiting => machine.complete(visit),
        TimerPurpose::Wait => machine.note("ignored", Some(visit), json!({"why": "the step no longer waits"})),
        TimerPurpose::Timeout => timed_out(machine, visit),
    }
}

fn timed_out(machine: &mut Machine<'_>, visit: usize) {
    let found = &machine.instance.visits[visit];
    if found.state.is_over() || found.stop.is_some() {
        return machine.note("timed_out", Some(visit), json!(null));
    }
    let waits = matches!(machine.step_of(visit).map(|step| &step.kind), Some(Kind::Call(call)) if call.awaits.is_some())
        || machine.asks(visit).is_some();
    let message = if waits { "nothing was decided in the time given" } else { "the step takes longer than the time given" };
    machine.stop(visit, Cause::PartnerDown, "timed_out", message, Stopped::Nothing);
}
