//! `GET /api/v1/reconciliations/{id}`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::reading::{Reader, ReconciliationItem};
use crate::domain::ids::ReconciliationId;

/// One run with its statement. What it found stands under `/api/v1/drift?reconciliation=…`.
#[utoipa::path(
    get, path = "/api/v1/reconciliations/{id}", tag = "reconciliation", operation_id = "show_reconciliation",
    params(("id" = Uuid, Path, description = "The run")),
    responses((status = 200, body = ReconciliationItem)), security(("token" = ["read"]))
)]
pub async fn show(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    State(reader): State<Reader>,
) -> Result<Json<ReconciliationItem>, Problem> {
    Ok(Json(reader.reconciliation(caller.tenant, ReconciliationId(id)).await?))
}
