//! Moving chosen instances to another version of their flow: first what it would do, then each by itself.

use super::{Error, Publishing};
use crate::app::engine::definitions::FlowVersion;
use crate::app::engine::input::{Input, MigrateInput, Verdict};
use crate::domain::approval::Refusal;
use crate::domain::flow::migrate::{Plan, plan};
use crate::domain::flow::{Instance, migrate};
use crate::domain::ids::{InstanceId, TenantId};
use crate::store::{InstanceFilter, InstanceRow, Page};
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Instances of one request.
pub const INSTANCES_MAX: usize = 500;
/// Instances moved at the same time: they share the engine with the flows that run.
const TOGETHER: usize = 50;

/// Which instances to move where.
#[derive(Clone, Debug, PartialEq)]
pub struct MigrateRequest {
    /// Tenant.
    pub tenant: TenantId,
    /// The flow.
    pub flow: String,
    /// The version to move to; the live one when not said.
    pub to: Option<String>,
    /// These instances; none for those that run on another version, the newest first.
    pub instances: Option<Vec<InstanceId>>,
    /// Only say what would be.
    pub dry_run: bool,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Migrations {
    /// The flow.
    pub flow: String,
    /// The version moved to.
    pub to: String,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// How many can be moved, or were.
    pub moved: usize,
    /// How many cannot.
    pub refused: usize,
    /// Each instance.
    pub items: Vec<MigrationItem>,
    /// Whether there are more instances on other versions than were looked at.
    pub more: bool,
}

/// One instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MigrationItem {
    /// The instance.
    pub instance: Uuid,
    /// `can`, `cannot`, `moved`, `refused`, `there_already`, `not_found`.
    pub result: String,
    /// The version it was on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<String>,
    /// Why it was refused, when that was found out only while moving.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub why: Option<String>,
    /// What moving it means.
    #[serde(flatten)]
    pub plan: Plan,
}

impl Publishing {
    /// Plans, and unless it is a dry run moves what can be moved.
    ///
    /// # Errors
    /// When there is no such flow or version.
    pub async fn migrate(&self, request: MigrateRequest) -> Result<Migrations, Error> {
        self.own(request.tenant)?;
        let to = self.version_to(&request).await?;
        let (rows, missing, more) = self.instances(&request, to.hash()).await?;
        let mut items: Vec<MigrationItem> = missing.into_iter().map(|id| item(id.0, "not_found", None, Plan::default())).collect();
        for row in rows {
            items.push(self.planned(&request, &row, &to).await?);
        }
        if !request.dry_run {
            for some in items.chunks_mut(TOGETHER) {
                join_all(some.iter_mut().filter(|item| item.result == "can").map(|item| self.moved(&request, to.hash(), item))).await;
            }
        }
        let count = |words: [&str; 2]| items.iter().filter(|item| words.contains(&item.result.as_str())).count();
        let (moved, refused) = (count(["can", "moved"]), count(["cannot", "refused"]));
        Ok(Migrations { flow: request.flow, to: to.hash().to_owned(), dry_run: request.dry_run, moved, refused, items, more })
    }

    async fn version_to(&self, request: &MigrateRequest) -> Result<Arc<FlowVersion>, Error> {
        let live = self.live.now();
        let Some(hash) = &request.to else { return live.live(&request.flow).ok_or(Error::NotFound("flow")) };
        let version = self.version(request.tenant, hash).await;
        version.filter(|version| version.flow_id() == request.flow).ok_or(Error::NotFound("version of the flow"))
    }

    async fn version(&self, tenant: TenantId, hash: &str) -> Option<Arc<FlowVersion>> {
        self.live.version_or_load(self.store.as_ref(), tenant, hash).await.ok()
    }

    /// The rows of the chosen instances, ids that lead nowhere, and whether there are more.
    async fn instances(&self, request: &MigrateRequest, to: &str) -> Result<(Vec<InstanceRow>, Vec<InstanceId>, bool), Error> {
        let (mut rows, mut missing) = (Vec::new(), Vec::new());
        if let Some(ids) = &request.instances {
            if ids.len() > INSTANCES_MAX {
                return Err(Error::Field("instances", format!("names more than {INSTANCES_MAX}")));
            }
            rows = self.store.instances_named(request.tenant, ids).await?;
            rows.retain(|row| row.flow == request.flow);
            missing.extend(ids.iter().filter(|id| !rows.iter().any(|row| row.id == **id)));
            return Ok((rows, missing, false));
        }
        for status in ["running", "exception"] {
            let filter = InstanceFilter {
                tenant: request.tenant,
                flow: Some(request.flow.clone()),
                status: Some(status.to_owned()),
                document: None,
            };
            let mut after = None;
            loop {
                let page = self.store.instances(&filter, &Page { limit: 500, after }).await?;
                let full = page.len() == 500;
                after = page.last().map(|row| (row.started_at, row.id.0));
                rows.extend(page.into_iter().filter(|row| row.version != to));
                if rows.len() > INSTANCES_MAX {
                    rows.truncate(INSTANCES_MAX);
                    return Ok((rows, missing, true));
                }
                if !full {
                    break;
                }
            }
        }
        Ok((rows, missing, false))
    }

    async fn planned(&self, request: &MigrateRequest, row: &InstanceRow, to: &FlowVersion) -> Result<MigrationItem, Error> {
        let from = Some(row.version.clone());
        if row.version == to.hash() {
            return Ok(item(row.id.0, "there_already", from, Plan::default()));
        }
        let Some(version) = self.version(request.tenant, &row.version).await else {
            let why = Some("the version it runs on cannot be loaded".to_owned());
            return Ok(MigrationItem { why, ..item(row.id.0, "cannot", from, Plan::default()) });
        };
        let instance: Instance = match serde_json::from_str(&row.state) {
            Ok(instance) => instance,
            Err(error) => {
                let why = Some(format!("its state cannot be read: {error}"));
                return Ok(MigrationItem { why, ..item(row.id.0, "cannot", from, Plan::default()) });
            }
        };
        let under = instance.row.as_deref();
        let plan: migrate::Plan = plan(version.flow_under(under), to.flow_under(under), to.environment(), &instance);
        Ok(item(row.id.0, if plan.is_possible() { "can" } else { "cannot" }, from, plan))
    }

    /// Moves one; the engine plans again on what it has locked.
    async fn moved(&self, request: &MigrateRequest, to: &str, item: &mut MigrationItem) {
        let input = MigrateInput {
            tenant: request.tenant,
            instance: InstanceId(item.instance),
            to: to.to_owned(),
            actor: request.actor.clone(),
            reason: request.reason.clone(),
        };
        let (result, why) = match self.engine.submit_patiently(Input::Migrate(Arc::new(input))).await {
            Ok(Verdict::Done | Verdict::Parked) => ("moved", None),
            Ok(Verdict::Gone) => ("there_already", None),
            Ok(
                Verdict::Refused(why)
                | Verdict::Declined(Refusal { message: why, .. })
                | Verdict::Failed(why)
                | Verdict::Unloadable(why)
                | Verdict::Stop { problem: why, .. },
            ) => ("refused", Some(why)),
            Ok(Verdict::Version { hash, .. }) => ("refused", Some(format!("the version `{hash}` cannot be loaded"))),
            Err(_) => ("refused", Some("the hub is stopping".to_owned())),
        };
        (item.result, item.why) = (result.to_owned(), why);
    }
}

fn item(instance: Uuid, result: &str, from: Option<String>, plan: Plan) -> MigrationItem {
    MigrationItem { instance, result: result.to_owned(), from, why: None, plan }
}
