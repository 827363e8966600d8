//! `POST /api/v1/sign-in`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::{Cookies, Stranger};
use crate::api::body::Json;
use crate::api::codes;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::access::{Access, Attempt, Opened};
use crate::domain::ids::TenantId;

/// Name and password.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"name": "ana.li", "password": "four words nobody guesses"}))]
pub struct SignIn {
    /// What the user signs in with; upper and lower case are the same.
    pub name: String,
    /// The password.
    pub password: String,
    /// The tenant, where there are several; 1 when left out.
    #[serde(default)]
    pub tenant: Option<u32>,
}

/// Who came in. What they may do is told by `GET /api/v1/me`.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    /// The user.
    pub user: Uuid,
    /// What the user signs in with.
    pub name: String,
    /// How the user is called.
    pub title: String,
    /// When the session is over at the latest.
    pub expires_at: Timestamp,
}

/// Signs in. The session travels in a cookie that no script can read, and ends the one that the browser brought; requests that change something must come from a page of
/// this hub.
#[utoipa::path(
    post, path = "/api/v1/sign-in", tag = "sign-in", operation_id = "sign_in", request_body = SignIn,
    responses((status = 200, body = SignedIn, headers(("Set-Cookie" = String, description = "The session")))), security(())
)]
pub async fn sign_in(
    Stranger(actor): Stranger,
    State(access): State<Access>,
    State(cookies): State<Cookies>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(body);
    let name = fields.required("name").unwrap_or_default();
    let password = fields.required("password").map(SecretString::from).unwrap_or_default();
    let tenant = fields.number("tenant", 1..=i32::MAX.unsigned_abs());
    fields.finish()?;
    let tenant = tenant.and_then(|tenant| i32::try_from(tenant).ok()).map_or(TenantId::DEFAULT, TenantId);
    let entered = access.sign_in(Attempt { tenant, name, password }, &actor).await?;
    access.superseded(cookies.read(&headers), &entered, &actor).await?;
    opened(&entered, &cookies)
}

/// The answer that begins a session.
pub fn opened(opened: &Opened, cookies: &Cookies) -> Result<Response, Problem> {
    let (session, user) = (&opened.session, &opened.user);
    let seconds = session.expires_at.duration_since(session.created_at).as_secs();
    let cookie = cookies.give(&opened.secret, seconds);
    let cookie = cookie.ok_or_else(|| Problem::new(&codes::INTERNAL, "The session cannot be told."))?;
    let body = SignedIn { user: user.id.0, name: user.name.clone(), title: user.title.clone(), expires_at: session.expires_at };
    Ok(([(header::SET_COOKIE, cookie)], axum::Json(body)).into_response())
}
