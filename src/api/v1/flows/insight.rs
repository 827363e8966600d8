//! `GET /api/v1/flows/{flow}/insight`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Caller, Read};
use crate::api::codes;
use crate::api::extract::{FlowId, Query};
use crate::api::problem::Problem;
use crate::app::publishing::Publishing;
use crate::app::reading::{FlowInsight, InsightQuery, Reader};
use crate::runtime::Clock;

/// Days that are measured when nothing is said.
const DAYS_DEFAULT: i64 = 30;

/// Which instances: by their beginning.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Begun at or after; thirty days before `until` when not given.
    since: Option<Timestamp>,
    /// Begun before; now when not given.
    until: Option<Timestamp>,
}

impl Parameters {
    /// Measures what they say.
    pub async fn measure(
        &self,
        caller: &Caller,
        flow: String,
        reader: &Reader,
        publishing: &Publishing,
        now: Timestamp,
    ) -> Result<FlowInsight, Problem> {
        publishing.own(caller.tenant)?;
        let (design, calendar, names) = publishing.design_of(&flow)?;
        // A moment later than now, so that what begins in this very microsecond is in it.
        let until = self.until.unwrap_or_else(|| now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(now));
        let before = || until.saturating_sub(SignedDuration::from_hours(24 * DAYS_DEFAULT)).unwrap_or(Timestamp::MIN);
        let since = self.since.unwrap_or_else(before);
        if since >= until {
            return Err(Problem::new(&codes::BAD_QUERY, "`since` is not before `until`."));
        }
        Ok(reader.insight(caller.tenant, &InsightQuery { flow, since, until, now, design, calendar, names }).await?)
    }
}

/// What the instances of a flow tell together: how long its steps take by the clock and in working time, what waits there,
/// what was turned down or come back to, and which ways were really gone. Measured from the history of at most 2,000
/// instances, the newest that began in the time.
#[utoipa::path(
    get, path = "/api/v1/flows/{flow}/insight", tag = "flows", operation_id = "flow_insight",
    params(("flow" = String, Path, description = "The flow's id"), Parameters),
    responses((status = 200, body = FlowInsight)), security(("token" = ["read"]))
)]
pub async fn insight(
    Allowed { caller, .. }: Allowed<Read>,
    FlowId(flow): FlowId,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
    State(publishing): State<Publishing>,
    State(clock): State<Arc<dyn Clock>>,
) -> Result<Json<FlowInsight>, Problem> {
    Ok(Json(query.measure(&caller, flow, &reader, &publishing, clock.now()).await?))
}
