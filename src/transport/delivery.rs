//! A ticket in hand, and its acknowledgement.

use super::ticket::Ticket;
use futures::future::BoxFuture;

/// What became of an acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledged {
    /// It arrived.
    Yes,
    /// The delivery belonged to a channel that is gone: the ticket comes again and finds nothing to do.
    Lost,
}

/// Acknowledges one delivery.
pub trait Acknowledge: Send + Sync {
    /// Does so; dropped instead, the ticket comes again.
    fn acknowledge(self: Box<Self>) -> BoxFuture<'static, Acknowledged>;
}

/// A ticket in hand.
pub struct Delivery {
    /// The ticket.
    pub ticket: Ticket,
    /// It was in somebody's hands before, as far as the broker knows; never rely on `false`.
    pub redelivered: bool,
    acknowledge: Box<dyn Acknowledge>,
}

impl Delivery {
    /// A delivery that is acknowledged like this.
    pub fn new(ticket: Ticket, redelivered: bool, acknowledge: Box<dyn Acknowledge>) -> Self {
        Self { ticket, redelivered, acknowledge }
    }

    /// Says that everything the ticket led to is committed.
    pub async fn done(self) -> Acknowledged {
        self.acknowledge.acknowledge().await
    }
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Delivery").field("ticket", &self.ticket).field("redelivered", &self.redelivered).finish_non_exhaustive()
    }
}
