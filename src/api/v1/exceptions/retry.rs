//! `POST /api/v1/exceptions/{id}/retry`

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::settle::{Fields, Order, Settled, Settlement, settle};
use crate::api::auth::{Allowed, Operate};
use crate::api::body::Json;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::api::state::ApiState;
use crate::domain::flow::event::Command;

/// Tries the stopped effects again, with the same keys.
#[utoipa::path(
    post, path = "/api/v1/exceptions/{id}/retry", tag = "exceptions", operation_id = "retry_exception",
    params(
        ("id" = Uuid, Path, description = "The exception"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer"),
    ),
    request_body = Settlement,
    responses((status = 202, body = Settled)), security(("token" = ["operate"]))
)]
pub async fn retry(
    Allowed { caller, .. }: Allowed<Operate>,
    Id(exception): Id,
    State(state): State<ApiState>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(body);
    let reason = fields.text("reason");
    fields.finish()?;
    settle(&state, &headers, Order { caller, exception, command: Command::Retry, reason }).await
}
