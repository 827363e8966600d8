//! Messages: from the app to one person, and from a robot to its group; and whose a code of a page is. From memory.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::front::{Refusal, WithToken, call};
use crate::reply::Reply;
use crate::vendors::desk::Before;

/// The robot of the group; fictional.
const ROBOT: &str = "mock-wecom-robot";
/// Messages a robot may send in a minute.
const PER_MINUTE: i64 = 20;
/// Who is in nobody's range of sight.
const GONE: &str = "gone";
/// Somebody who is not of the company.
const OUTSIDE: &str = "outside";

/// A message of the app; where the sender asks for it, the same one within a while counts once.
pub(super) async fn send(State(wecom): State<Shared>, Query(with): Query<WithToken>, body: Bytes) -> Response<Body> {
    call(wecom, "message", &with, |wecom| {
        let bad = |message: &str| Refusal(40_008, message.to_owned());
        let wanted: Value = serde_json::from_slice(&body).map_err(|problem| bad(&problem.to_string()))?;
        let (Some(to), Some(kind)) = (wanted["touser"].as_str(), wanted["msgtype"].as_str()) else { return Err(bad("touser, msgtype")) };
        if !wanted["agentid"].is_i64() || !wanted[kind].is_object() {
            return Err(bad("invalid message type"));
        }
        if to == GONE {
            return Ok(json!({"invaliduser": GONE, "msgid": ""}));
        }
        let now = wecom.desk.now_millis();
        let within = 1_000 * wanted["duplicate_check_interval"].as_i64().unwrap_or(1_800);
        let checks = wanted["enable_duplicate_check"] == 1;
        let message = json!({"to": to, "message": wanted[kind], "at": now});
        let same = |known: &Value| {
            let young = known["at"].as_i64().is_some_and(|at| now - at < within);
            checks && young && known["to"] == message["to"] && known["message"] == message["message"]
        };
        let number = wecom.desk.deliver(message.clone(), same);
        Ok(json!({"invaliduser": "", "msgid": format!("mock-{number}")}))
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Code {
    #[serde(default)]
    code: String,
}

/// Whose a code is that a page inside the app got; somebody outside the company has no user id.
pub(super) async fn whose(State(wecom): State<Shared>, Query(with): Query<WithToken>, Query(code): Query<Code>) -> Response<Body> {
    call(wecom, "whose", &with, |wecom| match wecom.desk.take_code(&code.code) {
        Some(user) if user == OUTSIDE => Ok(json!({"openid": "mock-openid"})),
        Some(user) => Ok(json!({"userid": user, "user_ticket": "mock"})),
        None => Err(Refusal(40_029, "invalid code".to_owned())),
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Robot {
    #[serde(default)]
    key: String,
}

pub(super) async fn robot(State(wecom): State<Shared>, Query(robot): Query<Robot>, body: Bytes) -> Response<Body> {
    let error = |code: i64, words: &str| Reply::json(200, &json!({"errcode": code, "errmsg": words})).into_response();
    let before = wecom.desk.before("robot", Duration::from_secs(60), PER_MINUTE).await;
    match before {
        Before::Answer(answer) => return answer,
        Before::Throttle => return error(45_009, "api freq out of limit"),
        Before::Expired | Before::Work | Before::Instead(_) => {}
    }
    if robot.key != ROBOT {
        return error(93_000, "invalid webhook url");
    }
    let Ok(message) = serde_json::from_slice::<Value>(&body) else { return error(40_008, "invalid message type") };
    wecom.desk.deliver(json!({"to": "group", "message": message}), |_| false);
    match before {
        Before::Instead(answer) => answer,
        _ => error(0, "ok"),
    }
}
