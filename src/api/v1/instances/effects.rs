//! `GET /api/v1/instances/{id}/effects`

use axum::Json;
use axum::extract::State;

use super::payloads;
use crate::api::auth::{Allowed, Read};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::reading::{Effect, List, Reader};
use crate::domain::ids::InstanceId;

/// What an instance asked for, oldest first; inputs only with the permission `payloads`.
#[utoipa::path(
    get, path = "/api/v1/instances/{id}/effects", tag = "instances", operation_id = "list_effects",
    params(("id" = Uuid, Path, description = "The instance")),
    responses((status = 200, body = List<Effect>)), security(("token" = ["read"]))
)]
pub async fn effects(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    State(reader): State<Reader>,
) -> Result<Json<List<Effect>>, Problem> {
    let items = reader.effects(caller.tenant, InstanceId(id), payloads(&caller)).await?;
    Ok(Json(List { items, next_cursor: None }))
}
