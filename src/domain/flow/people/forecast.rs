//! Who will be asked: the same rules as the run, asked of the steps that are still to come.
//!
//! What depends on something that is not known yet (the answer of a call) is said to be open, not guessed.

use super::asks_of;
use super::enter::Chosen;
use crate::domain::flow::environment::Environment;
use crate::domain::flow::facts::Facts;
use crate::domain::flow::flow::{Condition, Flow};
use crate::domain::flow::instance::{Instance, State};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::scope::Needs;
use crate::domain::flow::steps::Kind;
use jiff::Timestamp;
use serde::Serialize;

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

/// The steps that will ask people, from where the instance stands; of a fresh instance from the beginning.
pub fn forecast(flow: &Flow, env: &dyn Environment, facts: &Facts, instance: &Instance, now: Timestamp) -> Vec<Coming> {
    let mut instance = instance.clone();
    if instance.status.is_over() {
        return Vec::new();
    }
    let mut walk = Walk { flow, found: Vec::new() };
    // Expressions are evaluated as a step would see them: from a visit of its own.
    let from = position(flow, &instance);
    instance.visits.push(crate::domain::flow::instance::Visit { state: State::Left, left: true, ..Default::default() });
    let probe = instance.visits.len() - 1;
    if let Some(step) = flow.steps.first() {
        instance.visits[probe].step.clone_from(&step.id);
    }
    let mut machine = Machine::new(flow, env, facts, instance, now);
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
        let step = &self.flow.steps[index];
        machine.instance.visits[probe].step.clone_from(&step.id);
        let (left_out, certain) = match step.when.as_ref().map(|when| known(machine, probe, when)) {
            Some(Some(false)) => (true, certain),
            Some(None) => (false, false),
            _ => (false, certain),
        };
        if left_out {
            return true;
        }
        if let Some(asks) = asks_of(step) {
            let chosen = Chosen::of(machine, probe, asks);
            let known = chosen.is_ok() && asks.conditions().iter().all(|condition| is_known(machine, condition));
            let people = chosen.map(|chosen| chosen.people).unwrap_or_default();
            self.found.push(Coming { step: step.id.clone(), people, mode: asks.mode.word(), certain, known });
            return true;
        }
        match &step.kind {
            Kind::End(_) => !certain,
            Kind::Choose(choose) => {
                for (number, condition) in choose.conditions.iter().enumerate() {
                    machine.instance.visits[probe].step.clone_from(&step.id);
                    match known(machine, probe, condition) {
                        Some(true) => return step.children.get(number).is_none_or(|block| self.block(machine, probe, *block, 0, certain)),
                        Some(false) => {}
                        // From here on any branch may be taken.
                        None => {
                            for block in step.children.iter().skip(number) {
                                self.block(machine, probe, *block, 0, false);
                            }
                            return true;
                        }
                    }
                }
                step.children.last().is_none_or(|block| self.block(machine, probe, *block, 0, certain))
            }
            Kind::Each(_) => {
                for block in &step.children {
                    self.block(machine, probe, *block, 0, false);
                }
                true
            }
            _ => {
                for block in &step.children {
                    self.block(machine, probe, *block, 0, certain);
                }
                true
            }
        }
    }
}

/// What a condition gives, when all it looks at is known.
fn known(machine: &Machine<'_>, probe: usize, condition: &Condition) -> Option<bool> {
    if !is_known(machine, condition) {
        return None;
    }
    machine.holds(probe, condition).ok()
}

/// Whether every step a condition looks at is over.
fn is_known(machine: &Machine<'_>, condition: &Condition) -> bool {
    let over = |id: &String| machine.instance.visits.iter().any(|visit| visit.step == *id && !visit.left && visit.state.is_over());
    match &condition.needs {
        Needs::Nothing => true,
        Needs::Steps(ids) => ids.iter().all(over),
        Needs::All => false,
    }
}
