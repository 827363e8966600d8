//! Latencies in order.

use std::time::Duration;

use serde::Serialize;

/// In milliseconds; zeros when nothing was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Percentiles {
    /// How many were measured.
    pub count: usize,
    /// Half took no longer.
    pub p50_ms: f64,
    /// Nine tenths took no longer.
    pub p90_ms: f64,
    /// 99 of 100 took no longer.
    pub p99_ms: f64,
    /// 999 of 1000 took no longer.
    pub p999_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// The average.
    pub mean_ms: f64,
}

impl Percentiles {
    pub(crate) fn of(mut samples: Vec<Duration>) -> Self {
        if samples.is_empty() {
            return Self::default();
        }
        samples.sort_unstable();
        let milliseconds = |duration: Duration| duration.as_secs_f64() * 1000.0;
        // Nearest rank: a value that was really measured.
        let at = |per_mille: usize| {
            let rank = (samples.len() * per_mille).div_ceil(1000).max(1);
            milliseconds(samples[rank - 1])
        };
        let sum: Duration = samples.iter().sum();
        let count = u32::try_from(samples.len()).unwrap_or(u32::MAX);
        Self {
            count: samples.len(),
            p50_ms: at(500),
            p90_ms: at(900),
            p99_ms: at(990),
            p999_ms: at(999),
            max_ms: at(1000),
            mean_ms: milliseconds(sum) / f64::from(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_rank() {
        let percentiles = Percentiles::of((1..=1000).map(Duration::from_millis).collect());
        assert_eq!((percentiles.p50_ms, percentiles.p99_ms, percentiles.max_ms), (500.0, 990.0, 1000.0));
        assert_eq!(Percentiles::of(vec![Duration::from_millis(7)]).count, 1);
        assert_eq!(Percentiles::of(Vec::new()), Percentiles::default());
    }
}
