//! Filters people keep, for themselves or for all.

use super::{Error, Keeper, Result};
use crate::domain::ids::TenantId;
use crate::store::desk::SavedViewRow;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A filter somebody kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SavedView {
    /// Its id.
    pub id: Uuid,
    /// The page it is of, such as `documents`.
    pub page: String,
    /// Its name.
    pub name: String,
    /// Whether all may use it.
    pub shared: bool,
    /// Who made it; only they may change it.
    pub owner: String,
    /// The filter, as the page understands it.
    #[schema(value_type = Object)]
    pub query: Value,
    /// Grows with each change.
    pub version: u32,
    /// Changed.
    pub updated_at: Timestamp,
}

/// Views, by page and name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SavedViews {
    /// The views.
    pub items: Vec<SavedView>,
}

/// What a view is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewChange {
    /// The page.
    pub page: String,
    /// Its name.
    pub name: String,
    /// Whether all may use it.
    pub shared: bool,
    /// The filter.
    pub query: Value,
}

/// Bytes of a filter.
const QUERY_BYTES_MAX: usize = 16 * 1024;

impl Keeper {
    /// Views that are somebody's own or shared.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn views(&self, tenant: TenantId, owner: &str, page: Option<&str>) -> Result<SavedViews> {
        let rows = self.store.desk().saved_views(tenant, owner, page).await?;
        Ok(SavedViews { items: rows.into_iter().map(SavedView::from).collect() })
    }

    /// One view.
    ///
    /// # Errors
    /// When there is none.
    pub async fn view(&self, tenant: TenantId, owner: &str, id: Uuid) -> Result<SavedView> {
        let row = self.store.desk().saved_view(tenant, owner, id).await?;
        row.map(SavedView::from).ok_or(Error::NotFound("view"))
    }

    /// Keeps a new view, or another version of one's own.
    ///
    /// # Errors
    /// When the name is taken, the view is another's, or has changed.
    pub async fn save_view(&self, tenant: TenantId, owner: &str, known: Option<SavedView>, change: ViewChange) -> Result<SavedView> {
        let query = change.query.to_string();
        if query.len() > QUERY_BYTES_MAX {
            return Err(Error::Invalid("query", format!("is larger than {QUERY_BYTES_MAX} bytes")));
        }
        let now = self.clock.now();
        let (id, version) = known.as_ref().map_or_else(|| (self.ids.next(), 1), |known| (known.id, known.version + 1));
        if known.as_ref().is_some_and(|known| known.owner != owner) {
            return Err(Error::Conflict("only who made a view may change it".to_owned()));
        }
        let page = known.map_or(change.page, |known| known.page);
        let row = SavedViewRow {
            id,
            tenant,
            version,
            shared: change.shared,
            page,
            name: change.name,
            owner: owner.to_owned(),
            query,
            created_at: now,
            updated_at: now,
        };
        if !self.store.desk().save_view(&row).await? {
            return Err(Error::Conflict("you have another view of that name, or it has changed meanwhile".to_owned()));
        }
        self.view(tenant, owner, id).await
    }

    /// Drops a view of one's own.
    ///
    /// # Errors
    /// When it is another's or has changed.
    pub async fn drop_view(&self, tenant: TenantId, owner: &str, known: &SavedView) -> Result<()> {
        if known.owner != owner {
            return Err(Error::Conflict("only who made a view may drop it".to_owned()));
        }
        match self.store.desk().drop_view(tenant, owner, known.id, known.version).await? {
            true => Ok(()),
            false => Err(Error::Changed("it has changed meanwhile".to_owned())),
        }
    }
}

impl From<SavedViewRow> for SavedView {
    fn from(row: SavedViewRow) -> Self {
        Self {
            id: row.id,
            page: row.page,
            name: row.name,
            shared: row.shared,
            owner: row.owner,
            query: serde_json::from_str(&row.query).unwrap_or_default(),
            version: row.version,
            updated_at: row.updated_at,
        }
    }
}
