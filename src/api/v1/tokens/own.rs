//! `GET` and `POST /api/v1/me/tokens`, `DELETE /api/v1/me/tokens/{id}`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::{TokenOrder, read};
use crate::api::auth::{Allowed, Caller, Read, Via};
use crate::api::body::Json;
use crate::api::codes;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::access::Access;
use crate::app::access::tokens::{TokenItems, TokenMade};
use crate::domain::ids::UserId;

/// One's own tokens; a program has none.
#[utoipa::path(
    get, path = "/api/v1/me/tokens", tag = "sign-in", operation_id = "list_own_tokens",
    responses((status = 200, body = TokenItems)), security(("token" = ["read"]))
)]
pub async fn list(Allowed { caller, actor, .. }: Allowed<Read>, State(access): State<Access>) -> Result<axum::Json<TokenItems>, Problem> {
    match caller.user() {
        Some(user) => Ok(axum::Json(access.tokens(&actor, Some(user)).await?)),
        None => Ok(axum::Json(TokenItems { items: Vec::new() })),
    }
}

/// Makes a token that acts as oneself and never may more. It is told this once. Only a person who is signed in makes one:
/// whoever finds a token must not make others of it.
#[utoipa::path(
    post, path = "/api/v1/me/tokens", tag = "sign-in", operation_id = "make_own_token", request_body = TokenOrder,
    responses((status = 201, body = TokenMade)), security(("token" = ["read"]))
)]
pub async fn make(
    Allowed { caller, actor, .. }: Allowed<Read>,
    State(access): State<Access>,
    Json(body): Json,
) -> Result<Response, Problem> {
    let new = read(body)?;
    let made = access.make_token(new, Some(signed_in(&caller)?), caller.all(), &actor).await?;
    Ok((StatusCode::CREATED, axum::Json(made)).into_response())
}

/// Ends one of one's own tokens.
#[utoipa::path(
    delete, path = "/api/v1/me/tokens/{id}", tag = "sign-in", operation_id = "revoke_own_token",
    params(("id" = Uuid, Path, description = "The token")), responses((status = 204)), security(("token" = ["read"]))
)]
pub async fn revoke(Allowed { caller, actor, .. }: Allowed<Read>, Id(id): Id, State(access): State<Access>) -> Result<StatusCode, Problem> {
    let user = caller.user().ok_or_else(|| Problem::new(&codes::NOT_FOUND, "A program has no tokens."))?;
    access.revoke_token(&actor, Some(user), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn signed_in(caller: &Caller) -> Result<UserId, Problem> {
    match &caller.via {
        Via::Session { user, .. } => Ok(*user),
        Via::Token { .. } => Err(Problem::new(&codes::CONFLICT, "Only a person who is signed in makes a token.")),
    }
}
