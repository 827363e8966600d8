//! `POST /api/v1/exceptions/{id}/mark-done`

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::settle::{Fields, Order, Settled, settle};
use crate::api::auth::{Allowed, Operate};
use crate::api::body::Json;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::api::state::ApiState;
use crate::domain::flow::event::Command;

/// The step was done outside the hub.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"proof": "voucher 2026-118", "output": {"external_id": "V118"}}))]
pub struct DoneOutside {
    /// Where the proof is: a number, a link, a name.
    pub proof: String,
    /// The output the step would have had; empty when the flow uses none of it.
    #[schema(value_type = Object)]
    pub output: Option<Value>,
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Goes on with the output of a step that was done outside. A proof is required.
#[utoipa::path(
    post, path = "/api/v1/exceptions/{id}/mark-done", tag = "exceptions", operation_id = "mark_exception_done",
    params(
        ("id" = Uuid, Path, description = "The exception"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer"),
    ),
    request_body = DoneOutside,
    responses((status = 202, body = Settled)), security(("token" = ["operate"]))
)]
pub async fn mark_done(
    Allowed { caller, .. }: Allowed<Operate>,
    Id(exception): Id,
    State(state): State<ApiState>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(body);
    let proof = fields.required("proof").unwrap_or_default();
    let output = fields.object("output");
    let reason = fields.text("reason");
    fields.finish()?;
    settle(&state, &headers, Order { caller, exception, command: Command::MarkDone { output, proof }, reason }).await
}
