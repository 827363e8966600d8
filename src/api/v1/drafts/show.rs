//! `GET /api/v1/definitions/{kind}/{id}/draft`

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use crate::api::auth::{Allowed, Edit};
use crate::api::extract::Definition;
use crate::api::problem::Problem;
use crate::api::v1::etag::tagged;
use crate::app::publishing::{DraftText, Publishing};

/// The caller's draft of a definition.
#[utoipa::path(
    get, path = "/api/v1/definitions/{kind}/{id}/draft", tag = "definitions", operation_id = "show_draft",
    params(("kind" = String, Path, description = "The kind, such as `flow`"), ("id" = String, Path, description = "The id; the path of a test or other file")),
    responses((status = 200, body = DraftText, headers(("ETag" = String, description = "For `If-Match`")))), security(("token" = ["edit"]))
)]
pub async fn show(
    Allowed { caller, .. }: Allowed<Edit>,
    Definition { kind, id }: Definition,
    State(publishing): State<Publishing>,
) -> Result<Response, Problem> {
    let found = publishing.draft(caller.tenant, &caller.name, &kind, &id).await?;
    let hash = found.draft.hash.clone();
    Ok(tagged(Json(found), &hash))
}
