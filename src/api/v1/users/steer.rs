//! `POST /api/v1/users/{id}/disable`, `/enable`, `/reset` and `/sign-out`

use axum::Json;
use axum::extract::State;

use super::add::told;
use crate::api::auth::{Allowed, Cookies, Users};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::access::{Access, LinkMade, SessionsEnded, UserItem};
use crate::domain::ids::UserId;

/// Keeps a user out: every session and link ends at once, and every token that is the user's own. Tokens of services that the user
/// made are named: they go on until somebody ends them.
#[utoipa::path(
    post, path = "/api/v1/users/{id}/disable", tag = "users", operation_id = "disable_user",
    params(("id" = Uuid, Path, description = "The user")), responses((status = 200, body = UserItem)), security(("token" = ["users"]))
)]
pub async fn disable(Allowed { actor, .. }: Allowed<Users>, Id(id): Id, State(access): State<Access>) -> Result<Json<UserItem>, Problem> {
    Ok(Json(access.set_disabled(UserId(id), true, &actor).await?))
}

/// Lets a user in again, with the password and roles it had.
#[utoipa::path(
    post, path = "/api/v1/users/{id}/enable", tag = "users", operation_id = "enable_user",
    params(("id" = Uuid, Path, description = "The user")), responses((status = 200, body = UserItem)), security(("token" = ["users"]))
)]
pub async fn enable(Allowed { actor, .. }: Allowed<Users>, Id(id): Id, State(access): State<Access>) -> Result<Json<UserItem>, Problem> {
    Ok(Json(access.set_disabled(UserId(id), false, &actor).await?))
}

/// Makes a link to set a new password with. The old one goes on working until the link is followed.
#[utoipa::path(
    post, path = "/api/v1/users/{id}/reset", tag = "users", operation_id = "reset_user",
    params(("id" = Uuid, Path, description = "The user")), responses((status = 200, body = LinkMade)), security(("token" = ["users"]))
)]
pub async fn reset(
    Allowed { actor, .. }: Allowed<Users>,
    Id(id): Id,
    State(access): State<Access>,
    State(cookies): State<Cookies>,
) -> Result<Json<LinkMade>, Problem> {
    Ok(Json(told(&access.reset_link(UserId(id), &actor).await?, &cookies)))
}

/// Ends every session of a user.
#[utoipa::path(
    post, path = "/api/v1/users/{id}/sign-out", tag = "users", operation_id = "sign_user_out",
    params(("id" = Uuid, Path, description = "The user")), responses((status = 200, body = SessionsEnded)),
    security(("token" = ["users"]))
)]
pub async fn sign_out(
    Allowed { actor, .. }: Allowed<Users>,
    Id(id): Id,
    State(access): State<Access>,
) -> Result<Json<SessionsEnded>, Problem> {
    access.user(&actor, UserId(id)).await?;
    Ok(Json(SessionsEnded { ended: access.end_sessions(&actor, UserId(id), None).await? }))
}
