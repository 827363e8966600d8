//! Looks at a broker for `waybill doctor`, and removes what a run of its own had declared.

use super::connect::{self, Error, Options, RPC_WITHIN, within};
use super::names::{Names, short};
use super::topology;
use futures::StreamExt;
use lapin::options::{BasicPublishOptions, ExchangeDeleteOptions, QueueDeleteOptions};
use lapin::{BasicProperties, Event};
use std::time::Duration;

/// What was found at a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// Its version; none when it does not say, or speaks TLS alone.
    pub version: Option<String>,
    /// Why it takes no messages now (memory, disk).
    pub blocked: Option<String>,
    /// Messages in the dead-letter queue.
    pub dead_letters: u32,
    /// Tickets waiting, by connection.
    pub tickets: Vec<(String, u32)>,
    /// Connections whose queue is not ours to use, with why.
    pub apart: Vec<(String, String)>,
    /// Connections whose queue an earlier release made: its dead letters may get lost on the way.
    pub earlier: Vec<String>,
}

/// A blocked broker says so at once.
const BLOCKED_WITHIN: Duration = Duration::from_millis(500);

/// Connects and declares what a hub declares, so that missing permissions and queues of another type are found; publishes an
/// event that nobody is bound for, because a broker says that it blocks when somebody publishes.
///
/// # Errors
/// What does not work, in words for whoever runs the hub.
pub async fn inspect(options: &Options, connections: &[String]) -> Result<Inspected, Error> {
    let version = connect::version(options).await?;
    let connection = connect::open(options, "doctor", false).await?;
    let names = Names::new(&options.prefix);
    let mut events = connection.events_listener();
    let channel = within(RPC_WITHIN, "open a channel", connection.create_channel()).await?;
    topology::declare(&channel, &names).await?;
    let mut tickets = Vec::with_capacity(connections.len());
    let topology::Declared { apart, earlier } = topology::declare_each(&connection, &names, connections).await?;
    for name in connections.iter().filter(|name| !apart.contains_key(*name)) {
        tickets.push((name.clone(), topology::depth(&channel, &names.effects(name)).await?));
    }
    let dead_letters = topology::depth(&channel, &names.dead()).await?;
    let (exchange, nobody) = (short(&names.events())?, short("doctor")?);
    let published = channel.basic_publish(exchange, nobody, BasicPublishOptions::default(), b"{}", BasicProperties::default());
    within(RPC_WITHIN, "take a message", published).await?;
    let blocking = async {
        loop {
            match events.next().await {
                Some(Event::ConnectionBlocked(why)) => return why,
                Some(_) => {}
                None => return "the connection ended".to_owned(),
            }
        }
    };
    let blocked = tokio::time::timeout(BLOCKED_WITHIN, blocking).await.ok();
    let _ = tokio::time::timeout(RPC_WITHIN, connection.close(200, "done".into())).await;
    Ok(Inspected { version, blocked, dead_letters, tickets, apart: apart.into_iter().collect(), earlier: earlier.into_iter().collect() })
}

/// Removes the queues and the exchange of a prefix: for runs that had one of their own.
///
/// # Errors
/// When the broker does not do it.
pub async fn remove(options: &Options, connections: &[&str]) -> Result<(), Error> {
    let connection = connect::open(options, "removal", false).await?;
    let names = Names::new(&options.prefix);
    let channel = within(RPC_WITHIN, "open a channel", connection.create_channel()).await?;
    let queues = connections.iter().map(|connection| names.effects(connection)).chain([names.dead()]);
    for queue in queues {
        within(RPC_WITHIN, "remove a queue", channel.queue_delete(short(&queue)?, QueueDeleteOptions::default())).await?;
    }
    within(RPC_WITHIN, "remove an exchange", channel.exchange_delete(short(&names.events())?, ExchangeDeleteOptions::default())).await?;
    let _ = tokio::time::timeout(RPC_WITHIN, connection.close(200, "done".into())).await;
    Ok(())
}
