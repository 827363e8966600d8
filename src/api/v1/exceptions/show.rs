//! `GET /api/v1/exceptions/{id}`

use axum::extract::State;
use axum::response::Response;

use crate::api::auth::{Allowed, Read};
use crate::api::etag;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::reading::{ExceptionItem, Reader};
use crate::domain::ids::ExceptionId;

/// One exception, with what can be done about it. Its `ETag` is for changing who has it.
#[utoipa::path(
    get, path = "/api/v1/exceptions/{id}", tag = "exceptions", operation_id = "show_exception",
    params(("id" = Uuid, Path, description = "The exception")),
    responses((status = 200, body = ExceptionItem, headers(("ETag" = String, description = "For `If-Match`")))),
    security(("token" = ["read"]))
)]
pub async fn show(Allowed { caller, .. }: Allowed<Read>, Id(id): Id, State(reader): State<Reader>) -> Result<Response, Problem> {
    let item = reader.exception(caller.tenant, ExceptionId(id)).await?;
    Ok(etag::tagged(&item, &tag(&item)))
}

/// Changes with who has it and whether it is open.
pub fn tag(item: &ExceptionItem) -> String {
    etag::of(&(&item.id, &item.state, &item.assignee))
}
