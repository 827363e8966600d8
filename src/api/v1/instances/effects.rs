//! `GET /api/v1/instances/{id}/effects`

use axum::Json;
use axum::extract::State;

use super::payloads;
use crate::api::auth::{Allowed, Read};
use crate::api::extract::{Id, Query};
use crate::api::problem::Problem;
use crate::api::v1::page::Onwards;
use crate::app::reading::{Effect, List, Reader};
use crate::domain::ids::InstanceId;

/// What an instance asked for, oldest first; inputs only with the permission `payloads`.
#[utoipa::path(
    get, path = "/api/v1/instances/{id}/effects", tag = "instances", operation_id = "list_effects",
    params(("id" = Uuid, Path, description = "The instance"), Onwards),
    responses((status = 200, body = List<Effect>)), security(("token" = ["read"]))
)]
pub async fn effects(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    Query(query): Query<Onwards>,
    State(reader): State<Reader>,
) -> Result<Json<List<Effect>>, Problem> {
    Ok(Json(reader.effects_page(caller.tenant, InstanceId(id), payloads(&caller), &query.into()).await?))
}
