//! `POST /api/v1/sign-out`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};

use crate::api::auth::{Cookies, Stranger};
use crate::api::problem::Problem;
use crate::app::access::{Access, Actor};

/// Ends the session that asks, and takes the cookie away. Whoever has none is told the same.
#[utoipa::path(
    post, path = "/api/v1/sign-out", tag = "sign-in", operation_id = "sign_out", responses((status = 204)), security(())
)]
pub async fn sign_out(
    Stranger(from): Stranger,
    State(access): State<Access>,
    State(cookies): State<Cookies>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(secret) = cookies.read(&headers)
        && let Some(entered) = access.enter(&secret).await?
    {
        let actor = Actor { tenant: entered.user.tenant, name: entered.user.name.clone(), via: "session", ..from };
        access.end_session(&actor, entered.user.id, entered.session.id.0).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = cookies.take() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
