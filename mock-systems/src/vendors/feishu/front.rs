//! What stands in front of each call: faults, limits by the minute, the token, and the envelope of every answer.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use serde_json::{Value, json};

use super::Shared;
use crate::reply::Reply;
use crate::vendors::desk::Before;

/// Calls in a minute: creates, and everything else.
const CREATES_PER_MINUTE: i64 = 100;
const CALLS_PER_MINUTE: i64 = 1_000;

/// An error: status, code and words.
pub(super) fn refused(status: u16, code: i64, message: &str) -> Reply {
    Reply::raw(status, json!({"code": code, "msg": message, "error": {"log_id": "mock"}}).to_string())
}

/// An error about what was asked.
pub(super) fn invalid(code: i64, message: &str) -> Reply {
    refused(400, code, message)
}

/// Runs a call; what the work gives stands under `data`.
pub(super) async fn call(
    feishu: Shared,
    api: &'static str,
    headers: &HeaderMap,
    work: impl FnOnce(&Shared) -> Result<Value, Reply>,
) -> Response<Body> {
    let desk = feishu.desk.clone();
    let most = if api == "create" { CREATES_PER_MINUTE } else { CALLS_PER_MINUTE };
    let before = desk.before(api, Duration::from_secs(60), most).await;
    match before {
        Before::Answer(answer) => return answer,
        Before::Throttle => return throttled(most),
        Before::Expired => feishu.forget_tokens(),
        Before::Work | Before::Instead(_) => {}
    }
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match token.strip_prefix("Bearer ") {
        None => return refused(400, 99_991_661, "Missing access token for authorization").into_response(),
        Some(token) if !feishu.is_signed_in(token) => {
            return refused(400, 99_991_663, "Invalid access token for authorization").into_response();
        }
        Some(_) => {}
    }
    if desk.strikes("scope_missing", api) {
        return refused(403, 99_991_672, "Access denied. One of the following scopes is required").into_response();
    }
    let reply = match work(&feishu) {
        Ok(data) => Reply::json(200, &json!({"code": 0, "msg": "success", "data": data})),
        Err(reply) => reply,
    };
    if api == "create" && desk.strikes("event_early", api) {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    match before {
        Before::Instead(answer) => answer,
        _ => reply.into_response(),
    }
}

fn throttled(most: i64) -> Response<Body> {
    let mut answer = refused(429, 99_991_400, "request trigger frequency limit").into_response();
    answer.headers_mut().insert("x-ogw-ratelimit-limit", HeaderValue::from(most));
    answer.headers_mut().insert("x-ogw-ratelimit-reset", HeaderValue::from(1));
    answer
}
