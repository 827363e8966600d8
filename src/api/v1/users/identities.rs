//! `GET`, `POST /api/v1/users/{id}/identities` and `DELETE /api/v1/users/{id}/identities/{identity}`

use axum::Json as Answer;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Users};
use crate::api::body::Json;
use crate::api::extract::{Id, Identity};
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::access::Providers;
use crate::app::access::providers::{Identities, IdentityItem};
use crate::domain::ids::UserId;

/// An account of a provider.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"provider": "company", "subject": "u-1001"}))]
pub struct IdentityOrder {
    /// The provider's name in the configuration.
    pub provider: String,
    /// What the provider calls the person for ever: the claim `sub`.
    pub subject: String,
}

/// Who a user is at identity providers.
#[utoipa::path(
    get, path = "/api/v1/users/{id}/identities", tag = "users", operation_id = "list_identities",
    params(("id" = Uuid, Path, description = "The user")), responses((status = 200, body = Identities)),
    security(("token" = ["users"]))
)]
pub async fn list(
    Allowed { actor, .. }: Allowed<Users>,
    Id(id): Id,
    State(providers): State<Providers>,
) -> Result<Answer<Identities>, Problem> {
    Ok(Answer(providers.identities(UserId(id), &actor).await?))
}

/// Links a user with an account of an identity provider: whoever signs in there as that, is this user here.
#[utoipa::path(
    post, path = "/api/v1/users/{id}/identities", tag = "users", operation_id = "link_identity",
    params(("id" = Uuid, Path, description = "The user")), request_body = IdentityOrder,
    responses((status = 201, body = IdentityItem)), security(("token" = ["users"]))
)]
pub async fn link(
    Allowed { actor, .. }: Allowed<Users>,
    Id(id): Id,
    State(providers): State<Providers>,
    Json(body): Json,
) -> Result<(StatusCode, Answer<IdentityItem>), Problem> {
    let mut fields = Fields::of(body);
    let provider = fields.required("provider").unwrap_or_default();
    let subject = fields.required("subject").unwrap_or_default();
    fields.finish()?;
    Ok((StatusCode::CREATED, Answer(providers.link(UserId(id), &provider, &subject, &actor).await?)))
}

/// Forgets who a user is at an identity provider. The user's sessions end.
#[utoipa::path(
    delete, path = "/api/v1/users/{id}/identities/{identity}", tag = "users", operation_id = "unlink_identity",
    params(("id" = Uuid, Path, description = "The user"), ("identity" = Uuid, Path, description = "The link")),
    responses((status = 204)), security(("token" = ["users"]))
)]
pub async fn unlink(
    Allowed { actor, .. }: Allowed<Users>,
    Identity(user, identity): Identity,
    State(providers): State<Providers>,
) -> Result<StatusCode, Problem> {
    providers.unlink(UserId(user), identity, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
