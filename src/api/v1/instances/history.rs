//! `GET /api/v1/instances/{id}/history`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::{Id, Query};
use crate::api::problem::Problem;
use crate::api::v1::page::Onwards;
use crate::app::reading::{HistoryItem, List, Reader};
use crate::domain::ids::InstanceId;

/// What happened to an instance, oldest first.
#[utoipa::path(
    get, path = "/api/v1/instances/{id}/history", tag = "instances", operation_id = "list_history",
    params(("id" = Uuid, Path, description = "The instance"), Onwards),
    responses((status = 200, body = List<HistoryItem>)), security(("token" = ["read"]))
)]
pub async fn history(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    Query(query): Query<Onwards>,
    State(reader): State<Reader>,
) -> Result<Json<List<HistoryItem>>, Problem> {
    Ok(Json(reader.history_page(caller.tenant, InstanceId(id), &query.into()).await?))
}
