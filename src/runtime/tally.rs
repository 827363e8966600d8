//! Counts of this process by minute, for charts and health: collected here, written elsewhere every few seconds.
//!
//! They are for looking at. A process that dies takes its last seconds with it, and nothing is decided by them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

/// Upper bounds of the buckets durations are counted in, milliseconds; what takes longer is counted as `more`.
pub const BUCKETS_MILLIS: [u32; 11] = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/// Different counts kept between two writings; more are not counted, and said so once.
const KEYS_MAX: usize = 50_000;

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Counted {
    /// Tenant.
    pub tenant: i32,
    /// Minutes since 1970 UTC.
    pub minute: i64,
    /// The series.
    pub series: &'static str,
    /// Connection, or empty.
    pub connection: String,
    /// Operation or flow, or empty.
    pub operation: String,
    /// Class, outcome, or the upper bound of a bucket.
    pub label: String,
}

/// Counts. Cheap to clone; all clones count together.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    counts: HashMap<Counted, i64>,
    /// When each connection of a tenant last answered well; as many as there are connections.
    successes: HashMap<i32, HashMap<String, Timestamp>>,
}

impl Tally {
    /// Counts something at a time.
    pub fn add(&self, tenant: i32, at: Timestamp, series: &'static str, names: [&str; 3], value: i64) {
        let [connection, operation, label] = names.map(str::to_owned);
        let minute = at.as_second().div_euclid(60);
        let key = Counted { tenant, minute, series, connection, operation, label };
        let counts = &mut self.lock().counts;
        if counts.len() >= KEYS_MAX && !counts.contains_key(&key) {
            return;
        }
        *counts.entry(key).or_default() += value;
    }

    /// Counts a call with its class and how long it took.
    pub fn call(&self, tenant: i32, at: Timestamp, connection: &str, operation: &str, class: &str, took: Duration) {
        self.add(tenant, at, "calls", [connection, operation, class], 1);
        if is_good(class) {
            let mut kept = self.lock();
            let last = kept.successes.entry(tenant).or_default().entry(connection.to_owned()).or_insert(at);
            *last = at.max(*last);
        }
        let millis = took.as_millis();
        let bucket = BUCKETS_MILLIS.iter().find(|bound| millis <= u128::from(**bound));
        let label = bucket.map_or_else(|| "more".to_owned(), u32::to_string);
        self.add(tenant, at, "call_millis", [connection, operation, &label], 1);
    }

    /// Takes what was counted since the last time.
    pub fn take(&self) -> Vec<(Counted, i64)> {
        std::mem::take(&mut self.lock().counts).into_iter().collect()
    }

    /// When each connection of a tenant last answered this process well.
    pub fn successes(&self, tenant: i32) -> BTreeMap<String, Timestamp> {
        self.lock().successes.get(&tenant).into_iter().flatten().map(|(connection, at)| (connection.clone(), *at)).collect()
    }

    /// Gives back what could not be written.
    pub fn give_back(&self, counts: Vec<(Counted, i64)>) {
        let known = &mut self.lock().counts;
        for (key, value) in counts {
            if known.len() < KEYS_MAX || known.contains_key(&key) {
                *known.entry(key).or_default() += value;
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer that says the partner is well: also when it found nothing.
pub fn is_good(class: &str) -> bool {
    matches!(class, "ok" | "not_found")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_class_and_bucket_of_their_minute() {
        let tally = Tally::default();
        let at: Timestamp = "2026-09-28T10:00:59Z".parse().unwrap();
        let next: Timestamp = "2026-09-28T10:01:00Z".parse().unwrap();
        for (at, class, millis) in [(at, "ok", 10), (at, "ok", 11), (at, "unknown", 40_000), (next, "ok", 1)] {
            tally.call(1, at, "oa_main", "get", class, Duration::from_millis(millis));
        }
        let mut counts: Vec<_> = tally.take().into_iter().map(|(key, value)| (key.minute % 60, key.series, key.label, value)).collect();
        counts.sort();
        let expected = [
            (0, "call_millis", "10", 1),
            (0, "call_millis", "25", 1),
            (0, "call_millis", "more", 1),
            (0, "calls", "ok", 2),
            (0, "calls", "unknown", 1),
            (1, "call_millis", "10", 1),
            (1, "calls", "ok", 1),
        ];
        assert_eq!(counts, expected.map(|(minute, series, label, value)| (minute, series, label.to_owned(), value)));
        assert!(tally.take().is_empty());
    }

    #[test]
    fn the_last_good_answer_is_known_to_the_moment() {
        let tally = Tally::default();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let good = at("2026-09-28T10:00:41.250Z");
        for (tenant, at, connection, class) in [
            (1, good, "oa_main", "not_found"),
            // Answers are counted in the order they are settled, not that of their times.
            (1, at("2026-09-28T10:00:40Z"), "oa_main", "ok"),
            (1, at("2026-09-28T10:00:59Z"), "oa_main", "retryable"),
            (1, at("2026-09-28T10:00:59Z"), "erp_hq", "refused"),
            (2, at("2026-09-28T10:02:00Z"), "oa_main", "ok"),
        ] {
            tally.call(tenant, at, connection, "get", class, Duration::from_millis(1));
        }
        tally.take();
        assert_eq!(tally.successes(1).into_iter().collect::<Vec<_>>(), [("oa_main".to_owned(), good)]);
        assert!(tally.successes(3).is_empty());
    }
}
