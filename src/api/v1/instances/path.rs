//! `GET /api/v1/instances/{id}/path`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::reading::{InstancePath, Reader};
use crate::domain::ids::InstanceId;

/// The path an instance has taken through its flow: every entry into a step, with where it stands.
#[utoipa::path(
    get, path = "/api/v1/instances/{id}/path", tag = "instances", operation_id = "show_instance_path",
    params(("id" = Uuid, Path, description = "The instance")),
    responses((status = 200, body = InstancePath)), security(("token" = ["read"]))
)]
pub async fn path(Allowed { caller, .. }: Allowed<Read>, Id(id): Id, State(reader): State<Reader>) -> Result<Json<InstancePath>, Problem> {
    Ok(Json(reader.instance_path(caller.tenant, InstanceId(id)).await?))
}
