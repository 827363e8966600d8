//! `PUT /api/v1/definitions/{kind}/{id}/draft`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Edit};
use crate::api::body::Typed;
use crate::api::extract::Definition;
use crate::api::problem::Problem;
use crate::api::v1::etag::{seen, tagged};
use crate::app::publishing::{DraftItem, Publishing, SaveDraft};

/// A draft to save.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "format: 1\nmapping: po_ref\ninputs: {doc: purchase_order}\nto: {operation: erp.release_order}\nfields:\n  - {to: id, value: doc.source.id, required: true}\n"}))]
pub struct Draft {
    /// The text, byte for byte; `null` to remove the definition.
    #[schema(required = true)]
    #[serde(deserialize_with = "Option::deserialize")]
    text: Option<String>,
    /// Where it is to stand in the project folder; where it stands, or the folder of its kind, when not given.
    path: Option<String>,
}

/// Saves the caller's draft over the text the caller saw: `If-Match` with the ETag of the draft, or of the live text for a
/// first draft; `If-None-Match: *` for a definition that is new. Saving the same text again always works.
#[utoipa::path(
    put, path = "/api/v1/definitions/{kind}/{id}/draft", tag = "definitions", operation_id = "save_draft",
    params(
        ("kind" = String, Path, description = "The kind, such as `flow`"), ("id" = String, Path, description = "The id; the path of a test or other file"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the text that was seen; this one or `If-None-Match` is required"),
        ("If-None-Match" = Option<String>, Header, description = "`*`: there was none; this one or `If-Match` is required"),
    ),
    request_body = Draft,
    responses(
        (status = 200, body = DraftItem, headers(("ETag" = String, description = "For `If-Match`"))),
        (status = 201, body = DraftItem, headers(("ETag" = String, description = "For `If-Match`"))),
    ),
    security(("token" = ["edit"]))
)]
pub async fn save(
    Allowed { caller, .. }: Allowed<Edit>,
    Definition { kind, id }: Definition,
    State(publishing): State<Publishing>,
    headers: HeaderMap,
    Typed(body): Typed<Draft>,
) -> Result<Response, Problem> {
    let seen = seen(&headers)?;
    let (tenant, author) = (caller.tenant, caller.name.to_string());
    let saved = publishing.save_draft(SaveDraft { tenant, author, kind, id, text: body.text, path: body.path, seen }).await?;
    let status = if saved.created { StatusCode::CREATED } else { StatusCode::OK };
    let hash = saved.draft.hash.clone();
    Ok(tagged((status, Json(saved.draft)), &hash))
}
