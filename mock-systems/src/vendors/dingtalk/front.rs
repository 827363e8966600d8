//! What stands in front of each call: faults, limits, the token, and how each of the two APIs says no.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Response};
use serde_json::{Value, json};

use super::{Dingtalk, Shared};
use crate::reply::{Reply, respond};
use crate::vendors::desk::Before;

/// Calls of one API in a second, standard edition.
const CALLS_PER_SECOND: i64 = 20;

/// Which of the two APIs is spoken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    New,
    Old,
}

/// An error of the new API.
pub(super) fn refused(status: u16, code: &str, message: &str) -> Reply {
    Reply::raw(status, json!({"code": code, "message": message, "requestid": "MOCK-REQUEST"}).to_string())
}

/// An error of the old API: status 200.
pub(super) fn errcode(errcode: i64, message: &str) -> Reply {
    Reply::raw(200, json!({"errcode": errcode, "errmsg": message, "request_id": "mock"}).to_string())
}

/// Runs a call of the new API.
pub(super) async fn call(
    dingtalk: Shared,
    api: &'static str,
    headers: &HeaderMap,
    work: impl FnOnce(&Shared) -> Result<Value, Reply>,
) -> Response<Body> {
    let token = headers.get("x-acs-dingtalk-access-token").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    run(dingtalk, api, Api::New, &token, work).await
}

/// Runs a call of either API.
pub(super) async fn run(
    dingtalk: Shared,
    api: &'static str,
    which: Api,
    token: &str,
    work: impl FnOnce(&Shared) -> Result<Value, Reply>,
) -> Response<Body> {
    let desk = dingtalk.desk.clone();
    if desk.strikes("banned", api) {
        let said = r#"<html><body>{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"mock"}</body></html>"#;
        return respond(200, "text/html", Body::from(said));
    }
    let before = desk.before(api, Duration::from_secs(1), CALLS_PER_SECOND).await;
    match before {
        Before::Answer(answer) => return answer,
        Before::Throttle => return throttled(which).into_response(),
        Before::Expired => dingtalk.forget_token(),
        Before::Work | Before::Instead(_) => {}
    }
    if !dingtalk.is_signed_in(token) {
        return expired(which).into_response();
    }
    if desk.strikes("permission_denied", api) {
        let message = "应用尚未开通所需的权限";
        return match which {
            Api::New => refused(403, "Forbidden.AccessDenied.AccessTokenPermissionDenied", message),
            Api::Old => Reply::raw(200, json!({"errcode": 88, "sub_code": "60011", "sub_msg": message}).to_string()),
        }
        .into_response();
    }
    let reply = match work(&dingtalk) {
        Ok(value) => Reply::json(200, &value),
        Err(reply) => reply,
    };
    dingtalk.early_events(api).await;
    match before {
        Before::Instead(answer) => answer,
        _ => reply.into_response(),
    }
}

fn throttled(which: Api) -> Reply {
    match which {
        Api::New => refused(
            403,
            "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi",
            "您的服务器调用钉钉API当前接口的所有请求都被暂时禁用了,请稍后重试",
        ),
        Api::Old => errcode(90018, "您的服务器调用钉钉开放平台当前接口的所有请求都被暂时禁用了"),
    }
}

fn expired(which: Api) -> Reply {
    match which {
        Api::New => refused(401, "InvalidAuthentication", "不合法的access_token"),
        Api::Old => Reply::raw(200, json!({"errcode": 88, "sub_code": "40014", "sub_msg": "不合法的access_token"}).to_string()),
    }
}

impl Dingtalk {
    /// Sends what is to be sent before the answer, and waits for it.
    async fn early_events(&self, api: &'static str) {
        if api == "create" && self.desk.strikes("event_early", api) {
            // The events of a creation are under way; the answer waits until they have arrived.
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
}
