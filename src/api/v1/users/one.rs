//! `GET` and `PUT /api/v1/users/{id}`

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::known;
use crate::api::auth::{Allowed, Users};
use crate::api::body::Json;
use crate::api::etag;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::access::{Access, UserItem, UserRole};
use crate::domain::ids::UserId;

/// What is to be known of a user; what is left out is taken away.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"title": "Bo Chen", "email": "bo.chen@example.com", "person": "E017", "roles": [{"role": "viewer", "scope": "tenant"}]}))]
pub struct UserPatch {
    /// How the user is called.
    pub title: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Id of the person in the directory.
    pub person: Option<String>,
    /// What the user may do.
    #[serde(default)]
    pub roles: Vec<UserRole>,
}

/// Attempts and sign-ins are no change of the user: the tag is of what people change.
fn tag(user: &UserItem) -> String {
    etag::of(&(user.id, user.version))
}

/// One user.
#[utoipa::path(
    get, path = "/api/v1/users/{id}", tag = "users", operation_id = "show_user",
    params(("id" = Uuid, Path, description = "The user")),
    responses((status = 200, body = UserItem, headers(("ETag" = String, description = "For `If-Match`")))),
    security(("token" = ["users"]))
)]
pub async fn show(Allowed { actor, .. }: Allowed<Users>, Id(id): Id, State(access): State<Access>) -> Result<Response, Problem> {
    let user = access.user(&actor, UserId(id)).await?;
    Ok(etag::tagged(&user, &tag(&user)))
}

/// Changes what is known of a user and what it may do; its sessions go on, with the new rights from their next request.
#[utoipa::path(
    put, path = "/api/v1/users/{id}", tag = "users", operation_id = "change_user",
    params(("id" = Uuid, Path, description = "The user"), ("If-Match" = String, Header, description = "Its `ETag`")),
    request_body = UserPatch,
    responses((status = 200, body = UserItem, headers(("ETag" = String, description = "For `If-Match`")))), security(("token" = ["users"]))
)]
pub async fn change(
    Allowed { actor, .. }: Allowed<Users>,
    Id(id): Id,
    State(access): State<Access>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(body);
    let known = known(&mut fields);
    fields.finish()?;
    let seen = access.user(&actor, UserId(id)).await?;
    etag::demand(&headers, &tag(&seen))?;
    let user = access.change_user(UserId(id), seen.version, known, &actor).await?;
    Ok(etag::tagged(&user, &tag(&user)))
}
