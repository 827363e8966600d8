//! `GET /api/v1/metrics/series`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Read};
use crate::api::codes;
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::ops::{self, SERIES, Series, SeriesQuery};
use crate::app::reading::Reader;
use crate::runtime::Clock;

/// Points of one answer.
const POINTS_MAX: i64 = 1_500;

/// Which points.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// `documents` (new, by type), `ended` (instances, by flow and outcome), `exceptions` (opened, by cause and code), `calls`
    /// (by connection, operation and class) or `call_millis` (by connection, operation and upper bound of a bucket).
    #[param(example = "calls")]
    series: String,
    /// Connection.
    connection: Option<String>,
    /// From; an hour ago when not given.
    from: Option<Timestamp>,
    /// To; now when not given.
    to: Option<Timestamp>,
    /// Minutes of a point, 1 to 1,440; 1 when not given.
    #[param(minimum = 1, maximum = 1440)]
    step_minutes: Option<u32>,
    /// Whether operations are told apart.
    by_operation: Option<bool>,
}

/// Counts of minutes for charts, kept for 14 days. A replica writes its own every few seconds, so the last minute grows.
#[utoipa::path(
    get, path = "/api/v1/metrics/series", tag = "ops", operation_id = "show_series", params(Parameters),
    responses((status = 200, body = Series)), security(("token" = ["read"]))
)]
pub async fn series(
    Allowed { caller, .. }: Allowed<Read>,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
    State(clock): State<Arc<dyn Clock>>,
) -> Result<Json<Series>, Problem> {
    let bad = |detail: String| Problem::new(&codes::BAD_QUERY, detail);
    if !SERIES.contains(&query.series.as_str()) {
        return Err(bad(format!("`series` is one of {}.", SERIES.join(", "))));
    }
    let step_minutes = i64::from(query.step_minutes.unwrap_or(1));
    let to = query.to.unwrap_or_else(|| clock.now().checked_add(SignedDuration::from_mins(1)).unwrap_or_else(|_| clock.now()));
    let from = query.from.unwrap_or_else(|| to.checked_sub(SignedDuration::from_hours(1)).unwrap_or(to));
    if !(1..=1_440).contains(&step_minutes) || to.duration_since(from).as_mins() / step_minutes > POINTS_MAX {
        return Err(bad(format!("At most {POINTS_MAX} points of 1 to 1,440 minutes are shown at once.")));
    }
    let calls = query.series.starts_with("call");
    let over_operations = calls && !query.by_operation.unwrap_or(false);
    let query = SeriesQuery { series: query.series, connection: query.connection, from, to, step_minutes, over_operations };
    Ok(Json(ops::series(&reader, caller.tenant, &query).await?))
}
