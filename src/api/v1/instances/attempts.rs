//! `GET /api/v1/instances/{id}/attempts`

use axum::Json;
use axum::extract::State;

use super::payloads;
use crate::api::auth::{Allowed, Read};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::reading::{Attempt, List, Reader};
use crate::domain::ids::InstanceId;

/// Every request made for an instance, oldest first; requests and answers only with the permission `payloads`.
#[utoipa::path(
    get, path = "/api/v1/instances/{id}/attempts", tag = "instances", operation_id = "list_attempts",
    params(("id" = Uuid, Path, description = "The instance")),
    responses((status = 200, body = List<Attempt>)), security(("token" = ["read"]))
)]
pub async fn attempts(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    State(reader): State<Reader>,
) -> Result<Json<List<Attempt>>, Problem> {
    let items = reader.attempts(caller.tenant, InstanceId(id), payloads(&caller)).await?;
    Ok(Json(List { items, next_cursor: None }))
}
