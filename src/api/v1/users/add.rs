//! `POST /api/v1/users`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::known;
use crate::api::auth::{Allowed, Cookies, Users};
use crate::api::body::Json;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::access::{Access, LinkMade, MadeLink, NewUser, UserAdded, UserRole};

/// A user to be added.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"name": "bo.chen", "title": "Bo Chen", "email": "bo.chen@example.com", "person": "E017", "roles": [{"role": "operator", "scope": "tenant"}]}))]
pub struct UserOrder {
    /// What the user will sign in with.
    pub name: String,
    /// How the user is called; the name when left out.
    pub title: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Id of the person in the directory.
    pub person: Option<String>,
    /// What the user may do; nothing when left out.
    #[serde(default)]
    pub roles: Vec<UserRole>,
}

/// How a link is told.
pub fn told(link: &MadeLink, cookies: &Cookies) -> LinkMade {
    LinkMade { url: cookies.link(&link.secret), expires_at: link.expires_at }
}

/// Adds a user. It comes in with the link of the answer, once, and sets a password with it.
#[utoipa::path(
    post, path = "/api/v1/users", tag = "users", operation_id = "add_user", request_body = UserOrder,
    responses((status = 201, body = UserAdded)), security(("token" = ["users"]))
)]
pub async fn add(
    Allowed { actor, .. }: Allowed<Users>,
    State(access): State<Access>,
    State(cookies): State<Cookies>,
    Json(body): Json,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(body);
    let name = fields.required("name").unwrap_or_default();
    let known = known(&mut fields);
    fields.finish()?;
    let (user, link) = access.add_user(NewUser { name, known }, &actor).await?;
    Ok((StatusCode::CREATED, axum::Json(UserAdded { user, link: told(&link, &cookies) })).into_response())
}
