//! `GET /api/v1/documents/{id}/ledger`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::reading::{Ledger, Reader};
use crate::domain::ids::DocumentId;

/// Where a document stands in every system: in step or differing since when, and how.
#[utoipa::path(
    get, path = "/api/v1/documents/{id}/ledger", tag = "documents", operation_id = "show_ledger",
    params(("id" = Uuid, Path, description = "The document")),
    responses((status = 200, body = Ledger)), security(("token" = ["read"]))
)]
pub async fn ledger(Allowed { caller, .. }: Allowed<Read>, Id(id): Id, State(reader): State<Reader>) -> Result<Json<Ledger>, Problem> {
    Ok(Json(reader.ledger(caller.tenant, DocumentId(id)).await?))
}
