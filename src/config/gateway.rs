//! Limits of calls to partners that hold for every connection; connections may lower them, not raise them.

use std::path::PathBuf;

use super::{Source, range::number};
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, ObjectShape, Shape};

/// What stands under `gateway`.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "gateway",
    doc: "Limits of calls to partners.",
    fields: &[
        Field::optional("allow_loopback", Shape::Bool, "Let connections call this machine itself. For trials and tests only."),
        Field::optional(
            "folders",
            Shape::List(&Shape::Text),
            "Folders of this machine that connections may open, for connectors of the kinds `file` and `sql`; none where it is left out. A relative path starts from the folder of this file.",
        ),
        Field::optional(
            "timeout_seconds",
            Shape::Int,
            "How long one request may take at most; connectors and connections may ask for less.",
        ),
        Field::optional("concurrency_max", Shape::Int, "Requests to one connection at the same time."),
        Field::optional("response_bytes_max", Shape::Int, "Largest answer taken, after decompression."),
        Field::optional("redirects_max", Shape::Int, "Redirects followed by reads, each checked; writes follow none."),
    ],
};

/// Limits of calls to partners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// Let connections call this machine itself.
    pub allow_loopback: bool,
    /// Folders of this machine that connections may open.
    pub folders: Vec<PathBuf>,
    /// How long one request may take.
    pub timeout_seconds: u32,
    /// Requests to one connection at the same time.
    pub concurrency_max: u32,
    /// Largest answer taken.
    pub response_bytes_max: u32,
    /// Redirects followed by reads.
    pub redirects_max: u32,
}

impl Gateway {
    pub(super) fn read(source: &Source<'_>, report: &mut Report) -> Gateway {
        Gateway {
            allow_loopback: source.flag("allow_loopback"),
            folders: source.paths("folders"),
            timeout_seconds: number(source, "timeout_seconds", 1..=300, report),
            concurrency_max: number(source, "concurrency_max", 1..=1_000, report),
            response_bytes_max: number(source, "response_bytes_max", 1_024..=256 * 1024 * 1024, report),
            redirects_max: number(source, "redirects_max", 0..=10, report),
        }
    }
}
