//! `GET /api/v1/documents/{id}/diagnosis`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::diagnosis::{Diagnosis, diagnose};
use crate::app::reading::Reader;
use crate::domain::ids::DocumentId;
use crate::runtime::Clock;

/// Why the document is where it is, since when, what happens next and what can be done.
#[utoipa::path(
    get, path = "/api/v1/documents/{id}/diagnosis", tag = "documents", operation_id = "diagnose_document",
    params(("id" = Uuid, Path, description = "The document")),
    responses((status = 200, body = Diagnosis)), security(("token" = ["read"]))
)]
pub async fn diagnosis(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    State(reader): State<Reader>,
    State(clock): State<Arc<dyn Clock>>,
) -> Result<Json<Diagnosis>, Problem> {
    Ok(Json(diagnose(&reader, caller.tenant, DocumentId(id), clock.now()).await?))
}
