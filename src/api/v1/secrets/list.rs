//! `GET /api/v1/secrets`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::problem::Problem;
use crate::app::secrets::{SecretItems, Secrets};

/// The secrets that live connections name and those that the hub keeps: where each is kept, who uses it, whether this process
/// finds it, when it ends. Never what it holds.
#[utoipa::path(
    get, path = "/api/v1/secrets", tag = "connections", operation_id = "list_secrets",
    responses((status = 200, body = SecretItems)), security(("token" = ["read"]))
)]
pub async fn list(Allowed { caller, .. }: Allowed<Read>, State(secrets): State<Secrets>) -> Result<Json<SecretItems>, Problem> {
    Ok(Json(secrets.list(caller.tenant).await?))
}
