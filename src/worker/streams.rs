//! Reads streams on their schedule: what changed since the cursor, page by page, each page stored before the cursor moves.
//!
//! A stream is run by one process at a time (a leased row with a token). An item seen before is refused by the message table
//! when its `ref` tells versions apart; a `ref` of an id alone is read back at each overlap, which costs a read and changes
//! nothing. A stream that nobody listens to is not read at all.

use crate::app::engine::definitions::{Definitions, Live};
use crate::app::receive::Processor;
use crate::app::trace;
use crate::domain::ids::InboxId;
use crate::domain::retry::Backoff;
use crate::domain::text::storable::storable;
use crate::domain::value::Value;
use crate::gateway::{Gateway, StreamItem};
use crate::runtime::metrics::list::{INTAKE_MESSAGES, STREAM_FAILURES, STREAM_ITEMS, STREAM_LAG, STREAM_LAST_SUCCESS};
use crate::runtime::{Clock, IdMaker, Lifecycle};
use crate::store::desk::DocumentChoice;
use crate::store::{Fenced, Lease, Message, NewMessage, Page, Received, Store, StreamCursor, StreamKey};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// What reading streams needs.
pub struct Streams {
    /// Definitions in force.
    pub live: Arc<Live>,
    /// Reads go out here.
    pub gateway: Arc<Gateway>,
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// Works on what was stored.
    pub processor: Arc<dyn Processor>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: IdMaker,
    /// This process.
    pub owner: String,
    /// How long a claim holds; renewed with every page.
    pub lease: Duration,
    /// How often due streams are looked for.
    pub poll: Duration,
    /// Streams read at once.
    pub parallel: usize,
}

/// Of connections whose streams nobody listens to: whether documents of before hang on them.
#[derive(Default)]
struct Earlier {
    release: u32,
    /// By connection, and until when that holds.
    known: HashMap<String, (bool, Duration)>,
}

/// Pause between two questions whether a connection is still waited for.
const ASKED_EVERY: Duration = Duration::from_secs(600);
/// Messages stored in one statement.
const STORED_AT_ONCE: usize = 500;

impl Streams {
    /// Reads until stopped.
    pub async fn run(self: Arc<Self>, halt: CancellationToken, work: Lifecycle) {
        let places = Arc::new(Semaphore::new(self.parallel));
        let mut earlier = Earlier::default();
        let mut begins_with = 0;
        while !halt.is_cancelled() {
            let definitions = self.live.now();
            let mut keys = self.heard(&definitions, &mut earlier).await;
            // What is claimed and waits for a place only loses its lease, and another process reads the same pages.
            let room = places.available_permits().min(keys.len());
            if room > 0 {
                let now = self.clock.now();
                let lease = Lease { owner: self.owner.clone(), until: after(now, self.lease) };
                let known = keys.len();
                keys.rotate_left(begins_with % known);
                match self.store.claim_streams(&lease, now, &keys, u32::try_from(room).unwrap_or(u32::MAX)).await {
                    Ok(claimed) => {
                        if claimed.len() >= room && room < known {
                            // Others come first next time, so that none is left out for ever.
                            begins_with = (begins_with + room) % known;
                        }
                        for cursor in claimed {
                            let Ok(place) = places.clone().acquire_owned().await else { return };
                            let (streams, definitions) = (self.clone(), definitions.clone());
                            work.run(async move {
                                streams.read(definitions, cursor).await;
                                drop(place);
                            });
                        }
                    }
                    Err(error) => tracing::warn!("streams cannot be claimed now: {error}"),
                }
            }
            tokio::select! {
                biased;
                () = halt.cancelled() => {}
                () = self.clock.wait(self.poll) => {}
            }
        }
    }

    /// The streams that somebody listens to.
    async fn heard(&self, definitions: &Definitions, earlier: &mut Earlier) -> Vec<StreamKey> {
        if earlier.release != definitions.release() {
            *earlier = Earlier { release: definitions.release(), known: HashMap::new() };
        }
        let mut keys = Vec::new();
        for key in definitions.streams() {
            if !definitions.is_unheard(&key.connection, &key.stream) || self.is_waited_for(&key, earlier).await {
                keys.push(key);
            }
        }
        keys
    }

    /// Whether documents that came from a connection, or hold an object there, are still known: their flows may wait for what it
    /// tells or react to it, though nothing in force listens any more.
    async fn is_waited_for(&self, key: &StreamKey, earlier: &mut Earlier) -> bool {
        let now = self.clock.monotonic();
        if let Some((known, until)) = earlier.known.get(&key.connection)
            && now < *until
        {
            return *known;
        }
        let choice = DocumentChoice { system: Some(key.connection.clone()), ..DocumentChoice::all(key.tenant) };
        match self.store.desk().search(&choice, &Page { limit: 1, after: None }).await {
            Ok(found) => {
                earlier.known.insert(key.connection.clone(), (!found.is_empty(), now + ASKED_EVERY));
                !found.is_empty()
            }
            Err(error) => {
                // Read for nothing rather than not at all.
                tracing::debug!("whether `{}` is waited for cannot be asked now: {error}", key.connection);
                true
            }
        }
    }

    async fn read(&self, definitions: Arc<Definitions>, mut cursor: StreamCursor) {
        let began = self.clock.now();
        let key = cursor.key.clone();
        let Some(connector) = definitions.connector(&key.connection) else { return };
        let Some(stream) = connector.stream(&key.stream) else { return };
        let every_millis = stream.every_millis;
        let labels = [key.connection.as_str(), key.stream.as_str()];
        if let Some(last) = cursor.last_success_at {
            let planned = after(last, Duration::from_millis(every_millis));
            STREAM_LAG.set(began.duration_since(planned).as_secs_f64().max(0.0), labels);
        }
        let result = self.pages(&definitions, &mut cursor, began).await;
        let now = self.clock.now();
        let next_due = match result {
            Ok(()) => {
                cursor.problem = None;
                cursor.failures = 0;
                cursor.last_success_at = Some(began);
                STREAM_LAST_SUCCESS.set(now.duration_since(Timestamp::UNIX_EPOCH).as_secs_f64(), labels);
                after(began, Duration::from_millis(every_millis)).max(after(now, Duration::from_millis(100)))
            }
            Err(problem) => {
                STREAM_FAILURES.increment(labels);
                let told = definitions.catalog().loggable(&problem, "its state says why");
                tracing::warn!(connection.name = %key.connection, stream.name = %key.stream, "stream `{}` of `{}` cannot be read: {told}", key.stream, key.connection);
                cursor.problem = Some(problem);
                cursor.failures = cursor.failures.saturating_add(1);
                let cap = Duration::from_millis(every_millis).max(Duration::from_secs(60));
                Backoff::exponential(Duration::from_secs(1), cap).next_attempt(cursor.failures, now, None, self.ids.seed())
            }
        };
        if let Err(error) = self.store.save_cursor(&cursor, next_due).await {
            tracing::warn!("the cursor of stream `{}` cannot be stored now: {error}", key.stream);
        }
    }

    /// Reads all pages; the cursor moves only over what is stored.
    async fn pages(&self, definitions: &Arc<Definitions>, cursor: &mut StreamCursor, began: Timestamp) -> Result<(), String> {
        let key = cursor.key.clone();
        let (connection, connector) =
            definitions.connection(&key.connection).ok_or_else(|| format!("there is no connection `{}`", key.connection))?;
        let reading = self.gateway.open_stream(key.tenant, connection, connector, &key.stream, cursor.cursor.as_deref());
        let mut reading = reading.ok_or_else(|| format!("there is no stream `{}`", key.stream))?;
        loop {
            let deadline = self.gateway.deadline(self.lease * 2 / 3);
            let page = match self.gateway.next_page(&mut reading, deadline).await {
                Ok(Some(page)) => page,
                Ok(None) => return Ok(()),
                Err(failed) => return Err(format!("{}: {}", failed.class.word(), failed.message.unwrap_or_default())),
            };
            self.take(definitions, &key, &page.items, began).await?;
            self.gateway.stored(&reading, &page).await;
            if page.position.is_some() {
                cursor.cursor = page.position;
            }
            if page.is_last {
                return Ok(());
            }
            // The lease is prolonged with what was reached so far; losing it means that another process reads on.
            let until = after(self.clock.now(), self.lease);
            match self.store.save_cursor(cursor, until).await {
                Ok(Fenced::Held) => {}
                Ok(Fenced::Lost) => return Err("another process has taken the stream over".to_owned()),
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    async fn take(&self, definitions: &Definitions, key: &StreamKey, found: &[StreamItem], began: Timestamp) -> Result<(), String> {
        let Some(connector) = definitions.connector(&key.connection) else { return Ok(()) };
        let now = self.clock.now();
        STREAM_ITEMS.add(found.len() as u64, [&key.connection, &key.stream]);
        let mut messages = Vec::new();
        for event in connector.events_of_stream(&key.stream) {
            for StreamItem { reference, id, payload, .. } in found {
                let trusted = payload.as_ref().filter(|_| event.trusted.is_some());
                messages.push(NewMessage {
                    id: InboxId(self.ids.next()),
                    tenant: key.tenant,
                    connection: key.connection.clone(),
                    event: event.name.to_string(),
                    message_id: match id {
                        Some(id) => storable(format!("{}#{id}", event.name)),
                        None => item_id(reference, &event.name, began),
                    },
                    source: format!("stream/{}/{}", key.connection, key.stream),
                    payload: match trusted {
                        Some(body) => format!("{{\"ref\":{},\"body\":{}}}", reference.to_json(), body.to_json()),
                        None => format!("{{\"ref\":{}}}", reference.to_json()),
                    },
                    received_at: now,
                });
            }
        }
        let lease = Lease { owner: self.owner.clone(), until: after(now, self.lease) };
        for chunk in messages.chunks(STORED_AT_ONCE) {
            let received = self.store.receive(chunk, &lease).await.map_err(|error| error.to_string())?;
            for (message, received) in chunk.iter().zip(received) {
                let word = if received == Received::New { "new" } else { "duplicate" };
                INTAKE_MESSAGES.increment([&key.connection, word]);
                if received == Received::New {
                    trace::received(message, "stream item", message.received_at, self.clock.now());
                    self.processor.offer(Message {
                        new: message.clone(),
                        external_id: None,
                        heard: None,
                        attempts: 0,
                        state: "new".to_owned(),
                        problem: None,
                        due_at: now,
                    });
                }
            }
        }
        Ok(())
    }
}

/// A `ref` with more than an id says which version it is about, so it is a message once; an id alone is one per reading.
fn item_id(reference: &Value, event: &str, began: Timestamp) -> String {
    let members = match reference {
        Value::Map(map) => map.len(),
        _ => 0,
    };
    let text = reference.to_json_text();
    if members > 1 { format!("{event}#{text}") } else { format!("{event}#{text}#{}", began.as_microsecond()) }
}

/// Reads open objects again whose partner has been silent (`heard_by: reread`).
pub async fn rereads(streams: Arc<Streams>, halt: CancellationToken) {
    const AT_ONCE: u32 = 200;
    while !halt.is_cancelled() {
        let now = streams.clock.now();
        match streams.store.claim_rereads(now, AT_ONCE).await {
            Ok(due) => {
                let definitions = streams.live.now();
                let lease = Lease { owner: streams.owner.clone(), until: after(now, streams.lease) };
                let messages: Vec<NewMessage> = due
                    .iter()
                    .flat_map(|reread| {
                        definitions.reread_events(&reread.link.connection).into_iter().map(|event| NewMessage {
                            id: InboxId(streams.ids.next()),
                            tenant: reread.link.tenant,
                            connection: reread.link.connection.clone(),
                            message_id: format!("{event}#{}#{}", reread.link.external_id, now.as_microsecond()),
                            event,
                            source: format!("reread/{}", reread.link.connection),
                            payload: serde_json::json!({"ref": {"id": reread.link.external_id}}).to_string(),
                            received_at: now,
                        })
                    })
                    .collect();
                if let Err(error) = streams.store.receive(&messages, &lease).await {
                    tracing::warn!("re-reads cannot be stored now: {error}");
                } else {
                    for message in messages {
                        let due_at = message.received_at;
                        streams.processor.offer(Message {
                            new: message,
                            external_id: None,
                            heard: None,
                            attempts: 0,
                            state: "new".to_owned(),
                            problem: None,
                            due_at,
                        });
                    }
                }
            }
            Err(error) => tracing::warn!("open objects cannot be claimed for a re-read now: {error}"),
        }
        tokio::select! {
            biased;
            () = halt.cancelled() => {}
            () = streams.clock.wait(streams.poll) => {}
        }
    }
}

fn after(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| now.checked_add(by).ok()).unwrap_or(now)
}
