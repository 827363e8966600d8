//! Who will be asked: the same rules as the run, asked of the steps that are still to come.
//!
//! What depends on something that is not known yet (the answer of a call) is said to be open, not guessed. Only for rules about
//! who decided before it is taken that everybody says yes: with a no they are asked nothing.

use super::choose::Chooser;
use super::enter::Chosen;
use super::{Asks, asks_of};
use crate::domain::approval::{Activation, Mode, Task, TaskKind, TaskState};
use crate::domain::flow::decide;
use crate::domain::flow::environment::Environment;
use crate::domain::flow::event::Event;
use crate::domain::flow::facts::Facts;
use crate::domain::flow::flow::{Condition, Flow, Step};
use crate::domain::flow::instance::{Instance, State, Visit};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::scope::Needs;
use crate::domain::flow::steps::Kind;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;

/// Steps a forecast names at most.
const STEPS_MAX: usize = 200;

/// One step that will ask people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coming {
    /// The step.
    pub step: String,
    /// The people, in order; those whose share passes by itself with the reason.
    pub people: Vec<(String, Option<&'static str>)>,
    /// How many must agree.
    pub mode: String,
    /// Whether it is certain that the step is reached.
    pub certain: bool,
    /// Whether who is asked is known.
    pub known: bool,
}

/// What a flow would do among people, were it to begin now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beginning {
    /// The steps that ask people, those of the first moment too.
    pub steps: Vec<Coming>,
    /// The steps at which it would stop at once and wait for whoever runs the flow.
    pub stopped: Vec<String>,
}

/// What a flow would do, were it to begin now: it is begun as a run begins it, and nothing of what that asks for is carried
/// out. So the answer of a decision table, a field that is set and a share that passes by itself are known, not guessed.
pub fn of_beginning(flow: &Flow, env: &dyn Environment, facts: &Facts, now: Timestamp) -> Beginning {
    let (begun, changes) = decide(flow, env, Instance::default(), facts, &Event::Started, now);
    let stopped = changes.exceptions_opened.into_iter().filter_map(|opened| opened.step).map(|(step, _)| step).collect();
    let mut walk = Walk::new(flow, true);
    let (mut machine, probe) = probed(flow, env, facts, begun, now);
    walk.block(&mut machine, probe, 0, 0, true);
    Beginning { steps: walk.found, stopped }
}

/// The steps that will ask people, from where the instance stands; of a fresh instance from the beginning.
pub fn forecast(flow: &Flow, env: &dyn Environment, facts: &Facts, instance: &Instance, now: Timestamp) -> Vec<Coming> {
    if instance.status.is_over() {
        return Vec::new();
    }
    let from = position(flow, instance);
    let mut walk = Walk::new(flow, false);
    let (mut machine, probe) = probed(flow, env, facts, instance.clone(), now);
    match from {
        None => walk.block(&mut machine, probe, 0, 0, true),
        Some(step) => {
            // What stands behind the step, then behind each step around it.
            let mut at = Some(step);
            while let Some(index) = at {
                let step = &flow.steps[index];
                if !walk.block(&mut machine, probe, step.block, step.position + 1, true) {
                    return walk.found;
                }
                at = around(flow, step.block);
            }
            true
        }
    };
    walk.found
}

/// A machine with a visit of its own at the end, from which expressions are evaluated as a step would see them.
fn probed<'a>(flow: &'a Flow, env: &'a dyn Environment, facts: &'a Facts, mut instance: Instance, now: Timestamp) -> (Machine<'a>, usize) {
    let step = flow.steps.first().map(|step| step.id.clone()).unwrap_or_default();
    instance.visits.push(Visit { step, state: State::Left, left: true, ..Visit::default() });
    let probe = instance.visits.len() - 1;
    (Machine::new(flow, env, facts, instance, now), probe)
}

/// The step in whose block the instance stands, the outermost of several.
fn position(flow: &Flow, instance: &Instance) -> Option<usize> {
    let newest = instance.visits.iter().rev().find(|visit| visit.parent.is_none() && !visit.left)?;
    let inner = instance
        .visits
        .iter()
        .rev()
        .find(|visit| !visit.left && !visit.state.is_over() && !is_container(flow, &visit.step))
        .unwrap_or(newest);
    flow.steps.iter().position(|step| step.id == inner.step)
}

fn is_container(flow: &Flow, step: &str) -> bool {
    matches!(flow.step(step).map(|step| &step.kind), Some(Kind::Choose(_) | Kind::Parallel(_) | Kind::Each(_)))
}

/// The step a block stands in.
fn around(flow: &Flow, block: usize) -> Option<usize> {
    flow.steps.iter().position(|step| step.children.contains(&block))
}

struct Walk<'a> {
    flow: &'a Flow,
    found: Vec<Coming>,
    /// Whether the steps that the instance has entered are part of what is told, as they were entered.
    entered: bool,
    /// Those of whom some will have decided, and others not.
    perhaps: BTreeSet<String>,
    /// The flow may have ended before.
    may_end: bool,
}

impl<'a> Walk<'a> {
    fn new(flow: &'a Flow, entered: bool) -> Walk<'a> {
        Walk { flow, found: Vec::new(), entered, perhaps: BTreeSet::new(), may_end: false }
    }
}

impl Walk<'_> {
    /// Walks a block from a place; false when it surely ends the flow.
    fn block(&mut self, machine: &mut Machine<'_>, probe: usize, block: usize, from: usize, certain: bool) -> bool {
        let steps = self.flow.blocks.get(block).cloned().unwrap_or_default();
        for index in steps.into_iter().skip(from) {
            if self.found.len() >= STEPS_MAX || !self.step(machine, probe, index, certain) {
                return false;
            }
        }
        true
    }

    fn step(&mut self, machine: &mut Machine<'_>, probe: usize, index: usize, certain: bool) -> bool {
        let flow = self.flow;
        let step = &flow.steps[index];
        let certain = certain && !self.may_end;
        machine.instance.visits[probe].step.clone_from(&step.id);
        let entered = if self.entered { newest(machine, probe, &step.id) } else { None };
        if let (Some(asks), Some(activation)) = (asks_of(step), entered.and_then(|visit| machine.instance.visits[visit].people.as_deref()))
        {
            let (people, over) = (asked(activation), entered.is_some_and(|visit| machine.instance.visits[visit].state.is_over()));
            // What a rule has decided at once needs no presumption, and its outcome is known.
            if !over {
                self.presume(machine, step, asks, &people);
            }
            self.found.push(Coming { step: step.id.clone(), people, mode: asks.mode.word(), certain, known: true });
            return true;
        }
        let (left_out, certain) = match step.when.as_ref().filter(|_| entered.is_none()).map(|when| known(machine, probe, when)) {
            Some(Some(false)) => (true, certain),
            Some(None) => (false, false),
            _ => (false, certain),
        };
        if left_out {
            return true;
        }
        if let Some(asks) = asks_of(step) {
            let chosen = Chosen::of(machine, probe, asks);
            let known = chosen.is_ok() && asks.by.iter().all(|chooser| leads(machine, probe, chooser));
            let people = chosen.map(|chosen| chosen.people).unwrap_or_default();
            // Who of several decided is not known, and may not decide here as well.
            let known = known && !(asks.second_person && people.iter().any(|(person, _)| self.perhaps.contains(person)));
            self.presume(machine, step, asks, &people);
            self.found.push(Coming { step: step.id.clone(), people, mode: asks.mode.word(), certain, known });
            return true;
        }
        match &step.kind {
            Kind::End(_) => {
                self.may_end = true;
                !certain
            }
            Kind::Choose(choose) => {
                if let Some(branch) = entered.and_then(|visit| taken(machine, visit)) {
                    return step.children.get(branch).is_none_or(|block| self.block(machine, probe, *block, 0, certain));
                }
                for (number, condition) in choose.conditions.iter().enumerate() {
                    machine.instance.visits[probe].step.clone_from(&step.id);
                    match known(machine, probe, condition) {
                        Some(true) => return step.children.get(number).is_none_or(|block| self.block(machine, probe, *block, 0, certain)),
                        Some(false) => {}
                        // From here on any branch may be taken.
                        None => {
                            for block in step.children.iter().skip(number) {
                                self.aside(machine, probe, *block, false);
                            }
                            return true;
                        }
                    }
                }
                step.children.last().is_none_or(|block| self.block(machine, probe, *block, 0, certain))
            }
            Kind::Each(_) => {
                // One step, and people for each item: what the first of them was asked is not what the others are.
                let entered = std::mem::replace(&mut self.entered, false);
                for block in &step.children {
                    self.aside(machine, probe, *block, false);
                }
                self.entered = entered;
                true
            }
            _ => {
                // What goes on at the same time does not come before it, but all of it before what follows.
                let mut beside = Vec::new();
                for block in &step.children {
                    beside.extend(self.aside(machine, probe, *block, certain));
                }
                machine.instance.visits.extend(beside);
                true
            }
        }
    }

    /// Walks a block that says nothing to those beside it; gives what is presumed of it.
    fn aside(&mut self, machine: &mut Machine<'_>, probe: usize, block: usize, certain: bool) -> Vec<Visit> {
        let before = machine.instance.visits.len();
        self.block(machine, probe, block, 0, certain);
        machine.instance.visits.split_off(before)
    }

    /// Takes it that the people of a step say yes. Where not all of them have to, who does is not known.
    fn presume(&mut self, machine: &mut Machine<'_>, step: &Step, asks: &Asks, people: &[(String, Option<&'static str>)]) {
        let asked: Vec<&String> = people.iter().filter(|(_, why)| why.is_none()).map(|(person, _)| person).collect();
        let all = asked.len() == 1 || matches!(asks.mode, Mode::All | Mode::Sequence);
        if !all {
            self.perhaps.extend(asked.into_iter().cloned());
            return;
        }
        let state = if asks.kind == TaskKind::Approve { TaskState::Approved } else { TaskState::Done };
        let task = |person: &String| Task { person: person.clone(), kind: asks.kind, state, ..Task::default() };
        let people = Activation { tasks: asked.into_iter().map(task).collect(), ..Activation::default() };
        machine.instance.visits.push(Visit {
            step: step.id.clone(),
            state: State::Done,
            round: machine.instance.round,
            people: Some(Box::new(people)),
            ..Visit::default()
        });
    }
}

/// Whether all that a chooser looks at is known, or presumed.
fn leads(machine: &Machine<'_>, probe: usize, chooser: &Chooser) -> bool {
    match chooser {
        Chooser::HandlerOf(step) => {
            machine.instance.visits.iter().any(|visit| visit.step == *step && !visit.left && visit.state == State::Done)
        }
        _ => chooser.condition().is_none_or(|condition| is_known(machine, probe, condition)),
    }
}

/// The newest visit of a step that still counts.
fn newest(machine: &Machine<'_>, probe: usize, step: &str) -> Option<usize> {
    machine.instance.visits[..probe].iter().rposition(|visit| visit.step == step && !visit.left)
}

/// The branch that a `choose` has taken; none when nothing in it was entered.
fn taken(machine: &Machine<'_>, visit: usize) -> Option<usize> {
    let inside = machine.instance.visits.iter().find(|found| found.parent.is_some_and(|parent| parent as usize == visit))?;
    usize::try_from(inside.lane).ok()
}

/// Who was asked, in order; those whose share passed by a rule with the reason.
fn asked(activation: &Activation) -> Vec<(String, Option<&'static str>)> {
    let passed = |why: &str| ["own_document", "repeated"].into_iter().find(|known| *known == why);
    let why = |task: &Task| task.why.as_deref().filter(|_| task.state == TaskState::Skipped).and_then(passed);
    activation.tasks.iter().map(|task| (task.person.clone(), why(task))).collect()
}

/// What a condition gives, when all it looks at is known.
fn known(machine: &Machine<'_>, probe: usize, condition: &Condition) -> Option<bool> {
    if !is_known(machine, probe, condition) {
        return None;
    }
    machine.holds(probe, condition).ok()
}

/// Whether every step a condition looks at is over. What is presumed has no outcome of its own, and stands behind the probe.
fn is_known(machine: &Machine<'_>, probe: usize, condition: &Condition) -> bool {
    let visits = &machine.instance.visits[..probe];
    let over = |id: &String| visits.iter().any(|visit| visit.step == *id && !visit.left && visit.state.is_over());
    match &condition.needs {
        Needs::Nothing => true,
        Needs::Steps(ids) => ids.iter().all(over),
        Needs::All => false,
    }
}
