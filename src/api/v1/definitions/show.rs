//! `GET /api/v1/definitions/{kind}/{id}`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Definition;
use crate::api::problem::Problem;
use crate::app::publishing::{DefinitionDetail, Publishing};

/// One definition with its versions.
#[utoipa::path(
    get, path = "/api/v1/definitions/{kind}/{id}", tag = "definitions", operation_id = "show_definition",
    params(("kind" = String, Path, description = "The kind, such as `flow`"), ("id" = String, Path, description = "The id; the path of a test or other file")),
    responses((status = 200, body = DefinitionDetail)), security(("token" = ["read"]))
)]
pub async fn show(
    Allowed { caller, .. }: Allowed<Read>,
    Definition { kind, id }: Definition,
    State(publishing): State<Publishing>,
) -> Result<Json<DefinitionDetail>, Problem> {
    Ok(Json(publishing.definition(caller.tenant, &kind, &id).await?))
}
