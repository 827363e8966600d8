//! `/__mock/…` of every vendor's mock: switches, clock, counts.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use axum::http::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::desk::Desk;
use super::roster::Roster;
use crate::reply::Reply;

/// What a control call asks for in its body; otherwise it is answered 422, with what is wrong with it.
pub(super) struct Wanted<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Wanted<T> {
    type Rejection = Response<Body>;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let body = Bytes::from_request(request, state).await.unwrap_or_default();
        let wanted = serde_json::from_slice(&body).map(Self);
        wanted.map_err(|problem| Reply::error(422, "invalid", &problem.to_string()).into_response())
    }
}

pub(super) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/__mock/switches", get(show).put(change))
        .route("/__mock/clock", get(clock).post(advance))
        .route("/__mock/traffic", get(traffic))
        .route("/__mock/messages", get(messages))
        .route("/__mock/codes", post(code))
        .route("/__mock/organisation", get(organisation).put(organise))
        .with_state(desk)
}

async fn show(State(desk): State<Arc<Desk>>) -> Response<Body> {
    Reply::json(200, &desk.shown()).into_response()
}

async fn change(State(desk): State<Arc<Desk>>, Wanted(changes): Wanted<Value>) -> Response<Body> {
    match desk.change(&changes) {
        Ok(shown) => Reply::json(200, &shown),
        Err(problem) => Reply::error(422, "invalid", &problem),
    }
    .into_response()
}

async fn clock(State(desk): State<Arc<Desk>>) -> Response<Body> {
    Reply::json(200, &json!({"now": desk.now().to_rfc3339()})).into_response()
}

async fn advance(State(desk): State<Arc<Desk>>, body: Bytes) -> Response<Body> {
    let wanted = serde_json::from_slice::<Value>(&body).unwrap_or_default();
    match wanted["advance_seconds"].as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        Some(by) => {
            desk.clock.advance(by);
            Reply::json(200, &json!({"now": desk.now().to_rfc3339()}))
        }
        None => Reply::error(422, "invalid", "`advance_seconds` is a number that is not negative"),
    }
    .into_response()
}

async fn messages(State(desk): State<Arc<Desk>>) -> Response<Body> {
    Reply::json(200, &desk.messages()).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holder {
    user: String,
}

/// As the app's script gives it to a page that somebody has open.
async fn code(State(desk): State<Arc<Desk>>, Wanted(holder): Wanted<Holder>) -> Response<Body> {
    Reply::json(200, &json!({"code": desk.issue_code(&holder.user)})).into_response()
}

async fn organisation(State(desk): State<Arc<Desk>>) -> Response<Body> {
    Reply::json(200, &desk.with_roster(|roster| json!(roster))).into_response()
}

/// The whole company anew.
async fn organise(State(desk): State<Arc<Desk>>, Wanted(wanted): Wanted<Roster>) -> Response<Body> {
    let shown = desk.with_roster(|roster| {
        *roster = wanted;
        json!(roster)
    });
    Reply::json(200, &shown).into_response()
}

async fn traffic(State(desk): State<Arc<Desk>>) -> Response<Body> {
    Reply::json(200, &desk.counts()).into_response()
}
