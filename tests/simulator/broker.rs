//! A broker between the replicas, in virtual time. It confirms tickets and loses them, delivers them twice or so late that
//! others overtake them, refuses, leaves unanswered, forgets acknowledgements, and is away for a while. What a replica had in
//! hand when it died comes again.

use crate::executor::Owner;
use crate::world::{World, lock};
use futures::FutureExt;
use futures::future::{BoxFuture, Either, select};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;
use tokio::sync::Notify;
use waybill::transport::{
    Acknowledge, Acknowledged, Counts, Delivery, Event, Health, Link, LinkState, Listening, Published, Ticket, Transport,
};

/// What waits for a consumer, and whether the broker is there.
#[derive(Default)]
pub struct Broker {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// By the time from which they are delivered, and a number.
    queue: BTreeMap<(Duration, u64), Waiting>,
    number: u64,
    /// Away from then, until then.
    away: Option<(Duration, Duration)>,
}

#[derive(Clone)]
struct Waiting {
    ticket: Ticket,
    redelivered: bool,
}

impl Broker {
    fn push(&self, at: Duration, ticket: Ticket, redelivered: bool) {
        let mut state = lock(&self.state);
        state.number += 1;
        let number = state.number;
        state.queue.insert((at, number), Waiting { ticket, redelivered });
        drop(state);
        self.changed.notify_waiters();
    }

    /// For how long it has been away.
    fn away(&self, now: Duration) -> Option<Duration> {
        lock(&self.state).away.filter(|(_, until)| now < *until).map(|(from, _)| now.saturating_sub(from))
    }

    /// It goes away; whoever waits is told now and when it is back.
    pub fn leave(self: &Arc<Self>, world: &Arc<World>, wait: Duration) {
        world.tell(|| format!("the broker is away for {} s", wait.as_secs()));
        world.count("broker away");
        let now = world.executor.now();
        lock(&self.state).away = Some((now, now + wait));
        let (broker, executor) = (self.clone(), world.executor.clone());
        world.executor.clone().spawn(crate::executor::WORLD, async move {
            executor.sleep(wait).await;
            broker.changed.notify_waiters();
        });
    }

    /// It is there from now on.
    pub fn stay(&self) {
        lock(&self.state).away = None;
        self.changed.notify_waiters();
    }
}

/// One replica's line to the broker.
pub struct Line {
    world: Arc<World>,
    owner: Owner,
    broker: Arc<Broker>,
    /// Tickets of a connection that may be in hand, and those that are.
    hands: Arc<Mutex<BTreeMap<String, (u16, u16)>>>,
    over: Mutex<bool>,
}

impl Line {
    pub fn new(world: &Arc<World>, broker: &Arc<Broker>, owner: Owner) -> Self {
        Self { world: world.clone(), owner, broker: broker.clone(), hands: Arc::default(), over: Mutex::default() }
    }

    async fn send(&self, ticket: &Ticket) -> Published {
        let (world, now) = (&self.world, self.world.executor.now());
        if self.broker.away(now).is_some() {
            return Published::Unsent;
        }
        let rate = world.weather().ticket;
        let soon = |most| now + world.dice.between(Duration::from_millis(1), most);
        let usual = Duration::from_millis(20);
        if world.dice.strikes(rate) {
            world.count("ticket refused");
            return Published::Refused;
        }
        if world.dice.strikes(rate) {
            world.count("ticket lost");
            return Published::Confirmed;
        }
        if world.dice.strikes(rate) {
            world.count("ticket unanswered");
            if world.dice.below(2) == 0 {
                self.broker.push(soon(usual), ticket.clone(), false);
            }
            world.executor.sleep(Duration::from_secs(5)).await;
            return Published::Unknown;
        }
        if world.dice.strikes(rate) {
            world.count("ticket doubled");
            self.broker.push(soon(Duration::from_secs(120)), ticket.clone(), false);
        }
        let late = world.dice.strikes(rate);
        if late {
            world.count("ticket late");
        }
        self.broker.push(soon(if late { Duration::from_secs(600) } else { usual }), ticket.clone(), false);
        Published::Confirmed
    }

    /// A ticket that may be delivered now, or when to look again.
    fn take(&self) -> Result<Waiting, Option<Duration>> {
        let now = self.world.executor.now();
        if self.broker.away(now).is_some() {
            return Err(None);
        }
        let mut state = lock(&self.broker.state);
        let mut hands = lock(&self.hands);
        let mut look = None;
        let mut found = None;
        for (key, waiting) in &state.queue {
            let Some((limit, busy)) = hands.get(&waiting.ticket.connection) else { continue };
            if busy >= limit {
                continue;
            }
            if key.0 > now {
                look = Some(key.0);
                break;
            }
            found = Some(*key);
            break;
        }
        let taken = found.and_then(|key| state.queue.remove(&key)).ok_or(look)?;
        if let Some((_, busy)) = hands.get_mut(&taken.ticket.connection) {
            *busy += 1;
        }
        Ok(taken)
    }
}

/// A ticket in a replica's hand.
struct InHand {
    world: Weak<World>,
    broker: Arc<Broker>,
    hands: Arc<Mutex<BTreeMap<String, (u16, u16)>>>,
    ticket: Option<Ticket>,
}

impl InHand {
    fn let_go(&mut self) -> Option<Ticket> {
        let ticket = self.ticket.take()?;
        if let Some((_, busy)) = lock(&self.hands).get_mut(&ticket.connection) {
            *busy = busy.saturating_sub(1);
        }
        Some(ticket)
    }

    fn again(&mut self) {
        let (Some(ticket), Some(world)) = (self.let_go(), self.world.upgrade()) else { return };
        world.count("ticket again");
        self.broker.push(world.executor.now() + world.dice.millis(10, 30_000), ticket, true);
    }
}

impl Acknowledge for InHand {
    fn acknowledge(mut self: Box<Self>) -> BoxFuture<'static, Acknowledged> {
        async move {
            let lost = self
                .world
                .upgrade()
                .is_some_and(|world| self.broker.away(world.executor.now()).is_some() || world.dice.strikes(world.weather().ticket));
            if lost {
                self.again();
                return Acknowledged::Lost;
            }
            self.let_go();
            self.broker.changed.notify_waiters();
            Acknowledged::Yes
        }
        .boxed()
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.again();
    }
}

impl Transport for Line {
    fn announce<'a>(&'a self, tickets: &'a [Ticket]) -> BoxFuture<'a, Vec<Published>> {
        async move {
            let mut published = Vec::with_capacity(tickets.len());
            for ticket in tickets {
                published.push(self.send(ticket).await);
            }
            published
        }
        .boxed()
    }

    fn listen(&self, connections: Vec<Listening>) {
        let mut hands = lock(&self.hands);
        let known = std::mem::take(&mut *hands);
        for Listening { connection, prefetch } in connections {
            let busy = known.get(&connection).map_or(0, |(_, busy)| *busy);
            hands.insert(connection, (prefetch.max(1), busy));
        }
        drop(hands);
        self.broker.changed.notify_waiters();
    }

    fn next(&self) -> BoxFuture<'_, Option<Delivery>> {
        async move {
            loop {
                let changed = self.broker.changed.notified();
                if *lock(&self.over) {
                    return None;
                }
                let look = match self.take() {
                    Ok(Waiting { ticket, redelivered }) => {
                        self.world.executor.note("ticket");
                        self.world.count("ticket taken");
                        let in_hand = InHand {
                            world: Arc::downgrade(&self.world),
                            broker: self.broker.clone(),
                            hands: self.hands.clone(),
                            ticket: Some(ticket.clone()),
                        };
                        return Some(Delivery::new(ticket, redelivered, Box::new(in_hand)));
                    }
                    Err(look) => look,
                };
                let Some(at) = look else {
                    changed.await;
                    continue;
                };
                let due = self.world.executor.sleep(at.saturating_sub(self.world.executor.now()));
                match select(std::pin::pin!(changed), std::pin::pin!(due)).await {
                    Either::Left(_) | Either::Right(_) => {}
                }
            }
        }
        .boxed()
    }

    fn publish<'a>(&'a self, events: &'a [Event]) -> BoxFuture<'a, Vec<Published>> {
        futures::future::ready(vec![Published::Confirmed; events.len()]).boxed()
    }

    fn carries(&self) -> bool {
        !self.world.executor.is_dead(self.owner) && self.broker.away(self.world.executor.now()).is_none()
    }

    fn health(&self) -> Health {
        let away = self.broker.away(self.world.executor.now());
        let state = if away.is_some() { LinkState::Down("away".to_owned()) } else { LinkState::Up };
        let link = Link { name: "publisher", state, lasting: away.unwrap_or_default() };
        Health {
            kind: "rabbitmq",
            links: vec![link],
            dead_letters: None,
            apart: std::collections::BTreeMap::new(),
            counts: Counts::default(),
        }
    }

    fn pause(&self) {
        *lock(&self.over) = true;
        self.broker.changed.notify_waiters();
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.pause();
        futures::future::ready(()).boxed()
    }
}
