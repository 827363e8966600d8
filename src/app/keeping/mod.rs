//! What people write beside commands: notes and assignments, selections, batches, saved filters, holds on breakers, cursors,
//! notes about pages, sample documents.
//!
//! None of it moves an instance by itself. Each call is one transaction of the store; who may do it is the door's matter.

mod batches;
mod breakers;
mod exceptions;
mod feedback;
mod sample;
mod selections;
mod streams;
mod views;

use std::sync::Arc;

pub use batches::NewBatch;
pub use feedback::{FeedbackItem, NewFeedback};
pub use sample::{FLOW as SAMPLE_FLOW, SampleView};
pub use selections::{SELECTED_MAX, Select};
pub use views::{SavedView, SavedViews, ViewChange};

use crate::runtime::{Clock, IdMaker};
use crate::store::{self, Store};

/// Why something is not kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or is not the caller's to know.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// It has changed since the caller saw it.
    #[error("{0}")]
    Changed(String),
    /// It stands in a state that does not allow this.
    #[error("{0}")]
    Conflict(String),
    /// It makes no sense; field and words.
    #[error("`{0}` {1}")]
    Invalid(&'static str, String),
    /// A selection holds more than it may.
    #[error("more than {SELECTED_MAX} things fit the filter")]
    TooMany,
    /// The store failed.
    #[error("the store cannot be written")]
    Store(#[from] store::Error),
    /// Reading what was written failed.
    #[error(transparent)]
    Reading(#[from] super::reading::Error),
}

/// Result of keeping.
pub type Result<T> = std::result::Result<T, Error>;

/// Keeps what people write.
#[derive(Clone)]
pub struct Keeper {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: IdMaker,
}

impl Keeper {
    /// Keeps it in this store.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, ids: IdMaker) -> Self {
        Self { store, clock, ids }
    }
}
