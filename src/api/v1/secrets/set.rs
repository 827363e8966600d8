//! `PUT /api/v1/secrets/{name}`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use secrecy::SecretString;

use crate::api::auth::{self, Allowed};
use crate::api::body::Json;
use crate::api::extract::Name;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::secrets::{SecretSet, Secrets};

/// A value for the hub to keep.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"value": "a-value-of-the-partner", "expires_at": "2027-11-30T00:00:00Z"}))]
pub struct SecretOrder {
    /// The value, text of at most 64 KiB. It is sealed before it is stored, and never given back.
    pub value: String,
    /// When the partner will not take it any more: a fortnight before, the hub begins to say so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_at: Option<jiff::Timestamp>,
}

/// Keeps a secret, or a new value of one: connections that name `store/NAME` use it from now on, other replicas within seconds.
#[utoipa::path(
    put, path = "/api/v1/secrets/{name}", tag = "connections", operation_id = "set_secret", request_body = SecretOrder,
    params(("name" = String, Path, description = "The secret's name: lower-case letters, digits, `_`, `.` and `-`")),
    responses((status = 200, body = SecretSet)), security(("token" = ["secrets"]))
)]
pub async fn set(
    Allowed { actor, .. }: Allowed<auth::Secrets>,
    Name(name): Name,
    State(secrets): State<Secrets>,
    Json(body): Json,
) -> Result<axum::Json<SecretSet>, Problem> {
    let mut fields = Fields::of(body);
    let value = fields.rest().shift_remove("value");
    let value = value.as_ref().and_then(serde_json::Value::as_str).map(SecretString::from);
    if value.is_none() {
        fields.fault("value", "is required and must be text");
    }
    let expires_at = fields.instant("expires_at");
    fields.finish()?;
    let value = value.unwrap_or_default();
    Ok(axum::Json(secrets.set(&actor, &name, &value, expires_at).await?))
}
