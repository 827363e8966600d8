//! `POST /api/v1/sign-out`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{Cookies, Stranger};
use crate::api::problem::Problem;
use crate::app::access::{Access, Actor, Providers};

/// Where the browser goes to end its session at the identity provider too.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedOut {
    /// The provider's page; it leads back to the page that signs in.
    pub url: String,
}

/// Ends the session that asks, and takes the cookie away. Whoever has none is told the same.
#[utoipa::path(
    post, path = "/api/v1/sign-out", tag = "sign-in", operation_id = "sign_out",
    responses(
        (status = 200, body = SignedOut, description = "The session was begun at an identity provider that ends sessions of its own"),
        (status = 204, description = "There is nothing more to end")
    ),
    security(())
)]
pub async fn sign_out(
    Stranger(from): Stranger,
    State(access): State<Access>,
    State(providers): State<Providers>,
    State(cookies): State<Cookies>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut there = None;
    if let Some(secret) = cookies.read(&headers)
        && let Some(entered) = access.enter(&secret).await?
    {
        let actor = Actor { tenant: entered.user.tenant, name: entered.user.name.clone(), via: "session", ..from };
        access.end_session(&actor, entered.user.id, entered.session.id.0).await?;
        there = providers.leave(&entered.session).await;
    }
    let mut response = match there {
        Some(url) => axum::Json(SignedOut { url }).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    };
    if let Some(cookie) = cookies.take() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
