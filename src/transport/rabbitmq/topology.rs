//! Everything that is declared at the broker, in one place.
//!
//! Tickets go to one quorum queue per connection (`x-queue-type: quorum`): replicated, safe on every broker from 3.10 on,
//! and seen per partner. A full queue refuses (`reject-publish`) instead of dropping, and a ticket that was handed out again
//! and again, or cannot be read, ends in the dead-letter queue, which only exists to raise an alarm; it leaves its queue only once
//! it stands there (`x-dead-letter-strategy: at-least-once`, which wants a quorum queue that refuses when it is full). Nothing is
//! bound to the exchange of events: listeners bring their own queues.

use super::connect::{Error, RPC_WITHIN, within};
use super::names::{Names, short};
use super::supervisor::words;
use lapin::options::{ExchangeDeclareOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, ExchangeKind};
use std::collections::{BTreeMap, BTreeSet};

/// Tickets waiting for one partner; the lanes of further ones are found by polling.
const TICKETS_MAX: i64 = 100_000;
/// A ticket handed out so often without an acknowledgement is put aside.
const DELIVERIES_MAX: i64 = 20;
/// The alarm needs no more than this; the oldest go.
const DEAD_MAX: i64 = 10_000;

/// Declares what does not depend on connections.
pub(super) async fn declare(channel: &Channel, names: &Names) -> Result<(), Error> {
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    let exchange = channel.exchange_declare(short(&names.events())?, ExchangeKind::Topic, durable, FieldTable::default());
    within(RPC_WITHIN, "declare the exchange of events", exchange).await?;
    let mut arguments = quorum();
    arguments.insert("x-max-length".into(), AMQPValue::LongLongInt(DEAD_MAX));
    let dead = channel.queue_declare(short(&names.dead())?, QueueDeclareOptions::durable(), arguments);
    within(RPC_WITHIN, "declare the dead-letter queue", dead).await.map(drop)
}

/// How surely what is put aside arrives in the dead-letter queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DeadLetters {
    /// It stays where it is until it stands there.
    AtLeastOnce,
    /// It is sent there and forgotten: as queues were declared before, which keep the arguments they were made with.
    AtMostOnce,
}

/// Declares the queue of a connection.
async fn declare_effects(channel: &Channel, names: &Names, connection: &str, dead: DeadLetters) -> Result<(), Error> {
    let mut arguments = quorum();
    arguments.insert("x-max-length".into(), AMQPValue::LongLongInt(TICKETS_MAX));
    arguments.insert("x-overflow".into(), AMQPValue::LongString("reject-publish".into()));
    arguments.insert("x-delivery-limit".into(), AMQPValue::LongLongInt(DELIVERIES_MAX));
    arguments.insert("x-dead-letter-exchange".into(), AMQPValue::LongString("".into()));
    arguments.insert("x-dead-letter-routing-key".into(), AMQPValue::LongString(names.dead().into()));
    if dead == DeadLetters::AtLeastOnce {
        arguments.insert("x-dead-letter-strategy".into(), AMQPValue::LongString("at-least-once".into()));
    }
    let queue = channel.queue_declare(short(&names.effects(connection))?, QueueDeclareOptions::durable(), arguments);
    within(RPC_WITHIN, "declare a queue of tickets", queue).await.map(drop)
}

/// What became of the queues of connections.
#[derive(Debug, Default)]
pub(super) struct Declared {
    /// Whose queue is not ours to use, with why.
    pub apart: BTreeMap<String, String>,
    /// Whose queue was made by an earlier release: used as it is, and a dead letter of it may get lost.
    pub earlier: BTreeSet<String>,
}

/// Declares the queues of connections. One that an earlier release made is used as it is; one that is not ours to use is no
/// reason to leave the others: it is answered with why.
///
/// # Errors
/// When the broker does not answer, or says no to more than a queue.
pub(super) async fn declare_each(connection: &Connection, names: &Names, wanted: &[String]) -> Result<Declared, Error> {
    let mut declared = Declared::default();
    let mut channel = open(connection).await?;
    for name in wanted {
        for dead in [DeadLetters::AtLeastOnce, DeadLetters::AtMostOnce] {
            match (declare_effects(&channel, names, name, dead).await, dead) {
                (Ok(()), DeadLetters::AtLeastOnce) => break,
                (Ok(()), DeadLetters::AtMostOnce) => drop(declared.earlier.insert(name.clone())),
                (Err(error), _) if error.is_about_a_queue() => {
                    // Such an answer ends the channel it came by.
                    channel = open(connection).await?;
                    if dead == DeadLetters::AtMostOnce {
                        declared.apart.insert(name.clone(), words(&error));
                    }
                }
                (Err(error), _) => return Err(error),
            }
        }
    }
    within(RPC_WITHIN, "close a channel", channel.close(200, "done".into())).await?;
    Ok(declared)
}

/// Opens a channel.
pub(super) async fn open(connection: &Connection) -> Result<Channel, Error> {
    within(RPC_WITHIN, "open a channel", connection.create_channel()).await
}

/// How many messages a queue has that is there already.
pub(super) async fn depth(channel: &Channel, queue: &str) -> Result<u32, Error> {
    let options = QueueDeclareOptions::durable().passive();
    let declared = channel.queue_declare(short(queue)?, options, FieldTable::default());
    Ok(within(RPC_WITHIN, "look at a queue", declared).await?.message_count())
}

fn quorum() -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    arguments
}
