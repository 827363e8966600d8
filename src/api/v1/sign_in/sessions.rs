//! `GET /api/v1/me/sessions`, `DELETE /api/v1/me/sessions/{id}`, `POST /api/v1/me/sessions/end-others`

use axum::Json;
use axum::extract::State;
use http::StatusCode;

use crate::api::auth::{Allowed, Read};
use crate::api::codes;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::access::{Access, Sessions, SessionsEnded};

/// One's own sessions that go on; a token has none.
#[utoipa::path(
    get, path = "/api/v1/me/sessions", tag = "sign-in", operation_id = "list_sessions",
    responses((status = 200, body = Sessions)), security(("token" = ["read"]))
)]
pub async fn list(Allowed { caller, actor, .. }: Allowed<Read>, State(access): State<Access>) -> Result<Json<Sessions>, Problem> {
    match caller.user() {
        Some(user) => Ok(Json(access.sessions(&actor, user, caller.session()).await?)),
        None => Ok(Json(Sessions { items: Vec::new() })),
    }
}

/// Ends one of one's own sessions.
#[utoipa::path(
    delete, path = "/api/v1/me/sessions/{id}", tag = "sign-in", operation_id = "end_session",
    params(("id" = Uuid, Path, description = "The session")), responses((status = 204)), security(("token" = ["read"]))
)]
pub async fn end(Allowed { caller, actor, .. }: Allowed<Read>, Id(id): Id, State(access): State<Access>) -> Result<StatusCode, Problem> {
    let user = caller.user().ok_or_else(|| Problem::new(&codes::NOT_FOUND, "A token has no sessions."))?;
    access.end_session(&actor, user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all of one's own sessions but the one that asks.
#[utoipa::path(
    post, path = "/api/v1/me/sessions/end-others", tag = "sign-in", operation_id = "end_other_sessions",
    responses((status = 200, body = SessionsEnded)), security(("token" = ["read"]))
)]
pub async fn end_others(
    Allowed { caller, actor, .. }: Allowed<Read>,
    State(access): State<Access>,
) -> Result<Json<SessionsEnded>, Problem> {
    let ended = match caller.user() {
        Some(user) => access.end_sessions(&actor, user, caller.session()).await?,
        None => 0,
    };
    Ok(Json(SessionsEnded { ended }))
}
