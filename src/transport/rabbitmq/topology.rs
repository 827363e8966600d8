//! Everything that is declared at the broker, in one place.
//!
//! Tickets go to one quorum queue per connection (`x-queue-type: quorum`): replicated, safe on every broker from 3.10 on,
//! and seen per partner. A full queue refuses (`reject-publish`) instead of dropping, and a ticket that was handed out again
//! and again, or cannot be read, ends in the dead-letter queue, which only exists to raise an alarm. Nothing is bound to the
//! exchange of events: listeners bring their own queues.

use super::connect::{Error, RPC_WITHIN, within};
use super::names::{Names, short};
use super::supervisor::words;
use lapin::options::{ExchangeDeclareOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, ExchangeKind};
use std::collections::BTreeMap;

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

/// Declares the queue of a connection.
pub(super) async fn declare_effects(channel: &Channel, names: &Names, connection: &str) -> Result<(), Error> {
    let mut arguments = quorum();
    arguments.insert("x-max-length".into(), AMQPValue::LongLongInt(TICKETS_MAX));
    arguments.insert("x-overflow".into(), AMQPValue::LongString("reject-publish".into()));
    arguments.insert("x-delivery-limit".into(), AMQPValue::LongLongInt(DELIVERIES_MAX));
    arguments.insert("x-dead-letter-exchange".into(), AMQPValue::LongString("".into()));
    arguments.insert("x-dead-letter-routing-key".into(), AMQPValue::LongString(names.dead().into()));
    let queue = channel.queue_declare(short(&names.effects(connection))?, QueueDeclareOptions::durable(), arguments);
    within(RPC_WITHIN, "declare a queue of tickets", queue).await.map(drop)
}

/// Declares the queues of connections. One that is not ours to use is no reason to leave the others: it is answered with why.
///
/// # Errors
/// When the broker does not answer, or says no to more than a queue.
pub(super) async fn declare_each(connection: &Connection, names: &Names, wanted: &[String]) -> Result<BTreeMap<String, String>, Error> {
    let mut apart = BTreeMap::new();
    let mut channel = open(connection).await?;
    for name in wanted {
        match declare_effects(&channel, names, name).await {
            Ok(()) => {}
            Err(error) if error.is_about_a_queue() => {
                apart.insert(name.clone(), words(&error));
                // Such an answer ends the channel it came by.
                channel = open(connection).await?;
            }
            Err(error) => return Err(error),
        }
    }
    within(RPC_WITHIN, "close a channel", channel.close(200, "done".into())).await?;
    Ok(apart)
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
