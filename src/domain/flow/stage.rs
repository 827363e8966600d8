//! A stage to play a flow on without any system: it keeps what the runtime would keep (outbox, timers, statuses, history) and
//! nothing else. Flow tests, `simulate` and our own tests stand on it.

use super::decide;
use super::decision::{Changes, HistoryEntry, OpenedException};
use super::effect::{EffectResult, PlannedEffect, Work};
use super::environment::{AfterLookUp, Environment, Idempotency};
use super::event::Event;
use super::facts::Facts;
use super::flow::Flow;
use super::instance::Instance;
use crate::domain::ids::{self, DocumentId, EffectId};
use crate::domain::value::Value;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A flow on stage, with one document.
pub struct Stage<'a> {
    /// The flow.
    pub flow: &'a Flow,
    /// What decisions may ask.
    pub env: &'a dyn Environment,
    /// What they are told.
    pub facts: Facts,
    /// The newest content of the document, for a restart.
    pub newest: Value,
    /// The running instance, as it would be stored.
    pub instance: Instance,
    /// Now.
    pub now: Timestamp,
    /// Effects asked for and not ended.
    pub outbox: Vec<Open>,
    /// Timers set, by number.
    pub timers: BTreeMap<u32, Timestamp>,
    /// Exceptions open.
    pub exceptions: Vec<OpenedException>,
    /// Our status by document.
    pub statuses: BTreeMap<DocumentId, String>,
    /// What happened, of the running instance and those before it.
    pub history: Vec<HistoryEntry>,
    /// How often each operation was called, `connection.operation`.
    pub calls: BTreeMap<(String, String), u32>,
}

/// An effect asked for and not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// The effect.
    pub effect: PlannedEffect,
    /// Where it stands.
    pub phase: Phase,
}

/// Where an open effect stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// To be sent (again).
    Ready,
    /// Its answer was lost; this operation is asked whether it was done.
    LookingUp(String),
    /// Stopped in an exception; a retry makes it ready again.
    Stopped,
}

/// What became of a lost answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The call is simply repeated.
    Repeated,
    /// It is looked up first.
    LookedUp,
    /// A person decides.
    Unknown,
}

impl<'a> Stage<'a> {
    /// A stage before the start.
    pub fn new(flow: &'a Flow, env: &'a dyn Environment, facts: Facts, now: Timestamp) -> Stage<'a> {
        let statuses = BTreeMap::from([(facts.document.id, facts.document.status.clone())]);
        Stage {
            flow,
            env,
            newest: facts.document.doc.clone(),
            facts,
            instance: Instance::default(),
            now,
            outbox: Vec::new(),
            timers: BTreeMap::new(),
            exceptions: Vec::new(),
            statuses,
            history: Vec::new(),
            calls: BTreeMap::new(),
        }
    }

    /// Lets the instance decide on an event and keeps what follows; gives the changes.
    pub fn tell(&mut self, event: &Event) -> Changes {
        let instance = std::mem::take(&mut self.instance);
        let (instance, changes) = decide(self.flow, self.env, instance, &self.facts, event, self.now);
        self.instance = instance;
        self.keep(&changes);
        if let Some(revision) = changes.restart {
            self.restart(revision);
        }
        changes
    }

    fn keep(&mut self, changes: &Changes) {
        self.history.extend(changes.history.iter().cloned());
        for effect in &changes.effects {
            self.outbox.push(Open { effect: effect.clone(), phase: Phase::Ready });
        }
        for open in self.outbox.iter_mut().filter(|open| changes.requeue.contains(&open.effect.id)) {
            open.phase = Phase::Ready;
        }
        self.outbox.retain(|open| !changes.withdraw.contains(&open.effect.id));
        self.timers.extend(changes.timers_set.iter().copied());
        for number in &changes.timers_cancelled {
            self.timers.remove(number);
        }
        for (document, status) in &changes.statuses {
            self.statuses.insert(*document, status.clone());
            if *document == self.facts.document.id {
                self.facts.document.status.clone_from(status);
            }
        }
        // A stopped effect whose exception is settled otherwise than by a retry is over.
        let settled = |open: &OpenedException| changes.exceptions_closed.iter().any(|(closed, _)| *closed == open.id);
        let over: Vec<EffectId> = self.exceptions.iter().filter(|open| settled(open)).filter_map(|open| open.effect).collect();
        self.outbox.retain(|open| open.phase != Phase::Stopped || !over.contains(&open.effect.id));
        self.exceptions.extend(changes.exceptions_opened.iter().cloned());
        self.exceptions.retain(|open| !changes.exceptions_closed.iter().any(|(closed, _)| *closed == open.id));
    }

    /// The runtime's answer to a restart: a new instance for the newest revision.
    fn restart(&mut self, revision: u32) {
        let document = &mut self.facts.document;
        document.doc = self.newest.clone();
        document.revision = revision;
        self.facts.instance = ids::instance_id(self.facts.tenant, document.id, &self.flow.id, revision);
        self.instance = Instance::default();
        self.timers.clear();
        self.tell(&Event::Started);
    }

    /// Ends an open effect.
    pub fn end(&mut self, effect: EffectId, result: EffectResult) -> Changes {
        match result {
            EffectResult::Done { .. } => self.outbox.retain(|open| open.effect.id != effect),
            EffectResult::Failed { .. } => {
                self.outbox.iter_mut().filter(|open| open.effect.id == effect).for_each(|open| open.phase = Phase::Stopped);
            }
        }
        self.tell(&Event::EffectEnded { effect, result })
    }

    /// The answer of an open effect is lost: by what its operation promises it is repeated, looked up, or unknown.
    pub fn lose(&mut self, effect: EffectId) -> Lost {
        let Some(open) = self.outbox.iter_mut().find(|open| open.effect.id == effect) else { return Lost::Repeated };
        let Work::Call { connection, operation, .. } = &open.effect.work else { return Lost::Repeated };
        match self.env.operation(connection, operation).map(|info| &info.idempotency) {
            Some(Idempotency::LookUp { operation, .. }) => {
                open.phase = Phase::LookingUp(operation.clone());
                Lost::LookedUp
            }
            Some(Idempotency::None) => Lost::Unknown,
            _ => Lost::Repeated,
        }
    }

    /// What follows when the look-up of an effect found nothing: it is sent again, or a person decides.
    pub fn not_found(&mut self, effect: EffectId) -> Lost {
        let Some(open) = self.outbox.iter_mut().find(|open| open.effect.id == effect) else { return Lost::Repeated };
        let Work::Call { connection, operation, .. } = &open.effect.work else { return Lost::Repeated };
        let then = match self.env.operation(connection, operation).map(|info| &info.idempotency) {
            Some(Idempotency::LookUp { then, .. }) => *then,
            _ => AfterLookUp::Repeat,
        };
        open.phase = Phase::Ready;
        if then == AfterLookUp::Repeat { Lost::Repeated } else { Lost::Unknown }
    }

    /// The number and time of the timer that is due first.
    pub fn next_timer(&self) -> Option<(u32, Timestamp)> {
        self.timers.iter().map(|(number, due)| (*number, *due)).min_by_key(|(number, due)| (*due, *number))
    }

    /// Fires one timer, at the time it is due (or now, when that has passed).
    pub fn fire(&mut self, number: u32) -> Changes {
        if let Some(due) = self.timers.remove(&number) {
            self.now = self.now.max(due);
        }
        self.tell(&Event::TimerFired { timer: number })
    }

    /// Our status of the document.
    pub fn status(&self) -> &str {
        self.statuses.get(&self.facts.document.id).map_or("", String::as_str)
    }

    /// The path taken: ids of authored steps in the order they were entered, a choice as `step.branch`.
    pub fn path(&self) -> Vec<String> {
        let mut path = Vec::new();
        for entry in &self.history {
            let Some(step) = &entry.step else { continue };
            if step.contains('.') {
                continue;
            }
            let chooses = self.flow.step(step).is_some_and(|step| matches!(step.kind, super::steps::Kind::Choose(_)));
            match entry.kind.as_str() {
                "entered" if !chooses => path.push(step.clone()),
                "chose" => path.push(format!("{step}.{}", entry.detail.get("branch").and_then(|branch| branch.as_str()).unwrap_or("?"))),
                _ => {}
            }
        }
        path
    }
}
