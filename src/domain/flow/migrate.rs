//! Moving a running instance to another version of its flow: whether it can, what it would lose, and the moved state.
//!
//! What has happened stays as it was: visits, effects under way, timers and what they are keyed by. So every visit that can
//! still move must find its step in the new version, of the same kind, in the same place; a visit that is over may find its
//! step gone when nothing hangs on it. Nothing is guessed: what does not fit is an obstacle with its words. Who is asked stays
//! asked: tasks, and the clocks set for them, are those of before, so what decides on them must mean the same; of rules that
//! hold from now on, a note says that they are others.

use super::environment::Environment;
use super::flow::{Flow, Step};
use super::instance::{Instance, State, TimerPurpose, Visit};
use super::ladder::{Act, Rung, rungs};
use super::people::{Asks, asks_of};
use super::steps::Kind;
use crate::domain::value::Value;
use serde::{Deserialize, Serialize};
use std::mem::discriminant;

/// Why an instance cannot move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Obstacle {
    /// The step; empty for the instance as a whole.
    pub step: String,
    /// Stable word: `over`, `other_document`, `step_gone`, `other_kind`, `other_place`, `other_call`, `ladder_shorter`,
    /// `ladder_other`, `mode_changed`, `branches`, `output_unfit`, `reversible`, `status_unknown`, `connection_unknown`; of a
    /// note `rules_changed`, `rungs_not_set`.
    pub code: String,
    /// In words.
    pub message: String,
}

/// What moving an instance would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Plan {
    /// What stands in the way; it can move when there is none.
    pub obstacles: Vec<Obstacle>,
    /// Steps it stands at.
    pub stands_at: Vec<String>,
    /// Steps with an effect under way: its answer comes to the new version.
    pub open_effects: Vec<String>,
    /// Steps it has passed that the new version does not know: what they gave is no longer seen.
    pub lost: Vec<String>,
    /// Steps that are new before the place where it stands: they are not run.
    pub not_run: Vec<String>,
    /// What else becomes of steps that it stands at: it can move all the same.
    #[serde(default)]
    pub notes: Vec<Obstacle>,
}

impl Plan {
    /// Whether it can move.
    pub fn is_possible(&self) -> bool {
        self.obstacles.is_empty()
    }

    fn obstacle(&mut self, step: &str, code: &str, message: String) {
        self.obstacles.push(Obstacle { step: step.to_owned(), code: code.to_owned(), message });
    }

    fn note(&mut self, step: &str, code: &str, message: String) {
        self.notes.push(Obstacle { step: step.to_owned(), code: code.to_owned(), message });
    }
}

/// Plans the move of an instance from one version of its flow to another.
pub fn plan(from: &Flow, to: &Flow, env: &dyn Environment, instance: &Instance) -> Plan {
    let mut plan = Plan::default();
    if instance.status.is_over() {
        plan.obstacle("", "over", format!("the instance is over: {}", instance.status.word()));
        return plan;
    }
    if from.document != to.document {
        plan.obstacle("", "other_document", format!("the new version is for `{}`, not for `{}`", to.document, from.document));
        return plan;
    }
    for (index, visit) in instance.visits.iter().enumerate() {
        look_at(&mut plan, from, to, env, instance, index, visit);
    }
    for timer in &instance.timers {
        ladder(&mut plan, from, to, instance, timer.visit as usize, timer.purpose);
    }
    plan.not_run = not_run(from, to, instance);
    plan
}

/// The state under the new version: visits of steps that are gone are left out, everything else keeps its identity.
/// Only for what `plan` finds possible.
#[must_use]
pub fn moved(to: &Flow, mut instance: Instance) -> Instance {
    let kept: Vec<bool> = instance.visits.iter().map(|visit| to.step(&visit.step).is_some()).collect();
    let mut places = Vec::with_capacity(kept.len());
    let mut next = 0_u32;
    for keep in &kept {
        places.push(next);
        next += u32::from(*keep);
    }
    let place = |old: u32| places.get(old as usize).copied().unwrap_or(old);
    let mut keep = kept.iter();
    instance.visits.retain(|_| keep.next().copied().unwrap_or(true));
    for visit in &mut instance.visits {
        visit.parent = visit.parent.map(place);
    }
    for timer in &mut instance.timers {
        timer.visit = place(timer.visit);
    }
    for centre in &mut instance.centres {
        centre.under_way = centre.under_way.map(|(visit, index)| (place(visit), index));
    }
    instance
}

fn look_at(plan: &mut Plan, from: &Flow, to: &Flow, env: &dyn Environment, instance: &Instance, index: usize, visit: &Visit) {
    let open = !visit.state.is_over() || visit.stop.is_some() || !visit.notices.is_empty();
    if is_leaf(from, visit) && open {
        push(&mut plan.stands_at, &visit.step);
    }
    if visit.state == State::Calling || visit.undo.as_ref().is_some_and(|undo| undo.effect.is_some() && !undo.settled) {
        push(&mut plan.open_effects, &visit.step);
    }
    let Some(step) = to.step(&visit.step) else { return gone(plan, instance, index, visit, open) };
    let Some(former) = from.step(&visit.step) else { return };
    if discriminant(&former.kind) != discriminant(&step.kind) {
        return plan.obstacle(&visit.step, "other_kind", "the step is of another kind in the new version".to_owned());
    }
    if visit.output.as_ref().is_some_and(|output| step.output.read(&Value::from_json(output)).is_err()) {
        plan.obstacle(&visit.step, "output_unfit", "what the step gave does not fit its output in the new version".to_owned());
    }
    if open {
        place(plan, from, to, instance, visit, step);
        call(plan, env, visit, former, step);
        lanes(plan, visit, step);
        people(plan, visit, former, step);
    }
}

fn push(list: &mut Vec<String>, step: &str) {
    if !list.iter().any(|known| known == step) {
        list.push(step.to_owned());
    }
}

fn is_leaf(flow: &Flow, visit: &Visit) -> bool {
    flow.step(&visit.step).is_none_or(|step| step.children.is_empty() || visit.state != State::Active)
}

/// The step of a visit is not in the new version.
fn gone(plan: &mut Plan, instance: &Instance, index: usize, visit: &Visit, open: bool) {
    let around = instance.visits.iter().any(|other| other.parent.is_some_and(|parent| parent as usize == index));
    if open {
        plan.obstacle(&visit.step, "step_gone", "the instance stands at this step, and the new version does not have it".to_owned());
    } else if visit.undo.as_ref().is_some_and(|undo| !undo.settled) || visit.made.is_some() {
        let message = "what this step did may have to be undone, and the new version does not have the step".to_owned();
        plan.obstacle(&visit.step, "reversible", message);
    } else if visit.before.is_some() {
        let message = "this step set the status, and the new version could not restore the former one".to_owned();
        plan.obstacle(&visit.step, "status_unknown", message);
    } else if around {
        plan.obstacle(&visit.step, "step_gone", "the instance has been inside this step, and the new version does not have it".to_owned());
    } else {
        push(&mut plan.lost, &visit.step);
    }
}

/// Whether the step stands in the same step as before, and in the branch of the same number.
fn place(plan: &mut Plan, from: &Flow, to: &Flow, instance: &Instance, visit: &Visit, step: &Step) {
    let around = visit.parent.and_then(|parent| instance.visits.get(parent as usize)).map(|parent| parent.step.as_str());
    let here = around_of(to, step);
    if around != here.map(|(parent, _)| parent) {
        let name = |step: Option<&str>| step.map_or("no other step".to_owned(), |step| format!("`{step}`"));
        let message = format!("it stands inside {} and would stand inside {}", name(around), name(here.map(|(parent, _)| parent)));
        return plan.obstacle(&visit.step, "other_place", message);
    }
    let former = from.step(&visit.step).and_then(|step| around_of(from, step));
    if former.map(|(_, branch)| branch) != here.map(|(_, branch)| branch) {
        plan.obstacle(&visit.step, "other_place", "the branch it stands in has another number in the new version".to_owned());
    }
}

/// The step around a step, and which of its blocks holds it.
fn around_of<'f>(flow: &'f Flow, step: &Step) -> Option<(&'f str, usize)> {
    let holds = |one: &&Step| one.children.contains(&step.block);
    let around = flow.steps.iter().find(holds)?;
    Some((&around.id, around.children.iter().position(|block| *block == step.block)?))
}

/// A call that is under way or awaited goes on as the same call.
fn call(plan: &mut Plan, env: &dyn Environment, visit: &Visit, former: &Step, step: &Step) {
    let (Kind::Call(old), Kind::Call(new)) = (&former.kind, &step.kind) else { return };
    if visit.state == State::Stopped && visit.forward.is_none() && visit.external_id.is_none() {
        // It has not asked for anything yet; entering it again does as the new version says.
        return;
    }
    if (&old.role, &old.operation) != (&new.role, &new.operation) {
        let message = format!("it has called `{}.{}`, and the new version calls `{}.{}`", old.role, old.operation, new.role, new.operation);
        plan.obstacle(&visit.step, "other_call", message);
    }
    let event = |call: &super::steps::call::Call| call.awaits.as_ref().map(|awaits| (awaits.role.clone(), awaits.event.clone()));
    if event(old) != event(new) {
        plan.obstacle(&visit.step, "other_call", "it waits for another event in the new version".to_owned());
    }
    let unknown = visit.connection.as_deref().filter(|connection| env.operation(connection, &new.operation).is_none());
    if let Some(connection) = unknown {
        plan.obstacle(&visit.step, "connection_unknown", format!("the new version does not speak to `{connection}`"));
    }
}

fn lanes(plan: &mut Plan, visit: &Visit, step: &Step) {
    let counted = matches!(step.kind, Kind::Parallel(_));
    if counted && visit.lanes.as_ref().is_some_and(|lanes| lanes.total as usize != step.children.len()) {
        plan.obstacle(&visit.step, "branches", "branches are under way, and the new version has another number of them".to_owned());
    }
}

/// People who are asked stay asked: their tasks are counted as they were made, and done by the rules that hold then.
fn people(plan: &mut Plan, visit: &Visit, former: &Step, step: &Step) {
    let (Some(old), Some(new), Some(activation)) = (asks_of(former), asks_of(step), &visit.people) else { return };
    if activation.tasks.is_empty() || visit.state.is_over() {
        return;
    }
    if old.mode != new.mode {
        let message = format!("people are asked by the mode {}, and the new version has {}", old.mode.word(), new.mode.word());
        plan.obstacle(&visit.step, "mode_changed", message);
    }
    let others = other_rules(old, new);
    if !others.is_empty() {
        let message = format!("whoever is asked already decides by what the new version says of {}", others.join(", "));
        plan.note(&visit.step, "rules_changed", message);
    }
    if new.ladder.len() > old.ladder.len() {
        let message = format!("its ladder has {} rungs, and the new version {}: those are not set", old.ladder.len(), new.ladder.len());
        plan.note(&visit.step, "rungs_not_set", message);
    }
}

/// Keys of a step that hold at every decision, and that say something else now.
fn other_rules(old: &Asks, new: &Asks) -> Vec<&'static str> {
    let rules = [
        ("`fields`", old.fields != new.fields),
        ("`proof`", old.proof != new.proof),
        ("`reject`", old.reject != new.reject),
        ("`comment`", old.comment != new.comment),
        ("`verbs`", old.verbs != new.verbs),
        ("`second_person`", old.second_person != new.second_person),
        ("`veto`", old.veto.is_empty() != new.veto.is_empty()),
    ];
    rules.into_iter().filter(|(_, other)| *other).map(|(key, _)| key).collect()
}

/// A rung that is set must be there when its time comes, and do what it was set for.
fn ladder(plan: &mut Plan, from: &Flow, to: &Flow, instance: &Instance, visit: usize, purpose: TimerPurpose) {
    match purpose {
        TimerPurpose::Rung(number) => {
            let Some(visit) = instance.visits.get(visit) else { return };
            let Some(step) = to.step(&visit.step) else { return };
            let former = from.step(&visit.step).map(|step| rungs(&step.kind)).unwrap_or_default();
            rung(plan, &visit.step, "its ladder", number, former, rungs(&step.kind));
        }
        TimerPurpose::Within(number) => {
            let of = |flow: &Flow| flow.within.as_ref().map(|within| within.rungs.clone()).unwrap_or_default();
            rung(plan, "", "the whole instance's ladder", number, &of(from), &of(to));
        }
        TimerPurpose::Wait | TimerPurpose::Timeout => {}
    }
}

fn rung(plan: &mut Plan, step: &str, whose: &str, number: u32, former: &[Rung], now: &[Rung]) {
    let (code, message) = match (former.get(number as usize), now.get(number as usize)) {
        (_, None) => ("ladder_shorter", format!("rung {} of {whose} is set, and the new version has {}", number + 1, now.len())),
        (Some(former), Some(now)) if !is_same(&former.act, &now.act) => {
            let (former, now) = (word(&former.act), word(&now.act));
            ("ladder_other", format!("rung {} of {whose} is set to {former}, and would {now} in the new version", number + 1))
        }
        _ => return,
    };
    if !plan.obstacles.iter().any(|known| known.step == step && known.code == code) {
        plan.obstacle(step, code, message);
    }
}

/// Whether two rungs do the same, to whomever.
fn is_same(one: &Act, other: &Act) -> bool {
    match (one, other) {
        (Act::Outcome(one), Act::Outcome(other)) => one == other,
        _ => discriminant(one) == discriminant(other),
    }
}

fn word(act: &Act) -> String {
    match act {
        Act::Remind(_) => "remind".to_owned(),
        Act::Escalate(_) => "escalate".to_owned(),
        Act::HandOver(_) => "hand over".to_owned(),
        Act::Outcome(outcome) => format!("give up as `{}`", outcome.word()),
    }
}

/// New steps that come before what is under way: in the same block, or before a step around it.
fn not_run(from: &Flow, to: &Flow, instance: &Instance) -> Vec<String> {
    let mut found = Vec::new();
    for visit in instance.visits.iter().filter(|visit| !visit.state.is_over()) {
        let Some(step) = to.step(&visit.step) else { continue };
        let before = to.blocks.get(step.block).into_iter().flatten().take(step.position);
        for index in before {
            let Some(step) = to.steps.get(*index) else { continue };
            if step.is_authored() && from.step(&step.id).is_none() {
                push(&mut found, &step.id);
            }
        }
    }
    found
}
