//! Runs of reconciliation with their statements, for people.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

use super::cursor::Pages;
use super::{Error, List, PageQuery, Reader, Result};
use crate::domain::ids::{ReconciliationId, TenantId};
use crate::domain::reconcile::Statement;
use crate::store::{Page, ReconciliationFilter, ReconciliationRow};

/// Which runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReconciliationQuery {
    /// Connection.
    pub connection: Option<String>,
    /// State.
    pub state: Option<String>,
}

/// A run over one connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReconciliationItem {
    /// Its id.
    pub id: Uuid,
    /// The connection that is read back.
    pub connection: String,
    /// `planned`, `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// The statement in one sentence, such as `412 of 412 agree`.
    pub sentence: String,
    /// Who asked for it: a token's name, or `schedule`.
    pub requested_by: String,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Documents that ended since then, beside the open ones.
    pub since: Timestamp,
    /// Up to then.
    pub until: Timestamp,
    /// Only open documents.
    pub open_only: bool,
    /// When a scheduled run was due.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub nominal_at: Option<Timestamp>,
    /// Asked for.
    pub requested_at: Timestamp,
    /// Begun.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub started_at: Option<Timestamp>,
    /// Over.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ended_at: Option<Timestamp>,
    /// What holds it up, or ended it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<String>,
    /// What it found so far.
    pub statement: StatementView,
}

/// What a run found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementView {
    /// Objects compared with their documents.
    pub compared: u64,
    /// Of these, those without any difference.
    pub agree: u64,
    /// Of these, those that differ.
    pub differ: u64,
    /// Of these, those whose every difference a person has accepted.
    pub accepted: u64,
    /// Not judged, because a change of theirs is still on its way.
    pub in_flight: u64,
    /// Differences by kind.
    pub kinds: BTreeMap<String, u64>,
    /// Differences seen for the first time.
    pub new: u64,
    /// Known differences that are gone.
    pub resolved: u64,
    /// Repairs that were begun.
    pub repairs: u64,
    /// Why no further repair was begun where the flow allows one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repairs_held: Option<String>,
    /// Requests made.
    pub calls: u64,
    /// Time spent reading, milliseconds.
    pub reading_millis: u64,
    /// By kind of object and window, in the order they were read.
    pub windows: Vec<WindowView>,
}

/// One window of one kind of object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WindowView {
    /// The entry under `reconcile` of the connector.
    pub objects: String,
    /// Its beginning; absent where objects were read one by one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub since: Option<Timestamp>,
    /// Its end.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<Timestamp>,
    /// Objects compared.
    pub compared: u64,
    /// Of these, those that agree.
    pub agree: u64,
    /// Requests made.
    pub calls: u64,
    /// Why the list could not be used; its objects are then read one by one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<String>,
}

impl Reader {
    /// Runs, newest first.
    pub async fn reconciliations(
        &self,
        tenant: TenantId,
        query: &ReconciliationQuery,
        page: &PageQuery,
    ) -> Result<List<ReconciliationItem>> {
        let pages = Pages::new("reconciliations", query, page)?;
        let ReconciliationQuery { connection, state } = query.clone();
        let filter = ReconciliationFilter { tenant, connection, state, id: None };
        let rows = self.store.reconciliations(&filter, pages.page()).await?;
        Ok(pages.list(rows, |row| (row.requested_at, row.id.0), ReconciliationItem::from))
    }

    /// One run.
    pub async fn reconciliation(&self, tenant: TenantId, id: ReconciliationId) -> Result<ReconciliationItem> {
        let filter = ReconciliationFilter { tenant, connection: None, state: None, id: Some(id) };
        let rows = self.store.reconciliations(&filter, &Page { limit: 1, after: None }).await?;
        rows.into_iter().next().map(ReconciliationItem::from).ok_or(Error::NotFound("reconciliation"))
    }
}

impl From<ReconciliationRow> for ReconciliationItem {
    fn from(row: ReconciliationRow) -> Self {
        let statement: Statement = serde_json::from_str(&row.statement).unwrap_or_default();
        Self {
            id: row.id.0,
            connection: row.connection,
            state: row.state,
            sentence: statement.sentence(),
            requested_by: row.requested_by,
            reason: row.reason,
            since: row.since,
            until: row.until,
            open_only: row.open_only,
            nominal_at: row.schedule.map(|(_, at)| at),
            requested_at: row.requested_at,
            started_at: row.started_at,
            ended_at: row.ended_at,
            problem: row.problem,
            statement: statement.into(),
        }
    }
}

impl From<Statement> for StatementView {
    fn from(statement: Statement) -> Self {
        let Statement { compared, agree, differ, accepted, in_flight, kinds, new, resolved, repairs, repairs_held, calls, .. } = statement;
        let windows = statement.windows.into_iter().map(|window| WindowView {
            objects: window.objects,
            since: window.since,
            until: window.until,
            compared: window.compared,
            agree: window.agree,
            calls: window.calls,
            problem: window.problem,
        });
        let (reading_millis, windows) = (statement.reading_millis, windows.collect());
        Self { compared, agree, differ, accepted, in_flight, kinds, new, resolved, repairs, repairs_held, calls, reading_millis, windows }
    }
}
