//! Who decides for whom for a while.

use super::delegation_news::News;
use super::{People, PeopleError, Result};
use crate::domain::approval::Delegation;
use crate::domain::directory::Directory;
use crate::domain::ids::{self, TenantId};
use crate::store::{DelegationRow, TaskRow};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Longest a delegation may hold: what lasts longer is a change of duties, and belongs into the directory.
const DAYS_MAX: i64 = 366;
/// Delegations that one look shows.
const LISTED_MAX: usize = 1_000;
/// Flows one delegation may name.
const FLOWS_MAX: usize = 100;

/// A delegation to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelegation {
    /// Whose duty it is.
    pub principal: String,
    /// Who may do it.
    pub agent: String,
    /// From when.
    pub from: Timestamp,
    /// Until when, exclusively.
    pub until: Timestamp,
    /// Only tasks of these flows; empty for all.
    pub flows: Vec<String>,
    /// Only tasks that come up while it holds.
    pub new_only: bool,
    /// Who makes it.
    pub by: String,
    /// What tells it from others: the same is the same delegation.
    pub key: String,
}

/// A delegation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DelegationItem {
    /// Its id.
    pub id: Uuid,
    /// Whose duty it is.
    pub principal: String,
    /// That person's name.
    pub principal_name: String,
    /// Who may do it.
    pub agent: String,
    /// That person's name.
    pub agent_name: String,
    /// From when.
    pub from: Timestamp,
    /// Until when, exclusively.
    pub until: Timestamp,
    /// Only tasks of these flows; empty for all.
    pub flows: Vec<String>,
    /// Only tasks that came up while it holds.
    pub new_only: bool,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
}

/// Delegations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delegations {
    /// Those that hold or are to come, at most 500 each way.
    pub items: Vec<DelegationItem>,
}

impl DelegationItem {
    fn of(row: DelegationRow, directory: &Directory) -> Self {
        DelegationItem {
            id: row.id,
            flows: flows(&row),
            principal_name: directory.name(&row.principal).to_owned(),
            agent_name: directory.name(&row.agent).to_owned(),
            principal: row.principal,
            agent: row.agent,
            from: row.from,
            until: row.until,
            new_only: row.new_only,
            created_by: row.created_by,
            created_at: row.created_at,
        }
    }
}

pub(super) fn flows(row: &DelegationRow) -> Vec<String> {
    serde_json::from_str(&row.flows).unwrap_or_default()
}

impl From<&DelegationRow> for Delegation {
    fn from(row: &DelegationRow) -> Self {
        Delegation {
            principal: row.principal.clone(),
            agent: row.agent.clone(),
            from: row.from,
            until: row.until,
            flows: flows(row),
            new_only: row.new_only,
        }
    }
}

/// Whether some delegation covers a task for an agent now.
pub(super) fn covered(rules: &[DelegationRow], task: &TaskRow, agent: &str, now: Timestamp) -> bool {
    rules.iter().any(|row| Delegation::from(row).covers(&task.person, agent, &task.flow, task.since, now))
}

impl People {
    /// Delegations to somebody that hold now.
    pub(super) async fn agent_of(&self, tenant: TenantId, agent: &str, now: Timestamp) -> Result<Vec<DelegationRow>> {
        let rules = self.store.desk().delegations(tenant, None, Some(agent), now).await?;
        Ok(rules.into_iter().filter(|rule| rule.from <= now).collect())
    }

    /// Delegations that hold or are to come: of and to somebody, or all.
    pub async fn delegations(&self, tenant: TenantId, person: Option<&str>) -> Result<Vec<DelegationItem>> {
        let (now, desk) = (self.clock.now(), self.store.desk());
        let mut rows = desk.delegations(tenant, person, None, now).await?;
        if person.is_some() {
            rows.extend(desk.delegations(tenant, None, person, now).await?);
        }
        rows.truncate(LISTED_MAX);
        let definitions = self.live.now();
        Ok(rows.into_iter().map(|row| DelegationItem::of(row, &definitions.catalog().directory)).collect())
    }

    /// Makes a delegation.
    pub async fn delegate(&self, tenant: TenantId, new: NewDelegation) -> Result<DelegationItem> {
        let now = self.clock.now();
        let invalid = |why: &str| Err(PeopleError::Invalid(why.to_owned()));
        let definitions = self.live.now();
        let directory = &definitions.catalog().directory;
        for person in [&new.principal, &new.agent] {
            if !directory.works_here(person) {
                return invalid(&format!("nobody with the id `{person}` works here"));
            }
        }
        if new.principal == new.agent {
            return invalid("somebody cannot decide for themselves");
        }
        if new.until <= new.from || new.until <= now {
            return invalid("the end must lie after the beginning, and in the future");
        }
        if new.until.duration_since(new.from).as_hours() > DAYS_MAX * 24 {
            return invalid("a delegation holds at most 366 days");
        }
        if new.flows.len() > FLOWS_MAX {
            return invalid("a delegation names at most 100 flows");
        }
        if let Some(flow) = new.flows.iter().find(|flow| definitions.live(flow).is_none()) {
            return invalid(&format!("there is no flow `{flow}`"));
        }
        let row = DelegationRow {
            id: ids::derived(&[b"delegation", &tenant.0.to_be_bytes(), new.principal.as_bytes(), new.agent.as_bytes(), new.key.as_bytes()]),
            tenant,
            flows: json!(new.flows).to_string(),
            principal: new.principal,
            agent: new.agent,
            from: new.from,
            until: new.until,
            new_only: new.new_only,
            created_by: new.by,
            created_at: now,
            revoked_at: None,
        };
        let told = self.news_of(&row, News::Made, &row.created_by).await?;
        self.store.desk().delegate(&row, &told).await?;
        self.live.delegated().changed();
        Ok(DelegationItem::of(row, directory))
    }

    /// Ends a delegation; only the principal or an administrator (no `person`) may. `by` is who does, and is not told.
    pub async fn end_delegation(&self, tenant: TenantId, id: Uuid, person: Option<&str>, by: &str) -> Result<()> {
        let now = self.clock.now();
        let known = self.store.desk().delegations(tenant, person, None, now).await?;
        let gone = || PeopleError::from(crate::app::reading::Error::NotFound("delegation"));
        let row = known.into_iter().find(|row| row.id == id).ok_or_else(gone)?;
        let told = self.news_of(&row, News::Ended, by).await?;
        if !self.store.desk().end_delegation(tenant, id, now, &told).await? {
            return Err(gone());
        }
        self.live.delegated().changed();
        Ok(())
    }
}
