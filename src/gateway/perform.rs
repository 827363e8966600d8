//! Performs one operation to its end: requests, pages, steps; one renewal of lapsed credentials; never a retry.
//!
//! More than 500 lines, because one request's way out and back (turn, credentials, sending, reading, recording) is one state that
//! each part changes.

use super::call::{AttemptRecord, Call, CallPurpose, Performed};
use super::gateway::Gateway;
use super::line::{Held, Line};
use super::prepared::{Prepared, Way};
use super::reads::Kept;
use super::record::Recorder;
use super::send::{Raw, Sending, Unanswered};
use super::tokens;
use super::wire::Outgoing;
use crate::domain::connector::auth::{Credentials, Handshake, Proof};
use crate::domain::connector::quota;
use crate::domain::connector::request::Request;
use crate::domain::connector::{Answer, AttemptFacts, Begun, Class, Effect, Failure, Next, Planned, Reply, Run, Target, read_handshake};
use crate::domain::flow::effect::Cause;
use crate::domain::ids::TenantId;
use crate::domain::text::storable::storable;
use crate::domain::value::Value;
use crate::runtime::metrics::list::{
    EGRESS_REFUSED, GATEWAY_BREAKER_OPEN, GATEWAY_HELD, GATEWAY_REQUEST_SECONDS, GATEWAY_REQUESTS, GATEWAY_WAIT_SECONDS,
};
use crate::runtime::trace;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;

/// How often one read inside a reading of many is repeated at once.
const READS_AGAIN_MAX: u32 = 2;
/// How often it is repeated when the partner only asks for patience; the line waits as long as it says, and the deadline ends it.
const THROTTLED_READS_AGAIN_MAX: u32 = 10;

/// What one operation is performed with.
pub(super) struct Performance<'g> {
    pub gateway: &'g Gateway,
    pub tenant: TenantId,
    pub prepared: Arc<Prepared>,
    pub line: Arc<Line>,
    pub deadline: Duration,
    /// What it is part of; none for the pages of a stream.
    pub call: Option<&'g Call>,
    pub attempts: Vec<AttemptRecord>,
    /// Whether anything of the operation itself has left.
    pub sent: bool,
    /// How far the partner's clock was behind ours in its last answer.
    behind: SignedDuration,
    recorder: Recorder,
}

impl Gateway {
    /// Performs a call: the operation, its look-up, or its read-back.
    pub async fn perform(&self, target: &Target, call: Call) -> Performed {
        self.perform_from(target, call, Begun::default()).await
    }

    /// The same, going on after what an earlier attempt has behind it.
    pub async fn perform_from(&self, target: &Target, call: Call, begun: Begun) -> Performed {
        let attempt =
            AttemptFacts { number: call.attempt, first_sent_at: call.first_sent_at, key: Arc::from(call.idempotency_key.as_str()) };
        let prepared = match self.prepare(call.tenant, target.connection(), target.connector()) {
            Ok(prepared) => prepared,
            Err(error) => {
                let answer = Answer::failed(Failure::Secret, Effect::Read, error.to_string());
                return Performed { begun, ..performed(answer, None, self.clock.now()) };
            }
        };
        let (operation, input) = match what_to_ask(target, &call, &attempt) {
            Ok(found) => found,
            Err(answer) => return Performed { begun, ..performed(*answer, None, self.clock.now()) },
        };
        let facts = prepared.facts(input, &call.reference, attempt);
        let mut performance = Performance { call: Some(&call), ..Performance::new(self, call.tenant, prepared, call.deadline) };
        call.secrets.iter().for_each(|secret| performance.recorder.add(secret));
        // What is behind it stays so when it cannot even begin.
        let before = begun.clone();
        let connector = performance.prepared.connector.clone();
        let run = match call.purpose {
            CallPurpose::LookUp if target.operation().batch.is_some() => Run::look_up_items(connector, &operation, facts, begun),
            _ => Run::start(connector, &operation, facts, begun),
        };
        let (answer, begun) = match run {
            Ok(mut run) => {
                let answer = performance.drive(&mut run).await;
                (answer, run.begun())
            }
            Err(answer) => (*answer, before),
        };
        let performed = performed(answer, Some(&mut performance), self.clock.now());
        Performed { begun, ..interpret(target, &call, performed) }
    }
}

/// The operation that is really asked, and with what.
fn what_to_ask(target: &Target, call: &Call, attempt: &AttemptFacts) -> Result<(Arc<str>, Value), Box<Answer>> {
    let operation = target.operation();
    let connector = target.connector();
    let follow_up = match call.purpose {
        CallPurpose::Call => return Ok((operation.name.clone(), call.input.clone())),
        // Each item in doubt is asked for by itself.
        CallPurpose::LookUp if operation.batch.is_some() => return Ok((operation.name.clone(), call.input.clone())),
        CallPurpose::LookUp => connector.lookup_call(operation, &call.input, &call.reference, attempt),
        CallPurpose::ReadBack => connector.readback_call(operation, &call.input, &call.output, &call.reference, attempt),
    };
    let stopped = |code: &str, message: String| Box::new(Answer::stopped(Class::Refused, Cause::RuleMissing, code, message));
    match follow_up {
        Ok(Some(follow_up)) => Ok((follow_up.operation, follow_up.input)),
        Ok(None) => Err(stopped("no_follow_up", format!("`{}` has neither look-up nor read-back", operation.name))),
        Err(error) => Err(stopped("cannot_build", format!("what `{}` is asked with: {error}", operation.name))),
    }
}

/// What the answer of a look-up or read-back says about the operation itself.
fn interpret(target: &Target, call: &Call, performed: Performed) -> Performed {
    match call.purpose {
        CallPurpose::Call => performed,
        CallPurpose::LookUp => {
            let answer = Answer { class: performed.class, ..Answer::ok(performed.output.clone()) };
            let looked_up = target.looked_up(answer);
            let confirmed = looked_up.class == Class::Ok;
            let message = Some(looked_up.message).filter(|message| !message.is_empty()).or(performed.message);
            Performed { class: looked_up.class, output: looked_up.output, confirmed, message, ..performed }
        }
        CallPurpose::ReadBack if performed.class == Class::Ok => {
            let input = target.operation().read_input(&call.input, &call.reference).unwrap_or_else(|_| call.input.clone());
            let confirmed = target.connector().readback_confirms(target.operation(), &input, &performed.output).unwrap_or(false);
            Performed { confirmed, output: call.output.clone(), ..performed }
        }
        CallPurpose::ReadBack => Performed { confirmed: false, ..performed },
    }
}

pub(super) fn performed(answer: Answer, performance: Option<&mut Performance<'_>>, now: Timestamp) -> Performed {
    let (attempts, sent, recorder) = match performance {
        Some(performance) => (std::mem::take(&mut performance.attempts), performance.sent, performance.recorder.clone()),
        None => (Vec::new(), false, Recorder::default()),
    };
    let later = |millis: u64| now.checked_add(SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))).unwrap_or(now);
    let held = matches!(answer.code.as_deref(), Some("breaker_open" | "deadline_passed" | "limited"));
    let message = storable(recorder.mask(answer.message));
    Performed {
        class: answer.class,
        cause: answer.cause,
        confirmed: answer.class == Class::Ok,
        credentials: answer.cause == Some(Cause::Credentials),
        misread: answer.misread,
        absence_is_said: answer.absence_is_said,
        output: answer.output,
        payload: answer.payload,
        message: Some(message).filter(|message| !message.is_empty()),
        code: answer.code,
        retry_after: answer.retry_after_millis.map(later),
        unsent: held && !sent,
        attempts,
        begun: Begun::default(),
    }
}

impl<'g> Performance<'g> {
    pub(super) fn new(gateway: &'g Gateway, tenant: TenantId, prepared: Arc<Prepared>, deadline: Duration) -> Performance<'g> {
        let line = gateway.line(tenant, &prepared);
        let recorder = prepared.recorder.clone();
        Performance {
            gateway,
            tenant,
            prepared,
            line,
            deadline,
            call: None,
            attempts: Vec::new(),
            sent: false,
            behind: SignedDuration::ZERO,
            recorder,
        }
    }

    /// How far the partner's clock was behind ours in its last answer.
    pub(super) fn behind(&self) -> SignedDuration {
        self.behind
    }

    /// Drives a run to its end.
    pub(super) async fn drive(&mut self, run: &mut Run) -> Answer {
        let mut stale = 0;
        let mut again = 0;
        loop {
            if let Some(answer) = run.over() {
                return answer;
            }
            let wait = Duration::from_millis(run.wait_millis());
            if !wait.is_zero() {
                // A job of the partner: what it comes to is asked for later, and within the time of this call.
                if wait >= self.left() {
                    return run.out_of_time();
                }
                tokio::select! {
                    () = self.gateway.clock.wait(wait) => {}
                    () = self.gateway.cut.cancelled() => return run.out_of_time(),
                }
            }
            let held = match self.credentials(stale).await {
                Ok(held) => held,
                Err(answer) => return answer,
            };
            let moment = self.gateway.moment();
            let proof = Proof { credentials: held.as_ref().map(|held| held.credentials.as_ref()), moment: &moment };
            let planned = match run.next(&proof) {
                Next::Done(answer) => return *answer,
                Next::Send(planned) => planned,
            };
            let effect = planned.effect;
            let (answer, reply) = match self.paired_exchange(*planned, run, &proof).await {
                Ok(exchanged) => exchanged,
                Err(answer) => return answer,
            };
            let generation = held.as_ref().map_or(0, |held| held.generation);
            if answer.class == Class::AuthExpired && held.is_some() && stale == 0 {
                // Surely not done: the same request once more, with new credentials.
                stale = generation;
                continue;
            }
            if answer.class == Class::AuthExpired {
                // Also after a renewal, or nothing to renew: the secrets themselves may have been replaced.
                self.gateway.forget(self.tenant, &self.prepared);
            }
            stale = 0;
            let again_max = match answer.class {
                Class::Retryable => READS_AGAIN_MAX,
                Class::RateLimited if answer.code.as_deref() != Some("limited") => THROTTLED_READS_AGAIN_MAX,
                _ => 0,
            };
            if effect == Effect::Read && run.is_compound() && again < again_max {
                // One lost answer among hundreds must not cost the whole reading; a read that stands alone is its caller's.
                again += 1;
                continue;
            }
            again = 0;
            run.take(answer, reply.as_deref());
        }
    }

    /// Credentials newer than `stale`; none where the connector has no handshake.
    async fn credentials(&mut self, stale: u64) -> Result<Option<tokens::Held>, Answer> {
        let prepared = self.prepared.clone();
        if prepared.connector.auth.handshake().is_none() {
            return Ok(None);
        }
        let consented = prepared.connector.auth.handshake().is_some_and(Handshake::wants_consent);
        let held = match consented {
            true => match prepared.tokens.in_use(stale).await {
                Some(held) => Ok(held),
                None => self.renewed(stale).await,
            },
            false => prepared.tokens.get(stale, async || self.handshake().await).await,
        };
        if held.as_ref().is_err_and(|answer| answer.class == Class::Refused) {
            self.gateway.forget(self.tenant, &prepared);
        }
        let held = held?;
        held.credentials.texts().iter().for_each(|text| self.recorder.add(text));
        Ok(Some(held))
    }

    /// Credentials of a consent, by a renewal that comes to its end also when nobody waits for this call any longer: the refresh
    /// token it is made with is spent once it has left, and the one that comes back must be kept.
    async fn renewed(&mut self, stale: u64) -> Result<tokens::Held, Answer> {
        let (gateway, call) = (self.gateway.clone(), self.call.cloned());
        let (tenant, prepared, deadline) = (self.tenant, self.prepared.clone(), self.deadline);
        let (attempts, recorder) = (self.attempts.clone(), self.recorder.clone());
        let work = async move {
            let tokens = prepared.tokens.clone();
            let own = Performance::new(&gateway, tenant, prepared, deadline);
            let mut own = Performance { call: call.as_ref(), attempts, recorder, ..own };
            let held = tokens.get_consented(stale, async |kept| own.renew(kept).await).await;
            (held, own.attempts, own.recorder)
        };
        match tokio::spawn(trace::within(trace::current(), work)).await {
            Ok((held, attempts, recorder)) => {
                (self.attempts, self.recorder) = (attempts, recorder);
                held
            }
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(Answer::stopped(Class::Retryable, Cause::OurFault, "limited", "log-in: this hub is stopping")),
            },
        }
    }

    /// Keeps texts out of what is recorded.
    pub(super) fn hide(&mut self, texts: &[&str]) {
        texts.iter().for_each(|text| self.recorder.add(text));
    }

    async fn handshake(&mut self) -> Result<Credentials, Answer> {
        let prepared = self.prepared.clone();
        let connector = &prepared.connector;
        let Some(handshake) = connector.auth.handshake() else {
            return Err(Answer::stopped(Class::Refused, Cause::OurFault, "no_handshake", "there is no log-in"));
        };
        let cannot = |why: &dyn std::fmt::Display| {
            Answer::stopped(Class::Refused, Cause::Credentials, "cannot_build", format!("the log-in cannot be built: {why}"))
        };
        let moment = self.gateway.moment();
        let unsigned = handshake.unsigned(&prepared.settings, &moment).map_err(|error| cannot(&error))?;
        let assertion = unsigned.map(|unsigned| super::assertion::sign(&unsigned)).transpose().map_err(|why| cannot(&why))?;
        let built = handshake.request(&connector.reach.base_url, &prepared.settings, &moment, assertion.as_deref());
        let mut request = built.map_err(|error| cannot(&error))?;
        request.timeout_millis = request.timeout_millis.or(Some(connector.reach.timeout_millis));
        let read = |reply: &Reply| {
            let answer = read_handshake(connector, &prepared.settings, reply);
            Answer { class: handshake.class(answer.class), ..answer }
        };
        let (answer, reply) = self.one("auth", Effect::Read, None, &request, read).await;
        let Some(reply) = reply.filter(|_| answer.class == Class::Ok) else {
            let cause = if answer.class == Class::Refused { Some(Cause::Credentials) } else { answer.cause };
            let message = if answer.code.as_deref() == Some("limited") { answer.message } else { format!("log-in: {}", answer.message) };
            return Err(Answer { cause, message, ..answer });
        };
        handshake
            .capture(&reply, &prepared.settings)
            .map_err(|error| Answer::stopped(Class::Retryable, Cause::Credentials, "bad_answer", format!("log-in: {error}")))
    }

    /// The same with the pair of `csrf`, where the connector has one and the request changes something.
    async fn paired_exchange(
        &mut self,
        mut planned: Planned,
        run: &Run,
        proof: &Proof<'_>,
    ) -> Result<(Answer, Option<Arc<Reply>>), Answer> {
        let prepared = self.prepared.clone();
        let Some(csrf) = prepared.connector.auth.csrf().filter(|csrf| csrf.is_wanted(&planned.request)) else {
            return Ok(self.exchange(&planned, run).await);
        };
        let bare = planned.request.clone();
        let mut stale = 0;
        loop {
            let held = prepared.pair.get(stale, async || self.fetch_pair(proof).await).await?;
            held.credentials.texts().iter().for_each(|text| self.recorder.add(text));
            planned.request = bare.clone();
            csrf.apply(&mut planned.request, &held.credentials);
            let (answer, reply) = self.exchange(&planned, run).await;
            if stale == 0 && reply.as_ref().is_some_and(|reply| csrf.is_stale(reply, &prepared.settings)) {
                // Refused before it was looked at: the same request once more, with a new pair.
                stale = held.generation;
                continue;
            }
            return Ok((answer, reply));
        }
    }

    async fn fetch_pair(&mut self, proof: &Proof<'_>) -> Result<Credentials, Answer> {
        let prepared = self.prepared.clone();
        let connector = &prepared.connector;
        let built = connector.auth.csrf_request(&connector.reach.base_url, &prepared.settings, proof);
        let (Some(csrf), Some(mut request)) = (
            connector.auth.csrf(),
            built.map_err(|error| {
                Answer::stopped(
                    Class::Refused,
                    Cause::RuleMissing,
                    "cannot_build",
                    format!("the request for a CSRF token cannot be built: {error}"),
                )
            })?,
        ) else {
            return Err(Answer::stopped(Class::Refused, Cause::OurFault, "no_handshake", "there is no CSRF token to fetch"));
        };
        request.timeout_millis = request.timeout_millis.or(Some(connector.reach.timeout_millis));
        let read = |reply: &Reply| match csrf.capture(reply) {
            Some(_) => Answer::ok(Value::Unset),
            None => read_handshake(connector, &prepared.settings, reply),
        };
        let (answer, reply) = self.one("auth", Effect::Read, None, &request, read).await;
        if let Some(pair) = reply.as_ref().and_then(|reply| csrf.capture(reply)) {
            return Ok(pair);
        }
        if answer.class != Class::Ok {
            return Err(answer);
        }
        let words = "the answer to the request for a CSRF token has none";
        Err(Answer::stopped(Class::Retryable, Cause::PartnerDown, "bad_answer", words))
    }

    /// One request of the operation. The parts of a look-up that another look-up has just asked for are not asked again.
    async fn exchange(&mut self, planned: &Planned, run: &Run) -> (Answer, Option<Arc<Reply>>) {
        let due_since = self.call.filter(|call| call.purpose == CallPurpose::LookUp && planned.effect == Effect::Read);
        let Some(due_since) = due_since.and_then(|call| call.due_since) else {
            let (answer, reply) = self.ask(planned, run).await;
            return (answer, reply.map(Arc::new));
        };
        let (request, place) = self.gateway.reads.place(self.tenant, &self.prepared.connection.id, &planned.request);
        // Whoever asks keeps to its own deadline, so nobody waits for longer than that.
        let mut place = place.lock_owned().await;
        if let Some(reply) = place.as_ref().and_then(|kept| kept.serves(due_since, self.gateway.clock.now())) {
            return (run.read(&reply), Some(reply));
        }
        let asked_at = self.gateway.clock.now();
        let (answer, reply) = self.ask(planned, run).await;
        let reply = reply.map(Arc::new);
        if matches!(answer.class, Class::Ok | Class::NotFound)
            && let Some(reply) = &reply
        {
            let bytes = self.attempts.last().map_or(usize::MAX, |attempt| usize::try_from(attempt.response_bytes).unwrap_or(usize::MAX));
            *place = Kept::new(asked_at, reply.clone(), bytes);
            self.gateway.reads.weigh(request, place.as_ref().map_or(0, |_| bytes));
        }
        (answer, reply)
    }

    async fn ask(&mut self, planned: &Planned, run: &Run) -> (Answer, Option<Reply>) {
        let prepared = self.prepared.clone();
        let limits = prepared.connector.operation(&planned.operation).map(|operation| &operation.limits);
        let own = limits.and_then(|limits| self.gateway.operation_line(self.tenant, &prepared, &planned.operation, limits));
        self.one(&planned.operation, planned.effect, own.as_deref(), &planned.request, |reply| run.read(reply)).await
    }

    /// One request, whatever comes of it, recorded.
    pub(super) async fn one(
        &mut self,
        operation: &str,
        effect: Effect,
        own_line: Option<&Line>,
        request: &Request,
        read: impl Fn(&Reply) -> Answer,
    ) -> (Answer, Option<Reply>) {
        let waiting = self.gateway.clock.monotonic();
        let leave = tokio::select! {
            biased;
            () = self.gateway.cut.cancelled() => Err(Held::Stopping),
            leave = self.leave(own_line) => leave,
        };
        let connection = &self.prepared.connection.id;
        GATEWAY_WAIT_SECONDS.took(self.gateway.clock.monotonic().saturating_sub(waiting), [connection]);
        let leave = match leave {
            Ok(leave) => leave,
            Err(held) => {
                GATEWAY_HELD.increment([connection, held.word()]);
                return (held_back(held), None);
            }
        };
        let left = self.left();
        if left.is_zero() {
            self.line.abandon();
            return (Answer::failed(Failure::Deadline, effect, "the time for this call is over before it was sent"), None);
        }
        let millis = request.timeout_millis.unwrap_or(u64::MAX).min(self.gateway.options.timeout_millis_max);
        let timeout = self.prepared.connection.limits.timeout_millis.unwrap_or(millis).min(millis.max(1));
        // Never beyond the deadline, which lies within the lease: a connection that is slow to open must not let the request
        // leave when somebody else has taken the effect over and looked in vain.
        let timeout = Duration::from_millis(timeout).min(left);
        let started_at = self.gateway.clock.now();
        let began = self.gateway.clock.monotonic();
        let span = super::trace::next(self.attempts.len(), operation);
        let traceparent = super::trace::header(span, self.prepared.connection.traceparent);
        let result = tokio::select! {
            result = self.send(operation, effect, request, timeout, traceparent) => result,
            () = self.gateway.cut.cancelled() => Err(cut_off()),
        };
        drop(leave);
        let duration = self.gateway.clock.monotonic().saturating_sub(began);
        let is_auth = operation == "auth";
        let (answer, reply) = match &result {
            Ok(raw) => {
                let now = self.gateway.clock.now();
                self.behind = super::partner_clock::behind(&raw.headers, now);
                let reply = Reply::new(raw.status, &raw.headers, &raw.body, now);
                (read(&reply), Some(reply))
            }
            Err(unanswered) => (no_answer(unanswered, effect), None),
        };
        self.sent |= !is_auth && result.as_ref().err().is_none_or(|unanswered| unanswered.failure.may_have_been_sent());
        self.tell(&answer, &result);
        let asked = reply.as_ref().and_then(|reply| quota::pause(&self.prepared.connector.remaining, reply));
        if let Some(millis) = asked {
            self.line.pause(Duration::from_millis(millis));
        }
        let record = Recorded { operation, started_at, duration, is_auth };
        let status = result.as_ref().map_or_else(|unanswered| unanswered.status, |raw| Some(raw.status));
        super::trace::sent(span, &self.prepared.connection.id, &record, request, status, &answer, self.gateway.clock.now());
        self.record(record, request, &result, &answer);
        (answer, reply)
    }

    async fn send(
        &self,
        operation: &str,
        effect: Effect,
        request: &Request,
        timeout: Duration,
        traceparent: Option<String>,
    ) -> Result<Raw, Unanswered> {
        let answer_bytes_max = self.prepared.connector.reach.body_bytes_max.min(self.gateway.options.response_bytes_max);
        let (client, guard) = match &self.prepared.way {
            Way::Wire(wire) => {
                let connection = &self.prepared.connection.id;
                return wire.send(Outgoing { connection, operation, call: self.call, effect, request, timeout, answer_bytes_max }).await;
            }
            Way::Http { client, guard } => (client, guard),
        };
        let sending = Sending {
            client,
            guard,
            effect,
            timeout,
            body_bytes_max: answer_bytes_max,
            redirects_max: self.gateway.options.redirects_max,
            traceparent,
        };
        sending.send(request).await
    }

    async fn leave(&self, own_line: Option<&Line>) -> Result<(super::line::Leave, Option<super::line::Leave>), Held> {
        let own = match own_line {
            Some(line) => {
                let leave = line.enter(self.left()).await?;
                // The partner's breaker is on the connection's line; this one only limits.
                line.tell(true);
                Some(leave)
            }
            None => None,
        };
        Ok((self.line.enter(self.left()).await?, own))
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_sub(self.gateway.clock.monotonic())
    }

    /// Tells the line what was learned about the partner.
    fn tell(&self, answer: &Answer, result: &Result<Raw, Unanswered>) {
        let alive = match result {
            // A refusal of our own says nothing against the partner.
            Err(unanswered) => matches!(unanswered.failure, Failure::Egress | Failure::TooLarge),
            Ok(raw) => raw.status < 500 || answer.class.is_alive(),
        };
        self.line.tell(alive);
        GATEWAY_BREAKER_OPEN.set(if self.line.is_open() { 1.0 } else { 0.0 }, [&self.prepared.connection.id]);
        if let (Class::RateLimited, Some(millis)) = (answer.class, answer.retry_after_millis) {
            self.line.pause(Duration::from_millis(millis));
        }
    }

    fn record(&mut self, recorded: Recorded<'_>, request: &Request, result: &Result<Raw, Unanswered>, answer: &Answer) {
        let connection = &self.prepared.connection.id;
        GATEWAY_REQUESTS.increment([connection, recorded.operation, answer.class.word()]);
        GATEWAY_REQUEST_SECONDS.took(recorded.duration, [connection, recorded.operation]);
        let redaction = &self.prepared.connector.redact;
        let (status, response, response_bytes) = match result {
            Ok(raw) => {
                let text = self.recorder.response(raw.status, &raw.headers, &raw.body, redaction, recorded.is_auth);
                (Some(raw.status), text, raw.body.len() as u64)
            }
            Err(unanswered) => {
                if matches!(unanswered.failure, Failure::Egress) {
                    EGRESS_REFUSED.increment([connection]);
                }
                (unanswered.status, String::new(), 0)
            }
        };
        let at = recorded.started_at;
        let connection = &self.prepared.connection.id;
        self.gateway.tally.call(self.tenant.0, at, connection, recorded.operation, answer.class.word(), recorded.duration);
        let message = storable(self.recorder.mask(answer.message.clone()));
        self.attempts.push(AttemptRecord {
            operation: recorded.operation.to_owned(),
            started_at: recorded.started_at,
            duration_millis: u32::try_from(recorded.duration.as_millis()).unwrap_or(u32::MAX),
            status,
            class: answer.class,
            message: Some(message).filter(|message| !message.is_empty()),
            request: self.recorder.request(request, redaction, recorded.is_auth),
            response,
            request_bytes: request.body.len() as u64,
            response_bytes,
        });
    }
}

pub(super) struct Recorded<'a> {
    pub(super) operation: &'a str,
    pub(super) started_at: Timestamp,
    duration: Duration,
    is_auth: bool,
}

fn held_back(held: Held) -> Answer {
    let millis = |wait: Duration| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
    match held {
        Held::Limited(wait) => Answer {
            retry_after_millis: Some(millis(wait)),
            ..Answer::stopped(Class::RateLimited, Cause::PartnerDown, "limited", "the rate limit of the connection is used up for now")
        },
        Held::Open(wait) => Answer {
            retry_after_millis: Some(millis(wait)),
            ..Answer::failed(Failure::BreakerOpen, Effect::Read, "the partner has been failing; calls wait for it to recover")
        },
        Held::Stopping => Answer {
            retry_after_millis: Some(0),
            ..Answer::stopped(Class::RateLimited, Cause::PartnerDown, "limited", "this hub is stopping; nothing was sent")
        },
        Held::Full => Answer {
            retry_after_millis: Some(1_000),
            ..Answer::stopped(Class::RateLimited, Cause::PartnerDown, "limited", "as many requests as allowed are under way")
        },
    }
}

/// The process stops before the answer came: the request may have been carried out.
fn cut_off() -> Unanswered {
    Unanswered { failure: Failure::Reset, message: "this hub stopped before the answer came".to_owned(), status: None }
}

/// No answer came. A broken answer with a status that says "no" is still that no.
fn no_answer(unanswered: &Unanswered, effect: Effect) -> Answer {
    if let Some(status) = unanswered.status.filter(|status| (400..500).contains(status)) {
        let (class, cause) = crate::domain::connector::class::of_status(status, effect);
        let message = format!("HTTP {status}, and {}", unanswered.message);
        return Answer { cause, ..Answer::stopped(class, Cause::PartnerDown, unanswered.failure.word(), message) };
    }
    Answer::failed(unanswered.failure, effect, unanswered.message.clone())
}
