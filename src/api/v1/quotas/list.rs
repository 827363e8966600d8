//! `GET /api/v1/quotas`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::app::quotas::{QuotaItems, Quotas};

/// How much the tenant may take and has taken, as of a few seconds ago.
#[utoipa::path(
    get, path = "/api/v1/quotas", tag = "ops", operation_id = "list_quotas",
    responses((status = 200, body = QuotaItems)), security(("token" = ["read"]))
)]
pub async fn list(Allowed { caller, .. }: Allowed<Read>, State(quotas): State<Quotas>) -> Json<QuotaItems> {
    Json(quotas.list(caller.tenant))
}
