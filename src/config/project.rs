//! Where the definitions are.

use std::path::PathBuf;

use super::Source;
use super::range::number;
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, ObjectShape, Shape};

/// What stands under `project`.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "project",
    doc: "Where the definitions are.",
    fields: &[
        Field::optional(
            "folder",
            Shape::Text,
            "The folder with `connectors/ mappings/ flows/ config/ …`; a relative path starts from the folder of this file.",
        ),
        Field::optional(
            "source",
            Shape::Word(&["folder", "store"]),
            "Where a start takes the definitions from: the folder, or the release that is live in the store, without reading files.",
        ),
        Field::optional(
            "when_different",
            Shape::Word(&["publish", "keep", "refuse"]),
            "What a start does when the folder differs from the live release: publish it as a new release (unless it equals an earlier one, then the live one stays), keep the live one, or refuse to start.",
        ),
        Field::optional("follow_seconds", Shape::Int, "How often this process looks for a newer release."),
    ],
};

/// Where the definitions are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The folder with `connectors/ mappings/ flows/ config/ …`.
    pub folder: PathBuf,
    /// `folder` or `store`.
    pub source: String,
    /// `publish`, `keep` or `refuse`.
    pub when_different: String,
    /// Seconds between two looks for a newer release.
    pub follow_seconds: u32,
}

impl Project {
    pub(super) fn read(source: &Source<'_>, report: &mut Report) -> Project {
        Project {
            folder: source.path("folder"),
            source: source.text("source"),
            when_different: source.text("when_different"),
            follow_seconds: number(source, "follow_seconds", 1..=3_600, report),
        }
    }
}
