//! `DELETE /api/v1/definitions/{kind}/{id}/draft`

use axum::extract::State;
use http::{HeaderMap, StatusCode, header};

use crate::api::auth::{Allowed, Edit};
use crate::api::codes;
use crate::api::extract::Definition;
use crate::api::problem::Problem;
use crate::api::v1::etag::seen;
use crate::app::publishing::Publishing;

/// Drops the caller's draft: the one the caller saw.
#[utoipa::path(
    delete, path = "/api/v1/definitions/{kind}/{id}/draft", tag = "definitions", operation_id = "drop_draft",
    params(("kind" = String, Path, description = "The kind, such as `flow`"), ("id" = String, Path, description = "The id; the path of a test or other file"), ("If-Match" = String, Header, description = "The ETag of the draft that was seen; `*` for whatever is there")),
    responses((status = 204)), security(("token" = ["edit"]))
)]
pub async fn drop(
    Allowed { caller, .. }: Allowed<Edit>,
    Definition { kind, id }: Definition,
    State(publishing): State<Publishing>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let seen = match headers.get(header::IF_MATCH).map(|tag| tag.as_bytes().trim_ascii()) {
        Some(b"*") => None,
        Some(_) => seen(&headers)?,
        None => return Err(Problem::new(&codes::PRECONDITION_REQUIRED, "`If-Match` is missing.")),
    };
    publishing.drop_draft(caller.tenant, &caller.name, &kind, &id, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}
