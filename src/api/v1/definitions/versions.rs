//! `GET /api/v1/definitions/{kind}/{id}/versions`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Definition;
use crate::api::problem::Problem;
use crate::app::publishing::{Publishing, VersionItem};
use crate::app::reading::List;

/// Versions of a definition, newest first, the last 500.
#[utoipa::path(
    get, path = "/api/v1/definitions/{kind}/{id}/versions", tag = "definitions", operation_id = "list_definition_versions",
    params(("kind" = String, Path, description = "The kind, such as `flow`"), ("id" = String, Path, description = "The id; the path of a test or other file")),
    responses((status = 200, body = List<VersionItem>)), security(("token" = ["read"]))
)]
pub async fn versions(
    Allowed { caller, .. }: Allowed<Read>,
    Definition { kind, id }: Definition,
    State(publishing): State<Publishing>,
) -> Result<Json<List<VersionItem>>, Problem> {
    let items = publishing.definition_versions(caller.tenant, &kind, &id).await?;
    Ok(Json(List { items, next_cursor: None }))
}
