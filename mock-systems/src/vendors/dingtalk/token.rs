//! Access tokens: the same one for the whole of its life, renewed by asking again; one for both APIs.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::front::{errcode, refused};
use super::{APP_KEY, APP_SECRET, Dingtalk, Shared};
use crate::instant::Micros;
use crate::reply::Reply;
use crate::world::lock;

pub(super) struct Token {
    text: String,
    until: Micros,
}

/// Seconds a token lives.
const SECONDS: i64 = 7_200;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignIn {
    app_key: String,
    app_secret: String,
}

pub(super) async fn new(State(dingtalk): State<Shared>, body: Bytes) -> Response<Body> {
    dingtalk.desk.count("token");
    let Ok(wanted) = serde_json::from_slice::<SignIn>(&body) else {
        return refused(400, "missingParameter", "appKey and appSecret are needed").into_response();
    };
    if wanted.app_key != APP_KEY || wanted.app_secret != APP_SECRET {
        return refused(400, "invalidClientIdOrSecret", "无效的clientId或者clientSecret").into_response();
    }
    let (text, seconds) = dingtalk.issue();
    Reply::json(200, &json!({"accessToken": text, "expireIn": seconds})).into_response()
}

#[derive(Deserialize)]
pub(super) struct OldSignIn {
    #[serde(default)]
    appkey: String,
    #[serde(default)]
    appsecret: String,
}

pub(super) async fn old(State(dingtalk): State<Shared>, Query(wanted): Query<OldSignIn>) -> Response<Body> {
    dingtalk.desk.count("token");
    if wanted.appkey != APP_KEY || wanted.appsecret != APP_SECRET {
        return errcode(40089, "不合法的corpid或corpsecret").into_response();
    }
    let (text, seconds) = dingtalk.issue();
    Reply::json(200, &json!({"errcode": 0, "errmsg": "ok", "access_token": text, "expires_in": seconds})).into_response()
}

impl Dingtalk {
    fn issue(&self) -> (String, i64) {
        let (now, seconds) = (self.desk.now(), self.desk.number("token_seconds", SECONDS));
        let mut token = lock(&self.token);
        let text = token.as_ref().filter(|token| token.until > now).map_or_else(|| self.desk.id(), |token| token.text.clone());
        *token = Some(Token { text: text.clone(), until: now.plus_seconds(seconds) });
        (text, seconds)
    }

    pub(super) fn is_signed_in(&self, text: &str) -> bool {
        let now = self.desk.now();
        lock(&self.token).as_ref().is_some_and(|token| token.text == text && token.until > now)
    }

    pub(super) fn forget_token(&self) {
        *lock(&self.token) = None;
    }
}
