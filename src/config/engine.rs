//! How much the engine and the workers take at once, and how often they look.

use super::{Source, range::number};
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, ObjectShape, Shape};

/// What stands under `engine`.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "engine",
    doc: "Batches, leases and polls.",
    fields: &[
        Field::optional("batch_size_max", Shape::Int, "Events decided in one transaction at most."),
        Field::optional("effects_in_flight_max", Shape::Int, "Effects performed at the same time, all connections together."),
        Field::optional("lease_seconds", Shape::Int, "How long claimed work is ours before others may take it over."),
        Field::optional("poll_millis", Shape::Int, "How often due work is looked for when nothing nudges."),
        Field::optional("stream_parallel_max", Shape::Int, "Streams read at the same time."),
    ],
};

/// Batches, leases and polls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engine {
    /// Events decided in one transaction at most.
    pub batch_size_max: u32,
    /// Effects performed at the same time.
    pub effects_in_flight_max: u32,
    /// How long claimed work is ours.
    pub lease_seconds: u32,
    /// How often due work is looked for.
    pub poll_millis: u32,
    /// Streams read at the same time.
    pub stream_parallel_max: u32,
}

impl Engine {
    pub(super) fn read(source: &Source<'_>, report: &mut Report) -> Engine {
        Engine {
            batch_size_max: number(source, "batch_size_max", 1..=1_000, report),
            effects_in_flight_max: number(source, "effects_in_flight_max", 1..=10_000, report),
            lease_seconds: number(source, "lease_seconds", 5..=3_600, report),
            poll_millis: number(source, "poll_millis", 10..=60_000, report),
            stream_parallel_max: number(source, "stream_parallel_max", 1..=1_000, report),
        }
    }
}
