//! What an instance asked for, and every request that was made for it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::cursor::{BadCursor, Onwards, number_in, place_of_number};
use super::masking::Masks;
use super::{List, PageQuery, Payloads, Reader, Result, json};
use crate::domain::ids::{DocumentId, EffectId, InstanceId, TenantId};
use crate::store::{AttemptPlace, AttemptRow, EffectRow, Onward};

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
    /// Effects of an instance, oldest first: a page of them.
    pub async fn effects_page(&self, tenant: TenantId, id: InstanceId, payloads: Payloads, query: &PageQuery) -> Result<List<Effect>> {
        let pages = Onwards::new("effects", id.0, query)?;
        let mut items = self.effects_after(tenant, id, payloads, pages.page(|place| number_in(&place))?).await?;
        let next_cursor = pages.cut(&mut items, |last| place_of_number(last.sequence));
        Ok(List { items, next_cursor })
    }

    /// All effects of an instance, oldest first.
    pub async fn effects(&self, tenant: TenantId, id: InstanceId, payloads: Payloads) -> Result<Vec<Effect>> {
        self.effects_after(tenant, id, payloads, Onward::all()).await
    }

    async fn effects_after(&self, tenant: TenantId, id: InstanceId, payloads: Payloads, page: Onward<i64>) -> Result<Vec<Effect>> {
        let instance = self.instance(tenant, id).await?;
        let masks = self.masks(tenant, DocumentId(instance.document)).await?;
        let rows = self.store.effects(tenant, id, page).await?;
        // About another document (`for:`) it may hold fields of both.
        let mut others: BTreeMap<DocumentId, Masks> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.document.0 != instance.document) {
            if let Entry::Vacant(place) = others.entry(row.document) {
                place.insert(self.masks(tenant, row.document).await?);
            }
        }
        let of = |row: &EffectRow| others.get(&row.document).filter(|_| masks.sensitive.is_empty()).unwrap_or(&masks);
        Ok(rows
            .into_iter()
            .map(|row| {
                let masks = of(&row);
                effect(row, payloads, masks)
            })
            .collect())
    }

    /// Attempts of an instance's effects, oldest first: a page of them.
    pub async fn attempts_page(&self, tenant: TenantId, id: InstanceId, payloads: Payloads, query: &PageQuery) -> Result<List<Attempt>> {
        let pages = Onwards::new("attempts", id.0, query)?;
        let page = pages.page(|place| attempt_place(&place))?;
        let masks = self.masks_of_attempts(tenant, id).await?;
        let mut rows = self.store.attempts(tenant, id, page).await?;
        let next_cursor = pages.cut(&mut rows, place_of_attempt);
        Ok(List { items: rows.into_iter().map(|row| attempt(row, payloads, &masks)).collect(), next_cursor })
    }

    /// All attempts of an instance's effects, oldest first.
    pub async fn attempts(&self, tenant: TenantId, id: InstanceId, payloads: Payloads) -> Result<Vec<Attempt>> {
        let masks = self.masks_of_attempts(tenant, id).await?;
        let rows = self.store.attempts(tenant, id, Onward::all()).await?;
        Ok(rows.into_iter().map(|row| attempt(row, payloads, &masks)).collect())
    }

    async fn masks_of_attempts(&self, tenant: TenantId, id: InstanceId) -> Result<Masks> {
        let instance = self.instance(tenant, id).await?;
        let mut masks = self.masks(tenant, DocumentId(instance.document)).await?;
        let mut others: Vec<DocumentId> =
            self.store.effects(tenant, id, Onward::all()).await?.into_iter().map(|row| row.document).collect();
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
        Ok(masks)
    }

    pub(in crate::app) async fn effect_rows(&self, tenant: TenantId, id: InstanceId) -> Result<Vec<EffectRow>> {
        Ok(self.store.effects(tenant, id, Onward::all()).await?)
    }

    pub(in crate::app) async fn attempt_rows(&self, tenant: TenantId, id: InstanceId) -> Result<Vec<AttemptRow>> {
        let mut rows = self.store.attempts(tenant, id, Onward::all()).await?;
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

/// Begin in microseconds, number, part and effect, one after the other.
fn place_of_attempt(row: &AttemptRow) -> [u8; 32] {
    let mut place = [0; 32];
    place[..8].copy_from_slice(&row.started_at.as_microsecond().to_be_bytes());
    place[8..12].copy_from_slice(&row.number.to_be_bytes());
    place[12..16].copy_from_slice(&row.part.to_be_bytes());
    place[16..].copy_from_slice(row.effect.0.as_bytes());
    place
}

fn attempt_place(place: &[u8; 32]) -> std::result::Result<AttemptPlace, BadCursor> {
    let (time, rest) = place.split_first_chunk().ok_or(BadCursor)?;
    let (number, rest) = rest.split_first_chunk().ok_or(BadCursor)?;
    let (part, effect) = rest.split_first_chunk().ok_or(BadCursor)?;
    Ok(AttemptPlace {
        started_at: Timestamp::from_microsecond(i64::from_be_bytes(*time)).map_err(|_| BadCursor)?,
        number: u32::from_be_bytes(*number),
        part: u32::from_be_bytes(*part),
        effect: EffectId(Uuid::from_slice(effect).map_err(|_| BadCursor)?),
    })
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
