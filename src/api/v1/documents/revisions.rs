//! `GET /api/v1/documents/{id}/revisions` and `/revisions/{number}/diff`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{self, Allowed, Read};
use crate::api::extract::{Id, Number, Query};
use crate::api::problem::Problem;
use crate::app::reading::{Payloads, Reader, RevisionDiff, RevisionOrigins};
use crate::domain::ids::DocumentId;
use crate::domain::permission::Permission;

/// A document's revisions with where they came from: received, created here, or mended by a person (who, why, what).
#[utoipa::path(
    get, path = "/api/v1/documents/{id}/revisions", tag = "documents", operation_id = "list_revisions",
    params(("id" = Uuid, Path, description = "The document")),
    responses((status = 200, body = RevisionOrigins)), security(("token" = ["read"]))
)]
pub async fn list(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    State(reader): State<Reader>,
) -> Result<Json<RevisionOrigins>, Problem> {
    let shown = if caller.may(Permission::Payloads) { Payloads::Shown } else { Payloads::Hidden };
    Ok(Json(reader.revision_origins(caller.tenant, DocumentId(id), shown).await?))
}

/// With which revision.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// The other revision; the one before when not given.
    #[param(minimum = 1)]
    with: Option<u32>,
}

/// The fields in which a revision differs from another, with both values.
#[utoipa::path(
    get, path = "/api/v1/documents/{id}/revisions/{number}/diff", tag = "documents", operation_id = "diff_revisions",
    params(
        ("id" = Uuid, Path, description = "The document"), ("number" = u32, Path, description = "The revision, from 1"), Parameters
    ),
    responses((status = 200, body = RevisionDiff)), security(("token" = ["payloads"]))
)]
pub async fn diff(
    Allowed { caller, .. }: Allowed<auth::Payloads>,
    Id(id): Id,
    Number(number): Number,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
) -> Result<Json<RevisionDiff>, Problem> {
    let with = query.with.unwrap_or_else(|| number.saturating_sub(1).max(1));
    Ok(Json(reader.revision_diff(caller.tenant, DocumentId(id), with, number).await?))
}
