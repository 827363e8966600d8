//! `GET /api/v1/instances/{id}/attempts`

use axum::Json;
use axum::extract::State;

use super::payloads;
use crate::api::auth::{Allowed, Read};
use crate::api::extract::{Id, Query};
use crate::api::problem::Problem;
use crate::api::v1::page::Onwards;
use crate::app::reading::{Attempt, List, Reader};
use crate::domain::ids::InstanceId;

/// Every request made for an instance, oldest first; requests and answers only with the permission `payloads`.
#[utoipa::path(
    get, path = "/api/v1/instances/{id}/attempts", tag = "instances", operation_id = "list_attempts",
    params(("id" = Uuid, Path, description = "The instance"), Onwards),
    responses((status = 200, body = List<Attempt>)), security(("token" = ["read"]))
)]
pub async fn attempts(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    Query(query): Query<Onwards>,
    State(reader): State<Reader>,
) -> Result<Json<List<Attempt>>, Problem> {
    Ok(Json(reader.attempts_page(caller.tenant, InstanceId(id), payloads(&caller), &query.into()).await?))
}
