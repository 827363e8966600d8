//! `DELETE /api/v1/secrets/{name}`

use axum::extract::State;
use http::StatusCode;

use crate::api::auth::{self, Allowed};
use crate::api::extract::Name;
use crate::api::problem::Problem;
use crate::app::secrets::Secrets;

/// Removes a secret that no live connection names.
#[utoipa::path(
    delete, path = "/api/v1/secrets/{name}", tag = "connections", operation_id = "remove_secret",
    params(("name" = String, Path, description = "The secret's name")),
    responses((status = 204)), security(("token" = ["secrets"]))
)]
pub async fn remove(
    Allowed { actor, .. }: Allowed<auth::Secrets>,
    Name(name): Name,
    State(secrets): State<Secrets>,
) -> Result<StatusCode, Problem> {
    secrets.remove(&actor, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
