//! `GET /api/v1/feedback`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Users};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::api::v1::page::page;
use crate::app::keeping::{FeedbackItem, Keeper};
use crate::app::reading::List;

/// Which notes, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Only those that somebody has dealt with (`true`), or only the others (`false`).
    settled: Option<bool>,
    /// Rows of the page, 1 to 500; 50 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the last page.
    cursor: Option<String>,
}

/// What people have to say about pages of the console, newest first. Settled notes are kept for 90 days.
#[utoipa::path(
    get, path = "/api/v1/feedback", tag = "users", operation_id = "list_feedback", params(Parameters),
    responses((status = 200, body = List<FeedbackItem>)), security(("token" = ["users"]))
)]
pub async fn list(
    Allowed { caller, .. }: Allowed<Users>,
    Query(query): Query<Parameters>,
    State(keeper): State<Keeper>,
) -> Result<Json<List<FeedbackItem>>, Problem> {
    Ok(Json(keeper.feedback(caller.tenant, query.settled, &page(query.limit, query.cursor)).await?))
}
