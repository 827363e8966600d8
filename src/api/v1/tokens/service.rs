//! `GET` and `POST /api/v1/tokens`, `DELETE /api/v1/tokens/{id}`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::{TokenOrder, read};
use crate::api::auth::{Allowed, Users};
use crate::api::body::Json;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::access::Access;
use crate::app::access::tokens::{TokenItems, TokenMade};

/// Every token of the tenant, people's among them. Those of the configuration are not here.
#[utoipa::path(
    get, path = "/api/v1/tokens", tag = "users", operation_id = "list_tokens",
    responses((status = 200, body = TokenItems)), security(("token" = ["users"]))
)]
pub async fn list(Allowed { actor, .. }: Allowed<Users>, State(access): State<Access>) -> Result<axum::Json<TokenItems>, Problem> {
    Ok(axum::Json(access.tokens(&actor, None).await?))
}

/// Makes a token for a service. It is told this once.
#[utoipa::path(
    post, path = "/api/v1/tokens", tag = "users", operation_id = "make_token", request_body = TokenOrder,
    responses((status = 201, body = TokenMade)), security(("token" = ["users"]))
)]
pub async fn make(
    Allowed { caller, actor, .. }: Allowed<Users>,
    State(access): State<Access>,
    Json(body): Json,
) -> Result<Response, Problem> {
    let made = access.make_token(read(body)?, None, caller.all(), &actor).await?;
    Ok((StatusCode::CREATED, axum::Json(made)).into_response())
}

/// Ends a token, whosever it is, with the next request that brings it.
#[utoipa::path(
    delete, path = "/api/v1/tokens/{id}", tag = "users", operation_id = "revoke_token",
    params(("id" = Uuid, Path, description = "The token")), responses((status = 204)), security(("token" = ["users"]))
)]
pub async fn revoke(Allowed { actor, .. }: Allowed<Users>, Id(id): Id, State(access): State<Access>) -> Result<StatusCode, Problem> {
    access.revoke_token(&actor, None, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
