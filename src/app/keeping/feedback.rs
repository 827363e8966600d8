//! What people who use the console have to say about its pages, and owners dealing with it.

use super::{Error, Keeper, Result};
use crate::app::reading::{List, PageQuery, Pages};
use crate::domain::ids::TenantId;
use crate::store::desk::FeedbackRow;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Open notes of one author; nobody has more to say than can be read.
const OPEN_MAX: u32 = 100;
/// Longest address of a page.
const PAGE_BYTES_MAX: usize = 500;
/// Longest name of a browser that is kept.
const AGENT_CHARACTERS_MAX: usize = 200;

/// A note about a page of the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedbackItem {
    /// Its id.
    pub id: Uuid,
    /// The page's address in the console, such as `/docs?status=released`.
    pub page: String,
    /// What its author has to say.
    pub text: String,
    /// Who.
    pub author: String,
    /// With which browser, as it said itself.
    pub agent: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// When somebody dealt with it.
    pub settled_at: Option<Timestamp>,
    /// Who did.
    pub settled_by: Option<String>,
    /// What was said to it.
    pub answer: Option<String>,
}

/// A note to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFeedback {
    /// The page.
    pub page: String,
    /// What.
    pub text: String,
    /// Who.
    pub author: String,
    /// With which browser.
    pub agent: Option<String>,
}

impl Keeper {
    /// Keeps a note about a page.
    ///
    /// # Errors
    /// When the page is no address, or the author has too many open notes.
    pub async fn give_feedback(&self, tenant: TenantId, new: NewFeedback) -> Result<FeedbackItem> {
        if !new.page.starts_with('/') || new.page.len() > PAGE_BYTES_MAX || new.page.chars().any(char::is_control) {
            return Err(Error::Invalid("page", format!("must be an address of the console, `/…`, of at most {PAGE_BYTES_MAX} bytes")));
        }
        let row = FeedbackRow {
            id: self.ids.next(),
            tenant,
            created_at: self.clock.now(),
            settled_at: None,
            page: new.page,
            text: new.text,
            author: new.author,
            agent: new.agent.map(|agent| agent.chars().filter(|letter| !letter.is_control()).take(AGENT_CHARACTERS_MAX).collect()),
            settled_by: None,
            answer: None,
        };
        match self.store.desk().give_feedback(&row, OPEN_MAX).await? {
            true => Ok(FeedbackItem::from(row)),
            false => Err(Error::Conflict(format!("you have {OPEN_MAX} notes that nobody has dealt with yet"))),
        }
    }

    /// Notes, newest first; only open or only settled ones where that is said.
    ///
    /// # Errors
    /// When the page makes no sense or the store is away.
    pub async fn feedback(&self, tenant: TenantId, settled: Option<bool>, page: &PageQuery) -> Result<List<FeedbackItem>> {
        let pages = Pages::new("feedback", &settled, page)?;
        let rows = self.store.desk().feedback(tenant, settled, pages.page()).await?;
        Ok(pages.list(rows, |row| (row.created_at, row.id), FeedbackItem::from))
    }

    /// Settles a note; of one that is settled it tells how.
    ///
    /// # Errors
    /// When there is none.
    pub async fn settle_feedback(&self, tenant: TenantId, id: Uuid, by: &str, answer: Option<&str>) -> Result<FeedbackItem> {
        self.store.desk().settle_feedback(tenant, id, by, answer, self.clock.now()).await?;
        let row = self.store.desk().feedback_of(tenant, id).await?;
        row.map(FeedbackItem::from).ok_or(Error::NotFound("note"))
    }
}

impl From<FeedbackRow> for FeedbackItem {
    fn from(row: FeedbackRow) -> Self {
        Self {
            id: row.id,
            page: row.page,
            text: row.text,
            author: row.author,
            agent: row.agent,
            created_at: row.created_at,
            settled_at: row.settled_at,
            settled_by: row.settled_by,
            answer: row.answer,
        }
    }
}
