//! How long a session lasts.

use jiff::{SignedDuration, Timestamp};

/// Limits of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Without a request for this long, it is over.
    pub idle: SignedDuration,
    /// After this long it is over whatever happens.
    pub absolute: SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { idle: SignedDuration::from_mins(30), absolute: SignedDuration::from_hours(12) }
    }
}

/// The use of a session is written down this often at most: a page that is open asks every second.
pub const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// How a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It goes on.
    Alive,
    /// It goes on, and its use is to be written down.
    Touch,
    /// It is over.
    Over,
}

/// How a session stands that was last seen used at `used_at` and ends at `expires_at` at the latest.
pub fn standing(used_at: Timestamp, expires_at: Timestamp, limits: Limits, now: Timestamp) -> Standing {
    let unused = now.duration_since(used_at);
    // `used_at` lags behind by up to `TOUCH_EVERY`; whoever asks within the idle time must never be thrown out.
    if now >= expires_at || unused >= limits.idle + TOUCH_EVERY {
        Standing::Over
    } else if unused >= TOUCH_EVERY {
        Standing::Touch
    } else {
        Standing::Alive
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_and_absolute_limits_end_it() {
        let start: Timestamp = "2026-11-20T08:00:00Z".parse().unwrap();
        let after = |minutes: i64| start + SignedDuration::from_mins(minutes);
        let limits = Limits::default();
        let end = start + limits.absolute;
        for (used, now, expected) in [
            (0, 0, Standing::Alive),
            (0, 1, Standing::Touch),
            (0, 30, Standing::Touch),
            (0, 31, Standing::Over),
            (719, 719, Standing::Alive),
            (719, 720, Standing::Over),
        ] {
            assert_eq!(standing(after(used), end, limits, after(now)), expected, "used at {used}, now {now}");
        }
    }
}
