//! `GET /api/v1/definitions`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::publishing::{DefinitionItem, Publishing};
use crate::app::reading::List;

/// Which definitions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Only of this kind, such as `flow`.
    kind: Option<String>,
}

/// Definitions by kind and id: what is live, who names whom, and who is working on it. Drafts of new ones are among them.
#[utoipa::path(
    get, path = "/api/v1/definitions", tag = "definitions", operation_id = "list_definitions", params(Parameters),
    responses((status = 200, body = List<DefinitionItem>)), security(("token" = ["read"]))
)]
pub async fn list(
    Allowed { caller, .. }: Allowed<Read>,
    Query(query): Query<Parameters>,
    State(publishing): State<Publishing>,
) -> Result<Json<List<DefinitionItem>>, Problem> {
    let items = publishing.definitions(caller.tenant, query.kind.as_deref()).await?;
    Ok(Json(List { items, next_cursor: None }))
}
