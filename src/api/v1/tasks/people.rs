//! `GET /api/v1/instances/{id}/people`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::people::{InstancePeople, People};
use crate::domain::ids::InstanceId;

/// What has happened to an instance among people, and who will be asked.
#[utoipa::path(
    get, path = "/api/v1/instances/{id}/people", tag = "tasks", operation_id = "show_instance_people",
    params(("id" = Uuid, Path, description = "The instance")),
    responses((status = 200, body = InstancePeople)), security(("token" = ["read"]))
)]
pub async fn people(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    State(people): State<People>,
) -> Result<Json<InstancePeople>, Problem> {
    Ok(Json(people.instance_people(caller.tenant, InstanceId(id)).await?))
}
