//! `GET /api/v1/documents/{id}/revisions/{number}`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Payloads};
use crate::api::extract::{Id, Number};
use crate::api::problem::Problem;
use crate::app::reading::{self, Reader, Revision};
use crate::domain::ids::DocumentId;

/// One revision with its canonical content and what the source sent. Sensitive fields are masked, and then of what the source sent
/// only the shape is shown: `POST /api/v1/documents/{id}/reveal` shows them, with a reason.
#[utoipa::path(
    get, path = "/api/v1/documents/{id}/revisions/{number}", tag = "documents", operation_id = "show_revision",
    params(("id" = Uuid, Path, description = "The document"), ("number" = u32, Path, description = "The revision, from 1")),
    responses((status = 200, body = Revision)), security(("token" = ["payloads"]))
)]
pub async fn revision(
    Allowed { caller, .. }: Allowed<Payloads>,
    Id(id): Id,
    Number(number): Number,
    State(reader): State<Reader>,
) -> Result<Json<Revision>, Problem> {
    Ok(Json(reader.revision(caller.tenant, DocumentId(id), number, reading::Payloads::Shown).await?))
}
