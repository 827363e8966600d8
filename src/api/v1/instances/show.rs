//! `GET /api/v1/instances/{id}`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::reading::{InstanceItem, Reader};
use crate::domain::ids::InstanceId;

/// One instance.
#[utoipa::path(
    get, path = "/api/v1/instances/{id}", tag = "instances", operation_id = "show_instance",
    params(("id" = Uuid, Path, description = "The instance")),
    responses((status = 200, body = InstanceItem)), security(("token" = ["read"]))
)]
pub async fn show(Allowed { caller, .. }: Allowed<Read>, Id(id): Id, State(reader): State<Reader>) -> Result<Json<InstanceItem>, Problem> {
    Ok(Json(reader.instance(caller.tenant, InstanceId(id)).await?))
}
