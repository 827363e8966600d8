//! `POST /api/v1/documents/find`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Read};
use crate::api::body::Json;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::reading::{KEYS_MAX, KeysFound, Reader};

/// Keys as they were pasted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"keys": ["PO-2026-004417", "A-99120"]}))]
pub struct Keys {
    /// Any business keys, ours or partners', at most 500.
    pub keys: Vec<String>,
}

/// The documents of up to 500 pasted keys, each found exactly, in the order they were given; and the keys that name nothing.
#[utoipa::path(
    post, path = "/api/v1/documents/find", tag = "documents", operation_id = "find_documents", request_body = Keys,
    responses((status = 200, body = KeysFound)), security(("token" = ["read"]))
)]
pub async fn find(
    Allowed { caller, .. }: Allowed<Read>,
    State(reader): State<Reader>,
    Json(body): Json,
) -> Result<axum::Json<KeysFound>, Problem> {
    let mut fields = Fields::of(body);
    let keys = fields.texts("keys", KEYS_MAX);
    if keys.is_none() {
        fields.fault("keys", "is required");
    }
    fields.finish()?;
    Ok(axum::Json(reader.find_keys(caller.tenant, &keys.unwrap_or_default()).await?))
}
