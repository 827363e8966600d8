//! `GET` and `POST /api/v1/exceptions/{id}/notes`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::settle::Fields;
use crate::api::auth::{Allowed, Operate, Read};
use crate::api::body::Json;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::keeping::Keeper;
use crate::app::reading::{Note, Notes, Reader};
use crate::domain::ids::ExceptionId;

/// A comment.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"text": "The supplier was told by phone."}))]
pub struct Comment {
    /// At most 2,000 characters.
    pub text: String,
}

/// What people said about an exception and who had it, oldest first.
#[utoipa::path(
    get, path = "/api/v1/exceptions/{id}/notes", tag = "exceptions", operation_id = "list_exception_notes",
    params(("id" = Uuid, Path, description = "The exception")),
    responses((status = 200, body = Notes)), security(("token" = ["read"]))
)]
pub async fn list(Allowed { caller, .. }: Allowed<Read>, Id(id): Id, State(reader): State<Reader>) -> Result<axum::Json<Notes>, Problem> {
    Ok(axum::Json(reader.notes(caller.tenant, ExceptionId(id)).await?))
}

/// Says something about an exception.
#[utoipa::path(
    post, path = "/api/v1/exceptions/{id}/notes", tag = "exceptions", operation_id = "comment_on_exception",
    params(("id" = Uuid, Path, description = "The exception")), request_body = Comment,
    responses((status = 201, body = Note)), security(("token" = ["operate"]))
)]
pub async fn add(
    Allowed { caller, .. }: Allowed<Operate>,
    Id(id): Id,
    State(keeper): State<Keeper>,
    Json(body): Json,
) -> Result<(StatusCode, axum::Json<Note>), Problem> {
    let mut fields = Fields::of(body);
    let text = fields.required("text");
    fields.finish()?;
    let note = keeper.comment(caller.tenant, ExceptionId(id), &caller.name, text.unwrap_or_default()).await?;
    Ok((StatusCode::CREATED, axum::Json(note)))
}
