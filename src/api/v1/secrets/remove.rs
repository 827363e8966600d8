//! `DELETE /api/v1/secrets/{name}`

use axum::extract::State;
use http::{HeaderMap, StatusCode};

use super::set::seen;
use crate::api::auth::{self, Allowed};
use crate::api::extract::Name;
use crate::api::problem::Problem;
use crate::app::secrets::Secrets;

/// Removes a secret that no live connection names: the one that was seen, not what somebody has set since.
#[utoipa::path(
    delete, path = "/api/v1/secrets/{name}", tag = "connections", operation_id = "remove_secret",
    params(
        ("name" = String, Path, description = "The secret's name"),
        ("If-Match" = String, Header, description = "The version that was seen, in double quotes: `\"3\"`; `*` for whatever is there"),
    ),
    responses((status = 204)), security(("token" = ["secrets"]))
)]
pub async fn remove(
    Allowed { actor, .. }: Allowed<auth::Secrets>,
    Name(name): Name,
    State(secrets): State<Secrets>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    secrets.remove(&actor, &name, seen(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
