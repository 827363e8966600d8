//! `GET /api/v1/releases/diff`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::publishing::Publishing;
use crate::domain::publishing::Diff;

/// Which two.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// The older release; 0 is the empty project; the live one when not given.
    from: Option<u32>,
    /// The newer release; the live one when not given.
    to: Option<u32>,
}

/// How two releases differ: by definition, by step, rule or operation, and by line.
#[utoipa::path(
    get, path = "/api/v1/releases/diff", tag = "releases", operation_id = "diff_releases", params(Parameters),
    responses((status = 200, body = Diff)), security(("token" = ["read"]))
)]
pub async fn diff(
    Allowed { caller, .. }: Allowed<Read>,
    Query(query): Query<Parameters>,
    State(publishing): State<Publishing>,
) -> Result<Json<Diff>, Problem> {
    Ok(Json(publishing.release_diff(caller.tenant, query.from, query.to).await?))
}
