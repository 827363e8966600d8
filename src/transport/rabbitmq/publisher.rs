//! The publishing side: one connection with a channel for tickets, one for events, one for declarations.

use super::apart::Apart;
use super::confirm::{Message, publish};
use super::connect::{RPC_WITHIN, within};
use super::link::LinkCell;
use super::names::Names;
use super::supervisor::Ended;
use super::topology;
use crate::runtime::metrics::list::TRANSPORT_DEAD_LETTERS;
use crate::transport::bus::{Listening, Published};
use crate::transport::health::LinkState;
use lapin::options::ConfirmSelectOptions;
use lapin::{Channel, Connection};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// What it is called where both sides say something.
const SIDE: &str = "publisher";
/// How often the dead-letter queue is looked at, and queues that are not ours to use.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// `dead_letters` before the first look.
pub(super) const DEAD_UNKNOWN: u32 = u32::MAX;

/// Publishes over whatever connection there is now.
pub(super) struct Publisher {
    pub names: Names,
    pub link: Arc<LinkCell>,
    pub wanted: watch::Receiver<Vec<Listening>>,
    pub dead_letters: AtomicU32,
    pub apart: Arc<Apart>,
    channels: Mutex<Option<Arc<Channels>>>,
}

struct Channels {
    connection: Arc<Connection>,
    /// One batch at a time: the client hands a returned message to whichever confirm of the channel comes next, and a batch would not
    /// know another's.
    tickets: tokio::sync::Mutex<Channel>,
    events: tokio::sync::Mutex<Channel>,
    broken: Notify,
}

/// Which channel a batch goes over.
#[derive(Clone, Copy)]
pub(super) enum Lane {
    Tickets,
    Events,
}

impl Publisher {
    pub fn new(names: Names, link: Arc<LinkCell>, wanted: watch::Receiver<Vec<Listening>>, apart: Arc<Apart>) -> Self {
        Self { names, link, wanted, dead_letters: AtomicU32::new(DEAD_UNKNOWN), apart, channels: Mutex::default() }
    }

    /// Publishes a batch; without a connection, or with one that is blocked, nothing is sent.
    pub async fn publish(&self, lane: Lane, messages: &[Message<'_>]) -> Vec<Published> {
        let Some(channels) = self.lock().clone().filter(|channels| !channels.connection.status().blocked()) else {
            return vec![Published::Unsent; messages.len()];
        };
        let channel = match lane {
            Lane::Tickets => &channels.tickets,
            Lane::Events => &channels.events,
        };
        let published = publish(&*channel.lock().await, messages).await;
        let lost = published.iter().any(|published| matches!(published, Published::Unknown | Published::Unsent));
        if lost && !channels.connection.status().blocked() {
            // A connection that loses confirms is not to be trusted with the next batch.
            channels.broken.notify_one();
        }
        published
    }

    /// Uses a connection until it breaks.
    pub async fn session(self: Arc<Self>, connection: Arc<Connection>) -> Ended {
        // Also when the session is dropped in the middle, nobody publishes over its channels any more.
        let _gone = Gone(&self);
        match self.prepare(connection).await {
            Ok((channels, admin, wanted)) => self.hold(channels, &admin, wanted).await,
            Err(ended) => ended,
        }
    }

    async fn prepare(&self, connection: Arc<Connection>) -> Result<(Arc<Channels>, Channel, watch::Receiver<Vec<Listening>>), Ended> {
        let mut wanted = self.wanted.clone();
        let admin = within(RPC_WITHIN, "open a channel", connection.create_channel()).await?;
        topology::declare(&admin, &self.names).await?;
        let connections: Vec<String> = wanted.borrow_and_update().iter().map(|listening| listening.connection.clone()).collect();
        self.apart.found(SIDE, topology::declare_each(&connection, &self.names, &connections).await?.apart);
        let tickets = confirming(&connection).await?.into();
        let events = confirming(&connection).await?.into();
        let channels = Arc::new(Channels { connection, tickets, events, broken: Notify::new() });
        *self.lock() = Some(channels.clone());
        self.link.set(LinkState::Up);
        Ok((channels, admin, wanted))
    }

    async fn hold(&self, channels: Arc<Channels>, admin: &Channel, mut wanted: watch::Receiver<Vec<Listening>>) -> Ended {
        loop {
            // A blocked connection is not even read from: asking would only end it, and the next one would be blocked again.
            if !channels.connection.status().blocked() {
                match topology::depth(admin, &self.names.dead()).await {
                    Ok(depth) => {
                        self.dead_letters.store(depth, Ordering::Relaxed);
                        TRANSPORT_DEAD_LETTERS.set(f64::from(depth), []);
                    }
                    Err(error) => return error.into(),
                }
                let apart = self.apart.of(SIDE);
                if !apart.is_empty() {
                    match topology::declare_each(&channels.connection, &self.names, &apart).await {
                        Ok(found) => self.apart.found(SIDE, found.apart),
                        Err(error) => return error.into(),
                    }
                }
            }
            tokio::select! {
                () = channels.broken.notified() => return Ended::Broken("confirms did not come".to_owned()),
                changed = wanted.changed() => match changed {
                    Ok(()) => return Ended::Changed,
                    Err(_) => return Ended::Broken("the process is stopping".to_owned()),
                },
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<Channels>>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the channels out of use when dropped.
struct Gone<'p>(&'p Publisher);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        *self.0.lock() = None;
    }
}

async fn confirming(connection: &Connection) -> Result<Channel, Ended> {
    let channel = within(RPC_WITHIN, "open a channel", connection.create_channel()).await?;
    within(RPC_WITHIN, "confirm", channel.confirm_select(ConfirmSelectOptions::default())).await?;
    Ok(channel)
}
