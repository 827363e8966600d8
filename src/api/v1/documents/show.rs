//! `GET /api/v1/documents/{id}`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::reading::{DocumentDetail, Payloads, Reader};
use crate::domain::ids::DocumentId;
use crate::domain::permission::Permission;

/// One document: its revisions, where it stands in every system, where one says otherwise, its instances. What drifts is
/// shown only with the permission `payloads` as well; that it drifts, always.
#[utoipa::path(
    get, path = "/api/v1/documents/{id}", tag = "documents", operation_id = "show_document",
    params(("id" = Uuid, Path, description = "The document")),
    responses((status = 200, body = DocumentDetail)), security(("token" = ["read"]))
)]
pub async fn show(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    State(reader): State<Reader>,
) -> Result<Json<DocumentDetail>, Problem> {
    let payloads = if caller.may(Permission::Payloads) { Payloads::Shown } else { Payloads::Hidden };
    Ok(Json(reader.document(caller.tenant, DocumentId(id), payloads).await?))
}
