//! Messages: from the app to one person, and from a robot to its group. From memory.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;

use super::Shared;
use super::front::{call, invalid, refused};
use crate::reply::Reply;
use crate::vendors::desk::Before;

/// The robot of the group; fictional.
const ROBOT: &str = "mock-feishu-robot";
const ROBOT_SECRET: &str = "mock-feishu-robot-secret";
/// Messages a robot may send in a minute.
const PER_MINUTE: i64 = 100;
/// So long the same uuid makes one message.
const UUID_MILLIS: i64 = 3_600_000;

#[derive(Deserialize)]
pub(super) struct To {
    #[serde(default)]
    receive_id_type: String,
}

#[derive(Deserialize)]
struct Message {
    receive_id: String,
    msg_type: String,
    content: String,
    uuid: Option<String>,
}

pub(super) async fn send(State(feishu): State<Shared>, Query(to): Query<To>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(feishu, "message", &headers, |feishu| {
        let wanted: Message = serde_json::from_slice(&body).map_err(|problem| invalid(230_001, &problem.to_string()))?;
        let content: Value = serde_json::from_str(&wanted.content).map_err(|_| invalid(230_001, "content is no JSON"))?;
        if to.receive_id_type != "user_id" || wanted.msg_type != "text" || wanted.receive_id.is_empty() {
            return Err(invalid(230_001, "invalid param"));
        }
        let now = feishu.desk.now_millis();
        let message = json!({"to": wanted.receive_id, "message": content, "uuid": wanted.uuid, "at": now});
        let same = |known: &Value| {
            wanted.uuid.is_some() && known["uuid"] == message["uuid"] && known["at"].as_i64().is_some_and(|at| now - at < UUID_MILLIS)
        };
        let number = feishu.desk.deliver(message.clone(), same);
        Ok(json!({"message_id": format!("om_mock{number}"), "msg_type": "text"}))
    })
    .await
}

/// A robot's message: time and secret are the key of a signature over nothing.
pub(super) async fn robot(State(feishu): State<Shared>, Path(token): Path<String>, body: Bytes) -> Response<Body> {
    let before = feishu.desk.before("robot", Duration::from_secs(60), PER_MINUTE).await;
    match before {
        Before::Answer(answer) => return answer,
        Before::Throttle => return refused(200, 11_232, "frequency limited psm").into_response(),
        Before::Expired | Before::Work | Before::Instead(_) => {}
    }
    let Ok(mut message) = serde_json::from_slice::<Value>(&body) else { return refused(200, 9_499, "Bad Request").into_response() };
    if token != ROBOT {
        return refused(200, 19_001, "param invalid: incoming webhook access token invalid").into_response();
    }
    let sent = message["timestamp"].as_str().unwrap_or_default().to_owned();
    let late = (feishu.desk.now_millis() / 1_000 - sent.parse::<i64>().unwrap_or_default()).abs() > 3_600;
    let mac = Hmac::<Sha256>::new_from_slice(format!("{sent}\n{ROBOT_SECRET}").as_bytes()).expect("any length");
    if late || message["sign"] != STANDARD.encode(mac.finalize().into_bytes()) {
        return refused(200, 19_021, "sign match fail or timestamp is not within one hour from current time").into_response();
    }
    if let Some(members) = message.as_object_mut() {
        members.retain(|name, _| name != "timestamp" && name != "sign");
    }
    feishu.desk.deliver(json!({"to": "group", "message": message}), |_| false);
    match before {
        Before::Instead(answer) => answer,
        _ => Reply::json(200, &json!({"code": 0, "msg": "success", "data": {}})).into_response(),
    }
}
