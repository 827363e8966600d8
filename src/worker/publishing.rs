//! Publishes committed changes: reads the events that wait, hands them to the transport, forgets what was confirmed.
//!
//! One process does it at a time, by lease; any other takes over when that ends. Within a document an event is handed over
//! only when the one before it is confirmed, so first deliveries are in order; a repeat has the same id.

use crate::runtime::Clock;
use crate::store::{Lease, Store, WaitingEvent};
use crate::transport::{CloudEvent, Event, Published, Transport};
use jiff::SignedDuration;
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The name of the duty.
const DUTY: &str = "publish_events";
/// How long the duty holds; prolonged with each batch.
const LEASE: Duration = Duration::from_secs(15);
/// Events read at once.
const BATCH: u32 = 500;

/// What publishing needs.
pub struct Publishing {
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// Where events go.
    pub transport: Arc<dyn Transport>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// This process.
    pub owner: String,
    /// What `source` of the events begins with: `/waybill/NAME`.
    pub source: String,
    /// Pause when nothing waits.
    pub poll: Duration,
    /// Something was committed here.
    pub committed: Arc<Notify>,
}

impl Publishing {
    /// Publishes until stopped.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut failures = 0_u32;
        while !stop.is_cancelled() {
            let mut pause = self.poll;
            let mut on_duty = false;
            if self.transport.carries() {
                match self.turn().await {
                    Ok(Turn::Elsewhere) => failures = 0,
                    Ok(Turn::Published { more }) => {
                        (failures, on_duty) = (0, true);
                        if more {
                            pause = Duration::ZERO;
                        }
                    }
                    Err(error) => {
                        failures += 1;
                        if failures == 1 || failures.is_multiple_of(60) {
                            tracing::warn!("events cannot be published now: {error}");
                        }
                    }
                }
            }
            let committed = async { if on_duty { self.committed.notified().await } else { std::future::pending().await } };
            tokio::select! {
                () = committed, if !pause.is_zero() => {}
                () = self.clock.wait(pause) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    async fn turn(&self) -> crate::store::Result<Turn> {
        let (now, began) = (self.clock.now(), self.clock.monotonic());
        let until = SignedDuration::try_from(LEASE).ok().and_then(|lease| now.checked_add(lease).ok()).unwrap_or(now);
        let lease = Lease { owner: self.owner.clone(), until };
        if self.store.claim_duty(DUTY, &lease, now).await?.is_none() {
            return Ok(Turn::Elsewhere);
        }
        let waiting = self.store.events_waiting(BATCH).await?;
        let full = waiting.len() >= BATCH as usize;
        let published = self.publish(waiting, began).await;
        let more = full && !published.is_empty();
        self.store.events_published(&published).await?;
        Ok(Turn::Published { more })
    }

    /// Rounds in which each document has one event on its way at most; answers what is done with.
    async fn publish(&self, mut waiting: Vec<WaitingEvent>, began: Duration) -> Vec<i64> {
        let mut done = Vec::with_capacity(waiting.len());
        let mut stuck: HashSet<Uuid> = HashSet::new();
        while !waiting.is_empty() {
            // A process that was stopped in between must not go on with what another has taken over.
            if self.clock.monotonic().saturating_sub(began) > LEASE * 2 / 3 {
                break;
            }
            let (round, rest) = next_round(waiting, &stuck);
            waiting = rest;
            if round.is_empty() {
                break;
            }
            let (sent, messages): (Vec<WaitingEvent>, Vec<Event>) = round
                .into_iter()
                .filter_map(|waiting| match message(&waiting, &self.source) {
                    Ok(message) => Some((waiting, message)),
                    Err(error) => {
                        tracing::error!(event.id = %waiting.event.id, "event {} cannot be written and is left out: {error}", waiting.event.id);
                        done.push(waiting.seq);
                        None
                    }
                })
                .unzip();
            for (waiting, published) in sent.iter().zip(self.transport.publish(&messages).await) {
                match published {
                    // Nobody is bound: it is nobody's loss.
                    Published::Confirmed | Published::Returned => done.push(waiting.seq),
                    Published::Refused | Published::Unknown | Published::Unsent => drop(stuck.insert(about(waiting))),
                }
            }
        }
        done
    }
}

enum Turn {
    /// Another process has the duty.
    Elsewhere,
    /// Whether more waits.
    Published { more: bool },
}

/// What an event's order counts within: its document, else itself.
fn about(waiting: &WaitingEvent) -> Uuid {
    waiting.event.document.map_or(waiting.event.id, |document| document.0)
}

/// The first event of each document that is not stuck, and the rest, both in their order.
fn next_round(waiting: Vec<WaitingEvent>, stuck: &HashSet<Uuid>) -> (Vec<WaitingEvent>, Vec<WaitingEvent>) {
    let mut taken = HashSet::new();
    waiting.into_iter().filter(|event| !stuck.contains(&about(event))).partition(|event| taken.insert(about(event)))
}

/// The message of an event. Its routing key is what happened and, where it is about a document, the document's type:
/// `instance.ended.purchase_order`.
fn message(waiting: &WaitingEvent, source: &str) -> Result<Event, serde_json::Error> {
    let event = &waiting.event;
    let id = event.id.to_string();
    let data: Box<RawValue> = RawValue::from_string(event.data.clone())?;
    let (source, kind) = (format!("{source}/{}", event.tenant.0), format!("waybill.{}", event.what));
    let envelope = CloudEvent {
        specversion: "1.0",
        id: &id,
        source: &source,
        kind: &kind,
        subject: waiting.key.as_deref(),
        time: event.at.to_string(),
        datacontenttype: "application/json",
        // Twenty digits, so that the texts order as the numbers do.
        sequence: format!("{:020}", waiting.seq),
        data: &data,
    };
    let routing_key = match &waiting.kind {
        Some(document) => format!("{}.{document}", event.what),
        None => event.what.clone(),
    };
    Event::new(&envelope, &routing_key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{DocumentId, TenantId};
    use crate::store::NewEvent;

    fn waiting(seq: i64, document: Option<u128>) -> WaitingEvent {
        WaitingEvent {
            seq,
            event: NewEvent {
                id: Uuid::from_u128(1_000 + u128::from(seq.unsigned_abs())),
                tenant: TenantId::DEFAULT,
                what: "document.created".to_owned(),
                document: document.map(|number| DocumentId(Uuid::from_u128(number))),
                instance: None,
                at: "2026-09-28T10:00:00Z".parse().unwrap(),
                data: r#"{"status":"draft"}"#.to_owned(),
            },
            kind: document.map(|_| "purchase_order".to_owned()),
            key: document.map(|number| format!("PO-{number}")),
        }
    }

    #[test]
    fn a_document_has_one_event_on_its_way_at_a_time() {
        let seqs = |events: &[WaitingEvent]| events.iter().map(|event| event.seq).collect::<Vec<_>>();
        let all = vec![waiting(1, Some(1)), waiting(2, Some(2)), waiting(3, Some(1)), waiting(4, None), waiting(5, Some(2))];
        let (round, rest) = next_round(all, &HashSet::new());
        assert_eq!((seqs(&round), seqs(&rest)), (vec![1, 2, 4], vec![3, 5]));
        // Document 1 failed: what comes after it waits for the next turn.
        let (round, rest) = next_round(rest, &HashSet::from([Uuid::from_u128(1)]));
        assert_eq!((seqs(&round), seqs(&rest)), (vec![5], vec![]));
    }

    #[test]
    fn the_routing_key_ends_with_the_type_of_the_document() {
        let event = message(&waiting(7, Some(1)), "/waybill/hub").unwrap();
        assert_eq!(event.routing_key, "document.created.purchase_order");
        let body: serde_json::Value = serde_json::from_slice(&event.body).unwrap();
        assert_eq!(body["source"], "/waybill/hub/1");
        assert_eq!(body["subject"], "PO-1");
        assert_eq!(body["sequence"], "00000000000000000007");
        assert_eq!(body["data"]["status"], "draft");
        assert_eq!(message(&waiting(8, None), "/waybill/hub").unwrap().routing_key, "document.created");
    }
}
