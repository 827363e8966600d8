//! Performs claimed effects: one hold, one or more requests, one outcome.
//!
//! What to do and how it goes on is decided by `domain::delivery`; this file calls the gateway and hands the outcome to the
//! engine (ended) or the store (goes on later). A hold that is two thirds over is given back instead of used.

use crate::app::engine::definitions::{Live, NotLoaded};
use crate::app::engine::input::{Ended, Input, STUCK_CODES, Stuck, StuckAt, Verdict, hold};
use crate::app::group::Group;
use crate::app::notice::{Letter, Notices};
use crate::app::trace as spans;
use crate::domain::connector::{Begun, Class, EachBegun, Effect, StepDone};
use crate::domain::delivery::{Action, Attempted, Delivery, Looked, LookedThrough, Next, Terms};
use crate::domain::flow::effect::{Cause, EffectResult, Purpose, RetryPolicy, Work};
use crate::domain::value::Value;
use crate::gateway::{Call, CallPurpose, Gateway, Performed};
use crate::runtime::metrics::list::{EFFECT_WAIT_SECONDS, EFFECTS_DEFERRED, EFFECTS_ENDED, LEASES_LOST, NOTICES};
use crate::runtime::{Clock, trace};
use crate::store::{AttemptRow, ClaimedEffect, Fenced, Progress, Store};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;

/// What performing needs.
pub struct Deliveries {
    /// Requests go out here.
    pub gateway: Arc<Gateway>,
    /// Definitions in force and older ones.
    pub live: Arc<Live>,
    /// The durable side, for progress that the engine need not hear.
    pub store: Arc<dyn Store>,
    /// The engine.
    pub engine: Group<Input, Verdict>,
    /// Progress that shares a commit.
    pub progress: Group<Progress, Option<Fenced>>,
    /// Notices to people.
    pub notices: Arc<Notices>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// How long a claim holds; work stops at two thirds of it.
    pub lease: Duration,
}

/// When an effect is tried again whose flow version cannot be loaded.
const UNLOADABLE_WAIT: SignedDuration = SignedDuration::from_mins(15);
/// The same while the store that should load it is away.
const AWAY_WAIT: SignedDuration = SignedDuration::from_secs(5);
/// Requests of one hold beside the first: look-ups and read-backs that are due at once.
const ACTIONS_PER_HOLD_MAX: u32 = 4;

impl Deliveries {
    /// Performs one effect, claimed at `claimed_at` by the clock's monotonic time, to the end of this hold. `called` runs when the partner is done with, before the outcome is
    /// stored: the next call need not wait for our commit.
    pub async fn perform(&self, claimed: ClaimedEffect, claimed_at: Duration, called: impl FnOnce()) {
        let mut delivery: Delivery = serde_json::from_str(&claimed.effect.delivery).unwrap_or_default();
        let waited = self.clock.now().duration_since(claimed.effect.due_at);
        EFFECT_WAIT_SECONDS.took(Duration::try_from(waited).unwrap_or_default(), [&claimed.effect.connection]);
        let mut attempts = Vec::new();
        let id = claimed.effect.id.to_string();
        let began = self.clock.now();
        if claimed.orphaned {
            let next = delivery.orphaned(began, seed(&claimed));
            called();
            return self.settle(claimed, &delivery, next, attempts).await;
        }
        let span = trace::is_on().then(|| spans::effect_span(claimed.effect.instance, claimed.effect.id, claimed.effect.attempt));
        let mut unloadable = None;
        let work = async {
            match serde_json::from_str::<Work>(&claimed.effect.work) {
                Ok(Work::Notice { problem: Some(message), .. }) => Next::Failed { cause: Cause::DataWrong, message, class: "refused" },
                Ok(Work::Notice { channel, to, subject, body, .. }) => {
                    let letter = Letter { to: &to, subject: &subject, body: &body, id: &id };
                    // A conversation in SMTP is several kilobytes of state that calls, the many, would carry along.
                    Box::pin(self.notice(&claimed, claimed_at, &mut delivery, &channel, letter)).await
                }
                Ok(work @ Work::Call { .. }) => match self.call(&claimed, claimed_at, &work, &mut delivery, &mut attempts).await {
                    Ok(next) => next,
                    Err(NotLoaded::Away(_)) => Next::Wait(self.clock.now().saturating_add(AWAY_WAIT).unwrap_or(began)),
                    Err(NotLoaded::Wrong(problem)) => {
                        unloadable = Some(problem);
                        Next::Wait(self.clock.now().saturating_add(UNLOADABLE_WAIT).unwrap_or(began))
                    }
                },
                Err(error) => Next::Failed {
                    cause: Cause::OurFault,
                    message: format!("the stored effect cannot be read: {error}"),
                    class: "our_fault",
                },
            }
        };
        let next = trace::within(span, work).await;
        let next = delivery.concluded(next);
        let outcome = match &next {
            Next::Wait(_) => "waiting",
            Next::Done(_) => "done",
            Next::Failed { .. } => "failed",
        };
        spans::performed(&claimed.effect, began, self.clock.now(), outcome);
        called();
        match (unloadable, &next) {
            (Some(problem), Next::Wait(at)) => self.put_off(claimed, &delivery, *at, attempts, problem).await,
            _ => self.settle(claimed, &delivery, next, attempts).await,
        }
    }

    /// Nothing can be done with it now, and somebody is to know.
    async fn put_off(&self, claimed: ClaimedEffect, delivery: &Delivery, due_at: Timestamp, attempts: Vec<AttemptRow>, problem: String) {
        let stored = serde_json::to_string(delivery).unwrap_or_else(|_| "{}".to_owned());
        let progress = Progress { hold: hold(&claimed), state: "waiting".to_owned(), delivery: stored, due_at, attempts };
        self.stuck(claimed, progress, STUCK_CODES[0], problem).await;
    }

    async fn stuck(&self, claimed: ClaimedEffect, progress: Progress, code: &'static str, problem: String) {
        let (tenant, instance, effect) = (claimed.effect.tenant, claimed.effect.instance, claimed.effect.id);
        let at = StuckAt::Effect(Box::new((claimed, progress)));
        let stuck = Input::Stuck(Arc::new(Stuck { tenant, instance, at, code, problem }));
        if let Ok(Verdict::Failed(message) | Verdict::Unloadable(message)) = self.engine.submit_patiently(stuck).await {
            tracing::error!(effect.id = %effect, "effect {effect} cannot even be stopped: {message}");
        }
    }

    async fn call(
        &self,
        claimed: &ClaimedEffect,
        claimed_at: Duration,
        work: &Work,
        delivery: &mut Delivery,
        attempts: &mut Vec<AttemptRow>,
    ) -> Result<Next, NotLoaded> {
        let Work::Call { connection, operation, input, reference, purpose } = work else { return Ok(Next::Wait(self.clock.now())) };
        // What is told may hold addresses of this hub, which are only known here.
        let told = (*purpose == Purpose::Notice).then(|| self.notices.here().outward_all(input));
        let secrets = told.as_ref().map(|told| self.notices.here().secrets_all(told)).unwrap_or_default();
        let input = told.as_ref().unwrap_or(input);
        let retry: RetryPolicy = serde_json::from_str(&claimed.effect.retry).unwrap_or_default();
        let version = self.live.version_or_load(self.store.as_ref(), claimed.effect.tenant, &claimed.effect.version).await?;
        let Some(target) = version.target(connection, operation) else {
            return Ok(our_fault(format!("`{connection}` has no operation `{operation}` in this flow version")));
        };
        let guarantee = target.guarantee();
        let terms = Terms { guarantee: &guarantee, reads_back: target.reads_back(), retry: &retry };
        let mut done = 0;
        loop {
            let now = self.clock.now();
            let action = delivery.action(&terms, claimed.effect.created_at, now);
            if let Action::Wait(at) = action {
                return Ok(Next::Wait(at));
            }
            // What needs a person needs no time at the partner. Put back to wait, it would be forgotten that the request may have left.
            if action != Action::Person && self.clock.monotonic().saturating_sub(claimed_at) > self.lease * 2 / 3 {
                return Ok(Next::Wait(now));
            }
            let attempted = if action == Action::Person {
                nothing_can_tell()
            } else {
                if action == Action::Send {
                    delivery.sending(now);
                }
                let call = Call {
                    tenant: claimed.effect.tenant,
                    connection: connection.clone(),
                    operation: operation.clone(),
                    purpose: match action {
                        Action::LookUp => CallPurpose::LookUp,
                        Action::ReadBack => CallPurpose::ReadBack,
                        _ => CallPurpose::Call,
                    },
                    input: Value::from_json(input),
                    output: delivery.output.as_ref().map_or(Value::Unset, Value::from_json),
                    reference: reference.clone(),
                    idempotency_key: claimed.effect.id.to_string(),
                    attempt: claimed.effect.attempt,
                    first_sent_at: if action == Action::LookUp { delivery.search_from(&terms) } else { delivery.first_sent_at },
                    due_since: if action == Action::LookUp { delivery.look_up_due(&terms) } else { None },
                    deadline: claimed_at + self.lease * 2 / 3,
                    secrets: secrets.clone(),
                };
                let begun = match action {
                    Action::Send => Begun { steps: steps_done(&delivery.steps), items: delivery.items.clone(), ..Begun::default() },
                    Action::LookUp => Begun { items: delivery.items.clone(), ..delivery.looked.as_ref().map(begun).unwrap_or_default() },
                    _ => Begun::default(),
                };
                let performed = self.gateway.perform_from(&target, call, begun).await;
                record(claimed, &performed, action, attempts);
                if matches!(action, Action::Send | Action::LookUp) {
                    delivery.knowing(performed.begun.items.clone());
                }
                match action {
                    // A read is read anew: what its steps said an hour ago may not be so any more.
                    Action::Send if target.operation().effect == Effect::Write => delivery.steps = steps_json(&performed.begun.steps),
                    Action::LookUp if !performed.unsent => delivery.looking(looked(&performed)),
                    _ => {}
                }
                attempted(performed, now)
            };
            done += 1;
            let now = self.clock.now();
            if action == Action::Send && !attempted.unsent {
                // It may have waited for its turn at the partner: what must pass before a repeat counts from here, the safe side.
                delivery.last_sent_at = Some(now);
            }
            let next = delivery.after(action, &attempted, &terms, now, seed(claimed));
            let at_once = matches!(next, Next::Wait(at) if at <= now) && delivery.phase != crate::domain::delivery::Phase::Send;
            if !at_once || done >= ACTIONS_PER_HOLD_MAX {
                return Ok(next);
            }
        }
    }

    async fn notice(
        &self,
        claimed: &ClaimedEffect,
        claimed_at: Duration,
        delivery: &mut Delivery,
        channel: &str,
        letter: Letter<'_>,
    ) -> Next {
        let retry: RetryPolicy = serde_json::from_str(&claimed.effect.retry).unwrap_or_default();
        let guarantee = self.notices.guarantee();
        let terms = Terms { guarantee: &guarantee, reads_back: false, retry: &retry };
        let now = self.clock.now();
        let action = delivery.action(&terms, claimed.effect.created_at, now);
        if action != Action::Send {
            return delivery.after(action, &nothing_can_tell(), &terms, now, seed(claimed));
        }
        let left = (self.lease * 2 / 3).saturating_sub(self.clock.monotonic().saturating_sub(claimed_at));
        if left.is_zero() {
            // Somebody else may have taken it over meanwhile.
            return Next::Wait(now);
        }
        delivery.sending(now);
        let attempted = tokio::select! {
            attempted = self.notices.send(channel, letter, left) => attempted,
            () = self.gateway.cut().cancelled() => nothing_can_tell(),
        };
        NOTICES.increment([channel, attempted.class.word()]);
        delivery.after(action, &attempted, &terms, self.clock.now(), seed(claimed))
    }

    /// Records the outcome: terminal ones through the engine, in one commit with what they lead to.
    async fn settle(&self, claimed: ClaimedEffect, delivery: &Delivery, next: Next, attempts: Vec<AttemptRow>) {
        let stored = serde_json::to_string(delivery).unwrap_or_else(|_| "{}".to_owned());
        let progress = |state: &str, due_at: Timestamp, attempts| Progress {
            hold: hold(&claimed),
            state: state.to_owned(),
            delivery: stored.clone(),
            due_at,
            attempts,
        };
        let now = self.clock.now();
        let (result, progress) = match next {
            Next::Wait(at) => {
                EFFECTS_DEFERRED.increment([&claimed.effect.connection]);
                if let Ok(Some(Fenced::Lost)) = self.progress.submit_patiently(progress("waiting", at, attempts)).await {
                    LEASES_LOST.increment([&claimed.effect.connection]);
                    tracing::warn!(effect.id = %claimed.effect.id, "the lease of effect {} was lost; its outcome is dropped", claimed.effect.id);
                }
                return;
            }
            Next::Done(output) => (EffectResult::Done { output: Value::from_json(&output) }, progress("done", now, attempts)),
            Next::Failed { cause, message, class } => {
                (EffectResult::Failed { cause, message, class: class.to_owned() }, progress("failed", now, attempts))
            }
        };
        let word = if matches!(result, EffectResult::Done { .. }) { "done" } else { "failed" };
        EFFECTS_ENDED.increment([&claimed.effect.connection, word]);
        let sent = progress.attempts.iter().find(|attempt| attempt.purpose == CALL).map(|attempt| attempt.started_at);
        let ended = Ended { claimed, result, progress, sent_at: sent.or(delivery.first_sent_at) };
        let message = match self.engine.submit_patiently(Input::Ended(Arc::new(ended.clone()))).await {
            Ok(Verdict::Failed(message)) => message,
            Ok(Verdict::Unloadable(problem)) => {
                // What came of it is kept as if nobody had said: asked for again when the version can be loaded.
                let mut delivery = delivery.clone();
                delivery.in_doubt = true;
                let due_at = now.saturating_add(UNLOADABLE_WAIT).unwrap_or(now);
                return self.put_off(ended.claimed, &delivery, due_at, ended.progress.attempts, problem).await;
            }
            _ => return,
        };
        // Left as it is, the effect would be found under a dead lease, done once more, and so on for ever: a person's matter.
        let effect = ended.claimed.effect.id;
        tracing::error!(effect.id = %effect, "the outcome of effect {effect} cannot be recorded: {message}");
        let words = format!("the partner's answer cannot be recorded: {message}");
        let result = EffectResult::Failed { cause: Cause::OurFault, message: words, class: "unknown".to_owned() };
        // Without the answer, which may be what cannot be stored; but a person's retry must ask first what became of it.
        let doubted = Delivery { first_sent_at: delivery.first_sent_at, in_doubt: delivery.first_sent_at.is_some(), ..Delivery::default() };
        let delivery = serde_json::to_string(&doubted).unwrap_or_else(|_| "{}".to_owned());
        let progress = Progress { state: "failed".to_owned(), delivery, attempts: Vec::new(), ..ended.progress };
        let stopped = Ended { claimed: ended.claimed, result, progress, sent_at: ended.sent_at };
        if let Ok(Verdict::Failed(message)) = self.engine.submit_patiently(Input::Ended(Arc::new(stopped.clone()))).await {
            self.stuck(stopped.claimed, stopped.progress, STUCK_CODES[1], message).await;
        }
    }
}

/// The purpose of an attempt that writes.
const CALL: &str = "call";

fn record(claimed: &ClaimedEffect, performed: &Performed, action: Action, attempts: &mut Vec<AttemptRow>) {
    for attempt in &performed.attempts {
        let part = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
        attempts.push(AttemptRow {
            tenant: claimed.effect.tenant,
            instance: claimed.effect.instance,
            effect: claimed.effect.id,
            number: claimed.effect.attempt,
            part,
            purpose: match action {
                Action::LookUp => "look_up",
                Action::ReadBack => "read_back",
                _ => CALL,
            }
            .to_owned(),
            connection: claimed.effect.connection.clone(),
            operation: attempt.operation.clone(),
            started_at: attempt.started_at,
            duration_millis: attempt.duration_millis,
            status: attempt.status,
            class: attempt.class.word().to_owned(),
            message: attempt.message.clone(),
            request: attempt.request.clone(),
            response: attempt.response.clone(),
        });
    }
}

fn steps_done(steps: &[(String, serde_json::Value)]) -> Vec<StepDone> {
    steps.iter().map(|(id, output)| StepDone { id: id.as_str().into(), output: Value::from_json(output) }).collect()
}

fn steps_json(steps: &[StepDone]) -> Vec<(String, serde_json::Value)> {
    steps.iter().map(|step| (step.id.to_string(), step.output.to_json())).collect()
}

/// More than this is not kept of a look-up that was broken off: it would be written with every attempt.
const LOOKED_BYTES_MAX: usize = 256 * 1024;

/// What a look-up has behind it that did not come to its end.
fn looked(performed: &Performed) -> Option<Looked> {
    if !matches!(performed.class, Class::Retryable | Class::RateLimited | Class::AuthExpired) || performed.misread {
        return None;
    }
    let values = |values: &[Value]| values.iter().map(Value::to_json).collect();
    let through = |each: &EachBegun| LookedThrough { step: each.step.to_string(), left: values(&each.left), kept: values(&each.kept) };
    let looked = Looked { steps: steps_json(&performed.begun.steps), each: performed.begun.each.as_ref().map(through) };
    if looked == Looked::default() {
        return None;
    }
    serde_json::to_string(&looked).ok().filter(|text| text.len() <= LOOKED_BYTES_MAX).map(|_| looked)
}

fn begun(looked: &Looked) -> Begun {
    let values = |values: &[serde_json::Value]| values.iter().map(Value::from_json).collect();
    let each = |each: &LookedThrough| EachBegun { step: each.step.as_str().into(), left: values(&each.left), kept: values(&each.kept) };
    Begun { steps: steps_done(&looked.steps), each: looked.each.as_ref().map(each), items: None }
}

fn attempted(performed: Performed, now: Timestamp) -> Attempted {
    Attempted {
        class: performed.class,
        output: performed.output.to_json(),
        confirmed: performed.confirmed,
        message: performed.message.unwrap_or_default(),
        credentials: performed.credentials,
        retry_after_millis: performed.retry_after.map(|at| u64::try_from(at.duration_since(now).as_millis()).unwrap_or(0)),
        unsent: performed.unsent,
        misread: performed.misread,
        absence_is_said: performed.absence_is_said,
    }
}

fn nothing_can_tell() -> Attempted {
    Attempted {
        class: Class::Unknown,
        output: serde_json::Value::Null,
        confirmed: false,
        message: "the process ended while the request may have been on its way".to_owned(),
        credentials: false,
        retry_after_millis: None,
        unsent: false,
        misread: false,
        absence_is_said: false,
    }
}

fn our_fault(message: String) -> Next {
    Next::Failed { cause: Cause::OurFault, message, class: "our_fault" }
}

/// Jitter differs between effects and is the same for a repeat.
fn seed(claimed: &ClaimedEffect) -> u64 {
    claimed.effect.id.0.as_u64_pair().1
}

#[cfg(test)]
mod tests;
