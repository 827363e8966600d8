//! `GET /api/v1/documents/{id}/revisions/{number}/fields`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Payloads};
use crate::api::extract::{Id, Number};
use crate::api::problem::Problem;
use crate::app::publishing::{FieldOrigins, Publishing};
use crate::domain::ids::DocumentId;

/// Where each field of a revision came from: since which revision it holds its value, who brought it, and the rule that makes it
/// of what the source sent. A rule is named only where one in force still makes this value.
#[utoipa::path(
    get, path = "/api/v1/documents/{id}/revisions/{number}/fields", tag = "documents", operation_id = "list_field_origins",
    params(("id" = Uuid, Path, description = "The document"), ("number" = u32, Path, description = "The revision, from 1")),
    responses((status = 200, body = FieldOrigins)), security(("token" = ["payloads"]))
)]
pub async fn fields(
    Allowed { caller, .. }: Allowed<Payloads>,
    Id(id): Id,
    Number(number): Number,
    State(publishing): State<Publishing>,
) -> Result<Json<FieldOrigins>, Problem> {
    Ok(Json(publishing.field_origins(caller.tenant, DocumentId(id), number).await?))
}
