//! `GET /api/v1/forms`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::app::starts::{FormItem, Starts};

/// The forms there are.
#[utoipa::path(
    get, path = "/api/v1/forms", tag = "forms", operation_id = "list_forms",
    responses((status = 200, body = Vec<FormItem>)), security(("token" = ["read"]))
)]
pub async fn list(Allowed { caller, .. }: Allowed<Read>, State(starts): State<Arc<dyn Starts>>) -> Json<Vec<FormItem>> {
    Json(if caller.tenant.has_project() { starts.forms() } else { Vec::new() })
}
