//! `POST /api/v1/connections/{name}/recover`

use std::sync::Arc;

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use utoipa::ToSchema;

use super::health::known;
use crate::api::auth::{Allowed, Operate};
use crate::api::body::Json;
use crate::api::extract::Name;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::api::{idempotency, request_id};
use crate::app::connections::Connections;
use crate::app::keeping::{Keeper, NewBatch, Select};
use crate::app::ops::failed_since;
use crate::app::reading::Batch;

/// Since when to recover.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"since": "2026-09-28T10:00:00Z", "reason": "the OA is back", "dry_run": true}))]
pub struct RecoverOrder {
    /// What stopped at or after this time.
    pub since: Timestamp,
    /// Why.
    pub reason: String,
    /// Only tell what it would lead to.
    #[serde(default)]
    pub dry_run: bool,
    /// Items a minute at most, 1 to 6,000; 600 when not given.
    #[schema(minimum = 1, maximum = 6000)]
    pub per_minute: Option<u32>,
}

/// Retries everything of a connection that stopped since a time, as a batch.
#[utoipa::path(
    post, path = "/api/v1/connections/{name}/recover", tag = "connections", operation_id = "recover_connection",
    params(
        ("name" = String, Path, description = "The connection", example = "oa_main"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key is the same batch"),
    ),
    request_body = RecoverOrder,
    responses((status = 202, body = Batch)), security(("token" = ["operate"]))
)]
pub async fn recover(
    Allowed { caller, .. }: Allowed<Operate>,
    Name(name): Name,
    State(keeper): State<Keeper>,
    State(connections): State<Arc<dyn Connections>>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<(StatusCode, axum::Json<Batch>), Problem> {
    let mut fields = Fields::of(body);
    let since = fields.required("since").unwrap_or_default();
    let reason = fields.required("reason");
    let dry_run = fields.flag("dry_run");
    let per_minute = fields.number("per_minute", 1..=6_000);
    let since: Option<Timestamp> = match since.parse() {
        Ok(since) => Some(since),
        Err(_) if since.is_empty() => None,
        Err(_) => {
            fields.fault("since", "must be a time such as 2026-09-28T10:00:00Z");
            None
        }
    };
    fields.finish()?;
    known(connections.as_ref(), &caller, &name)?;
    let since = since.unwrap_or(Timestamp::UNIX_EPOCH);
    let said = json!({"resource": "exceptions", "filter": {"state": "open", "connection": name, "since": since}});
    let selection = keeper.select(caller.tenant, &caller.name, Select::Exceptions(failed_since(&name, since)), said).await?;
    let key = idempotency::key(&headers)?.or_else(request_id::current).unwrap_or_default();
    let new =
        NewBatch { selection: selection.selection, action: "retry".to_owned(), arguments: Map::new(), reason, dry_run, per_minute, key };
    Ok((StatusCode::ACCEPTED, axum::Json(keeper.start_batch(caller.tenant, &caller.name, new).await?)))
}
