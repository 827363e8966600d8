//! The rows that replicas share beside work: duties, rate slots, credentials, events that wait to be published.

use crate::domain::ids::{DocumentId, InstanceId, TenantId};
use jiff::Timestamp;
use uuid::Uuid;

/// A committed change, to be published.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// Its id, derived: a repeat of the change has the same.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// What happened: `document.created`, `instance.ended`, …
    pub what: String,
    /// The document, when it is about one.
    pub document: Option<DocumentId>,
    /// The instance, when it is about one.
    pub instance: Option<InstanceId>,
    /// When.
    pub at: Timestamp,
    /// What changed, a JSON object.
    pub data: String,
}

/// An event that waits to be published, with what the ledger says of its document.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingEvent {
    /// Order within a document, and the key of the row.
    pub seq: i64,
    /// The event.
    pub event: NewEvent,
    /// The document's type.
    pub kind: Option<String>,
    /// The document's business key.
    pub key: Option<String>,
}

/// How many requests may be sent, and how they are spaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotRequest {
    /// Tenant.
    pub tenant: TenantId,
    /// What is limited: a connection or one of its operations, and which of its rates.
    pub name: String,
    /// Time between two slots, microseconds; at least 1.
    pub every_micros: i64,
    /// Slots that may be used at once after a silence; at least 1.
    pub burst: u32,
    /// Slots wanted.
    pub count: u32,
    /// Slots later than this from now are not taken, microseconds.
    pub within_micros: i64,
}

/// Slots that were given: the first in `first_micros`, each further one `every_micros` later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slots {
    /// How many; none when the first free one is too far away.
    pub granted: u32,
    /// From now to the first one, microseconds; negative when it is past.
    pub first_micros: i64,
}

impl SlotRequest {
    /// What may be used at once, microseconds of slots in the past.
    pub(super) fn burst_micros(&self) -> i64 {
        i64::from(self.burst.max(1) - 1).saturating_mul(self.every_micros.max(1))
    }

    /// The slots given at `now` when the next free one is at `next_at`: the first, how many, the next free one after them.
    pub(super) fn give(&self, next_at: i64, now: i64) -> (i64, u32, i64) {
        let every = self.every_micros.max(1);
        let first = next_at.max(now.saturating_sub(self.burst_micros()));
        let last = now.saturating_add(self.within_micros.max(0));
        let room = if first > last { 0 } else { (last - first) / every + 1 };
        let granted = u32::try_from(room).unwrap_or(u32::MAX).min(self.count);
        (first, granted, first.saturating_add(i64::from(granted).saturating_mul(every)))
    }
}

/// Credentials that replicas share. Who may read the database alone cannot use them: they are sealed before they get here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CredentialKey {
    /// Tenant.
    pub tenant: TenantId,
    /// The connection and a digest of its settings.
    pub name: String,
}

/// What a process may do about credentials.
#[derive(Clone, Debug, PartialEq)]
pub enum CredentialClaim {
    /// They are there and newer than what the caller found lapsed.
    There {
        /// Counts renewals.
        generation: i64,
        /// Sealed.
        sealed: String,
        /// When they lapse.
        lapses_at: Option<Timestamp>,
    },
    /// The caller logs in, and saves or releases under this token.
    Mine {
        /// Fencing token.
        token: i64,
        /// The generation the new ones will have.
        generation: i64,
    },
    /// Another process is logging in, or was refused a moment ago.
    Busy {
        /// Until then at the latest.
        until: Timestamp,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(count: u32, burst: u32, within_micros: i64) -> SlotRequest {
        SlotRequest { tenant: TenantId::DEFAULT, name: "x".to_owned(), every_micros: 100, burst, count, within_micros }
    }

    #[test]
    fn slots_are_spaced_and_never_given_twice() {
        let cases = [
            // wanted, burst, within, next free, now -> first, granted, next free
            (5, 1, 10_000, 0, 1_000, (1_000, 5, 1_500)),
            (5, 3, 10_000, 0, 1_000, (800, 5, 1_300)),
            (5, 3, 10_000, 1_250, 1_000, (1_250, 5, 1_750)),
            (5, 1, 200, 1_000, 1_000, (1_000, 3, 1_300)),
            (5, 1, 200, 1_201, 1_000, (1_201, 0, 1_201)),
            (1, 1, 0, 1_000, 1_000, (1_000, 1, 1_100)),
        ];
        for (count, burst, within, next_at, now, expected) in cases {
            assert_eq!(ask(count, burst, within).give(next_at, now), expected, "{count} {burst} {within} {next_at} {now}");
        }
    }
}
