//! How long payloads and attempts are kept. The ledger itself is never cleaned.

use super::{Source, range::number};
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, ObjectShape, Shape};

/// What stands under `retention`.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "retention",
    doc: "How long payloads and attempts are kept.",
    fields: &[
        Field::optional("attempts_days", Shape::Int, "Recorded requests and answers of ended instances."),
        Field::optional("clean_every_minutes", Shape::Int, "How often old rows are dropped."),
    ],
};

/// How long payloads and attempts are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Recorded requests and answers of ended instances.
    pub attempts_days: u32,
    /// How often old rows are dropped.
    pub clean_every_minutes: u32,
}

impl Retention {
    pub(super) fn read(source: &Source<'_>, report: &mut Report) -> Retention {
        Retention {
            attempts_days: number(source, "attempts_days", 1..=3_660, report),
            clean_every_minutes: number(source, "clean_every_minutes", 1..=1_440, report),
        }
    }
}
