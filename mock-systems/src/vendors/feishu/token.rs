//! Tenant tokens: the same one while half an hour or more is left, then a new one, and both are taken.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::{APP_ID, APP_SECRET, Feishu, Shared};
use crate::instant::Micros;
use crate::reply::Reply;
use crate::world::lock;

pub(super) struct Token {
    text: String,
    until: Micros,
}

/// Seconds a token lives, and how many must be left for it to be given again.
const SECONDS: i64 = 7_200;
const MARGIN_SECONDS: i64 = 1_800;

#[derive(Deserialize)]
struct SignIn {
    app_id: String,
    app_secret: String,
}

/// The answer is flat: there is no `data`.
pub(super) async fn internal(State(feishu): State<Shared>, body: Bytes) -> Response<Body> {
    feishu.desk.count("token");
    let Ok(wanted) = serde_json::from_slice::<SignIn>(&body) else {
        return Reply::raw(200, json!({"code": 10003, "msg": "invalid param"}).to_string()).into_response();
    };
    if wanted.app_id != APP_ID || wanted.app_secret != APP_SECRET {
        return Reply::raw(200, json!({"code": 10014, "msg": "app secret invalid"}).to_string()).into_response();
    }
    let now = feishu.desk.now();
    let mut tokens = lock(&feishu.tokens);
    tokens.retain(|token| token.until > now);
    let fresh = tokens.iter().find(|token| token.until >= now.plus_seconds(MARGIN_SECONDS)).map(|token| (token.text.clone(), token.until));
    let (text, until) = fresh.unwrap_or_else(|| {
        let made = (format!("t-{}", feishu.desk.id()), now.plus_seconds(feishu.desk.number("token_seconds", SECONDS)));
        tokens.push(Token { text: made.0.clone(), until: made.1 });
        made
    });
    drop(tokens);
    let left = (until.0 - now.0).div_euclid(1_000_000);
    Reply::json(200, &json!({"code": 0, "msg": "ok", "tenant_access_token": text, "expire": left})).into_response()
}

impl Feishu {
    pub(super) fn is_signed_in(&self, text: &str) -> bool {
        let now = self.desk.now();
        lock(&self.tokens).iter().any(|token| token.text == text && token.until > now)
    }

    pub(super) fn forget_tokens(&self) {
        lock(&self.tokens).clear();
    }
}
