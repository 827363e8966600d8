//! What stands in front of each call: faults, limits, the token in the query. Every answer has status 200.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{CORP_ID, CORP_SECRET, Shared, Wecom};
use crate::reply::Reply;
use crate::vendors::desk::Before;
use crate::world::lock;

/// Calls of the approval interfaces in a minute.
const CALLS_PER_MINUTE: i64 = 600;
/// Seconds a token lives.
const SECONDS: i64 = 7_200;

#[derive(Deserialize)]
pub(super) struct SignIn {
    #[serde(default)]
    corpid: String,
    #[serde(default)]
    corpsecret: String,
}

pub(super) async fn token(State(wecom): State<Shared>, Query(wanted): Query<SignIn>) -> Response<Body> {
    wecom.desk.count("token");
    if wanted.corpid != CORP_ID {
        return error(40013, "invalid corpid");
    }
    if wanted.corpsecret != CORP_SECRET {
        return error(40001, "invalid credential");
    }
    let (now, seconds) = (wecom.desk.now(), wecom.desk.number("token_seconds", SECONDS));
    let mut token = lock(&wecom.token);
    // The same one inside its life.
    if token.as_ref().is_none_or(|(_, until)| *until <= now) {
        *token = Some((wecom.desk.id(), now.plus_seconds(seconds)));
    }
    let text = token.as_ref().map(|(text, _)| text.clone()).unwrap_or_default();
    drop(token);
    answer(&json!({"errcode": 0, "errmsg": "ok", "access_token": text, "expires_in": seconds}))
}

#[derive(Deserialize)]
pub(super) struct WithToken {
    #[serde(default)]
    access_token: String,
}

/// Why a call is refused.
pub(super) struct Refusal(pub i64, pub String);

pub(super) fn refuse<T>(code: i64, message: &str) -> Result<T, Refusal> {
    Err(Refusal(code, message.to_owned()))
}

/// Runs a call; what the work gives stands beside `errcode`.
pub(super) async fn call(
    wecom: Shared,
    api: &'static str,
    with: &WithToken,
    work: impl FnOnce(&Shared) -> Result<Value, Refusal>,
) -> Response<Body> {
    let desk = wecom.desk.clone();
    let before = desk.before(api, Duration::from_secs(60), CALLS_PER_MINUTE).await;
    match before {
        Before::Answer(answer) => return answer,
        Before::Throttle => return error(45009, "api freq out of limit"),
        Before::Expired => *lock(&wecom.token) = None,
        Before::Work | Before::Instead(_) => {}
    }
    if let Some((code, message)) = wecom.token_trouble(&with.access_token) {
        return error(code, message);
    }
    if desk.strikes("ip_not_trusted", api) {
        return error(60020, "not allow to access from your ip");
    }
    if desk.strikes("busy", api) {
        return error(-1, "system busy");
    }
    let done = work(&wecom);
    if api == "apply" && desk.strikes("event_early", api) {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    if let Before::Instead(answer) = before {
        return answer;
    }
    if desk.strikes("busy_after", api) {
        return error(-1, "system busy");
    }
    match done {
        Ok(mut value) => {
            value["errcode"] = json!(0);
            value["errmsg"] = json!("ok");
            answer(&value)
        }
        Err(Refusal(code, message)) => error(code, &message),
    }
}

impl Wecom {
    fn token_trouble(&self, text: &str) -> Option<(i64, &'static str)> {
        let now = self.desk.now();
        match lock(&self.token).as_ref() {
            _ if text.is_empty() => Some((41001, "access_token missing")),
            Some((known, until)) if known == text && *until > now => None,
            Some((known, _)) if known == text => Some((42001, "access_token expired")),
            _ => Some((40014, "invalid access_token")),
        }
    }
}

fn error(code: i64, message: &str) -> Response<Body> {
    answer(&json!({"errcode": code, "errmsg": format!("{message}, hint: [mock], more info at https://open.work.weixin.qq.com")}))
}

/// The code stands in a header as well.
fn answer(value: &Value) -> Response<Body> {
    let mut response = Reply::json(200, value).into_response();
    if let Ok(code) = HeaderValue::from_str(&value["errcode"].to_string()) {
        response.headers_mut().insert("error-code", code);
    }
    response
}
