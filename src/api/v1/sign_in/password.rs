//! `POST /api/v1/me/password`

use axum::extract::State;
use axum::response::Response;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::enter::{self, SignedIn};
use crate::api::auth::{Allowed, Cookies, Read};
use crate::api::body::Json;
use crate::api::codes;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::access::Access;

/// One's own password, now and from now on.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"current": "four words nobody guesses", "password": "four other words nobody guesses"}))]
pub struct PasswordOrder {
    /// The password as it is.
    pub current: String,
    /// The password as it is to be, of at least 12 characters.
    pub password: String,
}

/// Changes one's own password. Every session of the user ends; the one that asked goes on under a new secret.
#[utoipa::path(
    post, path = "/api/v1/me/password", tag = "sign-in", operation_id = "change_password", request_body = PasswordOrder,
    responses((status = 200, body = SignedIn, headers(("Set-Cookie" = String, description = "The session")))),
    security(("token" = ["read"]))
)]
pub async fn change(
    Allowed { caller, actor, .. }: Allowed<Read>,
    State(access): State<Access>,
    State(cookies): State<Cookies>,
    Json(body): Json,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(body);
    let current = fields.required("current").map(SecretString::from).unwrap_or_default();
    let password = fields.required("password").map(SecretString::from).unwrap_or_default();
    fields.finish()?;
    // Whoever finds a token must not be able to try passwords with it.
    let user = caller.user().filter(|_| caller.session().is_some());
    let user = user.ok_or_else(|| Problem::new(&codes::CONFLICT, "A token has no password."))?;
    enter::opened(&access.change_password(user, current, password, &actor).await?, &cookies)
}
