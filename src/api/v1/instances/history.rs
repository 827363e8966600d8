//! `GET /api/v1/instances/{id}/history`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::reading::{HistoryItem, List, Reader};
use crate::domain::ids::InstanceId;

/// What happened to an instance, oldest first, all of it.
#[utoipa::path(
    get, path = "/api/v1/instances/{id}/history", tag = "instances", operation_id = "list_history",
    params(("id" = Uuid, Path, description = "The instance")),
    responses((status = 200, body = List<HistoryItem>)), security(("token" = ["read"]))
)]
pub async fn history(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    State(reader): State<Reader>,
) -> Result<Json<List<HistoryItem>>, Problem> {
    Ok(Json(List { items: reader.history(caller.tenant, InstanceId(id)).await?, next_cursor: None }))
}
