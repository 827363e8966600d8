//! The trait: announce tickets, take tickets, publish events, say how it is.

use super::delivery::Delivery;
use super::event::Event;
use super::health::Health;
use super::ticket::Ticket;
use futures::future::BoxFuture;

/// What became of one message that was handed to the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// It is where it belongs, durably.
    Confirmed,
    /// There is no queue for it.
    Returned,
    /// The broker refused it (a full queue).
    Refused,
    /// No word came in time: it may have arrived.
    Unknown,
    /// It was not sent: there is no broker now, or it takes nothing.
    Unsent,
}

/// A connection whose tickets this process takes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listening {
    /// The connection.
    pub connection: String,
    /// Tickets in hand at once; the only back-pressure there is.
    pub prefetch: u16,
}

/// How work is announced and changes are published. Two implementations, one conformance suite.
///
/// Tickets may be lost, doubled and reordered. A delivery that is dropped without `Delivery::done` comes again, at the
/// latest when its consumer's connection ends.
pub trait Transport: Send + Sync + 'static {
    /// Announces tickets; the answers stand in their order. Takes no longer than a few seconds, whatever the broker does.
    fn announce<'a>(&'a self, tickets: &'a [Ticket]) -> BoxFuture<'a, Vec<Published>>;

    /// From now on tickets of these connections are taken, and of no others.
    fn listen(&self, connections: Vec<Listening>);

    /// The next ticket; none after `close`. For one caller at a time.
    fn next(&self) -> BoxFuture<'_, Option<Delivery>>;

    /// Publishes events in their order; the answers stand in it too.
    fn publish<'a>(&'a self, events: &'a [Event]) -> BoxFuture<'a, Vec<Published>>;

    /// Whether tickets spread the work over processes at this moment. Where not, a process does what it plans itself.
    fn carries(&self) -> bool;

    /// Connections that tickets do not serve at this moment although they serve others.
    fn apart(&self) -> Vec<String> {
        Vec::new()
    }

    /// How it is.
    fn health(&self) -> Health;

    /// Takes no more tickets; those in hand can still be acknowledged.
    fn pause(&self);

    /// Ends everything, within seconds.
    fn close(&self) -> BoxFuture<'_, ()>;
}
