//! `GET /api/v1/releases`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Read};
use crate::api::codes;
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::publishing::{Publishing, ReleaseView};
use crate::app::reading::{LIMIT_DEFAULT, LIMIT_MAX, List};

/// Which releases.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Rows of the page, 1 to 500; 50 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the last page.
    cursor: Option<String>,
}

/// Releases, newest first.
#[utoipa::path(
    get, path = "/api/v1/releases", tag = "releases", operation_id = "list_releases", params(Parameters),
    responses((status = 200, body = List<ReleaseView>)), security(("token" = ["read"]))
)]
pub async fn list(
    Allowed { caller, .. }: Allowed<Read>,
    Query(query): Query<Parameters>,
    State(publishing): State<Publishing>,
) -> Result<Json<List<ReleaseView>>, Problem> {
    let limit = query.limit.unwrap_or(LIMIT_DEFAULT);
    if limit == 0 || limit > LIMIT_MAX {
        return Err(Problem::new(&codes::BAD_QUERY, format!("`limit` is {limit}, which is not from 1 to {LIMIT_MAX}.")));
    }
    let wrong = |_| Problem::new(&codes::BAD_CURSOR, "The cursor does not belong to this list.");
    let before = query.cursor.map(|cursor| cursor.parse::<u32>().map_err(wrong)).transpose()?;
    let items = publishing.releases(caller.tenant, before, limit).await?;
    let last = items.last().map(|release| release.number).filter(|last| *last > 1 && items.len() == limit as usize);
    Ok(Json(List { next_cursor: last.map(|last| last.to_string()), items }))
}
