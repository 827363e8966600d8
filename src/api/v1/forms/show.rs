//! `GET /api/v1/forms/{form}`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::api::auth::{Allowed, Read};
use crate::api::codes;
use crate::api::extract::FormId;
use crate::api::problem::Problem;
use crate::app::starts::Starts;

/// A form as clients draw it: sections and fields with titles in every language, what can be chosen, what is shown and
/// required when, and what can be edited at which step. Expressions are CEL over `form`, `line`, `submitter` and `today`.
#[utoipa::path(
    get, path = "/api/v1/forms/{form}", tag = "forms", operation_id = "show_form",
    params(("form" = String, Path, description = "The form's id")),
    responses((status = 200, body = Object)), security(("token" = ["read"]))
)]
pub async fn show(
    Allowed { caller, .. }: Allowed<Read>,
    FormId(form): FormId,
    State(starts): State<Arc<dyn Starts>>,
) -> Result<Json<Value>, Problem> {
    let found = caller.tenant.has_project().then(|| starts.form(&form)).flatten();
    found.map(Json).ok_or_else(|| Problem::new(&codes::NOT_FOUND, "There is no such form."))
}
