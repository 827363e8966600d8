//! `GET /api/v1/drift/{id}`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::reading::{DriftItem, Reader};
use crate::domain::ids::DriftId;

/// One difference.
#[utoipa::path(
    get, path = "/api/v1/drift/{id}", tag = "reconciliation", operation_id = "show_drift",
    params(("id" = Uuid, Path, description = "The difference")),
    responses((status = 200, body = DriftItem)), security(("token" = ["read"]))
)]
pub async fn show(Allowed { caller, .. }: Allowed<Read>, Id(id): Id, State(reader): State<Reader>) -> Result<Json<DriftItem>, Problem> {
    Ok(Json(reader.drift(caller.tenant, DriftId(id)).await?))
}
