//! The exception desk: what stopped and wants a person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::cursor::Pages;
use super::{Error, List, PageQuery, Reader, Result};
use crate::domain::access::scope::Within;
use crate::domain::ids::{DocumentId, ExceptionId, InstanceId, TenantId};
use crate::store::desk::{ExceptionChoice, GroupRow, NoteRow};
use crate::store::{ExceptionFilter, ExceptionRow, Page};

pub use crate::app::desk::ACTIONS;
/// What may be done about a message that could not be worked on: take it up again, or drop it with a reason.
const MESSAGE_ACTIONS: [&str; 2] = ["retry", "skip"];
/// Groups that are shown; a desk with more causes than this has another problem.
const GROUPS_MAX: u32 = 200;

/// Which exceptions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExceptionQuery {
    /// `open` or `closed`.
    pub state: Option<String>,
    /// Cause class.
    pub cause: Option<String>,
    /// Instance.
    pub instance: Option<InstanceId>,
    /// Stable code.
    pub code: Option<String>,
    /// Same cause.
    pub group: Option<Uuid>,
    /// Connection.
    pub connection: Option<String>,
    /// Flow.
    pub flow: Option<String>,
    /// Owner as written in the flow.
    pub owner: Option<String>,
    /// Who has it; empty for those nobody has.
    pub assignee: Option<String>,
    /// Document.
    pub document: Option<DocumentId>,
    /// Opened at or after.
    pub since: Option<Timestamp>,
    /// Opened before.
    pub until: Option<Timestamp>,
    /// Only what is reached.
    pub within: Option<Within>,
}

impl ExceptionQuery {
    /// What the store is asked.
    pub fn choice(&self, tenant: TenantId) -> ExceptionChoice {
        ExceptionChoice {
            tenant,
            state: self.state.clone(),
            cause: self.cause.clone(),
            code: self.code.clone(),
            fingerprint: self.group,
            connection: self.connection.clone(),
            flow: self.flow.clone(),
            owner: self.owner.clone(),
            assignee: self.assignee.clone().filter(|name| !name.is_empty()),
            unassigned: self.assignee.as_deref() == Some(""),
            instance: self.instance,
            document: self.document,
            step: None,
            since: self.since,
            until: self.until,
            within: self.within.clone(),
        }
    }
}

/// Open exceptions of one cause: mended together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExceptionGroup {
    /// The cause they have in common; give it as `group` to list them.
    pub group: Uuid,
    /// How many are open.
    pub count: u64,
    /// How many of them nobody has taken.
    pub unassigned: u64,
    /// When the oldest was opened.
    pub oldest_at: Timestamp,
    /// When the newest was opened.
    pub newest_at: Timestamp,
    /// Cause class.
    pub cause: String,
    /// Stable code.
    pub code: String,
    /// Connection.
    pub connection: Option<String>,
    /// Operation.
    pub operation: Option<String>,
    /// Flow.
    pub flow: Option<String>,
    /// Step, without its visit.
    pub step: Option<String>,
    /// The newest one, as a sample.
    pub sample: ExceptionItem,
}

/// Groups, the largest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExceptionGroups {
    /// The groups.
    pub items: Vec<ExceptionGroup>,
}

/// What a person said about an exception, or changed of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Note {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// `comment`, `assigned` or `released`.
    pub kind: String,
    /// Who.
    pub actor: String,
    /// What; of an assignment, to whom.
    pub text: String,
}

/// Notes, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Notes {
    /// The notes.
    pub items: Vec<Note>,
}

impl From<NoteRow> for Note {
    fn from(row: NoteRow) -> Self {
        Self { id: row.id, at: row.at, kind: row.kind, actor: row.actor, text: row.text }
    }
}

/// A stopped effect or instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExceptionItem {
    /// Its id.
    pub id: Uuid,
    /// The instance, unless it is about a message.
    pub instance: Option<Uuid>,
    /// The document.
    pub document: Option<Uuid>,
    /// Its business key.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub document_key: Option<String>,
    /// The effect that stopped.
    pub effect: Option<Uuid>,
    /// Step and visit.
    pub step: Option<String>,
    /// The connection involved.
    pub connection: Option<String>,
    /// `partner_down`, `data_wrong`, `rule_missing`, `credentials`, `unknown` or `our_fault`.
    pub cause: String,
    /// Stable code.
    pub code: String,
    /// In words.
    pub message: String,
    /// The cause it has in common with others.
    pub group: Uuid,
    /// The flow.
    pub flow: Option<String>,
    /// The operation that stopped.
    pub operation: Option<String>,
    /// Whose it is, as written in the flow.
    pub owner: Option<String>,
    /// Who took it or was given it.
    pub assignee: Option<String>,
    /// `open` or `closed`.
    pub state: String,
    /// How it was settled.
    pub resolution: Option<String>,
    /// By whom.
    pub resolved_by: Option<String>,
    /// Opened.
    pub opened_at: Timestamp,
    /// Closed.
    pub closed_at: Option<Timestamp>,
    /// What may be done about it: paths to post to, relative to this exception.
    pub actions: Vec<String>,
}

impl Reader {
    /// Exceptions, newest first.
    pub async fn exceptions(&self, tenant: TenantId, query: &ExceptionQuery, page: &PageQuery) -> Result<List<ExceptionItem>> {
        let pages = Pages::new("exceptions", query, page)?;
        let rows = self.store.desk().choose_exceptions(&query.choice(tenant), pages.page()).await?;
        let keys = self.document_keys(tenant, rows.iter().filter_map(|row| row.document.map(|id| id.0)).collect()).await?;
        let key = |row: &ExceptionRow| keys.get(&row.document?.0).cloned();
        let item = |row: ExceptionRow| ExceptionItem { document_key: key(&row), ..ExceptionItem::from(row) };
        Ok(pages.list(rows, |row| (row.opened_at, row.id.0), item))
    }

    /// Open exceptions by same cause, the largest group first.
    pub async fn exception_groups(&self, tenant: TenantId, query: &ExceptionQuery) -> Result<ExceptionGroups> {
        let groups = self.store.desk().exception_groups(&query.choice(tenant), GROUPS_MAX).await?;
        let group = |row: GroupRow| {
            let newest = row.newest;
            ExceptionGroup {
                group: newest.fingerprint,
                count: row.count,
                unassigned: row.unassigned,
                oldest_at: row.oldest_at,
                newest_at: newest.opened_at,
                cause: newest.cause.clone(),
                code: newest.code.clone(),
                connection: newest.connection.clone(),
                operation: newest.operation.clone(),
                flow: newest.flow.clone(),
                step: newest
                    .step
                    .as_deref()
                    .filter(|step| !step.starts_with("message:"))
                    .and_then(|step| step.split('#').next())
                    .map(str::to_owned),
                sample: ExceptionItem::from(newest),
            }
        };
        Ok(ExceptionGroups { items: groups.into_iter().map(group).collect() })
    }

    /// Notes of an exception, oldest first.
    pub async fn notes(&self, tenant: TenantId, id: ExceptionId) -> Result<Notes> {
        self.exception(tenant, id).await?;
        Ok(Notes { items: self.store.desk().notes(tenant, id).await?.into_iter().map(Note::from).collect() })
    }

    /// One exception.
    pub async fn exception(&self, tenant: TenantId, id: ExceptionId) -> Result<ExceptionItem> {
        let filter = ExceptionFilter { tenant, state: None, cause: None, instance: None, id: Some(id) };
        let rows = self.store.exceptions(&filter, &Page { limit: 1, after: None }).await?;
        let row = rows.into_iter().next().ok_or(Error::NotFound("exception"))?;
        let keys = self.document_keys(tenant, row.document.iter().map(|id| id.0).collect()).await?;
        Ok(ExceptionItem { document_key: keys.into_values().next(), ..ExceptionItem::from(row) })
    }

    /// The open exceptions of an instance, newest first; more than a page of them tells a person nothing new.
    pub(in crate::app) async fn open_exceptions(&self, tenant: TenantId, instance: InstanceId) -> Result<Vec<ExceptionRow>> {
        let state = Some("open".to_owned());
        let filter = ExceptionFilter { tenant, state, cause: None, instance: Some(instance), id: None };
        Ok(self.store.exceptions(&filter, &Page { limit: super::LIMIT_DEFAULT, after: None }).await?)
    }
}

impl From<ExceptionRow> for ExceptionItem {
    fn from(row: ExceptionRow) -> Self {
        let actions: &[&str] = match (row.state.as_str(), row.instance) {
            ("open", Some(_)) => &ACTIONS,
            ("open", None) => &MESSAGE_ACTIONS,
            _ => &[],
        };
        Self {
            id: row.id.0,
            instance: row.instance.map(|id| id.0),
            document: row.document.map(|id| id.0),
            document_key: None,
            effect: row.effect.map(|id| id.0),
            step: row.step,
            connection: row.connection,
            cause: row.cause,
            code: row.code,
            message: row.message,
            group: row.fingerprint,
            flow: row.flow,
            operation: row.operation,
            owner: row.owner,
            assignee: row.assignee,
            state: row.state,
            resolution: row.resolution,
            resolved_by: row.resolved_by,
            opened_at: row.opened_at,
            closed_at: row.closed_at,
            actions: actions.iter().map(|action| (*action).to_owned()).collect(),
        }
    }
}
