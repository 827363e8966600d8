//! The machine behind `decide`: visits, what is next, timers, effects, exceptions, history. It knows no step kind.
//!
//! All work is a list of jobs; a job enters a step or closes a lane. Jobs are bounded per decision, so that nothing a
//! definition or a state holds can make one decision run away. More than 500 lines, because every part works on the same private state
//! and step kinds are kept out of it.

use super::decision::{Changes, Decided, Decision, HistoryEntry, OpenedException, TaskChange};
use super::effect::{Cause, PlannedEffect, Purpose, RetryPolicy, Work};
use super::environment::Environment;
use super::facts::Facts;
use super::flow::{Flow, OnError, Step};
use super::instance::{Instance, State, Status, StepError, Stop, Stopped, Timer, TimerPurpose, VISITS_FOR_REACTIONS, VISITS_MAX, Visit};
use super::scope::set_path;
use super::steps::{self, Kind, parallel};
use super::{outside, reference, reversal, shown};
use crate::domain::approval::TaskKind;
use crate::domain::delivery::UNREAD_SUCCESS;
use crate::domain::expression::EvaluateError;
use crate::domain::ids::{self, DocumentId, EffectId};
use crate::domain::value::{Type, Value};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use std::collections::{BTreeSet, VecDeque};

/// Jobs of one decision: more than any sound flow needs between two answers.
const JOBS_MAX: u32 = 50_000;

/// Works on one decision.
pub struct Machine<'a> {
    pub(super) flow: &'a Flow,
    pub(super) env: &'a dyn Environment,
    pub(super) facts: &'a Facts,
    pub(super) now: Timestamp,
    pub(super) instance: Instance,
    pub(super) changes: Changes,
    /// The document with the fields that were assigned.
    pub(super) doc: Value,
    jobs: VecDeque<Job>,
    jobs_left: u32,
    /// The bound was reached: the decision is void.
    pub(super) exhausted: bool,
    /// Tasks that have changed: visit and number.
    pub(super) touched: BTreeSet<(usize, usize)>,
    /// What is asked in other systems, as far as it has changed: visit and number.
    pub(super) mirrored: BTreeSet<(usize, usize)>,
}

enum Job {
    /// The step at a place of a block, else the end of the lane.
    Next { block: usize, at: usize, parent: Option<usize>, lane: u32 },
    /// A lane of a container (or the flow itself) has no further step.
    LaneDone { parent: Option<usize>, lane: u32 },
}

impl<'a> Machine<'a> {
    pub(super) fn new(flow: &'a Flow, env: &'a dyn Environment, facts: &'a Facts, instance: Instance, now: Timestamp) -> Self {
        let mut doc = facts.document.doc.clone();
        for (path, value) in &instance.assigned {
            doc = set_path(&doc, path, Value::from_json(value));
        }
        let doc = if instance.assigned.is_empty() { doc } else { flow.document_type.read(&doc).unwrap_or(doc) };
        let changes = Changes::default();
        Machine {
            flow,
            env,
            facts,
            now,
            instance,
            changes,
            doc,
            jobs: VecDeque::new(),
            jobs_left: JOBS_MAX,
            exhausted: false,
            touched: BTreeSet::new(),
            mirrored: BTreeSet::new(),
        }
    }

    /// Runs until nothing more follows from what is known.
    pub(super) fn run(&mut self) {
        loop {
            while let Some(job) = self.jobs.pop_front() {
                if !self.spend() {
                    return;
                }
                self.perform(job);
            }
            if !reversal::tick(self) && self.jobs.is_empty() {
                return;
            }
            if !self.spend() {
                return;
            }
        }
    }

    fn spend(&mut self) -> bool {
        self.jobs_left = self.jobs_left.saturating_sub(1);
        self.exhausted |= self.jobs_left == 0;
        !self.exhausted
    }

    fn perform(&mut self, job: Job) {
        match job {
            Job::Next { block, at, parent, lane } => match self.flow.blocks.get(block).and_then(|steps| steps.get(at)).copied() {
                Some(step) => self.visit_step(step, block, at, parent, lane),
                None => self.jobs.push_front(Job::LaneDone { parent, lane }),
            },
            Job::LaneDone { parent: Some(parent), lane } => self.lane_done(parent, lane),
            Job::LaneDone { parent: None, .. } => self.ran_off(),
        }
    }

    fn visit_step(&mut self, step: usize, block: usize, at: usize, parent: Option<usize>, lane: u32) {
        let Some(visit) = self.add_visit(step, parent, lane) else { return };
        let step = &self.flow.steps[step];
        match step.when.as_ref().map_or(Ok(true), |when| self.holds(visit, when)) {
            Ok(true)
                if step.about.is_some() && self.made_for(visit).and_then(|made| self.instance.visits[made].made.as_ref()).is_none() =>
            {
                let message = format!("`{}` made no document that this step could be `for`", step.about.as_deref().unwrap_or_default());
                self.cannot_enter(visit, Cause::RuleMissing, "no_document", message);
            }
            Ok(true) => self.enter(visit),
            Ok(false) => {
                self.instance.visits.pop();
                self.note("skipped", None, json!({"step": step.id}));
                self.jobs.push_front(Job::Next { block, at: at + 1, parent, lane });
            }
            Err(error) => self.expression_failed(visit, &error),
        }
    }

    /// Enters a visit (again, when an operator retries it).
    pub(super) fn enter(&mut self, visit: usize) {
        self.instance.visits[visit].state = State::Active;
        self.note("entered", Some(visit), Json::Null);
        if let Some(timeout) = self.step_of(visit).and_then(|step| step.timeout) {
            self.set_timer_after(visit, TimerPurpose::Timeout, timeout);
        }
        steps::enter(self, visit);
    }

    /// Adds a visit of a step; none when there are too many.
    pub(super) fn add_visit(&mut self, step: usize, parent: Option<usize>, lane: u32) -> Option<usize> {
        let reacts =
            matches!(self.flow.steps[step].kind, Kind::Reaction(_)) || parent.is_some_and(|parent| reversal::frame(self, parent).is_some());
        let most = if reacts { VISITS_MAX + VISITS_FOR_REACTIONS } else { VISITS_MAX };
        if self.instance.visits.len() >= most {
            let message = format!("the instance has visited {most} steps and may visit no more");
            match parent {
                Some(parent) => self.stop(parent, Cause::DataWrong, "too_many", &message, Stopped::Nothing),
                None => self.stop_instance(Cause::DataWrong, "too_many", &message),
            }
            return None;
        }
        let id = self.flow.steps[step].id.clone();
        let number = self.instance.visits.iter().rev().find(|visit| visit.step == id).map_or(1, |visit| visit.number + 1);
        let parent = parent.and_then(|parent| u32::try_from(parent).ok());
        self.instance.visits.push(Visit { step: id, number, parent, lane, ..Visit::default() });
        Some(self.instance.visits.len() - 1)
    }

    /// Begins the flow itself.
    pub(super) fn begin(&mut self) {
        self.jobs.push_back(Job::Next { block: 0, at: 0, parent: None, lane: 0 });
    }

    /// Begins several lanes; the first goes as far as it can before the second.
    pub(super) fn enter_lanes(&mut self, parent: usize, lanes: impl DoubleEndedIterator<Item = u32>) {
        for lane in lanes.rev() {
            self.enter_lane(parent, lane);
        }
    }

    /// Begins lane `lane` of a container with the block of the same number (or its only one).
    pub(super) fn enter_lane(&mut self, parent: usize, lane: u32) {
        let Some(step) = self.step_of(parent) else { return };
        let block = match step.kind {
            Kind::Each(_) | Kind::Call(_) | Kind::Reaction(_) => step.children.first(),
            _ => step.children.get(lane as usize),
        };
        if let Some(block) = block.copied() {
            self.jobs.push_front(Job::Next { block, at: 0, parent: Some(parent), lane });
        }
    }

    fn lane_done(&mut self, parent: usize, lane: u32) {
        if self.instance.visits[parent].left || self.instance.visits[parent].state.is_over() {
            return;
        }
        match self.step_of(parent).map(|step| &step.kind) {
            Some(Kind::Parallel(_) | Kind::Each(_)) => parallel::lane_done(self, parent, lane),
            _ => self.complete(parent),
        }
    }

    fn ran_off(&mut self) {
        if !self.instance.status.is_over() {
            self.stop_instance(Cause::OurFault, "path_without_end", "the flow ran off its last step without an `end`");
        }
    }

    /// The step is done: its status is set, its timers and exception go, the next one follows.
    pub(super) fn complete(&mut self, visit: usize) {
        self.set_status_of(visit);
        self.conclude(visit);
    }

    /// As `complete`, but without its status: of a step that was given up.
    pub(super) fn conclude(&mut self, visit: usize) {
        self.instance.visits[visit].state = State::Done;
        self.settle(visit, "done");
        let found = &self.instance.visits[visit];
        let mut detail = serde_json::Map::new();
        detail.extend(found.outcome.map(|outcome| ("outcome".to_owned(), json!(outcome.word()))));
        detail.extend(found.external_id.as_ref().map(|id| ("external_id".to_owned(), json!(id))));
        self.note("done", Some(visit), if detail.is_empty() { Json::Null } else { Json::Object(detail) });
        self.advance(visit);
    }

    /// Timers and exception of a visit that is over.
    pub(super) fn settle(&mut self, visit: usize, resolution: &str) {
        self.cancel_timers(visit);
        self.leave_stop(visit, resolution);
    }

    /// Closes the exception of a visit that is left, unless it says what a centre was not shown: that is about the instance.
    pub(super) fn leave_stop(&mut self, visit: usize, resolution: &str) {
        if self.showing_stopped(visit).is_none() {
            self.close_stop(visit, resolution);
        }
    }

    /// The showing that an exception of this visit is about, which a centre waits for.
    fn showing_stopped(&self, visit: usize) -> Option<u32> {
        match self.instance.visits[visit].stop.as_ref()?.what {
            Stopped::Notice(index) if shown::is_showing(&self.instance, visit, index) => Some(index),
            _ => None,
        }
    }

    /// Goes on after a visit that is over, unless the flow has left it.
    pub(super) fn advance(&mut self, visit: usize) {
        let Some(step) = self.step_of(visit) else { return };
        let found = &self.instance.visits[visit];
        if found.left || matches!(step.kind, Kind::Reaction(_)) {
            return;
        }
        let parent = found.parent.map(|parent| parent as usize);
        self.jobs.push_front(Job::Next { block: step.block, at: step.position + 1, parent, lane: found.lane });
    }

    /// Drops what was still to do; for an instance that is over.
    pub(super) fn drop_jobs(&mut self) {
        self.jobs.clear();
    }

    // ---- failures ----

    /// A step failed: by its policy the flow goes on, or a person decides.
    pub(super) fn fail(&mut self, visit: usize, error: StepError, code: &str, what: Stopped) {
        let Some(step) = self.step_of(visit) else { return };
        let policy = self.flow.policy(step, error.cause);
        // What was probably done is not gone on from as if it had not been: what it made would be nobody's.
        let go_on = code != UNREAD_SUCCESS && policy.is_some_and(|policy| policy.then == OnError::Continue);
        self.instance.visits[visit].error = Some(error.clone());
        if go_on {
            self.instance.visits[visit].state = State::Failed;
            self.settle(visit, "the flow goes on");
            self.note("failed", Some(visit), json!({"cause": error.cause.word(), "message": error.message}));
            self.advance(visit);
            return;
        }
        self.stop(visit, error.cause, code, &error.message, what);
        parallel::child_failed(self, visit);
    }

    /// A step failed before it did anything.
    pub(super) fn cannot_enter(&mut self, visit: usize, cause: Cause, code: &str, message: String) {
        self.fail(visit, StepError { class: code.to_owned(), cause, message }, code, Stopped::Entering);
    }

    /// An expression of a step could not be evaluated.
    pub(super) fn expression_failed(&mut self, visit: usize, error: &EvaluateError) {
        self.cannot_enter(visit, Cause::DataWrong, "expression_failed", error.to_string());
    }

    /// Opens the exception of a visit.
    pub(super) fn stop(&mut self, visit: usize, cause: Cause, code: &str, message: &str, what: Stopped) {
        if let Some(showing) = self.showing_stopped(visit) {
            // It may have been done, and nobody is asked about it any more: it counts as under way, so that it is never done blindly again.
            self.instance.visits[visit].notices.push(showing);
        }
        self.close_stop(visit, "replaced");
        if matches!(what, Stopped::Entering | Stopped::Forward(_) | Stopped::Expecting) {
            self.instance.visits[visit].state = State::Stopped;
        }
        let stop = self.new_stop(cause, code, what);
        let found = &self.instance.visits[visit];
        let step = Some((found.step.clone(), found.number));
        let effect = match what {
            Stopped::Forward(index) | Stopped::Reversing(index) | Stopped::Notice(index) => Some(self.effect_id(visit, index)),
            _ => None,
        };
        let owner = self.step_of(visit).and_then(|step| {
            let policy = self.flow.policy(step, cause).and_then(|policy| policy.owner.as_ref());
            policy.or(step.owner.as_ref()).or(self.flow.owner.as_ref())
        });
        let opened = OpenedException {
            id: ids::exception_id(self.facts.tenant, self.facts.instance, stop.number),
            cause,
            code: code.to_owned(),
            message: message.to_owned(),
            step,
            effect,
            call: self.call_of(visit, what),
            owner: owner.map(super::flow::Who::word),
        };
        self.changes.exceptions_opened.push(opened);
        self.note("exception", Some(visit), json!({"code": code, "cause": cause.word(), "message": message}));
        self.instance.visits[visit].stop = Some(stop);
    }

    /// Opens an exception of the instance as a whole.
    pub(super) fn stop_instance(&mut self, cause: Cause, code: &str, message: &str) {
        if self.instance.stop.is_some() {
            return;
        }
        let stop = self.new_stop(cause, code, Stopped::Nothing);
        self.changes.exceptions_opened.push(OpenedException {
            id: ids::exception_id(self.facts.tenant, self.facts.instance, stop.number),
            cause,
            code: code.to_owned(),
            message: message.to_owned(),
            step: None,
            effect: None,
            call: None,
            owner: self.flow.owner.as_ref().map(super::flow::Who::word),
        });
        self.note("exception", None, json!({"code": code, "cause": cause.word(), "message": message}));
        self.instance.stop = Some(stop);
    }

    /// Connection and operation of what stopped; the desk groups by them.
    fn call_of(&self, visit: usize, what: Stopped) -> Option<(String, String)> {
        let found = &self.instance.visits[visit];
        let Kind::Call(call) = &self.step_of(visit)?.kind else { return None };
        let connection = found.connection.clone().or_else(|| self.facts.binding.roles.get(&call.role).cloned())?;
        let undo = found.undo.as_ref().filter(|_| matches!(what, Stopped::Reversing(_)));
        Some((connection, undo.map_or_else(|| call.operation.clone(), |undo| undo.operation.clone())))
    }

    /// The step of a visit comes next again, in its lane.
    pub(super) fn visit_again(&mut self, visit: usize) {
        let Some(step) = self.step_of(visit) else { return };
        let found = &self.instance.visits[visit];
        let parent = found.parent.map(|parent| parent as usize);
        self.jobs.push_front(Job::Next { block: step.block, at: step.position, parent, lane: found.lane });
    }

    fn new_stop(&mut self, cause: Cause, code: &str, what: Stopped) -> Stop {
        debug_assert!(crate::domain::diagnostic::codes::is_known(code), "exception code `{code}` is not listed in codes.rs");
        let number = self.instance.next_exception;
        self.instance.next_exception = number.wrapping_add(1);
        Stop { number, cause, code: code.to_owned(), what }
    }

    /// Closes the exception of a visit, if there is one.
    pub(super) fn close_stop(&mut self, visit: usize, resolution: &str) {
        if let Some(stop) = self.instance.visits[visit].stop.take() {
            self.close(&stop, resolution);
        }
    }

    pub(super) fn close(&mut self, stop: &Stop, resolution: &str) {
        let id = ids::exception_id(self.facts.tenant, self.facts.instance, stop.number);
        match self.changes.exceptions_opened.iter().position(|opened| opened.id == id) {
            Some(fresh) => drop(self.changes.exceptions_opened.remove(fresh)),
            None => self.changes.exceptions_closed.push((id, resolution.to_owned())),
        }
    }

    // ---- effects ----

    /// Plans a call; gives its index within the visit.
    pub(super) fn plan_call(&mut self, visit: usize, connection: String, operation: String, input: &Value, purpose: Purpose) -> u32 {
        let index = self.next_effect(visit);
        let effect = self.effect_id(visit, index);
        let (document, key) = self.subject_of(visit);
        let info = self.env.operation(&connection, &operation);
        let reference = reference::of(&key, effect, info.map_or(&Type::Any, |info| &info.input));
        let input = match info {
            Some(info) => reference::fill(input, &info.input, &reference),
            None => input.clone(),
        };
        self.note(
            "called",
            Some(visit),
            json!({"operation": operation, "connection": connection, "purpose": purpose, "reference": reference}),
        );
        let retry = self.step_of(visit).map(|step| self.flow.retry(step)).unwrap_or_default();
        let work = Work::Call { connection, operation, input: input.to_json(), reference, purpose };
        self.plan(visit, index, document, work, retry);
        index
    }

    pub(super) fn plan(&mut self, visit: usize, index: u32, document: DocumentId, work: Work, retry: RetryPolicy) {
        let found = &self.instance.visits[visit];
        self.changes.effects.push(PlannedEffect {
            id: self.effect_id(visit, index),
            step: found.step.clone(),
            visit: found.number,
            document,
            work,
            retry,
        });
    }

    pub(super) fn next_effect(&mut self, visit: usize) -> u32 {
        let found = &mut self.instance.visits[visit];
        let index = found.next_effect;
        found.next_effect = index.wrapping_add(1);
        index
    }

    pub(super) fn effect_id(&self, visit: usize, index: u32) -> EffectId {
        let found = &self.instance.visits[visit];
        ids::effect_id(self.facts.tenant, self.facts.instance, &found.step, found.number, index)
    }

    /// The document a visit is about, and its key.
    pub(super) fn subject_of(&self, visit: usize) -> (DocumentId, String) {
        match self.made_for(visit).and_then(|made| self.instance.visits[made].made.as_ref()) {
            Some(made) => (made.id, made.key.clone()),
            None => (self.facts.document.id, self.facts.document.key.clone()),
        }
    }

    // ---- status of documents ----

    /// Sets what the step's `sets` says, once.
    pub(super) fn set_status_of(&mut self, visit: usize) {
        let Some(status) = self.step_of(visit).and_then(|step| step.sets.clone()) else { return };
        if self.instance.visits[visit].before.is_some() {
            return;
        }
        let before = self.set_status(visit, status);
        self.instance.visits[visit].before = Some(before.unwrap_or_default());
    }

    /// Sets our status of the document a visit is about; gives the former one.
    pub(super) fn set_status(&mut self, visit: usize, status: String) -> Option<String> {
        let made = self.made_for(visit);
        let (document, _) = self.subject_of(visit);
        self.note("status", Some(visit), json!({"status": status}));
        self.changes.statuses.push((document, status.clone()));
        match made.and_then(|made| self.instance.visits[made].made.as_mut()) {
            Some(linked) => {
                let before = linked.status.replace(status.clone());
                // A step of this flow may itself bring the document where another step waits for it.
                if let Some(waits) = made.filter(|made| self.instance.visits[*made].state == State::Awaiting) {
                    steps::create::heard(self, waits, &status);
                }
                before
            }
            None => {
                let known = self.facts.document.status.clone();
                Some(self.instance.document_status.replace(status).unwrap_or(known))
            }
        }
    }

    // ---- timers ----

    /// What the instance's clocks say: while they stand still, when they stopped. What is set then has its whole time before it once
    /// they run again, like everything that was set before.
    pub(super) fn clock(&self) -> Timestamp {
        self.instance.suspended.unwrap_or(self.now)
    }

    pub(super) fn set_timer_after(&mut self, visit: usize, purpose: TimerPurpose, span: crate::domain::text::units::Span) {
        let calendar = self.step_of(visit).map_or(self.flow.calendar.as_deref(), |step| self.flow.calendar_of(step));
        let due = self.env.due(calendar, self.clock(), span);
        self.set_timer(visit, purpose, due);
    }

    pub(super) fn set_timer(&mut self, visit: usize, purpose: TimerPurpose, due: Timestamp) {
        let number = self.instance.next_timer;
        self.instance.next_timer = number.wrapping_add(1);
        let visit = u32::try_from(visit).unwrap_or(u32::MAX);
        self.instance.timers.push(Timer { number, visit, purpose, due });
        // While the clocks stand still it is only known here.
        if self.instance.suspended.is_none() {
            self.changes.timers_set.push((number, due));
        }
    }

    pub(super) fn cancel_timers(&mut self, visit: usize) {
        self.cancel_timers_where(|timer| timer.visit as usize == visit && !timer.is_whole());
    }

    pub(super) fn cancel_timers_where(&mut self, mut gone: impl FnMut(&Timer) -> bool) {
        let (cancelled, kept) = std::mem::take(&mut self.instance.timers).into_iter().partition::<Vec<_>, _>(|timer| gone(timer));
        self.instance.timers = kept;
        for timer in cancelled {
            match self.changes.timers_set.iter().position(|(number, _)| *number == timer.number) {
                Some(fresh) => drop(self.changes.timers_set.remove(fresh)),
                None => self.changes.timers_cancelled.push(timer.number),
            }
        }
    }

    // ---- the rest ----

    /// The step of a visit. Known for every visit: an unsound state never reaches the machine.
    pub(super) fn step_of(&self, visit: usize) -> Option<&'a Step> {
        let flow: &'a Flow = self.flow;
        flow.step(&self.instance.visits[visit].step)
    }

    /// Adds a line to the history.
    pub(super) fn note(&mut self, kind: &str, visit: Option<usize>, detail: Json) {
        let found = visit.map(|visit| &self.instance.visits[visit]);
        self.changes.history.push(HistoryEntry {
            kind: kind.to_owned(),
            step: found.map(|visit| visit.step.clone()),
            visit: found.map(|visit| visit.number),
            detail,
        });
    }

    /// Records what was decided about a task, or about a step as a whole.
    pub(super) fn decided(&mut self, visit: usize, task: Option<usize>, decided: Decided) {
        let step = self.instance.visits[visit].step.clone();
        self.record(Some(step), Some(visit), task, decided);
    }

    /// Records what was decided.
    pub(super) fn record(&mut self, step: Option<String>, visit: Option<usize>, task: Option<usize>, decided: Decided) {
        self.instance.decisions = self.instance.decisions.wrapping_add(1);
        self.changes.decisions.push(Decision {
            number: self.instance.decisions,
            step,
            visit: visit.map(|visit| self.instance.visits[visit].number),
            task: task.and_then(|task| u32::try_from(task).ok()),
            round: self.instance.round.0,
            decided,
        });
    }

    /// Tasks that have changed, as they are now.
    fn task_changes(&self) -> Vec<TaskChange> {
        let change = |(visit, number): &(usize, usize)| {
            let found = self.instance.visits.get(*visit)?;
            let activation = found.people.as_ref()?;
            let task = activation.tasks.get(*number)?;
            let number = u32::try_from(*number).ok()?;
            Some(TaskChange {
                id: ids::task_id(self.facts.tenant, self.facts.instance, &found.step, found.number, number),
                step: found.step.clone(),
                visit: found.number,
                number,
                round: found.round.0,
                person: task.person.clone(),
                kind: task.kind,
                state: task.state,
                since: task.since,
                due: activation.due.filter(|_| task.kind != TaskKind::Copy),
                ended: task.ended,
                by: task.by.clone(),
                claimed: task.claimed,
                outside: None,
            })
        };
        self.touched.iter().filter_map(change).collect()
    }

    /// Whether the instance runs and nothing could move it: no step under way, no exception, nothing being taken back.
    fn is_stranded(&self) -> bool {
        let instance = &self.instance;
        let runs = matches!(instance.status, Status::Running | Status::Exception);
        // What holds other steps moves by those inside it; while it takes them back, it moves by what is taken back, which may be
        // another flow.
        let holds = |visit: usize| {
            let kind = self.step_of(visit).map(|step| &step.kind);
            let holds_others = matches!(kind, Some(Kind::Choose(_) | Kind::Parallel(_) | Kind::Each(_) | Kind::Reaction(_)));
            holds_others && instance.visits[visit].state != State::Undoing
        };
        let idle = |(index, visit): (usize, &Visit)| {
            let undone = visit.undo.as_ref().is_none_or(|undo| undo.settled || undo.effect.is_none());
            (visit.state.is_over() || holds(index)) && visit.stop.is_none() && undone
        };
        runs && instance.stop.is_none() && instance.visits.iter().enumerate().all(idle)
    }

    /// The state and what to commit; the status follows from the open exceptions.
    pub(super) fn finish(mut self) -> (Instance, Changes) {
        if self.is_stranded() {
            // Such as a reaction that took back the one step under way: nothing would ever move this instance again.
            let message = "nothing is left to be done, and nothing has ended the flow";
            self.stop_instance(Cause::RuleMissing, "path_without_end", message);
        }
        outside::settle(&mut self);
        self.changes.tasks = self.task_changes();
        self.changes.tasks.extend(outside::changes(&self));
        let stopped = self.instance.stop.is_some() || self.instance.visits.iter().any(|visit| visit.stop.is_some());
        if !self.instance.status.is_over() && (stopped || self.instance.status != Status::New) {
            self.instance.status = if stopped { Status::Exception } else { Status::Running };
        }
        (self.instance, self.changes)
    }
}
