//! `GET /api/v1/secrets`

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Read};
use crate::api::problem::Problem;
use crate::app::publishing::{Publishing, SecretItem};

/// Secrets by place.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Secrets {
    /// All of them are one page: an installation has dozens.
    pub items: Vec<SecretItem>,
}

/// The secrets that live connections name: where each is kept, who uses it, whether this process finds it. Never what it
/// holds.
#[utoipa::path(
    get, path = "/api/v1/secrets", tag = "connections", operation_id = "list_secrets",
    responses((status = 200, body = Secrets)), security(("token" = ["read"]))
)]
pub async fn list(Allowed { caller, .. }: Allowed<Read>, State(publishing): State<Publishing>) -> Result<Json<Secrets>, Problem> {
    let items = if caller.tenant.has_project() { publishing.secrets() } else { Vec::new() };
    Ok(Json(Secrets { items }))
}
