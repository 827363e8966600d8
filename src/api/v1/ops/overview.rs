//! `GET /api/v1/ops` and `/ops/thresholds`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::problem::Problem;
use crate::app::connections::Connections;
use crate::app::ops::{self, Overview, Thresholds};
use crate::app::reading::Reader;
use crate::runtime::Clock;

/// How the hub is doing: outbox, what is stopped, streams, timers, replicas, database, thresholds.
#[utoipa::path(
    get, path = "/api/v1/ops", tag = "ops", operation_id = "show_overview",
    responses((status = 200, body = Overview)), security(("token" = ["read"]))
)]
pub async fn overview(
    Allowed { caller, .. }: Allowed<Read>,
    State(reader): State<Reader>,
    State(connections): State<Arc<dyn Connections>>,
    State(clock): State<Arc<dyn Clock>>,
) -> Result<Json<Overview>, Problem> {
    Ok(Json(ops::overview(&reader, caller.tenant, &connections.connections(), clock.now()).await?))
}

/// Bounds beyond which a figure wants a person; pages draw them as lines.
#[utoipa::path(
    get, path = "/api/v1/ops/thresholds", tag = "ops", operation_id = "show_thresholds",
    responses((status = 200, body = Thresholds)), security(("token" = ["read"]))
)]
pub async fn thresholds(_: Allowed<Read>) -> Json<Thresholds> {
    Json(Thresholds::default())
}
