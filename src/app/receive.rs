//! Takes webhooks: find the receiver, verify the raw bytes, store once, answer. The work on a message begins after the answer.

use crate::app::engine::definitions::{Hook, Live};
use crate::app::group::Group;
use crate::app::intake::{HookAnswer, HookRequest, Intake};
use crate::app::receipts::Receipts;
use crate::app::trace;
use crate::domain::connector::EventDefinition;
use crate::domain::ids::InboxId;
use crate::domain::signature::{self, Form};
use crate::domain::text::storable::storable;
use crate::domain::value::Value;
use crate::gateway::{Gateway, ReceiveError};
use crate::runtime::metrics::list::{
    INTAKE_MESSAGES, WEBHOOK_SECONDS, WEBHOOKS_ACKNOWLEDGED, WEBHOOKS_LATE, WEBHOOKS_RECEIVED, WEBHOOKS_REFUSED,
};
use crate::runtime::{Clock, IdMaker};
use crate::store::desk::ReceiptRow;
use crate::store::{Message, NewMessage, Received};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use http::{HeaderMap, Method, StatusCode};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::sync::Arc;

/// Where stored messages go to be worked on at once; what does not fit is found by polling.
pub trait Processor: Send + Sync {
    /// Takes a message that is stored and leased to this process.
    fn offer(&self, message: Message);
}

/// Takes webhooks.
pub struct Receiver {
    /// Definitions in force.
    pub live: Arc<Live>,
    /// Proves callbacks with the connections' secrets.
    pub gateway: Arc<Gateway>,
    /// Inserts that share a commit.
    pub received: Group<NewMessage, Option<Received>>,
    /// Works on what was stored.
    pub processor: Arc<dyn Processor>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: IdMaker,
    /// What became of webhooks, for people.
    pub receipts: Receipts,
}

impl Intake for Receiver {
    fn receive<'a>(&'a self, hook: &'a str, request: HookRequest) -> BoxFuture<'a, HookAnswer> {
        self.take(hook, request).boxed()
    }
}

/// Things one callback may lead to: references times events.
const MESSAGES_MAX: usize = 2_000;

impl Receiver {
    async fn take(&self, hook: &str, request: HookRequest) -> HookAnswer {
        let definitions = self.live.now();
        let Some(hook) = definitions.hook(hook) else { return HookAnswer::empty(StatusCode::NOT_FOUND) };
        let connection = hook.connection.id.clone();
        let began = self.clock.monotonic();
        WEBHOOKS_RECEIVED.increment([&connection]);
        if request.method != Method::POST && !(request.method == Method::GET && answers_get(&hook)) {
            return HookAnswer::empty(StatusCode::METHOD_NOT_ALLOWED);
        }
        if request.headers.get_all(http::header::CONTENT_ENCODING).iter().any(|encoding| encoding != "identity") {
            // Nothing declares one; what is signed and what is read must be the same bytes.
            return HookAnswer::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let read = match self.read(&hook, &request) {
            Ok(read) => read,
            Err(refused) => {
                WEBHOOKS_REFUSED.increment([&connection, refused.word]);
                self.note(&hook, &request, refused.status.as_u16(), refused.word);
                tracing::warn!(connection.name = %hook.connection.id, "a webhook of `{}` is refused: {}", hook.connection.id, refused.word);
                return HookAnswer::empty(refused.status);
            }
        };
        let (messages, said) = match read {
            Read::Challenge(answer) => {
                self.note(&hook, &request, 200, "challenge");
                return HookAnswer::said(200, answer);
            }
            Read::Messages(messages, said) => (messages, said),
        };
        let stored = join_all(messages.into_iter().map(|message| self.store(message))).await;
        if stored.iter().any(|stored| !stored) {
            // Not stored means not acknowledged; what was stored of it is recognised when it comes again.
            WEBHOOKS_REFUSED.increment([&connection, "not_stored"]);
            self.note(&hook, &request, 503, "not_stored");
            return HookAnswer::empty(StatusCode::SERVICE_UNAVAILABLE);
        }
        let acknowledge = &hook.connector.webhooks[&*hook.webhook].acknowledge;
        self.note(&hook, &request, acknowledge.status, if stored.is_empty() { "unheard" } else { "valid" });
        WEBHOOKS_ACKNOWLEDGED.increment([&connection]);
        let took = self.clock.monotonic().saturating_sub(began);
        WEBHOOK_SECONDS.took(took, [&connection]);
        if acknowledge.within_millis.is_some_and(|within| took.as_millis() > u128::from(within)) {
            WEBHOOKS_LATE.increment([&connection]);
            tracing::warn!(connection.name = %connection, webhook = %hook.webhook, took_millis = took.as_millis(), "a webhook of `{connection}` was acknowledged after {} ms, later than its partner waits", took.as_millis());
        }
        match said {
            // What the kind of signature answers is part of its protocol, and goes before what is declared.
            Some(answer) => HookAnswer::said(acknowledge.status, answer),
            None => HookAnswer::acknowledgement(acknowledge),
        }
    }

    /// Notes what became of a webhook. `word` is the verdict on it.
    fn note(&self, hook: &Hook, request: &HookRequest, status: u16, word: &str) {
        self.receipts.note(ReceiptRow {
            id: self.ids.next(),
            tenant: hook.tenant,
            at: self.clock.now(),
            connection: hook.connection.id.to_string(),
            webhook: hook.webhook.to_string(),
            bytes: u32::try_from(request.body.len()).unwrap_or(u32::MAX),
            status,
            signature: word.to_owned(),
            message: None,
        });
    }

    fn read(&self, hook: &Hook, request: &HookRequest) -> Result<Read, Refusal> {
        let Some(webhook) = hook.connector.webhook(&hook.webhook) else { return Err(Refusal::new(StatusCode::NOT_FOUND, "no_webhook")) };
        let headers = headers_of(&request.headers);
        let query: Vec<(String, String)> = url::form_urlencoded::parse(request.query.as_deref().unwrap_or("").as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let received = signature::Received {
            headers: &headers,
            query: &query,
            body: &request.body,
            now: self.clock.now(),
            challenge: request.method == Method::GET,
            random: self.ids.random(),
        };
        let verified =
            self.gateway.verify(hook.tenant, &hook.connection, &hook.connector, &hook.webhook, &received).map_err(|error| match error {
                ReceiveError::Refused(refused) => Refusal::new(StatusCode::UNAUTHORIZED, refused.word()),
                ReceiveError::NoWebhook => Refusal::new(StatusCode::NOT_FOUND, "no_webhook"),
                // Our secret cannot be read: the sender should come again.
                ReceiveError::Prepare(_) => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "secret_unreadable"),
            })?;
        if let Some(answer) = verified.answer {
            return Ok(Read::Challenge(answer));
        }
        // Without them a condition could not tell whose event this is, and what somebody waits for would be forgotten.
        let settings = self
            .gateway
            .open_settings(hook.tenant, &hook.connection, &hook.connector)
            .map_err(|_| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "settings_unreadable"))?;
        let (form, body) = match &verified.body {
            Some((form, body)) => (*form, body.as_slice()),
            None => (Form::of(&request.body), request.body.as_ref()),
        };
        let (payload, text) = payload_of(form, body)?;
        let header_values = Value::map(headers.iter().map(|(name, value)| (name.as_str(), Value::text(value))));
        let events = hook.connector.events_of_webhook(&hook.webhook, &payload, &header_values, &settings);
        if events.is_empty() {
            // Partners send more than anybody waits for. It is taken and forgotten: a refusal would make them send it again.
            return Ok(Read::Messages(Vec::new(), verified.acknowledge));
        }
        let references =
            webhook.references(&payload, &header_values).map_err(|_| Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "no_reference"))?;
        if references.len() * events.len() > MESSAGES_MAX {
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_objects"));
        }
        let id = verified.message_id.or_else(|| webhook.message_id(&payload, &header_values));
        let believed = digest(body);
        let several = references.len() * events.len() > 1;
        let mut messages = Vec::with_capacity(references.len() * events.len());
        for (index, reference) in references.iter().enumerate() {
            for event in &events {
                // A hint that names itself by nothing may come with the same words for another change: it costs a read, and
                // leaving it out could cost the change. What is believed as it stands is the same when it says the same.
                let id = match (&id, &event.trusted) {
                    (Some(id), _) => id.clone(),
                    (None, Some(_)) => believed.clone(),
                    (None, None) => self.ids.next().to_string(),
                };
                messages.push(self.message(hook, event, reference, &text, &id, several.then_some(index)));
            }
        }
        Ok(Read::Messages(messages, verified.acknowledge))
    }

    fn message(&self, hook: &Hook, event: &EventDefinition, reference: &Value, body: &str, id: &str, part: Option<usize>) -> NewMessage {
        let reference = reference.to_json();
        // The body is kept only where it is believed; a hint needs no more than what it points at.
        let payload =
            if event.trusted.is_some() { format!("{{\"ref\":{reference},\"body\":{body}}}") } else { format!("{{\"ref\":{reference}}}") };
        NewMessage {
            id: InboxId(self.ids.next()),
            tenant: hook.tenant,
            connection: hook.connection.id.to_string(),
            event: event.name.to_string(),
            message_id: storable(part.map_or_else(|| id.to_owned(), |part| format!("{id}#{part}#{}", event.name))),
            source: format!("webhook/{}/{}", hook.connection.id, hook.webhook),
            payload,
            received_at: self.clock.now(),
        }
    }

    /// Stores one message; false when it could not be stored.
    async fn store(&self, message: NewMessage) -> bool {
        let copy = message.clone();
        let began = copy.received_at;
        match self.received.submit(message).await {
            Ok(Some(Received::New)) => {
                INTAKE_MESSAGES.increment([&copy.connection, "new"]);
                trace::received(&copy, "webhook", began, self.clock.now());
                let due_at = copy.received_at;
                self.processor.offer(Message {
                    new: copy,
                    external_id: None,
                    heard: None,
                    attempts: 0,
                    state: "new".to_owned(),
                    problem: None,
                    due_at,
                });
                true
            }
            Ok(Some(Received::Duplicate)) => {
                INTAKE_MESSAGES.increment([&copy.connection, "duplicate"]);
                true
            }
            Ok(None) | Err(_) => false,
        }
    }
}

/// What a callback comes to.
enum Read {
    /// A check of the address: answered at once, stored nowhere.
    Challenge(signature::Answer),
    /// Messages to store, and the acknowledgement where the kind of signature has its own.
    Messages(Vec<NewMessage>, Option<signature::Answer>),
}

/// Why a callback is refused; the sender sees the status alone.
struct Refusal {
    status: StatusCode,
    word: &'static str,
}

impl Refusal {
    fn new(status: StatusCode, word: &'static str) -> Self {
        Self { status, word }
    }
}

fn headers_of(headers: &HeaderMap) -> Vec<(String, String)> {
    // A value that is no text still counts: left out, it would hide that a header came twice.
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect()
}

fn digest(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

fn answers_get(hook: &Hook) -> bool {
    let signature = hook.connector.webhook(&hook.webhook).and_then(|webhook| webhook.signature.as_ref());
    signature.is_some_and(signature::Signature::answers_get)
}

/// The body as a tree, and as the JSON text that is kept where the payload is believed.
fn payload_of(form: Form, body: &[u8]) -> Result<(Value, Cow<'_, str>), Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "not_utf8"))?;
    match form {
        Form::Json => {
            let payload = Value::from_strict_json(text).map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "not_json"))?;
            Ok((payload, Cow::Borrowed(text)))
        }
        Form::Xml => {
            let payload = Value::from_xml(text).map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "not_xml"))?;
            let text = payload.to_json_text();
            Ok((payload, Cow::Owned(text)))
        }
    }
}
