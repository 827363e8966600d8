//! `GET /api/v1/timers`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::ops::{self, Timers};
use crate::app::reading::Reader;

/// How many.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Timers that are shown, 1 to 500; 50 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// Timers of waits, timeouts and reminders: how many are set, and the next ones.
#[utoipa::path(
    get, path = "/api/v1/timers", tag = "ops", operation_id = "list_timers", params(Parameters),
    responses((status = 200, body = Timers)), security(("token" = ["read"]))
)]
pub async fn timers(
    Allowed { caller, .. }: Allowed<Read>,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
) -> Result<Json<Timers>, Problem> {
    Ok(Json(ops::timers(&reader, caller.tenant, query.limit.unwrap_or(50)).await?))
}
