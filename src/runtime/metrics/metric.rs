//! One metric: its name, kind, labels and what it tells; and how it is counted.

use metrics::Label;
use std::time::Duration;

/// What a metric measures and how it grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only ever grows; its name ends in `_total`.
    Counter,
    /// Goes up and down.
    Gauge,
    /// A histogram of times; its name ends in `_seconds`.
    Seconds,
    /// A histogram of sizes of batches.
    Sizes,
}

impl Kind {
    /// The kind as Prometheus calls it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Seconds | Kind::Sizes => "histogram",
        }
    }

    /// Whether it is a histogram, whose series end in `_bucket`, `_sum` and `_count`.
    pub fn is_histogram(self) -> bool {
        matches!(self, Kind::Seconds | Kind::Sizes)
    }
}

/// One metric. Label values are given in the order of `labels`.
#[derive(Clone, Copy, Debug)]
pub struct Metric<const LABELS: usize> {
    /// The name, by Prometheus convention: prefix, what, base unit, `_total` for counters.
    pub name: &'static str,
    /// How it grows.
    pub kind: Kind,
    /// Names of its labels.
    pub labels: [&'static str; LABELS],
    /// What it tells, one sentence.
    pub help: &'static str,
}

/// A metric without its number of labels, for lists.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// The name.
    pub name: &'static str,
    /// How it grows.
    pub kind: Kind,
    /// Names of its labels.
    pub labels: &'static [&'static str],
    /// What it tells.
    pub help: &'static str,
}

impl<const LABELS: usize> Metric<LABELS> {
    /// One more.
    pub fn increment(&self, values: [&str; LABELS]) {
        self.add(1, values);
    }

    /// So many more.
    pub fn add(&self, count: u64, values: [&str; LABELS]) {
        debug_assert_eq!(self.kind, Kind::Counter, "{}", self.name);
        metrics::counter!(self.name, self.labels(values)).increment(count);
    }

    /// Sets a counter that somebody else counts: the operating system, a library.
    pub fn absolute(&self, count: u64, values: [&str; LABELS]) {
        debug_assert_eq!(self.kind, Kind::Counter, "{}", self.name);
        metrics::counter!(self.name, self.labels(values)).absolute(count);
    }

    /// The value now.
    pub fn set(&self, value: f64, values: [&str; LABELS]) {
        debug_assert_eq!(self.kind, Kind::Gauge, "{}", self.name);
        metrics::gauge!(self.name, self.labels(values)).set(value);
    }

    /// One measured time.
    pub fn took(&self, time: Duration, values: [&str; LABELS]) {
        debug_assert_eq!(self.kind, Kind::Seconds, "{}", self.name);
        metrics::histogram!(self.name, self.labels(values)).record(time.as_secs_f64());
    }

    /// One measured size.
    #[expect(clippy::cast_precision_loss, reason = "sizes stay far below 2^53")]
    pub fn sized(&self, size: usize, values: [&str; LABELS]) {
        debug_assert_eq!(self.kind, Kind::Sizes, "{}", self.name);
        metrics::histogram!(self.name, self.labels(values)).record(size as f64);
    }

    fn labels(&self, values: [&str; LABELS]) -> Vec<Label> {
        self.labels.iter().zip(values).map(|(name, value)| Label::new(*name, value.to_owned())).collect()
    }
}
