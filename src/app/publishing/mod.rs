//! Publishing: from texts to a release that is live, and what authors need on the way there: drafts, checks, previews,
//! simulations, tries; and moving running instances to another version.
//!
//! A release is stored whole or not at all, and every replica follows the live one. Nothing here sends anything to a
//! partner but `try_operation`, for a person who waits for it.

mod at_start;
mod bring;
mod calendars;
mod compare;
mod definitions;
mod design;
mod drafts;
mod error;
mod field_origins;
mod follow;
mod migrations;
mod overlay;
mod preview;
mod publish;
mod releases;
mod simulate;
mod step_names;
mod try_operation;
mod unmapped;
mod validate;
mod views;

pub use at_start::{Differs, Found, Source, Told, at_start};
pub use bring::{Bring, Brought, bring, live_content};
pub use calendars::{CalendarDay, CalendarView};
pub use compare::{CompareRequest, ComparedDocument, ComparedField, Comparison, FieldDifference};
pub use definitions::{DefinitionDetail, DefinitionItem, DraftState, Named, TextView, VersionItem};
pub use drafts::{DraftItem, DraftText, SaveDraft, Saved};
pub use error::Error;
pub use field_origins::{FieldOrigin, FieldOrigins};
pub use migrations::{MigrateRequest, MigrationItem, Migrations};
pub use overlay::{Overlay, checked, text_hash};
pub use preview::{Preview, PreviewError, PreviewRequest, PreviewRule, RulePlace};
pub use publish::{PublishDrafts, PublishFiles, PublishRequest};
pub use releases::{release, release_files, releases};
pub use simulate::{SimulateRequest, Simulation, SimulationLine, SimulationWhat};
pub use try_operation::{Tried, TriedAttempt, TryRequest};
pub use unmapped::{Unmapped, UnmappedValue};
pub use validate::{Finding, Place, Validation};
pub use views::{CaseView, PublishedView, ReleaseFile, ReleaseFiles, ReleaseItemView, ReleaseText, ReleaseView};

use crate::app::engine::definitions::Live;
use crate::app::engine::input::{Input, Verdict};
use crate::app::group::Group;
use crate::domain::ids::TenantId;
use crate::gateway::Gateway;
use crate::runtime::{Clock, IdMaker};
use crate::store::Store;
use std::sync::Arc;

/// Everything publishing works with. Cheap to clone.
#[derive(Clone)]
pub struct Publishing {
    store: Arc<dyn Store>,
    live: Arc<Live>,
    gateway: Arc<Gateway>,
    engine: Group<Input, Verdict>,
    clock: Arc<dyn Clock>,
    ids: IdMaker,
    /// One turn of following at a time: compiling a release twice would only cost.
    following: Arc<tokio::sync::Mutex<()>>,
    index: Arc<definitions::Indexed>,
}

impl Publishing {
    /// Publishing over these parts.
    pub fn new(
        store: Arc<dyn Store>,
        live: Arc<Live>,
        gateway: Arc<Gateway>,
        engine: Group<Input, Verdict>,
        clock: Arc<dyn Clock>,
        ids: IdMaker,
    ) -> Self {
        Self { store, live, gateway, engine, clock, ids, following: Arc::default(), index: Arc::default() }
    }

    /// Lets pass whose project this is.
    ///
    /// # Errors
    /// When the tenant has none.
    pub fn own(&self, tenant: TenantId) -> Result<(), Error> {
        if tenant.has_project() { Ok(()) } else { Err(Error::NotFound("project")) }
    }
}

/// Work that takes long for the processor, off the threads that serve others.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Broken)
}
