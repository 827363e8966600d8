//! `POST /api/v1/sign-in/link` and `POST /api/v1/sign-in/link/look`

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::enter::{self, SignedIn};
use crate::api::auth::{Cookies, Stranger};
use crate::api::body::Json;
use crate::api::codes;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::access::{Access, LinkUse, LinkView, Secret};

/// A one-time link: what stands after `#link=` in its address.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"link": "1.mqmT0bN5x0f6y1b3K3v0JvZx4m2uXc9d7e8F5g6H7i8"}))]
pub struct OneTimeLink {
    /// The link's secret.
    pub link: String,
}

/// A link, and what its bearer wants to be.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"link": "1.mqmT0bN5x0f6y1b3K3v0JvZx4m2uXc9d7e8F5g6H7i8", "name": "ana.li", "title": "Ana Li", "password": "four words nobody guesses"}))]
pub struct LinkFollowed {
    /// The link's secret.
    pub link: String,
    /// What the first owner signs in with; only for the purpose `setup`.
    pub name: Option<String>,
    /// How the first owner is called.
    pub title: Option<String>,
    /// The new password, of at least 12 characters.
    pub password: String,
}

fn secret(fields: &mut Fields) -> Option<Secret> {
    Secret::read(&fields.required("link").unwrap_or_default())
}

fn over() -> Problem {
    Problem::new(&codes::LINK_OVER, "The link does not work any more.")
}

/// What a link is for. Looking does not use it up.
#[utoipa::path(
    post, path = "/api/v1/sign-in/link/look", tag = "sign-in", operation_id = "look_at_link", request_body = OneTimeLink,
    responses((status = 200, body = LinkView)), security(())
)]
pub async fn look(Stranger(actor): Stranger, State(access): State<Access>, Json(body): Json) -> Result<axum::Json<LinkView>, Problem> {
    let mut fields = Fields::of(body);
    let secret = secret(&mut fields);
    fields.finish()?;
    Ok(axum::Json(access.look_at_link(&secret.ok_or_else(over)?, &actor).await?))
}

/// Does what a link is for, and signs its bearer in: makes the first owner, or sets a password. Sessions that were there end.
#[utoipa::path(
    post, path = "/api/v1/sign-in/link", tag = "sign-in", operation_id = "follow_link", request_body = LinkFollowed,
    responses((status = 200, body = SignedIn, headers(("Set-Cookie" = String, description = "The session")))), security(())
)]
pub async fn follow(
    Stranger(actor): Stranger,
    State(access): State<Access>,
    State(cookies): State<Cookies>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(body);
    let secret = secret(&mut fields);
    let (name, title) = (fields.text("name"), fields.text("title"));
    let password = fields.required("password").map(SecretString::from).unwrap_or_default();
    fields.finish()?;
    let wanted = LinkUse { secret: secret.ok_or_else(over)?, name, title, password };
    let entered = access.follow_link(wanted, &actor).await?;
    access.superseded(cookies.read(&headers), &entered, &actor).await?;
    enter::opened(&entered, &cookies)
}
