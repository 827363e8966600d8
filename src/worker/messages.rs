//! Works on received messages: reads back what a hint points at, makes it a sighting or an event, hands it to the engine.
//!
//! A message is worked on by the process that received it at once, and by any process when its lease is over. What cannot be
//! read now comes again later; what cannot be understood stands in an exception. A little more than 500 lines: one message goes
//! through all of it, and each way out is told here.

use crate::app::engine::definitions::{Definitions, Live, MadeDocument};
use crate::app::engine::hub;
use crate::app::engine::input::{HeardInput, Input, PeopleInput, Sighting, StoppedMessage, Verdict};
use crate::app::engine::parked::Parked;
use crate::app::group::Group;
use crate::app::quotas::Quotas;
use crate::app::receive::Processor;
use crate::app::trace as spans;
use crate::domain::approval::{Act, Actor, TaskRef};
use crate::domain::connector::{Acted, Class, Connector, EventDefinition};
use crate::domain::document::{Sensitive, Values};
use crate::domain::flow::HUB;
use crate::domain::flow::effect::Cause;
use crate::domain::flow::event::{Asked, Event, Outcome};
use crate::domain::ids::{self, DocumentId, ExceptionId, TaskId};
use crate::domain::retry::Backoff;
use crate::domain::text::storable::storable;
use crate::domain::value::Value;
use crate::gateway::{Call, CallPurpose, Gateway};
use crate::runtime::metrics::list::{MESSAGES_WORKED, QUOTA_REFUSED};
use crate::runtime::{Clock, Lifecycle, trace};
use crate::store::{Deferral, Lease, Message, NewMessage, Store};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

/// What working on messages needs.
pub struct Messages {
    /// How much tenants may take.
    pub quotas: Quotas,
    /// Definitions in force.
    pub live: Arc<Live>,
    /// Read-backs go out here.
    pub gateway: Arc<Gateway>,
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// The engine.
    pub engine: Group<Input, Verdict>,
    /// Events that wait for a link.
    pub parked: Arc<Parked>,
    /// Works on a message again.
    pub processor: Arc<dyn Processor>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// This process.
    pub owner: String,
    /// How long a claim holds.
    pub lease: Duration,
    /// Pause when nothing is due.
    pub poll: Duration,
    /// Messages worked on at once.
    pub parallel: usize,
}

/// Hands stored messages to the workers of this process.
pub struct Offer(mpsc::Sender<Message>);

impl Processor for Offer {
    fn offer(&self, message: Message) {
        // A full queue is no loss: the message is stored and will be claimed when its lease is over.
        let _ = self.0.try_send(message);
    }
}

/// Messages waiting in memory; more are found by polling.
const QUEUE_MAX: usize = 8_192;
/// Longest that a message is put off for a quota.
const PUT_OFF_MAX: SignedDuration = SignedDuration::from_hours(1);
/// What may be done about a task in another app: more needs what only our own page shows.
const ACTS: [&str; 3] = ["approve", "reject", "complete"];
/// Characters of an address that a partner gives.
const URL_MAX: usize = 2_000;
/// Tries of a read-back that the partner refuses or that finds nothing, before a person looks: it may only be late.
const REFUSALS_MAX: u32 = 5;
/// Times that a message may be taken up without a word of what came of it.
const DEATHS_MAX: u32 = 10;
/// Tries while the partner is down: with the backoff below about three days.
const TRIES_MAX: u32 = 300;

/// The workers' end of the queue; whoever works holds it.
pub type Offered = Arc<tokio::sync::Mutex<mpsc::Receiver<Message>>>;

/// The queue between intake and the workers.
pub fn queue() -> (Offer, Offered) {
    let (sender, receiver) = mpsc::channel(QUEUE_MAX);
    (Offer(sender), Arc::new(tokio::sync::Mutex::new(receiver)))
}

enum Trouble {
    /// Try again.
    Later { problem: String, refused: bool, retry_after_millis: Option<u64> },
    /// A person must look.
    Stop { cause: Cause, code: &'static str, problem: String, about: About },
}

/// What a message that stops was about, as far as that is known.
#[derive(Clone, Default)]
struct About {
    telling: Option<ExceptionId>,
    external_id: Option<String>,
    document: Option<DocumentId>,
}

impl About {
    fn input(input: &Input) -> Self {
        match input {
            Input::Sighting(seen) => {
                Self { telling: Some(seen.telling), external_id: Some(seen.external_id.clone()), document: Some(seen.document) }
            }
            Input::Heard(heard) => Self { telling: Some(heard.telling), external_id: Some(heard.external_id.clone()), document: None },
            _ => Self::default(),
        }
    }
}

fn stop(cause: Cause, code: &'static str, problem: impl Into<String>) -> Trouble {
    Trouble::Stop { cause, code, problem: problem.into(), about: About::default() }
}

/// What two messages have in common when they tell the same thing: tenant, connection, event, the event's `dedupe`, and all
/// that was said. What says something else has an exception of its own, whatever `dedupe` leaves out.
fn telling(message: &NewMessage, dedupe_key: &str, output: &str) -> ExceptionId {
    let tenant = message.tenant.0.to_be_bytes();
    let parts = [b"telling".as_slice(), &tenant, message.connection.as_bytes(), message.event.as_bytes(), dedupe_key.as_bytes()];
    ExceptionId(ids::derived(&[&parts[..], &[output.as_bytes()]].concat()))
}

impl Messages {
    /// Works until stopped.
    pub async fn run(self: Arc<Self>, offered: Offered, halt: CancellationToken, work: Lifecycle) {
        let mut offered = offered.lock().await;
        let places = Arc::new(Semaphore::new(self.parallel));
        let mut failures = 0_u32;
        let mut pause = self.clock.wait(Duration::ZERO);
        let mut claimed = false;
        loop {
            // In turn: under steady load new messages must not keep deferred ones from being claimed, nor the other way round.
            let waiting = if claimed { offered.try_recv().ok() } else { None };
            claimed = false;
            let batch = if let Some(message) = waiting {
                vec![message]
            } else {
                tokio::select! {
                    biased;
                    () = halt.cancelled() => return,
                    () = &mut pause => {
                        let (batch, wait) = self.claim(&mut failures, places.available_permits()).await;
                        pause = self.clock.wait(wait);
                        claimed = true;
                        batch
                    }
                    Some(message) = offered.recv() => vec![message],
                }
            };
            for message in batch {
                let Ok(place) = places.clone().acquire_owned().await else { return };
                let messages = self.clone();
                work.run(async move {
                    messages.work(message).await;
                    drop(place);
                });
            }
        }
    }

    async fn claim(&self, failures: &mut u32, room: usize) -> (Vec<Message>, Duration) {
        let now = self.clock.now();
        let lease = Lease { owner: self.owner.clone(), until: later(now, self.lease) };
        let limit = u32::try_from(room.min(200)).unwrap_or(200);
        if limit == 0 {
            return (Vec::new(), self.poll);
        }
        match self.store.claim_messages(&lease, now, limit).await {
            Ok(batch) => {
                *failures = 0;
                let wait = if batch.len() >= limit as usize { Duration::ZERO } else { self.poll };
                (batch, wait)
            }
            Err(error) => {
                *failures += 1;
                if *failures == 1 || failures.is_multiple_of(60) {
                    tracing::warn!("messages cannot be claimed now: {error}");
                }
                (Vec::new(), self.poll)
            }
        }
    }

    async fn work(&self, message: Message) {
        let began = self.clock.now();
        let traced = trace::is_on().then(|| spans::Traced::of(&message));
        let span = traced.as_ref().map(|traced| spans::message_span(traced.message, traced.attempt));
        let problem = trace::within(span, self.understand(message)).await;
        if let Some(traced) = traced {
            spans::worked(&traced, began, self.clock.now(), problem);
        }
    }

    /// The word for why it could not be worked on; none when it could.
    async fn understand(&self, message: Message) -> Option<&'static str> {
        self.parked.forget(message.new.id);
        let input = match message.attempts {
            // Whoever works on a message says what came of it. That nobody did, so often, means that they died of it.
            DEATHS_MAX.. if message.state == "new" => {
                let problem =
                    format!("{} times a process began to work on it and came to no end: it may have died of it", message.attempts);
                Err(stop(Cause::OurFault, "killed_its_process", problem))
            }
            _ => self.input(&message).await,
        };
        let trouble = match input {
            Ok(None) => return None,
            Ok(Some(Input::Sighting(seen))) if self.puts_off(&message, &seen).await => return Some("quota_reached"),
            Ok(Some(input)) => match self.engine.submit_patiently(input.clone()).await {
                Ok(Verdict::Stop { cause, code, problem }) => {
                    Trouble::Stop { cause, code, problem: self.told_of(&input, problem), about: About::input(&input) }
                }
                Ok(Verdict::Parked) => {
                    MESSAGES_WORKED.increment([&message.new.connection, "parked"]);
                    self.park(message, &input);
                    return None;
                }
                Ok(Verdict::Failed(problem) | Verdict::Unloadable(problem)) => stop(Cause::OurFault, "engine_failed", problem),
                // Whoever asked was told, or has gone; nothing was promised that could be kept.
                Ok(Verdict::Refused(problem)) if message.new.connection == HUB => {
                    let definitions = self.live.now();
                    let told = definitions.catalog().loggable(&problem, "refused");
                    tracing::info!(message.id = %message.new.id, "a request to begin a flow is not taken: {told}");
                    MESSAGES_WORKED.increment([&message.new.connection, "done"]);
                    return None;
                }
                Ok(Verdict::Refused(problem)) => stop(Cause::OurFault, "engine_refused", problem),
                // Too late, or not with so few words: what stands now is shown there, and nothing else follows.
                Ok(Verdict::Declined(refusal)) => {
                    tracing::info!(message.id = %message.new.id, connection.name = %message.new.connection, "a decision made in `{}` is not taken ({}): {refusal}", message.new.connection, refusal.code.word());
                    MESSAGES_WORKED.increment([&message.new.connection, "done"]);
                    return None;
                }
                Ok(_) => {
                    MESSAGES_WORKED.increment([&message.new.connection, "done"]);
                    return None;
                }
                Err(_) => return None,
            },
            Err(trouble) => trouble,
        };
        let word = match &trouble {
            Trouble::Later { .. } => "read_later",
            Trouble::Stop { code, .. } => code,
        };
        self.trouble(&message, trouble).await;
        Some(word)
    }

    /// Whether a new document has to wait, because its tenant has used up a quota; then the message is put off. What is said of a
    /// document that is known goes on: it takes no place that it did not have.
    async fn puts_off(&self, message: &Message, seen: &Sighting) -> bool {
        let Some(reached) = self.quotas.reached(seen.tenant) else { return false };
        let known = self.store.desk().documents_by_id(seen.tenant, &[seen.document.0]).await;
        if known.map_or(true, |rows| !rows.is_empty()) {
            return false;
        }
        MESSAGES_WORKED.increment([&message.new.connection, "put_off"]);
        QUOTA_REFUSED.increment([reached.quota.word()]);
        // A limit may be raised before the day is over.
        let soon = self.clock.now().saturating_add(PUT_OFF_MAX).unwrap_or(reached.again_at);
        let deferral = Deferral {
            id: message.new.id,
            tenant: message.new.tenant,
            due_at: reached.again_at.min(soon),
            state: "reading".to_owned(),
            external_id: message.external_id.clone(),
            heard: message.heard.clone(),
            problem: Some(format!("the tenant has used up the quota `{}` ({})", reached.quota.word(), reached.limit)),
        };
        if let Err(error) = self.store.defer_messages(&[deferral]).await {
            tracing::warn!("message {} cannot be put off now: {error}", message.new.id);
        }
        true
    }

    /// A sentence about a document without what its type keeps back: exceptions stand in lists that show no payloads.
    fn told_of(&self, input: &Input, problem: String) -> String {
        let Input::Sighting(seen) = input else { return problem };
        match sensitive(&self.live.now(), &seen.kind) {
            Some(sensitive) => sensitive.values(&seen.typed.to_json()).out_of(problem),
            None => problem,
        }
    }

    /// Waits in memory too, so that the link's coming is noticed at once.
    fn park(&self, message: Message, input: &Input) {
        let Input::Heard(heard) = input else { return };
        let object = (heard.tenant, heard.connection.clone(), heard.external_id.clone());
        let message = Message { heard: Some(heard.heard.clone()), attempts: message.attempts + 1, state: "parked".to_owned(), ..message };
        if let Some(message) = self.parked.park(object, message, self.clock.now()) {
            self.processor.offer(message);
        }
    }

    async fn trouble(&self, message: &Message, trouble: Trouble) {
        let (cause, code, problem, about) = match trouble {
            Trouble::Later { problem, refused, retry_after_millis } => {
                let limit = if refused { REFUSALS_MAX } else { TRIES_MAX };
                if message.attempts < limit {
                    MESSAGES_WORKED.increment([&message.new.connection, "later"]);
                    return self.later(message, problem, retry_after_millis).await;
                }
                (if refused { Cause::DataWrong } else { Cause::PartnerDown }, "read_back_failed", problem, About::default())
            }
            Trouble::Stop { cause, code, problem, about } => (cause, code, problem, about),
        };
        MESSAGES_WORKED.increment([&message.new.connection, "stopped"]);
        // What a sealed document says does not go into the log by way of a sentence about it; the exception has the sentence.
        let definitions = self.live.now();
        let told = definitions.catalog().loggable(&problem, code);
        tracing::warn!(message.id = %message.new.id, connection.name = %message.new.connection, "message {} of `{}` is stopped: {told}", message.new.id, message.new.connection);
        let stopped = StoppedMessage {
            message: message.new.id,
            attempts: message.attempts,
            tenant: message.new.tenant,
            connection: message.new.connection.clone(),
            external_id: about.external_id.or_else(|| message.external_id.clone()),
            document: about.document,
            telling: about.telling,
            cause,
            code,
            // The partner's words: whatever they hold, the message must not go round for ever because of them.
            problem: storable(problem),
        };
        let _ = self.engine.submit_patiently(Input::Stopped(Arc::new(stopped))).await;
    }

    async fn later(&self, message: &Message, problem: String, retry_after_millis: Option<u64>) {
        let now = self.clock.now();
        let backoff = Backoff::exponential(Duration::from_millis(500), Duration::from_secs(900));
        let due_at = backoff.next_attempt(message.attempts + 1, now, retry_after_millis, message.new.id.0.as_u64_pair().1);
        let deferral = Deferral {
            id: message.new.id,
            tenant: message.new.tenant,
            due_at,
            state: "reading".to_owned(),
            external_id: message.external_id.clone(),
            heard: message.heard.clone(),
            problem: Some(storable(problem)),
        };
        if let Err(error) = self.store.defer_messages(&[deferral]).await {
            // Its lease will run out, and it is claimed again.
            tracing::warn!("message {} cannot be put back now: {error}", message.new.id);
        }
    }

    /// What a message means; none when there is nothing to do.
    async fn input(&self, message: &Message) -> Result<Option<Input>, Trouble> {
        let definitions = self.live.now();
        if message.new.connection == HUB {
            return hub::input(message, &definitions).map(Some).map_err(|(cause, code, problem)| stop(cause, code, problem));
        }
        let Some(connector) = definitions.connector(&message.new.connection) else {
            return Err(stop(Cause::RuleMissing, "connection_unknown", format!("there is no connection `{}`", message.new.connection)));
        };
        let Some(event) = connector.event(&message.new.event) else {
            let problem = format!("the connector of `{}` has no event `{}` any more", message.new.connection, message.new.event);
            return Err(stop(Cause::RuleMissing, "event_unknown", problem));
        };
        if let Some(heard) = &message.heard {
            let untyped: Value =
                heard.parse().map_err(|_| stop(Cause::OurFault, "message_unreadable", "the stored message is not JSON"))?;
            let output = event.output_type().read(&untyped).unwrap_or(untyped);
            return self.meaning(message, &definitions, event, output, Source::gone(message));
        }
        let payload: Value =
            message.new.payload.parse().map_err(|_| stop(Cause::OurFault, "message_unreadable", "the stored message is not JSON"))?;
        if let Some(output) = event.trusted_output(payload.member("body"), &Value::Unset) {
            let output = output.map_err(|error| stop(Cause::DataWrong, "payload_unexpected", error.to_string()))?;
            if let Some(acted) = event.acted(&output) {
                let acted = acted.map_err(|error| stop(Cause::DataWrong, "event_not_understood", error.to_string()))?;
                return self.act(message, acted).await.map(Some);
            }
            return self.meaning(
                message,
                &definitions,
                event,
                output,
                Source { payload: Some(payload.member("body")), ..Source::gone(message) },
            );
        }
        self.read_back(message, &definitions, &connector, event, payload.member("ref")).await
    }

    /// Somebody decided one of our tasks in a partner's app: whoever's task it is. A task that has gone to somebody else since was
    /// shown to them as another, so the old one decides nothing any more.
    async fn act(&self, message: &Message, Acted { task, verb, comment }: Acted) -> Result<Input, Trouble> {
        let unclear = |problem: String| stop(Cause::DataWrong, "event_not_understood", problem);
        if !ACTS.contains(&verb.as_str()) {
            return Err(unclear(format!("nobody decides a task by `{verb}` in another app")));
        }
        let id = task.parse().map(TaskId).map_err(|_| unclear("the task it names has no id of ours".to_owned()))?;
        let found = self.store.desk().task(message.new.tenant, id).await;
        let row = match found {
            Ok(Some(row)) => row,
            Ok(None) => return Err(unclear("there is no such task".to_owned())),
            Err(error) => return Err(Trouble::Later { problem: error.to_string(), refused: false, retry_after_millis: None }),
        };
        let act = Act {
            verb,
            by: Actor { person: row.person.clone(), ..Actor::default() },
            // One decision, however often it is told.
            token: format!("{}/{}", message.new.connection, message.new.message_id),
            task: Some(TaskRef { step: row.step, visit: row.visit, number: row.number }),
            comment,
            ..Act::default()
        };
        let event = Event::Act(Box::new(act));
        Ok(Input::People(Arc::new(PeopleInput { tenant: row.tenant, instance: row.instance, event, message: Some(message.new.id) })))
    }

    async fn read_back(
        &self,
        message: &Message,
        definitions: &Arc<Definitions>,
        connector: &Arc<Connector>,
        event: &EventDefinition,
        reference: &Value,
    ) -> Result<Option<Input>, Trouble> {
        let follow =
            connector.truth_call(event, reference).map_err(|error| stop(Cause::RuleMissing, "read_back_arguments", error.to_string()))?;
        let Some(follow) = follow else {
            return Err(stop(
                Cause::RuleMissing,
                "no_read_back",
                format!("the event `{}` neither reads back nor trusts its payload", event.name),
            ));
        };
        let Some(target) = definitions.target(&message.new.connection, &follow.operation) else {
            return Err(stop(Cause::RuleMissing, "operation_unknown", format!("there is no operation `{}`", follow.operation)));
        };
        let call = Call {
            tenant: message.new.tenant,
            connection: message.new.connection.clone(),
            operation: follow.operation.to_string(),
            purpose: CallPurpose::Call,
            input: follow.input,
            output: Value::Unset,
            reference: String::new(),
            idempotency_key: message.new.id.to_string(),
            attempt: message.attempts + 1,
            first_sent_at: None,
            due_since: None,
            deadline: self.gateway.deadline(self.lease * 2 / 3),
            secrets: Vec::new(),
        };
        let asked_at = self.clock.now();
        let performed = self.gateway.perform(&target, call).await;
        match performed.class {
            Class::Ok => {
                let source = Source { payload: Some(&performed.payload), observed_at: asked_at };
                self.meaning(message, definitions, event, performed.output, source)
            }
            class => Err(Trouble::Later {
                problem: format!(
                    "reading back with `{}` came to {}: {}",
                    follow.operation,
                    class.word(),
                    performed.message.unwrap_or_default()
                ),
                refused: matches!(class, Class::Refused | Class::NotFound) && !performed.unsent,
                retry_after_millis: performed
                    .retry_after
                    .map(|at| u64::try_from(at.duration_since(self.clock.now()).as_millis()).unwrap_or(0)),
            }),
        }
    }

    /// From a typed output to an input of the engine.
    fn meaning(
        &self,
        message: &Message,
        definitions: &Arc<Definitions>,
        event: &EventDefinition,
        output: Value,
        source: Source<'_>,
    ) -> Result<Option<Input>, Trouble> {
        let heard = event.hear(&output).map_err(|error| stop(Cause::DataWrong, "event_not_understood", error.to_string()))?;
        for note in &heard.notes {
            tracing::warn!(connection.name = %message.new.connection, "event `{}` of `{}`: {note}", event.name, message.new.connection);
        }
        let new = &message.new;
        let said = heard.output.to_json_text();
        let telling = telling(new, &heard.dedupe_key, &said);
        match (&heard.document, &heard.external_id) {
            (Some(request), _) => {
                let payload = source.payload.ok_or_else(|| stop(Cause::OurFault, "no_source", "the source's payload is gone"))?;
                let made = definitions.make_document(new.tenant, &new.connection, request, payload).map_err(|(cause, problem)| {
                    let problem = match sensitive(definitions, &request.document) {
                        Some(_) => Values::of_all(&payload.to_json()).out_of(problem),
                        None => problem,
                    };
                    Trouble::Stop { cause, code: "document_not_made", problem, about: About { telling: Some(telling), ..About::default() } }
                })?;
                let seen = Seen { message, event, telling, withdrawn: request.withdrawn, payload, observed_at: source.observed_at };
                Ok(Some(Input::Sighting(Arc::new(sighting(&seen, made)))))
            }
            (None, Some(external_id)) => Ok(Some(Input::Heard(Arc::new(HeardInput {
                message: new.id,
                attempts: message.attempts,
                telling,
                tenant: new.tenant,
                connection: new.connection.clone(),
                event: new.event.clone(),
                external_id: external_id.clone(),
                outcome: heard.outcome,
                heard: said,
                output: heard.output.clone(),
                asked: heard.asked.as_ref().map(|asked| Asked {
                    people: definitions.catalog().people_of(&new.connection, &asked.people, day_of(new.received_at)),
                    url: asked.url.clone().filter(|url| is_web(url)).map(storable),
                }),
                seen: heard.outcome.map(Outcome::word).map(str::to_owned),
                received_at: new.received_at,
                observed_at: source.observed_at,
            })))),
            (None, None) => {
                Err(stop(Cause::RuleMissing, "event_without_object", format!("the event `{}` names no object and no document", event.name)))
            }
        }
    }
}

/// The day of a moment, for rows that hold for a time only.
fn day_of(at: Timestamp) -> jiff::civil::Date {
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Whether an address is one that people may be led to; a partner says it.
fn is_web(url: &str) -> bool {
    url.len() <= URL_MAX && ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme))
}

/// What a type keeps back, when it keeps back anything.
fn sensitive(definitions: &Definitions, kind: &str) -> Option<Sensitive> {
    definitions.catalog().documents.get(kind).map(|known| known.sensitive.clone()).filter(|sensitive| !sensitive.is_empty())
}

/// What a source said, and when it was asked or told us.
struct Source<'a> {
    payload: Option<&'a Value>,
    observed_at: Timestamp,
}

impl Source<'_> {
    fn gone(message: &Message) -> Self {
        Source { payload: None, observed_at: message.new.received_at }
    }
}

/// An event that makes a document.
struct Seen<'a> {
    message: &'a Message,
    event: &'a EventDefinition,
    telling: ExceptionId,
    withdrawn: bool,
    payload: &'a Value,
    observed_at: Timestamp,
}

fn sighting(seen: &Seen<'_>, made: MadeDocument) -> Sighting {
    let Seen { message, event, telling, withdrawn, payload, observed_at } = *seen;
    Sighting {
        message: message.new.id,
        attempts: message.attempts,
        telling,
        tenant: message.new.tenant,
        event: event.name.to_string(),
        connection: message.new.connection.clone(),
        kind: made.kind,
        key: made.key,
        external_id: made.external_id,
        document: made.id,
        body: made.typed.to_json_text(),
        display: crate::app::engine::display::fields(&made.typed.to_json()),
        typed: made.typed,
        hash: made.hash,
        payload: payload.to_json_text(),
        version: made.version,
        status: made.status,
        withdrawn,
        observed_at,
    }
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| now.checked_add(by).ok()).unwrap_or(now)
}
