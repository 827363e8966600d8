//! The trait over RabbitMQ.

use super::apart::Apart;
use super::confirm::Message;
use super::connect::Options;
use super::consumer::Taker;
use super::link::LinkCell;
use super::names::Names;
use super::publisher::{DEAD_UNKNOWN, Lane, Publisher};
use super::supervisor::Supervisor;
use crate::runtime::{Clock, IdMaker};
use crate::transport::bus::{Listening, Published, Transport};
use crate::transport::counters::Counters;
use crate::transport::delivery::Delivery;
use crate::transport::event::Event;
use crate::transport::flood::Flood;
use crate::transport::health::{Health, LinkState};
use crate::transport::ticket::Ticket;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Time for saying goodbye to the broker.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// Work and events over RabbitMQ.
pub struct RabbitMq {
    names: Names,
    ids: IdMaker,
    publisher: Arc<Publisher>,
    links: [Arc<LinkCell>; 2],
    counters: Arc<Counters>,
    apart: Arc<Apart>,
    wanted: watch::Sender<Vec<Listening>>,
    tickets: Mutex<mpsc::UnboundedReceiver<Delivery>>,
    paused: CancellationToken,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl RabbitMq {
    /// Begins to keep both connections. Returns at once: a broker that is away now is found later.
    pub fn start(options: &Options, clock: &Arc<dyn Clock>, ids: &IdMaker) -> Self {
        let names = Names::new(&options.prefix);
        let counters = Arc::new(Counters::default());
        let (wanted, wishes) = watch::channel(Vec::new());
        let (sender, tickets) = mpsc::unbounded_channel();
        let (paused, stop, tasks) = (CancellationToken::new(), CancellationToken::new(), TaskTracker::new());
        let links = ["publisher", "consumer"].map(|name| Arc::new(LinkCell::new(name, clock.clone())));
        let supervisor = |role: &'static str, link: &Arc<LinkCell>| Supervisor {
            options: Options { seed: ids.seed(), ..options.clone() },
            role,
            link: link.clone(),
            counters: counters.clone(),
            clock: clock.clone(),
            stop: stop.clone(),
        };
        let apart = Arc::new(Apart::default());
        let publisher = Arc::new(Publisher::new(names.clone(), links[0].clone(), wishes.clone(), apart.clone()));
        let session = publisher.clone();
        tasks.spawn(supervisor("publisher", &links[0]).run(move |connection| session.clone().session(connection)));
        let taker = Arc::new(Taker {
            names: names.clone(),
            link: links[1].clone(),
            counters: counters.clone(),
            clock: clock.clone(),
            rubbish: Flood::default(),
            apart: apart.clone(),
            wanted: wishes,
            tickets: sender,
            paused: paused.clone(),
        });
        tasks.spawn(supervisor("consumer", &links[1]).run(move |connection| taker.clone().session(connection)));
        let tickets = Mutex::new(tickets);
        Self { names, ids: ids.clone(), publisher, links, counters, apart, wanted, tickets, paused, stop, tasks }
    }

    async fn send_tickets(&self, tickets: &[Ticket]) -> Vec<Published> {
        // A queue that is not ours gets nothing of ours.
        let ours: Vec<bool> = tickets.iter().map(|ticket| !self.apart.has(&ticket.connection)).collect();
        let bodies: Vec<(String, Vec<u8>)> = tickets
            .iter()
            .zip(&ours)
            .filter(|(_, ours)| **ours)
            .map(|(ticket, _)| (self.names.effects(&ticket.connection), ticket.encode()))
            .collect();
        let messages: Vec<Message<'_>> = bodies
            .iter()
            .map(|(queue, body)| Message {
                id: self.ids.next().to_string(),
                exchange: "",
                routing_key: queue,
                body,
                content_type: "application/json",
                mandatory: true,
            })
            .collect();
        let mut published =
            if messages.is_empty() { Vec::new() } else { self.publisher.publish(Lane::Tickets, &messages).await }.into_iter();
        ours.into_iter().map(|ours| if ours { published.next().unwrap_or(Published::Unsent) } else { Published::Unsent }).collect()
    }
}

impl Transport for RabbitMq {
    fn announce<'a>(&'a self, tickets: &'a [Ticket]) -> BoxFuture<'a, Vec<Published>> {
        async move {
            let published = self.send_tickets(tickets).await;
            self.counters.announced(tickets.iter().map(|ticket| ticket.lanes.len() as u64).sum(), &published);
            published
        }
        .boxed()
    }

    fn listen(&self, connections: Vec<Listening>) {
        self.wanted.send_if_modified(|wanted| {
            let changed = *wanted != connections;
            *wanted = connections;
            if changed {
                // Both are set up anew for these; until then nothing is announced as if it were.
                self.links.iter().for_each(|link| link.set(LinkState::Down("it is being set up for other connections".to_owned())));
            }
            changed
        });
    }

    fn next(&self) -> BoxFuture<'_, Option<Delivery>> {
        async move {
            let mut tickets = self.tickets.lock().await;
            tokio::select! {
                delivery = tickets.recv() => delivery,
                () = self.stop.cancelled() => None,
            }
        }
        .boxed()
    }

    fn publish<'a>(&'a self, events: &'a [Event]) -> BoxFuture<'a, Vec<Published>> {
        async move {
            let exchange = self.names.events();
            let messages: Vec<Message<'_>> = events
                .iter()
                .map(|event| Message {
                    id: event.id.clone(),
                    exchange: &exchange,
                    routing_key: &event.routing_key,
                    body: &event.body,
                    content_type: "application/cloudevents+json",
                    // Nobody listens: that is no fault.
                    mandatory: false,
                })
                .collect();
            let published = self.publisher.publish(Lane::Events, &messages).await;
            self.counters.published(&published);
            published
        }
        .boxed()
    }

    fn carries(&self) -> bool {
        self.links.iter().all(|link| link.is_up())
    }

    fn apart(&self) -> Vec<String> {
        self.apart.all().into_keys().collect()
    }

    fn health(&self) -> Health {
        let dead = self.publisher.dead_letters.load(Ordering::Relaxed);
        Health {
            kind: "rabbitmq",
            links: self.links.iter().map(|link| link.link()).collect(),
            dead_letters: (dead != DEAD_UNKNOWN).then_some(dead),
            apart: self.apart.all(),
            counts: self.counters.counts(),
        }
    }

    fn pause(&self) {
        self.paused.cancel();
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        async move {
            self.paused.cancel();
            self.stop.cancel();
            self.tasks.close();
            let _ = tokio::time::timeout(CLOSE_WITHIN, self.tasks.wait()).await;
        }
        .boxed()
    }
}
