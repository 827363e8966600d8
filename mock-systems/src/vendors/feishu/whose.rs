//! Whose a code is that a page inside the app got: the app's token, then the user's, then the user. From memory.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, header};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::front::refused;
use super::{APP_ID, APP_SECRET, Shared};
use crate::reply::Reply;

/// The app's own token; fictional, and the same for ever.
const APP_TOKEN: &str = "a-mock-app-token";
/// What a user's token begins with; the user follows.
const USER_TOKEN: &str = "u-mock-";

#[derive(Deserialize)]
struct SignIn {
    app_id: String,
    app_secret: String,
}

pub(super) async fn app_token(State(feishu): State<Shared>, body: Bytes) -> Response<Body> {
    feishu.desk.count("app_token");
    match serde_json::from_slice::<SignIn>(&body) {
        Ok(wanted) if wanted.app_id == APP_ID && wanted.app_secret == APP_SECRET => {
            Reply::json(200, &json!({"code": 0, "msg": "ok", "app_access_token": APP_TOKEN, "expire": 7200}))
        }
        _ => refused(200, 10014, "app secret invalid"),
    }
    .into_response()
}

#[derive(Deserialize)]
struct Code {
    grant_type: String,
    code: String,
}

fn bearer(headers: &HeaderMap) -> &str {
    let text = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.strip_prefix("Bearer ").unwrap_or_default()
}

pub(super) async fn user_token(State(feishu): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    feishu.desk.count("user_token");
    if bearer(&headers) != APP_TOKEN {
        return refused(400, 99_991_664, "Invalid app access token").into_response();
    }
    let wanted = serde_json::from_slice::<Code>(&body).ok().filter(|wanted| wanted.grant_type == "authorization_code");
    match wanted.and_then(|wanted| feishu.desk.take_code(&wanted.code)) {
        Some(user) => {
            let data = json!({"access_token": format!("{USER_TOKEN}{user}"), "token_type": "Bearer", "expires_in": 7200});
            Reply::json(200, &json!({"code": 0, "msg": "success", "data": data}))
        }
        None => refused(400, 20_003, "invalid code"),
    }
    .into_response()
}

pub(super) async fn user(State(feishu): State<Shared>, headers: HeaderMap) -> Response<Body> {
    feishu.desk.count("user");
    match bearer(&headers).strip_prefix(USER_TOKEN) {
        Some(user) => {
            let data = json!({"name": "模拟用户", "open_id": format!("ou_{user}"), "user_id": user, "tenant_key": "mock"});
            Reply::json(200, &json!({"code": 0, "msg": "success", "data": data}))
        }
        None => refused(400, 99_991_668, "Invalid access token"),
    }
    .into_response()
}
