//! Starting, pausing, ending and repeating batches.

use super::{Error, Keeper, Result};
use crate::app::desk::BATCH_ACTIONS;
use crate::app::reading::{Batch, Reader};
use crate::domain::ids::TenantId;
use crate::store::desk::BatchRow;
use serde_json::{Map, Value};
use uuid::Uuid;

/// A batch as it is ordered.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBatch {
    /// The selection.
    pub selection: Uuid,
    /// The action.
    pub action: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
    /// Why.
    pub reason: Option<String>,
    /// Only tell what it would do.
    pub dry_run: bool,
    /// Items a minute at most.
    pub per_minute: Option<u32>,
    /// The caller's key: the same key is the same batch.
    pub key: String,
}

/// Items a minute where nothing is said: gentle to partners, done with a thousand in less than two minutes.
const PER_MINUTE: u32 = 600;

impl Keeper {
    /// Starts a batch.
    ///
    /// # Errors
    /// When the selection is over, or the action is none of its resource.
    pub async fn start_batch(&self, tenant: TenantId, actor: &str, new: NewBatch) -> Result<Batch> {
        let now = self.clock.now();
        let selection = self.store.desk().selection(tenant, new.selection, now).await?.ok_or(Error::NotFound("selection"))?;
        let known = BATCH_ACTIONS.iter().find(|(resource, _)| *resource == selection.resource).map_or(&[][..], |(_, actions)| actions);
        if !known.contains(&new.action.as_str()) {
            return Err(Error::Invalid("action", format!("is one of {} for {}", known.join(", "), selection.resource)));
        }
        let id = crate::domain::ids::derived(&[b"batch", &tenant.0.to_be_bytes(), actor.as_bytes(), new.key.as_bytes()]);
        let row = BatchRow {
            id,
            tenant,
            selection: new.selection,
            resource: selection.resource,
            action: new.action,
            arguments: Value::Object(new.arguments).to_string(),
            actor: actor.to_owned(),
            reason: new.reason,
            dry_run: new.dry_run,
            per_minute: new.per_minute.unwrap_or(PER_MINUTE),
            total: 0,
            state: "running".to_owned(),
            frozen_at: selection.created_at,
            created_at: now,
            updated_at: now,
            finished_at: None,
        };
        self.store.desk().start_batch(&row).await?;
        Ok(Reader::blind(self.store.clone()).batch(tenant, id).await?)
    }

    /// Moves a batch: `pause`, `resume`, `cancel` or `retry-failed`.
    ///
    /// # Errors
    /// When it does not stand in a state for that.
    pub async fn steer_batch(&self, tenant: TenantId, id: Uuid, verb: &str) -> Result<Batch> {
        let reader = Reader::blind(self.store.clone());
        let before = reader.batch(tenant, id).await?;
        let (desk, now) = (self.store.desk(), self.clock.now());
        let moved = match verb {
            "pause" => desk.move_batch(tenant, id, &["running"], "paused", now).await?,
            "resume" => desk.move_batch(tenant, id, &["paused"], "running", now).await?,
            "cancel" => desk.move_batch(tenant, id, &["running", "paused"], "cancelled", now).await?,
            _ => desk.retry_failed(tenant, id, now).await? > 0,
        };
        if !moved {
            return Err(Error::Conflict(match verb {
                "retry-failed" => "nothing of the batch has failed".to_owned(),
                _ => format!("the batch is `{}`", before.state),
            }));
        }
        Ok(reader.batch(tenant, id).await?)
    }
}
