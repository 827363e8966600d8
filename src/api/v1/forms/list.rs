//! `GET /api/v1/forms`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::app::starts::{FormItem, Starts};
use crate::domain::ids::TenantId;

/// The forms there are.
#[utoipa::path(
    get, path = "/api/v1/forms", tag = "forms", operation_id = "list_forms",
    responses((status = 200, body = Vec<FormItem>)), security(("token" = ["read"]))
)]
pub async fn list(Allowed { caller, .. }: Allowed<Read>, State(starts): State<Arc<dyn Starts>>) -> Json<Vec<FormItem>> {
    // Definitions are those of the one tenant that files are read for.
    Json(if caller.tenant == TenantId::DEFAULT { starts.forms() } else { Vec::new() })
}
