//! Reading for people: lists, pages and single things as views, for the API and whoever speaks it.
//!
//! Owns what may be seen and how it is called outside. Payloads (document bodies, inputs, requests, answers) come only
//! when the caller may see them.

mod batches;
mod curl;
pub(in crate::app) mod cursor;
mod documents;
mod drift;
mod effects;
mod exceptions;
mod insight;
mod instances;
mod json;
mod keys;
mod masking;
mod messages;
mod path;
mod reconciliations;
mod revisions;
mod search;

use std::sync::Arc;

pub use batches::{Batch, BatchItem, BatchItems, Selection};
pub use cursor::BadCursor;
pub(in crate::app) use cursor::Pages;
pub use documents::{DocumentDetail, DocumentItem, DocumentQuery, DoubtItem, Drift, Link, Relation, Revision, RevisionItem};
pub use drift::{DriftCount, DriftItem, DriftQuery, Ledger, Standing};
pub(in crate::app) use effects::operation_of;
pub use effects::{Attempt, Effect};
pub use exceptions::{ACTIONS, ExceptionGroup, ExceptionGroups, ExceptionItem, ExceptionQuery, Note, Notes};
pub use insight::{
    FlowInsight, InsightQuery, PathDocument, PathInsight, PathStep, ShareView, SlowDocument, SpreadView, StepInsight, TimesView,
};
pub use instances::{HistoryItem, HistoryLine, InstanceItem, InstanceQuery};
pub use messages::{MessageItem, Receipt};
pub use path::{InstancePath, PathVisit};
pub use reconciliations::{ReconciliationItem, ReconciliationQuery, StatementView, WindowView};
pub use revisions::{RevisionDiff, RevisionOrigin, RevisionOrigins};
pub use search::{DocumentCounts, DocumentSearch, FoundDocument, KEYS_MAX, KeyFound, KeysFound, Waiting};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::engine::definitions::Live;
use crate::store::{self, Counts, Store};

/// Rows of a page when the caller does not say.
pub const LIMIT_DEFAULT: u32 = 50;
/// Rows of a page at most.
pub const LIMIT_MAX: u32 = 500;
// The store gives a page and the one row that tells whether there is another.
const _: () = assert!(store::PAGE_MAX == LIMIT_MAX + 1);

/// Whether the caller may see what documents and partners' answers hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payloads {
    /// Shown, but what a document type calls sensitive.
    Shown,
    /// Shown whole: somebody gave a reason, and it was written down.
    Revealed,
    /// Left out.
    Hidden,
}

/// Which page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageQuery {
    /// How many rows; `LIMIT_DEFAULT` when not said.
    pub limit: Option<u32>,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

/// One page of a list, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct List<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Give this as `cursor` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_cursor: Option<String>,
}

/// Why something cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or is not the caller's to know.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The cursor is none of this list's.
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    /// The page size is out of bounds.
    #[error("`limit` is {0}, which is not from 1 to {LIMIT_MAX}")]
    Limit(u32),
    /// The store failed.
    #[error("the store cannot be read")]
    Store(#[from] store::Error),
}

/// Result of reading.
pub type Result<T> = std::result::Result<T, Error>;

/// Reads for people.
#[derive(Clone)]
pub struct Reader {
    store: Arc<dyn Store>,
    /// What says which fields are sensitive.
    live: Option<Arc<Live>>,
}

impl Reader {
    /// Reads from this store; the definitions say what is to be masked.
    pub fn new(store: Arc<dyn Store>, live: Arc<Live>) -> Self {
        Self { store, live: Some(live) }
    }

    /// Reads from this store without any definitions: for what holds nothing of documents. Of these it would mask everything.
    pub(in crate::app) fn blind(store: Arc<dyn Store>) -> Self {
        Self { store, live: None }
    }

    /// The store, for use cases that read more than lists.
    pub(in crate::app) fn store_of(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Whether the database answers and can be written.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.store.ping().await?)
    }

    /// Counts for health and metrics.
    pub async fn counts(&self, now: jiff::Timestamp) -> Result<Counts> {
        Ok(self.store.counts(now).await?)
    }
}
