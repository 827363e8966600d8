//! `GET /api/v1/documents/{id}/story`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::reading::Reader;
use crate::app::story::{Story, story as tell};
use crate::domain::ids::DocumentId;

/// What happened to a document, oldest first, in sentences (English and Chinese) with the facts beside them.
#[utoipa::path(
    get, path = "/api/v1/documents/{id}/story", tag = "documents", operation_id = "tell_document_story",
    params(("id" = Uuid, Path, description = "The document")),
    responses((status = 200, body = Story)), security(("token" = ["read"]))
)]
pub async fn story(Allowed { caller, .. }: Allowed<Read>, Id(id): Id, State(reader): State<Reader>) -> Result<Json<Story>, Problem> {
    Ok(Json(tell(&reader, caller.tenant, DocumentId(id)).await?))
}
