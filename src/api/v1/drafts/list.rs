//! `GET /api/v1/drafts`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Edit};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::publishing::{DraftItem, Publishing};
use crate::app::reading::List;

/// Whose drafts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// `true`: those of all authors, without their texts. Else the caller's.
    all: Option<bool>,
}

/// Drafts, by author, kind and id.
#[utoipa::path(
    get, path = "/api/v1/drafts", tag = "definitions", operation_id = "list_drafts", params(Parameters),
    responses((status = 200, body = List<DraftItem>)), security(("token" = ["edit"]))
)]
pub async fn list(
    Allowed { caller, .. }: Allowed<Edit>,
    Query(query): Query<Parameters>,
    State(publishing): State<Publishing>,
) -> Result<Json<List<DraftItem>>, Problem> {
    let author = (!query.all.unwrap_or_default()).then_some(&*caller.name);
    let items = publishing.drafts(caller.tenant, author).await?;
    Ok(Json(List { items, next_cursor: None }))
}
