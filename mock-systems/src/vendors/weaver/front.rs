//! What stands in front of each call: faults, the session filter, the token, and who acts.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Response};
use serde_json::json;

use super::Shared;
use super::answer::{Done, Refusal, forbidden, reply, stumbled};
use super::apps::{forget_tokens, person};
use crate::reply::{Reply, respond};
use crate::vendors::desk::Before;

/// The vendor counts nothing; a test may.
const CALLS_PER_MINUTE: i64 = i64::MAX;

/// Sends a browser to the log-in.
const LOGIN_PAGE: &str =
    "<!DOCTYPE html><html><head><script>top.location.href='/wui/index.html#/?logintype=1';</script></head><body></body></html>";

/// A header as text; empty where there is none.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// What the session filter says of a token that is gone.
pub(super) fn lapsed() -> Reply {
    Reply::raw(200, json!({"status": false, "code": -1, "msg": "token不存在或者超时：请重新获取"}).to_string())
}

/// Runs a call in the name of the person that it names.
pub(super) async fn call(
    weaver: Shared,
    api: &'static str,
    headers: &HeaderMap,
    work: impl FnOnce(&Shared, &str) -> Result<Done, Refusal>,
) -> Response<Body> {
    let desk = weaver.desk.clone();
    let before = desk.before(api, Duration::from_secs(60), CALLS_PER_MINUTE).await;
    match before {
        Before::Answer(answer) => return answer,
        Before::Throttle => return respond(503, "text/plain", Body::from("Service Unavailable")),
        Before::Expired => forget_tokens(&weaver),
        Before::Work | Before::Instead(_) => {}
    }
    if desk.strikes("login_page", api) {
        return respond(200, "text/html;charset=UTF-8", Body::from(LOGIN_PAGE));
    }
    if desk.strikes("session_lost", api) {
        return Reply::raw(200, json!({"msg": "登录信息超时", "errorCode": "002", "status": false}).to_string()).into_response();
    }
    let person = match person(&weaver, headers) {
        Ok(person) => person,
        Err(reply) => return reply.into_response(),
    };
    let done = if desk.strikes("no_permission", api) {
        Err(forbidden())
    } else if desk.strikes("inner_error", api) {
        Err(stumbled())
    } else {
        work(&weaver, &person)
    };
    let done = if desk.strikes("inner_error_after", api) { Err(stumbled()) } else { done };
    if api == "create" && desk.strikes("event_early", api) {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    match before {
        Before::Instead(answer) => answer,
        _ => reply(done, desk.is_on("code_object")).into_response(),
    }
}
