//! Freezing what somebody chose.

use super::{Error, Keeper, Result};
use crate::app::reading::{DocumentSearch, ExceptionQuery, Reader, Selection};
use crate::domain::ids::TenantId;
use crate::store::desk::{Chosen, MessageChoice, NewSelection};
use jiff::SignedDuration;
use serde_json::Value;
use uuid::Uuid;

/// Things one selection may hold.
pub const SELECTED_MAX: u32 = 100_000;
/// A selection can be used so long.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What is chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Select {
    /// Exactly these things of a resource.
    Ids(&'static str, Vec<Uuid>),
    /// All exceptions that fit.
    Exceptions(ExceptionQuery),
    /// All documents that fit.
    Documents(DocumentSearch),
    /// All parked or stopped messages that fit: state, connection.
    Messages(Option<String>, Option<String>),
}

impl Keeper {
    /// Freezes a selection; `filter` is what the caller wrote, for people.
    ///
    /// # Errors
    /// When more fits than a selection may hold.
    pub async fn select(&self, tenant: TenantId, actor: &str, select: Select, filter: Value) -> Result<Selection> {
        let now = self.clock.now();
        let chosen = match select {
            Select::Ids(resource, ids) => Chosen::Ids(resource, ids),
            Select::Exceptions(query) => Chosen::Exceptions(query.choice(tenant)),
            Select::Documents(search) => match search.choice(tenant) {
                Some(choice) => Chosen::Documents(choice),
                None => Chosen::Ids("documents", Vec::new()),
            },
            Select::Messages(state, connection) => Chosen::Messages(MessageChoice { tenant, state, connection }),
        };
        let selection = NewSelection {
            id: self.ids.next(),
            tenant,
            created_at: now,
            expires_at: now.checked_add(KEPT).unwrap_or(now),
            actor: actor.to_owned(),
            filter: filter.to_string(),
            chosen,
        };
        if self.store.desk().freeze(&selection, SELECTED_MAX).await? > SELECTED_MAX {
            return Err(Error::TooMany);
        }
        Ok(Reader::blind(self.store.clone()).selection(tenant, selection.id, now).await?)
    }
}
