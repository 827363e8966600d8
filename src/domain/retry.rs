//! When to try again: waits with full jitter from a given seed, `Retry-After`, and the circuit breaker's states.
//!
//! Pure: the clock and the seed are arguments. Whether to repeat at all is not decided here.

use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// Longest wait a partner may ask of us.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);

/// Upper bounds of the waits between attempts; the last repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backoff {
    ceilings_millis: Vec<u64>,
}

impl Default for Backoff {
    /// About 5 s, 30 s, 5 min, 30 min, 2 h, 5 h, 10 h, then every 10 h.
    fn default() -> Self {
        Backoff { ceilings_millis: [5, 30, 300, 1_800, 7_200, 18_000, 36_000].map(|seconds: u64| seconds * 1_000).to_vec() }
    }
}

impl Backoff {
    /// Ceilings that double from `base` up to `cap`.
    pub fn exponential(base: Duration, cap: Duration) -> Backoff {
        let cap = millis(cap).max(1);
        let mut ceilings_millis = vec![millis(base).clamp(1, cap)];
        while let Some(last) = ceilings_millis.last().copied().filter(|last| *last < cap) {
            ceilings_millis.push(last.saturating_mul(2).min(cap));
        }
        Backoff { ceilings_millis }
    }

    /// The ceiling after this many attempts, milliseconds.
    pub fn ceiling_millis(&self, attempts: u32) -> u64 {
        let index = (attempts.saturating_sub(1) as usize).min(self.ceilings_millis.len().saturating_sub(1));
        self.ceilings_millis.get(index).copied().unwrap_or(1_000)
    }

    /// When to try again after `attempts` attempts, at least one of them: a uniform share of the ceiling (full jitter),
    /// never earlier than the partner asked for, and never at once.
    pub fn next_attempt(&self, attempts: u32, now: Timestamp, retry_after_millis: Option<u64>, seed: u64) -> Timestamp {
        let ceiling = self.ceiling_millis(attempts);
        let jitter = 1 + mix(seed ^ u64::from(attempts).rotate_left(32)) % ceiling;
        let asked = retry_after_millis.unwrap_or(0).min(millis(RETRY_AFTER_MAX));
        let wait = SignedDuration::from_millis(i64::try_from(asked.saturating_add(jitter)).unwrap_or(i64::MAX));
        now.checked_add(wait).unwrap_or(Timestamp::MAX)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// SplitMix64: spreads a seed evenly; not for secrets.
fn mix(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Reads `Retry-After` in both forms (seconds, HTTP date) as milliseconds from now, capped; none when it is neither.
pub fn parse_retry_after(text: &str, now: Timestamp) -> Option<u64> {
    let text = text.trim();
    let cap = millis(RETRY_AFTER_MAX);
    if let Some(seconds) = text.split('.').next().filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())) {
        if !text[seconds.len()..].trim_start_matches('.').bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        // A number too large for 64 bits is still "very long".
        let fraction = u64::from(text.contains('.'));
        return Some(seconds.parse::<u64>().unwrap_or(u64::MAX).saturating_add(fraction).saturating_mul(1_000).min(cap));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    let wait = date.duration_since(now).as_millis();
    Some(u64::try_from(wait).unwrap_or(0).min(cap))
}

/// When a breaker opens and how long it stays so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// This many failures in a row open it.
    pub failures_in_a_row: u32,
    /// Or this share of failures, percent, …
    pub failure_percent: u32,
    /// … among at least this many calls …
    pub calls_min: u32,
    /// … within this time, milliseconds.
    pub window_millis: u64,
    /// How long it stays open before one call may try, milliseconds; doubles with each failed try.
    pub open_millis: u64,
    /// Longest it stays open, milliseconds.
    pub open_millis_max: u64,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        BreakerPolicy {
            failures_in_a_row: 10,
            failure_percent: 70,
            calls_min: 10,
            window_millis: 300_000,
            open_millis: 5_000,
            open_millis_max: 300_000,
        }
    }
}

/// A circuit breaker's state; time is milliseconds of any one monotonic clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breaker {
    policy: BreakerPolicy,
    state: State,
    in_a_row: u32,
    calls: u32,
    failures: u32,
    window_began: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Closed,
    Open {
        until: u64,
        lasted: u64,
    },
    /// One call is trying; when its outcome never comes, another may try after `until`.
    Probing {
        until: u64,
        lasted: u64,
    },
}

/// Whether a call may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Go,
    /// Not before this many milliseconds from now.
    Wait {
        /// Milliseconds from now.
        millis: u64,
    },
}

impl Breaker {
    /// A closed breaker.
    pub fn new(policy: BreakerPolicy) -> Breaker {
        Breaker { policy, state: State::Closed, in_a_row: 0, calls: 0, failures: 0, window_began: 0 }
    }

    /// Whether a call may go out now. An admitted call must be followed by `succeeded` or `failed`.
    pub fn admit(&mut self, now: u64) -> Admission {
        match self.state {
            State::Closed => Admission::Go,
            State::Open { until, .. } | State::Probing { until, .. } if now < until => Admission::Wait { millis: until - now },
            State::Open { lasted, .. } | State::Probing { lasted, .. } => {
                self.state = State::Probing { until: now.saturating_add(lasted.max(1)), lasted };
                Admission::Go
            }
        }
    }

    /// The partner answered in a way that shows it is alive.
    pub fn succeeded(&mut self, now: u64) {
        if self.state != State::Closed {
            *self = Breaker { window_began: now, ..Breaker::new(self.policy) };
            return;
        }
        self.turn(now);
        self.calls += 1;
        self.in_a_row = 0;
    }

    /// The partner did not answer, or not as one that is alive.
    pub fn failed(&mut self, now: u64) {
        match self.state {
            State::Probing { lasted, .. } => {
                let lasted = lasted.saturating_mul(2).min(self.policy.open_millis_max);
                self.state = State::Open { until: now.saturating_add(lasted), lasted };
            }
            // A call that left before it opened; it says nothing new.
            State::Open { .. } => {}
            State::Closed => {
                self.turn(now);
                self.calls += 1;
                self.failures += 1;
                self.in_a_row += 1;
                let share = u64::from(self.failures) * 100 >= u64::from(self.policy.failure_percent) * u64::from(self.calls);
                if self.in_a_row >= self.policy.failures_in_a_row || (self.calls >= self.policy.calls_min && share) {
                    let lasted = self.policy.open_millis;
                    self.state = State::Open { until: now.saturating_add(lasted), lasted };
                }
            }
        }
    }

    /// An admitted call was not made after all: nothing was learned, and the next one may go in its place.
    pub fn abandoned(&mut self, now: u64) {
        if let State::Probing { lasted, .. } = self.state {
            self.state = State::Open { until: now, lasted };
        }
    }

    /// `closed`, `open` or `probing`, and how many milliseconds calls are held back yet.
    pub fn standing(&self, now: u64) -> (&'static str, u64) {
        match self.state {
            State::Closed => ("closed", 0),
            State::Open { until, .. } => ("open", until.saturating_sub(now)),
            State::Probing { until, .. } => ("probing", until.saturating_sub(now)),
        }
    }

    /// Whether calls are held back.
    pub fn is_open(&self) -> bool {
        self.state != State::Closed
    }

    fn turn(&mut self, now: u64) {
        if now.saturating_sub(self.window_began) >= self.policy.window_millis {
            self.window_began = now;
            self.calls = 0;
            self.failures = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: &str = "2026-11-20T08:00:00Z";

    #[test]
    fn retry_after_in_both_forms() {
        let now: Timestamp = NOW.parse().unwrap();
        let table = [
            ("0", Some(0)),
            ("120", Some(120_000)),
            (" 7 ", Some(7_000)),
            ("1.5", Some(2_000)),
            ("99999999999999999999999", Some(3_600_000)),
            ("86400", Some(3_600_000)),
            ("Fri, 20 Nov 2026 08:00:30 GMT", Some(30_000)),
            ("Fri, 20 Nov 2026 07:00:00 GMT", Some(0)),
            ("Sat, 21 Nov 2026 08:00:00 GMT", Some(3_600_000)),
            ("-5", None),
            ("soon", None),
            ("", None),
            (".", None),
            ("1.x", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse_retry_after(text, now), expected, "{text:?}");
        }
    }

    #[test]
    fn exponential_doubles_up_to_its_cap() {
        let backoff = Backoff::exponential(Duration::from_secs(1), Duration::from_secs(5));
        let ceilings: Vec<u64> = (1..=5).map(|attempts| backoff.ceiling_millis(attempts)).collect();
        assert_eq!(ceilings, [1_000, 2_000, 4_000, 5_000, 5_000]);
    }

    proptest! {
        #[test]
        fn the_next_attempt_is_later_and_bounded(attempts in 0u32..2_000, seed: u64, asked in proptest::option::of(0u64..10_000_000)) {
            let now: Timestamp = NOW.parse().unwrap();
            let backoff = Backoff::default();
            let next = backoff.next_attempt(attempts, now, asked, seed);
            let wait = u64::try_from(next.duration_since(now).as_millis()).unwrap();
            let asked = asked.unwrap_or(0).min(3_600_000);
            prop_assert!(wait > asked);
            prop_assert!(wait <= asked + backoff.ceiling_millis(attempts));
            prop_assert_eq!(next, backoff.next_attempt(attempts, now, Some(asked), seed));
        }

        #[test]
        fn jitter_uses_the_whole_span(seeds in proptest::collection::vec(any::<u64>(), 400)) {
            let now: Timestamp = NOW.parse().unwrap();
            let backoff = Backoff::exponential(Duration::from_secs(10), Duration::from_secs(10));
            let early = seeds.iter().filter(|seed| backoff.next_attempt(1, now, None, **seed).duration_since(now).as_millis() <= 5_000);
            let early = early.count();
            prop_assert!((120..=280).contains(&early), "{} of 400 in the first half", early);
        }

        #[test]
        fn retry_after_never_panics(text in ".{0,40}") {
            let _ = parse_retry_after(&text, NOW.parse().unwrap());
        }
    }

    #[test]
    fn a_breaker_opens_probes_once_and_closes() {
        let mut breaker = Breaker::new(BreakerPolicy::default());
        for _ in 0..9 {
            breaker.failed(0);
        }
        assert_eq!(breaker.admit(0), Admission::Go);
        breaker.failed(0);
        assert_eq!(breaker.admit(1_000), Admission::Wait { millis: 4_000 });
        assert_eq!(breaker.admit(5_000), Admission::Go);
        assert_eq!(breaker.admit(5_000), Admission::Wait { millis: 5_000 }, "one probe at a time");
        breaker.failed(5_100);
        assert_eq!(breaker.admit(10_000), Admission::Wait { millis: 5_100 }, "twice as long after a failed probe");
        assert_eq!(breaker.admit(15_100), Admission::Go);
        breaker.abandoned(15_150);
        assert!(breaker.is_open(), "a probe that was not made proves nothing");
        assert_eq!(breaker.admit(15_150), Admission::Go);
        breaker.succeeded(15_200);
        assert!(!breaker.is_open());
        assert_eq!(breaker.admit(15_200), Admission::Go);
    }

    #[test]
    fn a_share_of_failures_opens_it_within_the_window_only() {
        let policy = BreakerPolicy::default();
        let mut breaker = Breaker::new(policy);
        // Seven failures in ten calls, never two in a row beyond the limit.
        for index in 0..10 {
            if index % 3 == 0 { breaker.succeeded(0) } else { breaker.failed(0) }
        }
        assert!(!breaker.is_open(), "six of ten is below 70 percent");
        breaker.failed(0);
        breaker.failed(0);
        breaker.failed(0);
        breaker.failed(0);
        assert!(breaker.is_open(), "ten of fourteen is above it");

        let mut slow = Breaker::new(policy);
        for minute in 0..40u64 {
            let now = minute * 60_000;
            if minute % 5 == 0 { slow.succeeded(now) } else { slow.failed(now) }
        }
        assert!(!slow.is_open(), "never ten calls within five minutes");
    }
}
