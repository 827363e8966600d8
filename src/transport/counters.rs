//! What a transport has counted, for the benchmark and the metrics.

use super::bus::Published;
use crate::runtime::metrics::list::{
    TRANSPORT_ACKNOWLEDGED, TRANSPORT_DISCONNECTS, TRANSPORT_LANES, TRANSPORT_MESSAGES, TRANSPORT_TAKEN, TRANSPORT_UNREADABLE,
};
use std::sync::{Mutex, PoisonError};

/// What was counted since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Tickets handed over for publishing.
    pub tickets: u64,
    /// Lanes they named.
    pub lanes: u64,
    /// Tickets that were confirmed.
    pub tickets_confirmed: u64,
    /// Events that were confirmed.
    pub events_confirmed: u64,
    /// Messages that had no queue.
    pub returned: u64,
    /// Messages that the broker refused.
    pub refused: u64,
    /// Messages without an answer in time.
    pub unknown: u64,
    /// Messages that could not be sent.
    pub unsent: u64,
    /// Tickets taken.
    pub taken: u64,
    /// Tickets taken that had been taken before.
    pub redelivered: u64,
    /// Acknowledgements that arrived.
    pub acknowledged: u64,
    /// Acknowledgements of deliveries whose channel was gone.
    pub acknowledgements_lost: u64,
    /// Messages that were no tickets.
    pub unreadable: u64,
    /// Connections to the broker that ended, or could not be opened.
    pub disconnects: u64,
}

/// Counters of one transport.
#[derive(Debug, Default)]
pub(super) struct Counters(Mutex<Counts>);

impl Counters {
    pub fn counts(&self) -> Counts {
        self.lock().clone()
    }

    /// Tickets that were handed over, and what became of each.
    pub fn announced(&self, lanes: u64, published: &[Published]) {
        TRANSPORT_LANES.add(lanes, []);
        let mut counts = self.lock();
        counts.tickets += published.len() as u64;
        counts.lanes += lanes;
        for published in published {
            counts.tickets_confirmed += counts.became(*published, "ticket");
        }
    }

    /// Events that were handed over, and what became of each.
    pub fn published(&self, published: &[Published]) {
        let mut counts = self.lock();
        for published in published {
            counts.events_confirmed += counts.became(*published, "event");
        }
    }

    pub fn taken(&self, redelivered: bool) {
        TRANSPORT_TAKEN.increment([if redelivered { "true" } else { "false" }]);
        let mut counts = self.lock();
        counts.taken += 1;
        counts.redelivered += u64::from(redelivered);
    }

    pub fn acknowledged(&self) {
        TRANSPORT_ACKNOWLEDGED.increment(["yes"]);
        self.lock().acknowledged += 1;
    }

    pub fn acknowledgement_lost(&self) {
        TRANSPORT_ACKNOWLEDGED.increment(["lost"]);
        self.lock().acknowledgements_lost += 1;
    }

    pub fn unreadable(&self) {
        TRANSPORT_UNREADABLE.increment([]);
        self.lock().unreadable += 1;
    }

    pub fn disconnected(&self) {
        TRANSPORT_DISCONNECTS.increment([]);
        self.lock().disconnects += 1;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    /// Counts a message; 1 when it was confirmed.
    fn became(&mut self, published: Published, message: &str) -> u64 {
        let (word, count) = match published {
            Published::Confirmed => {
                TRANSPORT_MESSAGES.increment([message, "confirmed"]);
                return 1;
            }
            Published::Returned => ("returned", &mut self.returned),
            Published::Refused => ("refused", &mut self.refused),
            Published::Unknown => ("unknown", &mut self.unknown),
            Published::Unsent => ("unsent", &mut self.unsent),
        };
        *count += 1;
        TRANSPORT_MESSAGES.increment([message, word]);
        0
    }
}
