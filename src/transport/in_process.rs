//! Inside one process: a bounded queue. Nothing survives it, and nothing needs to.

use super::bus::{Listening, Published, Transport};
use super::counters::Counters;
use super::delivery::{Acknowledge, Acknowledged, Delivery};
use super::event::Event;
use super::health::Health;
use super::ticket::Ticket;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, broadcast};

/// Tickets waiting; beyond that they are refused, and polling finds their lanes.
const QUEUE_MAX: usize = 4_096;
/// Events a slow listener may be behind.
const EVENTS_BEHIND_MAX: usize = 1_024;

/// The transport inside a process.
pub struct InProcess {
    inner: Arc<Inner>,
    events: broadcast::Sender<Event>,
}

struct Inner {
    state: Mutex<State>,
    changed: Notify,
    counters: Counters,
}

#[derive(Default)]
struct State {
    queue: VecDeque<(Ticket, bool)>,
    /// How many tickets of a connection may be in hand.
    prefetch: HashMap<String, u16>,
    in_hand: HashMap<String, u16>,
    paused: bool,
    closed: bool,
}

impl Default for InProcess {
    fn default() -> Self {
        let inner = Inner { state: Mutex::default(), changed: Notify::new(), counters: Counters::default() };
        Self { inner: Arc::new(inner), events: broadcast::Sender::new(EVENTS_BEHIND_MAX) }
    }
}

impl InProcess {
    /// Events from now on, for listeners in this process.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}

impl Inner {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn offer(&self, ticket: &Ticket) -> Published {
        let mut state = self.lock();
        if state.closed {
            return Published::Unsent;
        }
        if state.queue.len() >= QUEUE_MAX {
            return Published::Refused;
        }
        if !state.prefetch.contains_key(&ticket.connection) {
            return Published::Returned;
        }
        state.queue.push_back((ticket.clone(), false));
        drop(state);
        self.changed.notify_one();
        Published::Confirmed
    }

    /// The first ticket of a connection that may have one more in hand.
    fn take(&self) -> Option<(Ticket, bool)> {
        let mut state = self.lock();
        if state.paused || state.closed {
            return None;
        }
        let free = |state: &State, connection: &str| {
            let limit = state.prefetch.get(connection).copied().unwrap_or(0);
            state.in_hand.get(connection).copied().unwrap_or(0) < limit
        };
        let index = (0..state.queue.len()).find(|index| free(&state, &state.queue[*index].0.connection))?;
        let taken = state.queue.remove(index)?;
        *state.in_hand.entry(taken.0.connection.clone()).or_default() += 1;
        Some(taken)
    }

    fn give_back(&self, connection: &str, again: Option<Ticket>) {
        let mut state = self.lock();
        if let Some(count) = state.in_hand.get_mut(connection) {
            *count = count.saturating_sub(1);
        }
        if let Some(ticket) = again.filter(|_| !state.closed) {
            state.queue.push_front((ticket, true));
        }
        drop(state);
        self.changed.notify_one();
    }
}

/// A ticket in hand: dropped, it goes back to the front of the queue.
struct InHand {
    inner: Arc<Inner>,
    ticket: Option<Ticket>,
}

impl Acknowledge for InHand {
    fn acknowledge(mut self: Box<Self>) -> BoxFuture<'static, Acknowledged> {
        if let Some(ticket) = self.ticket.take() {
            self.inner.give_back(&ticket.connection, None);
            self.inner.counters.acknowledged();
        }
        futures::future::ready(Acknowledged::Yes).boxed()
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.inner.give_back(&ticket.connection.clone(), Some(ticket));
        }
    }
}

impl Transport for InProcess {
    fn announce<'a>(&'a self, tickets: &'a [Ticket]) -> BoxFuture<'a, Vec<Published>> {
        let published: Vec<Published> = tickets.iter().map(|ticket| self.inner.offer(ticket)).collect();
        self.inner.counters.announced(tickets.iter().map(|ticket| ticket.lanes.len() as u64).sum(), &published);
        futures::future::ready(published).boxed()
    }

    fn listen(&self, connections: Vec<Listening>) {
        let prefetch = connections.into_iter().map(|listening| (listening.connection, listening.prefetch.max(1))).collect();
        self.inner.lock().prefetch = prefetch;
        self.inner.changed.notify_one();
    }

    fn next(&self) -> BoxFuture<'_, Option<Delivery>> {
        async move {
            loop {
                let changed = self.inner.changed.notified();
                if self.inner.lock().closed {
                    return None;
                }
                if let Some((ticket, redelivered)) = self.inner.take() {
                    self.inner.counters.taken(redelivered);
                    let in_hand = InHand { inner: self.inner.clone(), ticket: Some(ticket.clone()) };
                    return Some(Delivery::new(ticket, redelivered, Box::new(in_hand)));
                }
                changed.await;
            }
        }
        .boxed()
    }

    fn publish<'a>(&'a self, events: &'a [Event]) -> BoxFuture<'a, Vec<Published>> {
        for event in events {
            // Without a listener there is nobody to miss it.
            let _ = self.events.send(event.clone());
        }
        let published = vec![Published::Confirmed; events.len()];
        self.inner.counters.published(&published);
        futures::future::ready(published).boxed()
    }

    fn carries(&self) -> bool {
        false
    }

    fn health(&self) -> Health {
        Health {
            kind: "in_process",
            links: Vec::new(),
            dead_letters: None,
            apart: std::collections::BTreeMap::new(),
            counts: self.inner.counters.counts(),
        }
    }

    fn pause(&self) {
        self.inner.lock().paused = true;
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        let mut state = self.inner.lock();
        state.closed = true;
        state.queue.clear();
        drop(state);
        self.inner.changed.notify_one();
        futures::future::ready(()).boxed()
    }
}
