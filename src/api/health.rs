//! Whether the process lives, whether work may be sent to it, and what it has counted.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::{self, Allowed};
use crate::runtime::Readiness;
use crate::runtime::metrics::Metrics;

/// The process lives.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// Always `ok`: a process that is not does not answer.
    pub status: String,
    /// The version of the hub.
    pub version: String,
}

/// Whether work may be sent here.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Ready {
    /// Whether it may.
    pub ready: bool,
    /// Whether the process is stopping.
    pub stopping: bool,
    /// Each part: `ready`, or why it waits.
    pub parts: BTreeMap<String, String>,
    /// What works less well than it should, and how; the process does its work all the same.
    pub degraded: BTreeMap<String, String>,
}

/// Says that the process lives. Knows nothing of databases and partners, so that nobody restarts a hub for them.
#[utoipa::path(get, path = "/health", tag = "process", responses((status = 200, body = Health)), security(()))]
pub async fn health() -> Json<Health> {
    Json(Health { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() })
}

/// Says whether work may be sent here: 503 while starting, while the database is away, and while stopping.
#[utoipa::path(
    get, path = "/ready", tag = "process",
    responses((status = 200, body = Ready), (status = 503, body = Ready, description = "Not ready")), security(())
)]
pub async fn ready(State(readiness): State<Readiness>) -> impl IntoResponse {
    let ready = readiness.is_ready();
    let parts = readiness.parts().into_iter().map(|(part, why)| (part.to_owned(), why.unwrap_or_else(|| "ready".to_owned())));
    let degraded = readiness.degradations().into_iter().map(|(part, how)| (part.to_owned(), how)).collect();
    let body = Ready { ready, stopping: readiness.is_stopping(), parts: parts.collect(), degraded };
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(body))
}

/// The metrics, as Prometheus text.
#[utoipa::path(
    get, path = "/metrics", tag = "process",
    responses((status = 200, body = String, content_type = "text/plain")), security(("token" = ["metrics"]))
)]
pub async fn metrics(_: Allowed<auth::Metrics>, State(metrics): State<Metrics>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render())
}
