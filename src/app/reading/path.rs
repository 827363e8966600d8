//! The path an instance has taken: its visits, as its state holds them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Error, InstanceItem, Reader, Result};
use crate::domain::flow::Instance;
use crate::domain::ids::{InstanceId, TenantId};
use crate::store;

/// An instance with the path it has taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InstancePath {
    /// The instance.
    pub instance: InstanceItem,
    /// Its visits, in the order they began.
    pub visits: Vec<PathVisit>,
}

/// One entry into a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PathVisit {
    /// The step.
    pub step: String,
    /// Which entry into it, from 1.
    pub visit: u32,
    /// Index of the visit around it; absent at the top.
    pub inside: Option<u32>,
    /// Branch or iteration within that.
    pub lane: u32,
    /// `running`, `waiting`, `reversing`, `exception`, `done`, `skipped`, `failed`, `left` or `reversed`.
    pub state: String,
    /// What it came to.
    pub outcome: Option<String>,
    /// The connection that was called.
    pub connection: Option<String>,
    /// The object it made at the partner.
    pub external_id: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

impl Reader {
    /// The path of an instance.
    pub async fn instance_path(&self, tenant: TenantId, id: InstanceId) -> Result<InstancePath> {
        let row = self.store.instance(tenant, id).await?.ok_or(Error::NotFound("instance"))?;
        let state: Instance = serde_json::from_str(&row.state).map_err(|error| store::Error::Decode {
            table: "instance",
            column: "state",
            row: id.to_string(),
            reason: error.to_string(),
        })?;
        let masks = self.masks(tenant, row.document).await?;
        let visit = |visit: crate::domain::flow::instance::Visit| PathVisit {
            step: visit.step,
            visit: visit.number,
            inside: visit.parent,
            lane: visit.lane,
            state: visit.state.word().to_owned(),
            outcome: visit.outcome.map(|outcome| outcome.word().to_owned()),
            connection: visit.connection,
            external_id: visit.external_id,
            error: visit.error.map(|error| masks.values.out_of(error.message)),
        };
        Ok(InstancePath { instance: InstanceItem::from(row), visits: state.visits.into_iter().map(visit).collect() })
    }
}
