//! Webhooks: the door reads the raw body within its bound and hands it on. What it means, whether it is genuine and how
//! the sender is answered is `app::intake`'s.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};

use super::body;
use super::extract::HookId;
use super::peer::Peer;
use super::problem::Problem;
use crate::app::intake::{HookRequest, Intake};

/// Receives a webhook. The sender proves itself by the signature its connector declares.
#[utoipa::path(
    post, path = "/hooks/{hook}", tag = "webhooks", params(("hook" = String, Path, description = "The hook's opaque id")),
    request_body(content = String, description = "Whatever the sender signs", content_type = "application/octet-stream"),
    responses((status = "2XX", description = "Stored; as the connector's `acknowledge` says"), (status = 401, description = "Not genuine")),
    security(())
)]
pub async fn post(state: State<Arc<dyn Intake>>, hook: HookId, request: Request) -> Result<Response, Problem> {
    receive(state, hook, request).await
}

/// Answers a sender's challenge.
#[utoipa::path(
    get, path = "/hooks/{hook}", tag = "webhooks", params(("hook" = String, Path, description = "The hook's opaque id")),
    responses((status = 200, description = "As the sender's challenge wants it"), (status = 401, description = "Not genuine")),
    security(())
)]
pub async fn get(state: State<Arc<dyn Intake>>, hook: HookId, request: Request) -> Result<Response, Problem> {
    receive(state, hook, request).await
}

async fn receive(State(intake): State<Arc<dyn Intake>>, HookId(hook): HookId, request: Request) -> Result<Response, Problem> {
    let (parts, content) = request.into_parts();
    let peer = parts.extensions.get::<Peer>().map(|peer| peer.address);
    let (method, headers) = (parts.method.clone(), parts.headers.clone());
    let query = parts.uri.query().map(str::to_owned);
    let body = body::read(Request::from_parts(parts, content)).await?;
    let answer = intake.receive(&hook, HookRequest { method, query, headers, body, peer }).await;
    let mut response = Body::from(answer.body).into_response();
    *response.status_mut() = answer.status;
    response.headers_mut().extend(answer.headers);
    Ok(response)
}
