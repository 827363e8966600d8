//! `POST /api/v1/organisation/{name}/read`

use axum::extract::State;
use http::StatusCode;

use crate::api::auth::{Allowed, Users};
use crate::api::extract::Name;
use crate::api::problem::Problem;
use crate::app::people::People;

/// Reads a connected system for who works here as soon as a replica is free.
#[utoipa::path(
    post, path = "/api/v1/organisation/{name}/read", tag = "users", operation_id = "read_organisation",
    params(("name" = String, Path, description = "The connection")),
    responses((status = 202)), security(("token" = ["users"]))
)]
pub async fn read(Allowed { caller, .. }: Allowed<Users>, Name(name): Name, State(people): State<People>) -> Result<StatusCode, Problem> {
    people.read_organisation(caller.tenant, &name).await?;
    Ok(StatusCode::ACCEPTED)
}
