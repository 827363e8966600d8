//! `POST /api/v1/drift/{id}/repair`

use std::sync::Arc;

use axum::extract::{FromRef, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Operate};
use crate::api::body::Json;
use crate::api::extract::Id;
use crate::api::idempotency;
use crate::api::problem::Problem;
use crate::api::request_id;
use crate::api::state::ApiState;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::answers::{Answers, Keyed};
use crate::app::reconcile::{Reconciling, RepairOutcome, RepairRequest};
use crate::domain::ids::DriftId;

/// A repair that is asked for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Repair {
    /// Why; at most 2,000 characters.
    pub reason: String,
    /// Only tell what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// Reads the object once more and, when it still differs, sets off the flow's reaction to this drift.
#[utoipa::path(
    post, path = "/api/v1/drift/{id}/repair", tag = "reconciliation", operation_id = "repair_drift",
    params(
        ("id" = Uuid, Path, description = "The difference"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key is the same repair"),
    ),
    request_body = Repair,
    responses((status = 202, body = RepairOutcome)), security(("token" = ["operate"]))
)]
pub async fn repair(
    Allowed { caller, .. }: Allowed<Operate>,
    Id(id): Id,
    State(state): State<ApiState>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    let used_for = format!("{id}\n{body}");
    let mut fields = Fields::of(body);
    let reason = fields.required("reason");
    let dry_run = fields.flag("dry_run");
    fields.finish()?;
    let key = idempotency::key(&headers)?;
    let request = RepairRequest {
        tenant: caller.tenant,
        drift: DriftId(id),
        dry_run,
        actor: caller.name.to_string(),
        reason,
        key: key.clone().or_else(request_id::current).unwrap_or_default(),
    };
    let asking = Arc::<dyn Reconciling>::from_ref(&state);
    let work = || async move {
        // In a task of its own: a caller that hangs up must not leave a repair half-way.
        match tokio::spawn(async move { asking.repair(request).await }).await {
            Ok(outcome) => Ok((StatusCode::ACCEPTED, json!(outcome?))),
            Err(_) => Err(Problem::new(&crate::api::codes::INTERNAL, "The repair could not be carried out.")),
        }
    };
    let keyed = key.as_deref().map(|key| Keyed { tenant: caller.tenant, caller: &caller.name, key, used_for: used_for.as_bytes() });
    idempotency::once(&Answers::from_ref(&state), keyed, work).await
}
