//! `GET /api/v1/definitions/{kind}/{id}/text`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::{Definition, Query};
use crate::api::problem::Problem;
use crate::api::v1::etag::tagged;
use crate::app::publishing::{Publishing, TextView};

/// Which text.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// A version; the live one when not given.
    version: Option<String>,
}

/// A text byte for byte. Its ETag is what a first draft is saved over.
#[utoipa::path(
    get, path = "/api/v1/definitions/{kind}/{id}/text", tag = "definitions", operation_id = "show_definition_text",
    params(("kind" = String, Path, description = "The kind, such as `flow`"), ("id" = String, Path, description = "The id; the path of a test or other file"), Parameters),
    responses((status = 200, body = TextView, headers(("ETag" = String, description = "For `If-Match` of a first draft")))), security(("token" = ["read"]))
)]
pub async fn text(
    Allowed { caller, .. }: Allowed<Read>,
    Definition { kind, id }: Definition,
    Query(query): Query<Parameters>,
    State(publishing): State<Publishing>,
) -> Result<Response, Problem> {
    let text = publishing.definition_text(caller.tenant, &kind, &id, query.version.as_deref()).await?;
    let etag = text.etag.clone();
    Ok(tagged(Json(text), &etag))
}
