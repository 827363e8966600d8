//! Why publishing, or what leads to it, says no.

use super::views::{CaseView, ReleaseView};
use crate::domain::diagnostic::Diagnostic;
use crate::store;

/// Why it is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Another release is live than the one it was made on top of.
    #[error("another release is live than the one this was made on top of: {}", .0.as_ref().map_or("none".to_owned(), |live| live.number.to_string()))]
    Moved(Option<Box<ReleaseView>>),
    /// Definitions have errors.
    #[error("the definitions have errors")]
    Unsound(Vec<Diagnostic>),
    /// Cases fail.
    #[error("{} of {} cases fail", .0.iter().filter(|case| !case.passes).count(), .0.len())]
    TestsFail(Vec<CaseView>),
    /// A field of the request cannot be used: its name, and why.
    #[error("`{0}` {1}")]
    Field(&'static str, String),
    /// The draft or the live text is not the one the author saw.
    #[error("the text is not the one that was read: it has the hash `{}`", .found.as_deref().unwrap_or("none"))]
    Changed {
        /// What the author saw.
        expected: Option<String>,
        /// What is there.
        found: Option<String>,
    },
    /// Drafts were made on top of texts that are not live any more: their kinds and ids.
    #[error("drafts were begun on texts that are not live any more: {}", .0.join(", "))]
    Outdated(Vec<String>),
    /// It would be made of a stored document whose type keeps fields back.
    #[error("the document has masked fields, which this would show under other names")]
    Masked,
    /// The store failed.
    #[error("the store cannot be used")]
    Store(#[from] store::Error),
    /// A task of ours ended without an answer.
    #[error("the work ended without an answer")]
    Broken,
}
