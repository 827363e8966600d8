//! Median, 90th percentile and longest of amounts of time, by the clock and by a working calendar.

use crate::domain::calendar::Calendar;
use jiff::Timestamp;

/// Of some amounts of time, in milliseconds: how many there are, and how they spread. By the nearest rank: each figure is one
/// of the amounts, never something between two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// How many.
    pub count: u64,
    /// Half of them took at most this.
    pub median: u64,
    /// Nine of ten took at most this.
    pub p90: u64,
    /// The longest.
    pub max: u64,
}

impl Spread {
    /// The spread of these, in any order.
    pub fn of(mut amounts: Vec<u64>) -> Spread {
        amounts.sort_unstable();
        let rank = |percent: usize| {
            let at = (amounts.len() * percent).div_ceil(100).saturating_sub(1);
            amounts.get(at).copied().unwrap_or_default()
        };
        Spread {
            count: u64::try_from(amounts.len()).unwrap_or(u64::MAX),
            median: rank(50),
            p90: rank(90),
            max: amounts.last().copied().unwrap_or_default(),
        }
    }
}

/// The same spans of time by the clock and in working time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// By the clock.
    pub clock: Spread,
    /// In working time; none where the flow names no calendar.
    pub working: Option<Spread>,
}

impl Times {
    /// The times of these spans.
    pub fn of(spans: &[(Timestamp, Timestamp)], calendar: Option<&Calendar>) -> Times {
        let millis = |from: &Timestamp, until: &Timestamp| between(*from, *until);
        Times {
            clock: Spread::of(spans.iter().map(|(from, until)| millis(from, until)).collect()),
            working: calendar.map(|calendar| {
                Spread::of(
                    spans
                        .iter()
                        .map(|(from, until)| u64::try_from(calendar.working_between(*from, *until).as_millis()).unwrap_or_default())
                        .collect(),
                )
            }),
        }
    }
}

/// Milliseconds from one time to a later one.
pub(super) fn between(from: Timestamp, until: Timestamp) -> u64 {
    u64::try_from(until.duration_since(from).as_millis()).unwrap_or_default()
}
