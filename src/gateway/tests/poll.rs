//! Outcomes that are asked for: a partner that takes a request and works later.

use super::support::*;
use crate::domain::connector::Class;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn make(poll: &str) -> String {
    format!(
        "operations:\n  make: {{effect: write, input: {{}}, request: {{method: POST, path: /orders, json: {{}}}}, poll: {poll}, output: {{id: {{type: string, from: $.id}}}}, idempotency: {{by: none}}}}\n"
    )
}

/// Takes an order, says twice that it is not done, stumbles once, and is done.
async fn start(asked: Arc<AtomicUsize>) -> SocketAddr {
    let taken = || async { (StatusCode::ACCEPTED, [("location", "/jobs/1")]).into_response() };
    let job = |State(asked): State<Arc<AtomicUsize>>| async move {
        match asked.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => StatusCode::ACCEPTED.into_response(),
            2 => (StatusCode::BAD_GATEWAY, "<html></html>").into_response(),
            _ => axum::Json(serde_json::json!({"id": "7"})).into_response(),
        }
    };
    partner(Router::new().route("/orders", post(taken)).route("/jobs/1", get(job)).with_state(asked)).await
}

#[tokio::test]
async fn an_outcome_is_asked_for_until_it_is_there() {
    let asked = Arc::new(AtomicUsize::default());
    let address = start(asked.clone()).await;
    let performed = perform(address, &make("{every: 100ms}"), "make", "{}").await;
    assert_eq!(performed.class, Class::Ok, "{performed:?}");
    assert_eq!(performed.output.member("id").as_text(), Some("7"));
    assert_eq!((performed.attempts.len(), asked.load(Ordering::SeqCst)), (5, 4), "one order, four askings");
}

#[tokio::test]
async fn a_job_that_outlasts_the_call_leaves_its_write_unknown() {
    let asked = Arc::new(AtomicUsize::default());
    let address = start(asked.clone()).await;
    // The call may take 20 s, so an asking after 30 s is not waited for.
    let performed = perform(address, &make("{every: 30s}"), "make", "{}").await;
    assert_eq!((performed.class, performed.code.as_deref()), (Class::Unknown, Some("poll_unfinished")), "{performed:?}");
    assert_eq!((performed.attempts.len(), asked.load(Ordering::SeqCst)), (1, 0));
}
