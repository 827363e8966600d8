//! How much of a hub one tenant may take: what is counted, and when enough is enough.

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};

/// What is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quota {
    /// Documents first seen within a day (UTC).
    DocumentsPerDay,
    /// Instances that have not ended.
    OpenInstances,
    /// Bytes of payloads kept within a day (UTC), as the database keeps them.
    PayloadBytesPerDay,
}

impl Quota {
    /// All of them.
    pub const ALL: [Quota; 3] = [Quota::DocumentsPerDay, Quota::OpenInstances, Quota::PayloadBytesPerDay];

    /// The word in files, metrics and messages.
    pub fn word(self) -> &'static str {
        match self {
            Quota::DocumentsPerDay => "documents_per_day",
            Quota::OpenInstances => "open_instances",
            Quota::PayloadBytesPerDay => "payload_bytes_per_day",
        }
    }

    fn is_of_a_day(self) -> bool {
        self != Quota::OpenInstances
    }
}

/// What one tenant may take; none for as much as there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Documents first seen within a day.
    pub documents_per_day: Option<u64>,
    /// Instances that have not ended.
    pub open_instances: Option<u64>,
    /// Bytes of payloads within a day.
    pub payload_bytes_per_day: Option<u64>,
    /// API requests a second, of each process.
    pub requests_per_second: Option<u32>,
}

impl Limits {
    /// The bound of a quota.
    pub fn of(&self, quota: Quota) -> Option<u64> {
        match quota {
            Quota::DocumentsPerDay => self.documents_per_day,
            Quota::OpenInstances => self.open_instances,
            Quota::PayloadBytesPerDay => self.payload_bytes_per_day,
        }
    }

    /// Whether anything has to be counted in the store.
    pub fn counts(&self) -> bool {
        Quota::ALL.into_iter().any(|quota| self.of(quota).is_some())
    }
}

/// What one tenant has taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Documents first seen today.
    pub documents: u64,
    /// Instances that have not ended.
    pub instances: u64,
    /// Bytes of today's payloads.
    pub payload_bytes: u64,
}

impl Usage {
    /// What was taken of a quota.
    pub fn of(&self, quota: Quota) -> u64 {
        match quota {
            Quota::DocumentsPerDay => self.documents,
            Quota::OpenInstances => self.instances,
            Quota::PayloadBytesPerDay => self.payload_bytes,
        }
    }
}

/// A quota that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Which.
    pub quota: Quota,
    /// Its bound.
    pub limit: u64,
    /// When it makes sense to come again.
    pub again_at: Timestamp,
    /// The same in seconds from now, at least one.
    pub wait_seconds: u32,
}

/// Instances end at any time: who waits for that looks again after this.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// The first quota that is used up; one of a day counts anew at midnight UTC.
pub fn reached(limits: &Limits, usage: &Usage, now: Timestamp) -> Option<Reached> {
    let used_up = |quota: &Quota| limits.of(*quota).is_some_and(|limit| usage.of(*quota) >= limit);
    let quota = Quota::ALL.into_iter().find(used_up)?;
    let again_at = if quota.is_of_a_day() { day_end(now) } else { now.saturating_add(AGAIN_AFTER).unwrap_or(now) };
    let wait_seconds = u32::try_from(again_at.duration_since(now).as_secs().max(1)).unwrap_or(u32::MAX);
    Some(Reached { quota, limit: limits.of(quota).unwrap_or_default(), again_at, wait_seconds })
}

/// The beginning of a time's day, UTC.
pub fn day_start(now: Timestamp) -> Timestamp {
    let day = now.to_zoned(TimeZone::UTC).date();
    day.to_zoned(TimeZone::UTC).map_or(now, |start| start.timestamp())
}

fn day_end(now: Timestamp) -> Timestamp {
    let day = now.to_zoned(TimeZone::UTC).date().saturating_add(1.day());
    day.to_zoned(TimeZone::UTC).map_or(now, |end| end.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_quota_is_reached_with_its_last_piece_and_begins_anew_at_midnight() {
        let limits = Limits { documents_per_day: Some(10), open_instances: Some(5), ..Limits::default() };
        let now = at("2026-12-31T22:30:00Z");
        let usage = |documents, instances| Usage { documents, instances, payload_bytes: u64::MAX };
        assert_eq!(reached(&limits, &usage(9, 4), now), None, "what has no bound is never used up");
        let midnight = at("2027-01-01T00:00:00Z");
        let documents = Some(Reached { quota: Quota::DocumentsPerDay, limit: 10, again_at: midnight, wait_seconds: 5_400 });
        assert_eq!(reached(&limits, &usage(10, 5), now), documents);
        let instances = Some(Reached { quota: Quota::OpenInstances, limit: 5, again_at: at("2026-12-31T22:45:00Z"), wait_seconds: 900 });
        assert_eq!(reached(&limits, &usage(0, 7), now), instances);
        assert_eq!(reached(&Limits { payload_bytes_per_day: Some(1), ..Limits::default() }, &usage(0, 0), now).unwrap().again_at, midnight);
        assert_eq!(day_start(now), at("2026-12-31T00:00:00Z"));
        assert_eq!(day_start(midnight), midnight);
    }

    #[test]
    fn only_what_is_bounded_in_the_store_is_counted_there() {
        assert!(!Limits { requests_per_second: Some(5), ..Limits::default() }.counts());
        assert!(Limits { open_instances: Some(0), ..Limits::default() }.counts());
        // Nothing at all may be taken of a bound of nothing.
        let none = Limits { open_instances: Some(0), ..Limits::default() };
        assert!(reached(&none, &Usage::default(), at("2026-01-01T00:00:00Z")).is_some());
    }
}
