//! `POST /api/v1/secrets/rewrap`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{self, Allowed};
use crate::api::problem::Problem;
use crate::app::secrets::{Rewrapped, Secrets};

/// Wraps every secret with the first of `store.master_keys`, while others read and set. Repeat it until nothing is wrapped by
/// another one; then that key can go.
#[utoipa::path(
    post, path = "/api/v1/secrets/rewrap", tag = "connections", operation_id = "rewrap_secrets",
    responses((status = 200, body = Rewrapped)), security(("token" = ["secrets"]))
)]
pub async fn rewrap(Allowed { actor, .. }: Allowed<auth::Secrets>, State(secrets): State<Secrets>) -> Result<Json<Rewrapped>, Problem> {
    Ok(Json(secrets.rewrap(&actor).await?))
}
