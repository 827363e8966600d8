//! `GET /api/v1/batches/{id}`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::reading::{Batch, Reader};

/// One batch with how many items stand where.
#[utoipa::path(
    get, path = "/api/v1/batches/{id}", tag = "batches", operation_id = "show_batch",
    params(("id" = Uuid, Path, description = "The batch")),
    responses((status = 200, body = Batch)), security(("token" = ["read"]))
)]
pub async fn show(Allowed { caller, .. }: Allowed<Read>, Id(id): Id, State(reader): State<Reader>) -> Result<Json<Batch>, Problem> {
    Ok(Json(reader.batch(caller.tenant, id).await?))
}
