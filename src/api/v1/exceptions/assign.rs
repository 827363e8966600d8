//! `PUT /api/v1/exceptions/{id}/assignee`

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::settle::Fields;
use super::show::tag;
use crate::api::auth::{Allowed, Operate};
use crate::api::body::Json;
use crate::api::etag;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::keeping::Keeper;
use crate::app::reading::{ExceptionItem, Reader};
use crate::domain::ids::ExceptionId;

/// To whom an exception is given.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"assignee": "zhang"}))]
pub struct Assignee {
    /// A person; absent or null gives it back to its owner.
    pub assignee: Option<String>,
}

/// Gives an open exception to somebody, or back to its owner. `If-Match` says what the caller saw.
#[utoipa::path(
    put, path = "/api/v1/exceptions/{id}/assignee", tag = "exceptions", operation_id = "assign_exception",
    params(("id" = Uuid, Path, description = "The exception"), ("If-Match" = String, Header, description = "`ETag` of the exception")),
    request_body = Assignee,
    responses((status = 200, body = ExceptionItem, headers(("ETag" = String, description = "For `If-Match`")))), security(("token" = ["operate"]))
)]
pub async fn assign(
    Allowed { caller, .. }: Allowed<Operate>,
    Id(id): Id,
    State(reader): State<Reader>,
    State(keeper): State<Keeper>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(body);
    let assignee = fields.text("assignee");
    fields.finish()?;
    let id = ExceptionId(id);
    let before = reader.exception(caller.tenant, id).await?;
    etag::demand(&headers, &tag(&before))?;
    keeper.assign(caller.tenant, id, before.assignee, assignee, &caller.name).await?;
    let after = reader.exception(caller.tenant, id).await?;
    Ok(etag::tagged(&after, &tag(&after)))
}
