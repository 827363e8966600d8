//! What cannot be decided on: a timer or the end of an effect whose flow version does not compile any more, or whose decision fails.
//!
//! The flow is not asked; it stands in an exception all the same, so that it is not tried for ever without a word. What was put off
//! comes again by itself, and closes its exception when it goes.

use super::deciding::{Deciding, is_open};
use crate::app::engine::input::{CommandInput, STUCK_CODES, Stuck, StuckAt, Verdict};
use crate::domain::flow::Instance;
use crate::domain::flow::effect::{Cause, EffectResult};
use crate::domain::flow::event::{Command, Event};
use crate::domain::ids::{self, EffectId, ExceptionId, InstanceId, TenantId};
use crate::domain::text::storable::storable;
use crate::store::{ClosedException, ExceptionRow, TimerKey};
use jiff::SignedDuration;

/// When a timer that is stuck is tried again.
const AGAIN: SignedDuration = SignedDuration::from_mins(15);

impl Deciding<'_> {
    pub(super) fn stuck(&mut self, stuck: &Stuck) -> Verdict {
        let (effect, step) = match &stuck.at {
            StuckAt::Timer(timer) => {
                if !self.set.timers.contains(timer) {
                    return Verdict::Gone;
                }
                let again = self.now().saturating_add(AGAIN).unwrap_or(self.now());
                self.set.writes.timers.push((*timer, again));
                (None, timer_name(timer.number))
            }
            StuckAt::Effect(held) => {
                let (claimed, progress) = held.as_ref();
                if !self.set.held.contains(&claimed.effect.id) {
                    return Verdict::Gone;
                }
                self.set.writes.progress.push(progress.clone());
                (Some(&claimed.effect), claimed.effect.step.clone())
            }
        };
        let known = self.open_stuck(stuck.instance).any(|row| row.step.as_deref() == Some(&step) && row.effect == effect.map(|row| row.id));
        let Some(work) = self.set.instances.get_mut(&stuck.instance).filter(|_| !known) else { return Verdict::Done };
        if is_open(&work.row) {
            "exception".clone_into(&mut work.row.status);
            work.changed = true;
        }
        let row = work.row.clone();
        let now = self.now();
        let exception = ExceptionRow {
            // It may be stuck again after it went on: the moment makes it another one.
            id: ExceptionId(ids::derived(&[b"stuck", row.id.0.as_bytes(), step.as_bytes(), &now.as_nanosecond().to_be_bytes()])),
            tenant: row.tenant,
            instance: Some(row.id),
            document: Some(row.document),
            effect: effect.map(|effect| effect.id),
            step: Some(step),
            fingerprint: uuid::Uuid::nil(),
            flow: Some(row.flow.clone()),
            connection: effect.map(|effect| effect.connection.clone()),
            operation: None,
            cause: Cause::OurFault.word().to_owned(),
            code: stuck.code.to_owned(),
            message: storable(self.kept_back(&row).out_of(stuck.problem.clone())),
            owner: None,
            assignee: None,
            state: "open".to_owned(),
            resolution: None,
            resolved_by: None,
            opened_at: now,
            closed_at: None,
        };
        self.set.exceptions.entry(row.id).or_default().push(exception.clone());
        self.set.writes.exceptions.push(exception);
        Verdict::Done
    }

    /// An effect came to its end after all.
    pub(super) fn effect_goes_on(&mut self, instance: InstanceId, effect: EffectId) {
        self.close_stuck(instance, "it went on", |row| row.effect == Some(effect));
    }

    /// A timer fired after all.
    pub(super) fn timer_goes_on(&mut self, timer: TimerKey) {
        let name = timer_name(timer.number);
        self.close_stuck(timer.instance, "it went on", |row| row.effect.is_none() && row.step.as_deref() == Some(&name));
    }

    /// A person's command on such an exception; none when it is about another one.
    pub(super) fn settle_stuck(&mut self, input: &CommandInput) -> Option<Verdict> {
        let row = self.open_stuck(input.instance).find(|row| Some(row.id) == input.exception)?.clone();
        let in_words = "the rest of its flow is not affected: try it again, or cancel the instance";
        let verdict = match (&input.command, row.effect) {
            (Command::Cancel, _) => {
                let event =
                    Event::Command { command: Command::Cancel, exception: None, actor: input.actor.clone(), reason: input.reason.clone() };
                self.event(input.instance, &event);
                self.close_stuck(input.instance, "cancel", |_| true);
                Verdict::Done
            }
            (Command::Retry, Some(effect)) if row.code == STUCK_CODES[1] => {
                // What the partner answered is not known to the flow: as after an answer that was lost.
                let result = EffectResult::Failed { cause: Cause::OurFault, message: row.message.clone(), class: "unknown".to_owned() };
                self.event(input.instance, &Event::EffectEnded { effect, result });
                self.close_stuck(input.instance, "retry", |open| open.id == row.id);
                Verdict::Done
            }
            (Command::Retry, None) => {
                let number = row.step.as_deref().and_then(|step| step.strip_prefix(TIMER)).and_then(|number| number.parse().ok());
                let Some(number) = number else { return Some(Verdict::Refused(in_words.to_owned())) };
                // The exception closes when it has fired.
                self.set.writes.timers.push((TimerKey { tenant: row.tenant, instance: input.instance, number }, self.now()));
                Verdict::Done
            }
            (Command::Retry, Some(_)) => Verdict::Refused("nothing was sent; it is tried again by itself every 15 minutes".to_owned()),
            _ => Verdict::Refused(in_words.to_owned()),
        };
        Some(verdict)
    }

    fn open_stuck(&self, instance: InstanceId) -> impl Iterator<Item = &ExceptionRow> {
        let open = |row: &&ExceptionRow| row.state == "open" && STUCK_CODES.contains(&row.code.as_str());
        self.set.exceptions.get(&instance).into_iter().flatten().filter(open)
    }

    fn close_stuck(&mut self, instance: InstanceId, resolution: &str, which: impl Fn(&ExceptionRow) -> bool) {
        let closed: Vec<ExceptionId> = self.open_stuck(instance).filter(|row| which(row)).map(|row| row.id).collect();
        if closed.is_empty() {
            return;
        }
        let now = self.now();
        let tenant = self.set.instances.get(&instance).map_or(TenantId::DEFAULT, |work| work.row.tenant);
        let written =
            closed.iter().map(|id| ClosedException { id: *id, tenant, resolution: resolution.to_owned(), at: now, by: String::new() });
        self.set.writes.exceptions_closed.extend(written);
        for row in self.set.exceptions.get_mut(&instance).into_iter().flatten().filter(|row| closed.contains(&row.id)) {
            "closed".clone_into(&mut row.state);
        }
        let still = self.open_stuck(instance).next().is_some();
        if let Some(work) = self.set.instances.get_mut(&instance).filter(|work| is_open(&work.row) && !still)
            && let Ok(state) = serde_json::from_str::<Instance>(&work.row.state)
        {
            state.status_word().clone_into(&mut work.row.status);
            work.changed = true;
        }
    }
}

const TIMER: &str = "timer:";

fn timer_name(number: u32) -> String {
    format!("{TIMER}{number}")
}

#[cfg(test)]
mod tests {
    use super::super::tests::World;
    use super::*;
    use crate::app::engine::batch::decide_batch;
    use crate::app::engine::input::{Ended, Input, hold};
    use crate::store::{ClaimedEffect, Loaded, Progress, Writes};
    use std::sync::Arc;

    const NUMBER: u32 = 7;

    /// What is done with a timer of the only instance, or said of it.
    fn with_timer(world: &World, input: Input, now: i64) -> Writes {
        let timer = TimerKey { tenant: TenantId::DEFAULT, instance: world.rows.instances[0].id, number: NUMBER };
        let loaded = Loaded { timers: vec![timer], ..world.rows.clone() };
        let batch = decide_batch(&[input], loaded, &world.circumstances(now));
        assert!(matches!(batch.verdicts.as_slice(), [Verdict::Done]), "{:?}", batch.verdicts);
        batch.writes
    }

    fn stuck(world: &World) -> Input {
        let timer = TimerKey { tenant: TenantId::DEFAULT, instance: world.rows.instances[0].id, number: NUMBER };
        let problem = "it does not compile any more".to_owned();
        Input::Stuck(Arc::new(Stuck {
            tenant: timer.tenant,
            instance: timer.instance,
            at: StuckAt::Timer(timer),
            code: "version_unloadable",
            problem,
        }))
    }

    fn begun() -> World {
        let mut world = World::new();
        assert_eq!(world.see("submitted", 0, 1).len(), 1);
        assert_eq!(world.rows.instances[0].status, "running");
        world
    }

    #[test]
    fn a_timer_that_cannot_be_decided_on_stands_in_one_exception_until_it_fires() {
        let mut world = begun();
        let timer = TimerKey { tenant: TenantId::DEFAULT, instance: world.rows.instances[0].id, number: NUMBER };
        let writes = with_timer(&world, stuck(&world), 100);
        let now = world.circumstances(100).now;
        assert_eq!(writes.timers, [(timer, now + SignedDuration::from_mins(15))], "it is not lost, and not asked about with every poll");
        let [opened] = writes.exceptions.as_slice() else { panic!("{:?}", writes.exceptions) };
        assert_eq!((opened.code.as_str(), opened.cause.as_str(), opened.state.as_str()), ("version_unloadable", "our_fault", "open"));
        assert_eq!((opened.instance, opened.document), (Some(timer.instance), Some(world.rows.documents[0].id)));
        world.rows.exceptions = writes.exceptions.clone();
        world.keep(Writes { exceptions: Vec::new(), ..writes });
        assert_eq!(world.rows.instances[0].status, "exception");

        let again = with_timer(&world, stuck(&world), 1_000);
        assert_eq!((again.exceptions.len(), again.timers.len()), (0, 1), "one exception is enough");

        // The version can be loaded again: the timer fires (this one says nothing to its flow any more), and nothing is left.
        let fired = with_timer(&world, Input::Timer(timer), 2_000);
        let closed: Vec<_> = fired.exceptions_closed.iter().map(|closed| (closed.id, closed.resolution.as_str())).collect();
        assert_eq!(closed, [(world.rows.exceptions[0].id, "it went on")]);
        world.keep(fired);
        assert_eq!(world.rows.instances[0].status, "running");
    }

    /// What is done with the first effect of the only instance, or said of it.
    fn with_effect(world: &World, input: Input, now: i64) -> Writes {
        let loaded = Loaded { held: vec![world.effects[0].id], ..world.rows.clone() };
        let batch = decide_batch(&[input], loaded, &world.circumstances(now));
        assert!(matches!(batch.verdicts.as_slice(), [Verdict::Done]), "{:?}", batch.verdicts);
        batch.writes
    }

    #[test]
    fn an_effect_that_cannot_be_decided_on_stands_in_one_exception_until_it_ends() {
        let mut world = begun();
        let row = world.effects[0].clone();
        let (instance, effect, step) = (row.instance, row.id, row.step.clone());
        let claimed = ClaimedEffect { effect: row, token: 1, orphaned: false, sealed: false };
        let due_at = world.circumstances(1_000).now;
        let progress =
            Progress { hold: hold(&claimed), state: "waiting".to_owned(), delivery: "{}".to_owned(), due_at, attempts: Vec::new() };
        let stuck = || {
            let at = StuckAt::Effect(Box::new((claimed.clone(), progress.clone())));
            let problem = "it does not compile any more".to_owned();
            Input::Stuck(Arc::new(Stuck { tenant: TenantId::DEFAULT, instance, at, code: "version_unloadable", problem }))
        };
        let writes = with_effect(&world, stuck(), 100);
        assert_eq!(writes.progress, [progress.clone()], "it waits, and its lane is given back");
        let [opened] = writes.exceptions.as_slice() else { panic!("{:?}", writes.exceptions) };
        assert_eq!((opened.code.as_str(), opened.cause.as_str(), opened.state.as_str()), ("version_unloadable", "our_fault", "open"));
        assert_eq!((opened.effect, opened.step.as_deref()), (Some(effect), Some(step.as_str())));
        world.rows.exceptions = writes.exceptions.clone();
        world.keep(Writes { exceptions: Vec::new(), ..writes });
        assert_eq!(world.rows.instances[0].status, "exception");
        let again = with_effect(&world, stuck(), 1_000);
        assert_eq!((again.exceptions.len(), again.progress.len()), (0, 1), "one exception is enough");

        // The version can be loaded again: it was sent, and its end is heard.
        let result = EffectResult::Done { output: crate::domain::value::Value::from_json(&serde_json::json!({"ok": true})) };
        let done = Progress { state: "done".to_owned(), ..progress };
        let ended = Ended { claimed, result, progress: done, sent_at: Some(due_at) };
        let writes = with_effect(&world, Input::Ended(Arc::new(ended)), 1_001);
        let closed: Vec<_> = writes.exceptions_closed.iter().map(|closed| (closed.id, closed.resolution.as_str())).collect();
        assert_eq!(closed, [(world.rows.exceptions[0].id, "it went on")]);
        assert!(!writes.effects.is_empty(), "its flow goes on to the next step");
        world.keep(writes);
        assert_eq!(world.rows.instances[0].status, "running");
    }

    #[test]
    fn of_what_is_stuck_a_person_may_try_again_or_cancel() {
        let mut world = begun();
        let writes = with_timer(&world, stuck(&world), 100);
        world.rows.exceptions = writes.exceptions.clone();
        world.keep(Writes { exceptions: Vec::new(), ..writes });
        let instance = world.rows.instances[0].id;
        let command = |command| {
            let exception = Some(world.rows.exceptions[0].id);
            let (actor, reason) = ("operator".to_owned(), None);
            let input = CommandInput { tenant: TenantId::DEFAULT, instance, exception, command, actor, reason };
            let batch = decide_batch(&[Input::Command(Arc::new(input))], world.rows.clone(), &world.circumstances(200));
            (batch.verdicts[0].clone(), batch.writes)
        };
        let (verdict, writes) = command(Command::Retry);
        assert_eq!(verdict, Verdict::Done);
        let at_once: Vec<_> = writes.timers.iter().map(|(timer, at)| (timer.number, *at)).collect();
        assert_eq!(at_once, [(NUMBER, world.circumstances(200).now)]);
        assert!(writes.exceptions_closed.is_empty(), "it closes when it has fired");
        let (verdict, writes) = command(Command::Skip);
        assert!(matches!(verdict, Verdict::Refused(_)), "{verdict:?}");
        assert!(writes.exceptions_closed.is_empty());
        let (verdict, writes) = command(Command::Cancel);
        assert_eq!(verdict, Verdict::Done);
        assert_eq!(writes.exceptions_closed.iter().map(|closed| closed.by.as_str()).collect::<Vec<_>>(), ["operator"]);
    }
}
