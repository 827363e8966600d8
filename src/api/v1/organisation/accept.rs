//! `POST /api/v1/organisation/{name}/accept`

use axum::extract::State;
use http::StatusCode;

use crate::api::auth::{Allowed, Users};
use crate::api::extract::Name;
use crate::api::problem::Problem;
use crate::app::people::People;

/// Takes a reading that was held back because too many are gone in it: they have left, and their tasks are handed on.
#[utoipa::path(
    post, path = "/api/v1/organisation/{name}/accept", tag = "users", operation_id = "accept_organisation",
    params(("name" = String, Path, description = "The connection")),
    responses((status = 204)), security(("token" = ["users"]))
)]
pub async fn accept(Allowed { caller, .. }: Allowed<Users>, Name(name): Name, State(people): State<People>) -> Result<StatusCode, Problem> {
    people.accept_organisation(caller.tenant, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
