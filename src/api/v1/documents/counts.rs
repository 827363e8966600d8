//! `GET /api/v1/documents/counts`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::problem::Problem;
use crate::app::reading::{DocumentCounts, Reader};

/// How many documents are in flight by our status, and stopped by cause: the quick filters of a list.
#[utoipa::path(
    get, path = "/api/v1/documents/counts", tag = "documents", operation_id = "count_documents",
    responses((status = 200, body = DocumentCounts)), security(("token" = ["read"]))
)]
pub async fn counts(Allowed { caller, .. }: Allowed<Read>, State(reader): State<Reader>) -> Result<Json<DocumentCounts>, Problem> {
    Ok(Json(reader.document_counts(caller.tenant).await?))
}
