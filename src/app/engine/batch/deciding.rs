//! Takes the inputs of a batch in order; each lands on instances, whose changes become rows.

use super::{Batch, Circumstances};
use crate::app::engine::events::Before;
use crate::app::engine::input::{CommandInput, Ended, Input, Verdict};
use crate::app::engine::working_set::WorkingSet;
use crate::app::trace::Touched;
use crate::domain::flow::HUB;
use crate::domain::flow::event::Event;
use crate::domain::ids::{DocumentId, InstanceId};
use crate::store::{InstanceRow, Loaded, TimerKey};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// Decides a batch.
pub fn decide_batch(inputs: &[Input], loaded: Loaded, circumstances: &Circumstances) -> Batch {
    let before = circumstances.publishes.then(|| Before::of(&loaded));
    let set = WorkingSet::new(loaded);
    let here = set.documents.values().filter(|work| work.row.source == HUB);
    let made = Arc::new(here.map(|work| (work.row.id, work.row.external_id.clone())).collect());
    let mut deciding =
        Deciding { set, circumstances, room: circumstances.room.clone(), input: 0, sent_at: None, touched: Vec::new(), made };
    let mut verdicts = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.iter().enumerate() {
        deciding.input = index;
        verdicts.push(deciding.take(input));
    }
    let touched = std::mem::take(&mut deciding.touched);
    let mut writes = deciding.set.finish(circumstances.now);
    if let Some(before) = before {
        writes.events = before.changes(&writes, circumstances.now);
    }
    let made_here = writes.links.iter().filter(|link| link.step.is_some() && !link.closed);
    let linked = made_here.map(|link| (link.tenant, link.connection.clone(), link.external_id.clone())).collect();
    Batch { writes, verdicts, linked, touched }
}

/// A batch while it is decided.
pub(super) struct Deciding<'a> {
    pub(super) set: WorkingSet,
    pub(super) circumstances: &'a Circumstances,
    pub(super) room: HashMap<String, u32>,
    /// The input at hand, by its place in the batch.
    pub(super) input: usize,
    /// When the request left whose end is the input at hand.
    pub(super) sent_at: Option<Timestamp>,
    pub(super) touched: Vec<Touched>,
    /// Documents of the hub's own that are here already, with what each was made for: those that were loaded, and of this batch.
    pub(super) made: Arc<HashMap<DocumentId, Option<String>>>,
}

impl Deciding<'_> {
    pub(super) fn now(&self) -> Timestamp {
        self.circumstances.now
    }

    fn take(&mut self, input: &Input) -> Verdict {
        match input {
            Input::Sighting(sighting) => self.sighting(sighting),
            Input::Heard(heard) => self.heard(heard),
            Input::Ended(ended) => self.ended(ended),
            Input::Timer(timer) => self.timer(*timer),
            Input::Command(command) => self.command(command),
            Input::Mend(mend) => self.mend(mend),
            Input::People(input) => self.people(input),
            Input::Stopped(stopped) => self.stopped(stopped),
            Input::MessageCommand(command) => self.message_command(command),
            Input::Migrate(migrate) => self.migrate(migrate),
            Input::Begin(begin) => self.begin_for(begin),
            Input::Told(told) => self.told(told),
            Input::Stuck(stuck) => self.stuck(stuck),
        }
    }

    // ---- effects, timers, people ----

    fn ended(&mut self, ended: &Ended) -> Verdict {
        let effect = &ended.claimed.effect;
        if !self.set.held.contains(&effect.id) {
            return Verdict::Gone;
        }
        if let Some(missing) = self.set.instances.get(&effect.instance).and_then(|work| self.missing(&work.row)) {
            return missing;
        }
        self.set.writes.progress.push(ended.progress.clone());
        self.sent_at = ended.sent_at;
        self.event(effect.instance, &Event::EffectEnded { effect: effect.id, result: ended.result.clone() });
        self.sent_at = None;
        self.effect_goes_on(effect.instance, effect.id);
        Verdict::Done
    }

    fn timer(&mut self, timer: TimerKey) -> Verdict {
        #[cfg(test)]
        assert_ne!(timer.number, PANICS, "a decision that panics, for tests");
        if !self.set.timers.contains(&timer) {
            return Verdict::Gone;
        }
        if let Some(missing) = self.set.instances.get(&timer.instance).and_then(|work| self.missing(&work.row)) {
            self.set.writes.timers.push((timer, self.now()));
            return missing;
        }
        self.event(timer.instance, &Event::TimerFired { timer: timer.number });
        self.timer_goes_on(timer);
        Verdict::Done
    }

    pub(super) fn command(&mut self, input: &CommandInput) -> Verdict {
        let Some(work) = self.set.instances.get(&input.instance) else {
            return Verdict::Refused("there is no such instance".to_owned());
        };
        if let Some(missing) = self.missing(&work.row) {
            return missing;
        }
        let open = self.set.exceptions.get(&input.instance);
        if let Some(exception) = input.exception
            && !open.is_some_and(|open| open.iter().any(|row| row.id == exception && row.state == "open"))
        {
            return Verdict::Refused("this exception is not open any more".to_owned());
        }
        if let Some(verdict) = self.settle_stuck(input) {
            self.closed_by(&input.actor);
            return verdict;
        }
        let event = Event::Command {
            command: input.command.clone(),
            exception: input.exception,
            actor: input.actor.clone(),
            reason: input.reason.clone(),
        };
        self.event(input.instance, &event);
        self.closed_by(&input.actor);
        Verdict::Done
    }

    fn closed_by(&mut self, actor: &str) {
        for closed in &mut self.set.writes.exceptions_closed {
            if closed.by.is_empty() {
                actor.clone_into(&mut closed.by);
            }
        }
    }

    // ---- what is known ----

    pub(super) fn running_instances(&self, document: DocumentId) -> Vec<InstanceId> {
        let open = |id: &InstanceId| self.set.instances.get(id).is_some_and(|work| is_open(&work.row));
        self.set.instances_of(document).into_iter().filter(open).collect()
    }

    /// The newest instance of each flow of a document: the one reactions are about, ended or not.
    pub(super) fn newest_per_flow(&self, document: DocumentId) -> Vec<InstanceId> {
        let mut flows = Vec::new();
        let mut newest = Vec::new();
        for id in self.set.instances_of(document) {
            let Some(work) = self.set.instances.get(&id) else { continue };
            if work.row.status != "superseded" && !flows.contains(&work.row.flow) {
                flows.push(work.row.flow.clone());
                newest.push(id);
            }
        }
        newest
    }

    pub(super) fn missing(&self, row: &InstanceRow) -> Option<Verdict> {
        let known = self.circumstances.definitions.version(&row.version).is_some();
        (!known).then(|| Verdict::Version { tenant: row.tenant, flow: row.flow.clone(), hash: row.version.clone() })
    }

    pub(super) fn missing_version(&self, document: DocumentId) -> Option<Verdict> {
        self.set.instances_of(document).iter().filter_map(|id| self.set.instances.get(id)).find_map(|work| self.missing(&work.row))
    }
}

/// The number of a timer whose decision panics in tests: nothing that is known of does.
#[cfg(test)]
pub(crate) const PANICS: u32 = 66_666;

pub(super) fn is_open(row: &InstanceRow) -> bool {
    matches!(row.status.as_str(), "running" | "exception")
}
