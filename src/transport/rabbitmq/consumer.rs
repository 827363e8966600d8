//! The taking side: one channel with a consumer for each connection's queue, limited by prefetch.

use super::apart::Apart;
use super::connect::{RPC_WITHIN, within};
use super::link::LinkCell;
use super::names::{Names, short};
use super::supervisor::{Ended, words};
use super::topology;
use crate::runtime::Clock;
use crate::transport::bus::Listening;
use crate::transport::counters::Counters;
use crate::transport::delivery::{Acknowledge, Acknowledged, Delivery};
use crate::transport::flood::Flood;
use crate::transport::health::LinkState;
use crate::transport::ticket::Ticket;
use futures::future::BoxFuture;
use futures::stream::{SelectAll, StreamExt};
use futures::{FutureExt, Stream};
use lapin::options::{BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions};
use lapin::types::FieldTable;
use lapin::{Acker, Channel, Connection, Consumer};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// What it is called where both sides say something.
const SIDE: &str = "consumer";
/// How often it is looked whether a queue can be used that could not, and how much rubbish there was.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Takes tickets over whatever connection there is now.
pub(super) struct Taker {
    pub names: Names,
    pub link: Arc<LinkCell>,
    pub counters: Arc<Counters>,
    pub clock: Arc<dyn Clock>,
    /// Messages that are no tickets.
    pub rubbish: Flood,
    pub apart: Arc<Apart>,
    pub wanted: watch::Receiver<Vec<Listening>>,
    /// Where tickets go; the consumers' prefetch bounds it.
    pub tickets: mpsc::UnboundedSender<Delivery>,
    /// No more tickets are taken.
    pub paused: CancellationToken,
}

type Deliveries = SelectAll<std::pin::Pin<Box<dyn Stream<Item = Option<lapin::Result<lapin::message::Delivery>>> + Send>>>;

impl Taker {
    /// Uses a connection until it breaks.
    pub async fn session(self: Arc<Self>, connection: Arc<Connection>) -> Ended {
        let mut wanted = self.wanted.clone();
        let listening = wanted.borrow_and_update().clone();
        let channel = match within(RPC_WITHIN, "open a channel", connection.create_channel()).await {
            Ok(channel) => channel,
            Err(error) => return error.into(),
        };
        let consumers = match self.consume(&connection, &channel, &listening).await {
            Ok(consumers) => consumers,
            Err(ended) => return ended,
        };
        let tags: Vec<_> = consumers.iter().map(Consumer::tag).collect();
        let mut deliveries: Deliveries = consumers.into_iter().map(endless).collect();
        self.link.set(LinkState::Up);
        let broken = Arc::new(Notify::new());
        let mut look_at = Instant::now() + LOOK_EVERY;
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(look_at) => {
                    look_at = Instant::now() + LOOK_EVERY;
                    if let Some(ended) = self.look(&connection).await {
                        return ended;
                    }
                }
                delivery = deliveries.next(), if !deliveries.is_empty() => match delivery.flatten() {
                    Some(Ok(delivery)) => self.take(delivery, &broken).await,
                    Some(Err(error)) => return Ended::Broken(words(&error)),
                    None => return Ended::Broken("a consumer was cancelled".to_owned()),
                },
                () = broken.notified() => return Ended::Broken("an acknowledgement did not arrive".to_owned()),
                changed = wanted.changed() => match changed {
                    Ok(()) => return Ended::Changed,
                    Err(_) => return Ended::Broken("the process is stopping".to_owned()),
                },
                () = self.paused.cancelled(), if !deliveries.is_empty() => {
                    for tag in &tags {
                        let cancelled = channel.basic_cancel(tag.clone(), BasicCancelOptions::default());
                        let _ = within(RPC_WITHIN, "cancel a consumer", cancelled).await;
                    }
                    // What was handed out and not looked at goes back when the connection ends.
                    deliveries.clear();
                }
            }
        }
    }

    /// Whether a queue can be used that could not before, which sets everything up anew; and how much rubbish there was.
    async fn look(&self, connection: &Connection) -> Option<Ended> {
        if let Some(more) = self.rubbish.sum(self.clock.monotonic()) {
            tracing::error!(messages.count = more, "{more} more messages were no tickets within a minute and are put aside");
        }
        let apart = self.apart.of(SIDE);
        if apart.is_empty() {
            return None;
        }
        match topology::declare_each(connection, &self.names, &apart).await {
            Ok(found) if found.apart.len() < apart.len() => Some(Ended::Changed),
            Ok(_) => None,
            Err(error) => Some(error.into()),
        }
    }

    async fn consume(&self, connection: &Connection, channel: &Channel, listening: &[Listening]) -> Result<Vec<Consumer>, Ended> {
        topology::declare(channel, &self.names).await?;
        let mut consumers = Vec::with_capacity(listening.len());
        if self.paused.is_cancelled() {
            return Ok(consumers);
        }
        let wanted: Vec<String> = listening.iter().map(|listening| listening.connection.clone()).collect();
        let apart = topology::declare_each(connection, &self.names, &wanted).await?.apart;
        self.apart.found(SIDE, apart.clone());
        for Listening { connection, prefetch } in listening.iter().filter(|listening| !apart.contains_key(&listening.connection)) {
            // Before the consumer: the client buffers whatever it is sent. Per consumer, as quorum queues want it.
            let qos = channel.basic_qos((*prefetch).max(1), BasicQosOptions { global: false });
            within(RPC_WITHIN, "limit a consumer", qos).await?;
            let queue = short(&self.names.effects(connection))?;
            let consumer = channel.basic_consume(queue, "".into(), BasicConsumeOptions::default(), FieldTable::default());
            consumers.push(within(RPC_WITHIN, "consume a queue", consumer).await?);
        }
        Ok(consumers)
    }

    async fn take(&self, delivery: lapin::message::Delivery, broken: &Arc<Notify>) {
        let ticket = match Ticket::decode(&delivery.data) {
            Ok(ticket) => ticket,
            Err(error) => {
                self.counters.unreadable();
                if self.rubbish.met(self.clock.monotonic()) {
                    tracing::error!(queue.name = %delivery.routing_key, "a message in `{}` is no ticket and is put aside: {error}", delivery.routing_key);
                }
                let rejected = delivery.acker.reject(BasicRejectOptions { requeue: false });
                if within(RPC_WITHIN, "take a rejection", rejected).await.is_err() {
                    broken.notify_one();
                }
                return;
            }
        };
        self.counters.taken(delivery.redelivered);
        let acknowledge = Settle { acker: delivery.acker, counters: self.counters.clone(), broken: broken.clone() };
        // Nobody takes any more: it comes again to another process.
        let _ = self.tickets.send(Delivery::new(ticket, delivery.redelivered, Box::new(acknowledge)));
    }
}

/// Marks the end of a consumer, which a merged stream would otherwise swallow.
fn endless(consumer: Consumer) -> std::pin::Pin<Box<dyn Stream<Item = Option<lapin::Result<lapin::message::Delivery>>> + Send>> {
    consumer.map(Some).chain(futures::stream::once(futures::future::ready(None))).boxed()
}

/// Acknowledges one delivery on the channel it came by.
struct Settle {
    acker: Acker,
    counters: Arc<Counters>,
    broken: Arc<Notify>,
}

impl Acknowledge for Settle {
    fn acknowledge(self: Box<Self>) -> BoxFuture<'static, Acknowledged> {
        async move {
            // `Ok(false)` is no error and no acknowledgement: the channel is gone, and the ticket comes again.
            match within(RPC_WITHIN, "take an acknowledgement", self.acker.ack(BasicAckOptions::default())).await {
                Ok(true) => {
                    self.counters.acknowledged();
                    Acknowledged::Yes
                }
                Ok(false) | Err(_) => {
                    self.counters.acknowledgement_lost();
                    self.broken.notify_one();
                    Acknowledged::Lost
                }
            }
        }
        .boxed()
    }
}
