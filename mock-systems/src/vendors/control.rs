//! `/__mock/…` of every vendor's mock: switches, clock, counts.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use axum::routing::get;
use bytes::Bytes;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::reply::Reply;

pub(super) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/__mock/switches", get(show).put(change))
        .route("/__mock/clock", get(clock).post(advance))
        .route("/__mock/traffic", get(traffic))
        .with_state(desk)
}

async fn show(State(desk): State<Arc<Desk>>) -> Response<Body> {
    Reply::json(200, &desk.shown()).into_response()
}

async fn change(State(desk): State<Arc<Desk>>, body: Bytes) -> Response<Body> {
    let changes = serde_json::from_slice::<Value>(&body).map_err(|problem| problem.to_string());
    match changes.and_then(|changes| desk.change(&changes)) {
        Ok(shown) => Reply::json(200, &shown),
        Err(problem) => Reply::error(422, "invalid", &problem),
    }
    .into_response()
}

async fn clock(State(desk): State<Arc<Desk>>) -> Response<Body> {
    Reply::json(200, &json!({"now": desk.now().to_rfc3339()})).into_response()
}

async fn advance(State(desk): State<Arc<Desk>>, body: Bytes) -> Response<Body> {
    let wanted = serde_json::from_slice::<Value>(&body).unwrap_or_default();
    match wanted["advance_seconds"].as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        Some(by) => {
            desk.clock.advance(by);
            Reply::json(200, &json!({"now": desk.now().to_rfc3339()}))
        }
        None => Reply::error(422, "invalid", "`advance_seconds` is a number that is not negative"),
    }
    .into_response()
}

async fn traffic(State(desk): State<Arc<Desk>>) -> Response<Body> {
    Reply::json(200, &desk.counts()).into_response()
}
