//! `POST /api/v1/validate`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::given::{Given, overlay};
use crate::api::auth::{Allowed, Edit};
use crate::api::body::Typed;
use crate::api::codes;
use crate::api::problem::{Pointer, Problem};
use crate::app::publishing::{Publishing, Validation};

/// Texts to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "format: 1\nmapping: po_ref\ninputs: {doc: purchase_order}\nto: {operation: erp.release_order}\nfields:\n  - {to: id, value: doc.source.id, required: true}\n"}))]
pub struct Texts {
    /// Path to text; `null` for a file that goes.
    #[serde(default)]
    files: BTreeMap<String, Option<String>>,
    /// One text; where it stands follows from what it defines, unless `path` says.
    text: Option<String>,
    /// Where that text stands.
    path: Option<String>,
    /// Whether the caller's drafts count as well.
    #[serde(default)]
    drafts: bool,
}

/// Checks texts as if they were published over what is live: errors anywhere, warnings about the given texts, each with its
/// range.
#[utoipa::path(
    post, path = "/api/v1/validate", tag = "authoring", operation_id = "validate_texts", request_body = Texts,
    responses((status = 200, body = Validation)), security(("token" = ["edit"]))
)]
pub async fn validate(
    Allowed { caller, .. }: Allowed<Edit>,
    State(publishing): State<Publishing>,
    Typed(body): Typed<Texts>,
) -> Result<Json<Validation>, Problem> {
    let Texts { files, text, path, drafts } = body;
    if files.is_empty() && text.is_none() && !drafts {
        let message = "one of `text`, `files` and `drafts: true` is wanted: a text, texts by their paths, or your drafts";
        let wanted = Pointer { pointer: String::new(), message: message.to_owned() };
        return Err(Problem::new(&codes::INVALID_BODY, "There is nothing to check.").with_pointers(vec![wanted]));
    }
    let overlay = overlay(&publishing, &caller, Given { files, text, path, drafts }).await?;
    Ok(Json(publishing.validate(overlay).await?))
}
