//! Messages: from the app to one person, and from a robot to its group; and whose a code of a page is. From memory.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;

use super::Shared;
use super::front::{Api, errcode, run};
use super::old::WithToken;
use crate::reply::Reply;
use crate::vendors::desk::Before;

/// The robot of the group; fictional.
const ROBOT: &str = "mock-dingtalk-robot";
const ROBOT_SECRET: &str = "SECmock0001";
/// Messages a robot may send in a minute.
const PER_MINUTE: i64 = 20;

#[derive(Deserialize)]
struct Work {
    #[serde(default)]
    agent_id: Value,
    #[serde(default)]
    userid_list: String,
    #[serde(default)]
    msg: Value,
}

/// A work message. The same one to the same person counts once a day.
pub(super) async fn work(State(dingtalk): State<Shared>, Query(with): Query<WithToken>, body: Bytes) -> Response<Body> {
    run(dingtalk, "work_message", Api::Old, &with.access_token, |dingtalk| {
        let wanted: Work = serde_json::from_slice(&body).map_err(|_| errcode(40035, "不合法的参数"))?;
        if wanted.agent_id.is_null() || wanted.userid_list.is_empty() || !wanted.msg["msgtype"].is_string() {
            return Err(errcode(40035, "不合法的参数"));
        }
        let message = json!({"to": wanted.userid_list, "message": wanted.msg});
        let number = dingtalk.desk.deliver(message.clone(), |known| *known == message);
        Ok(json!({"errcode": 0, "errmsg": "ok", "task_id": 256_271_667_000_usize + number, "request_id": "mock"}))
    })
    .await
}

#[derive(Deserialize)]
struct Code {
    #[serde(default)]
    code: String,
}

/// Whose a code is that a page inside the app got.
pub(super) async fn whose(State(dingtalk): State<Shared>, Query(with): Query<WithToken>, body: Bytes) -> Response<Body> {
    run(dingtalk, "whose", Api::Old, &with.access_token, |dingtalk| {
        let wanted: Code = serde_json::from_slice(&body).map_err(|_| errcode(40035, "不合法的参数"))?;
        let user = dingtalk.desk.take_code(&wanted.code).ok_or_else(|| errcode(40078, "不存在的临时授权码"))?;
        let result = json!({"userid": user, "unionid": format!("u-{user}"), "name": "模拟用户", "sys": false, "sys_level": 0});
        Ok(json!({"errcode": 0, "errmsg": "ok", "request_id": "mock", "result": result}))
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Signed {
    #[serde(default)]
    access_token: String,
    #[serde(default)]
    timestamp: String,
    #[serde(default)]
    sign: String,
}

/// A robot's message: signed over time and secret.
pub(super) async fn robot(State(dingtalk): State<Shared>, Query(signed): Query<Signed>, body: Bytes) -> Response<Body> {
    let before = dingtalk.desk.before("robot", Duration::from_secs(60), PER_MINUTE).await;
    match before {
        Before::Answer(answer) => return answer,
        Before::Throttle => return errcode(130_101, "send too fast, exceed 20 times per minute").into_response(),
        Before::Expired | Before::Work | Before::Instead(_) => {}
    }
    if signed.access_token != ROBOT {
        return errcode(300_001, "token is not exist").into_response();
    }
    let sent: i64 = signed.timestamp.parse().unwrap_or_default();
    let late = (dingtalk.desk.now_millis() - sent).abs() > 3_600_000;
    if late || signed.sign != signature(&signed.timestamp) {
        return errcode(310_000, "sign not match").into_response();
    }
    let Ok(message) = serde_json::from_slice::<Value>(&body) else {
        return errcode(40035, "缺少参数 json").into_response();
    };
    dingtalk.desk.deliver(json!({"to": "group", "message": message}), |_| false);
    match before {
        Before::Instead(answer) => answer,
        _ => Reply::json(200, &json!({"errcode": 0, "errmsg": "ok"})).into_response(),
    }
}

fn signature(timestamp: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(ROBOT_SECRET.as_bytes()).expect("any length");
    mac.update(format!("{timestamp}\n{ROBOT_SECRET}").as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}
