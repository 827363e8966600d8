//! What an instance asked for, and every request that was made for it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::masking::Masks;
use super::{Payloads, Reader, Result, json};
use crate::domain::ids::{DocumentId, InstanceId, TenantId};
use crate::store::{AttemptRow, EffectRow};

/// One effect of an instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Effect {
    /// Its id, which is also its idempotency key.
    pub id: Uuid,
    /// The document it is about.
    pub document: Uuid,
    /// Step and visit.
    pub step: String,
    /// The connection.
    pub connection: String,
    /// The operation, for calls.
    pub operation: Option<String>,
    /// Our reference at the partner, for calls.
    pub reference: Option<String>,
    /// `forward`, `reverse` or `inquiry`, for calls.
    pub purpose: Option<String>,
    /// Its place in the order of its lane.
    pub sequence: i64,
    /// `planned`, `started`, `waiting`, `done`, `failed` or `withdrawn`.
    pub state: String,
    /// Attempts so far.
    pub attempts: u32,
    /// When it is due, while it waits.
    pub due_at: Timestamp,
    /// When it was planned.
    pub created_at: Timestamp,
    /// What is sent; only with the permission `payloads`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub input: Option<Value>,
}

/// One recorded request and its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Attempt {
    /// The effect.
    pub effect: Uuid,
    /// The effect's attempt, from 1.
    pub number: u32,
    /// Which request of the attempt, from 0.
    pub part: u32,
    /// `call`, `look_up`, `read_back` or `auth`.
    pub purpose: String,
    /// The connection.
    pub connection: String,
    /// The operation.
    pub operation: String,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took, milliseconds.
    pub duration_millis: u32,
    /// HTTP status, when there was one.
    pub status: Option<u16>,
    /// What it came to: `ok`, `refused`, `retryable`, `unknown`, …
    pub class: String,
    /// The partner's words, or ours.
    pub message: Option<String>,
    /// The request, redacted; only with the permission `payloads`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request: Option<Value>,
    /// The request as a command for a shell, masked as it was recorded; only with the permission `payloads`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub curl: Option<String>,
    /// The answer, redacted; only with the permission `payloads`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub response: Option<Value>,
}

impl Reader {
    /// Effects of an instance, oldest first.
    pub async fn effects(&self, tenant: TenantId, id: InstanceId, payloads: Payloads) -> Result<Vec<Effect>> {
        let instance = self.instance(tenant, id).await?;
        let masks = self.masks(tenant, DocumentId(instance.document)).await?;
        let mut effects = Vec::new();
        for row in self.store.effects(tenant, id).await? {
            // About another document (`for:`) it may hold fields of both.
            let other = if row.document.0 == instance.document { Masks::default() } else { self.masks(tenant, row.document).await? };
            let masks = if masks.sensitive.is_empty() { &other } else { &masks };
            effects.push(effect(row, payloads, masks));
        }
        Ok(effects)
    }

    /// Attempts of an instance's effects, oldest first.
    pub async fn attempts(&self, tenant: TenantId, id: InstanceId, payloads: Payloads) -> Result<Vec<Attempt>> {
        let instance = self.instance(tenant, id).await?;
        let mut masks = self.masks(tenant, DocumentId(instance.document)).await?;
        let mut others: Vec<DocumentId> = self.store.effects(tenant, id).await?.into_iter().map(|row| row.document).collect();
        others.retain(|document| document.0 != instance.document);
        others.sort_unstable();
        others.dedup();
        for other in others {
            let other = self.masks(tenant, other).await?;
            masks.values.extend(other.values);
            if masks.sensitive.is_empty() {
                masks.sensitive = other.sensitive;
            }
        }
        Ok(self.store.attempts(tenant, id).await?.into_iter().map(|row| attempt(row, payloads, &masks)).collect())
    }

    pub(in crate::app) async fn effect_rows(&self, tenant: TenantId, id: InstanceId) -> Result<Vec<EffectRow>> {
        Ok(self.store.effects(tenant, id).await?)
    }

    pub(in crate::app) async fn attempt_rows(&self, tenant: TenantId, id: InstanceId) -> Result<Vec<AttemptRow>> {
        let mut rows = self.store.attempts(tenant, id).await?;
        if rows.iter().any(|row| row.message.is_some()) {
            let instance = self.instance(tenant, id).await?;
            let masks = self.masks(tenant, DocumentId(instance.document)).await?;
            for row in &mut rows {
                row.message = row.message.take().map(|message| masks.values.out_of(message));
            }
        }
        Ok(rows)
    }
}

fn effect(row: EffectRow, payloads: Payloads, masks: &Masks) -> Effect {
    let mut work = json::value(&row.work);
    Effect {
        id: row.id.0,
        document: row.document.0,
        step: row.step,
        connection: row.connection,
        operation: json::text(&work, "operation"),
        reference: json::text(&work, "reference"),
        purpose: json::text(&work, "purpose"),
        sequence: row.seq,
        state: row.state,
        attempts: row.attempt,
        due_at: row.due_at,
        created_at: row.created_at,
        input: masks.of_others(payloads, work.get_mut("input").map(Value::take).unwrap_or_default()),
    }
}

fn attempt(row: AttemptRow, payloads: Payloads, masks: &Masks) -> Attempt {
    let shown = |text: &str| {
        let mut value = json::value(text);
        let kept = ["method", "status"].map(|name| (name, value.get(name).cloned()));
        let mut shown = masks.of_others(payloads, value.take());
        // Method and status are nobody's data, and without them the shape of a request says little.
        for (name, kept) in kept {
            if let (Some(kept), Some(Value::Object(members))) = (kept, &mut shown) {
                members.insert(name.to_owned(), kept);
            }
        }
        shown
    };
    Attempt {
        effect: row.effect.0,
        number: row.number,
        part: row.part,
        purpose: row.purpose,
        connection: row.connection,
        operation: row.operation,
        started_at: row.started_at,
        duration_millis: row.duration_millis,
        status: row.status,
        class: row.class,
        message: row.message.map(|message| if payloads == Payloads::Revealed { message } else { masks.values.out_of(message) }),
        curl: shown(&row.request).as_ref().and_then(super::curl::command),
        request: shown(&row.request),
        response: shown(&row.response),
    }
}

/// The operation that stored work calls.
pub(in crate::app) fn operation_of(work: &str) -> Option<String> {
    json::text(&json::value(work), "operation")
}
