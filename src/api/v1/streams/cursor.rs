//! `PUT /api/v1/streams/{name}/{stream}/cursor`

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::list::{one, tag};
use crate::api::auth::{Allowed, Operate};
use crate::api::body::Json;
use crate::api::etag;
use crate::api::extract::{Name, StreamName};
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::connections::Connections;
use crate::app::keeping::Keeper;
use crate::app::ops::Stream;
use crate::app::reading::Reader;
use crate::domain::permission::Permission;
use crate::runtime::Clock;

/// Where a stream goes on from.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"cursor": null, "reason": "the ERP was restored from a backup"}))]
pub struct CursorOrder {
    /// The new cursor, as the stream showed it; absent or null begins from the beginning.
    #[schema(value_type = Option<Object>)]
    pub cursor: Option<Value>,
    /// Why.
    pub reason: String,
}

/// Moves a stream's cursor, and makes it due. What it reads twice is recognised; what it skips is not heard.
#[utoipa::path(
    put, path = "/api/v1/streams/{name}/{stream}/cursor", tag = "streams", operation_id = "move_stream_cursor",
    params(
        ("name" = String, Path, description = "The connection"), ("stream" = String, Path, description = "The stream"),
        ("If-Match" = String, Header, description = "`ETag` of the stream"),
    ),
    request_body = CursorOrder,
    responses((status = 200, body = Stream, headers(("ETag" = String, description = "For `If-Match`")))), security(("token" = ["operate", "payloads"]))
)]
#[expect(clippy::too_many_arguments, reason = "each is an extractor of the request")]
pub async fn move_it(
    Allowed { caller, .. }: Allowed<Operate>,
    Name(name): Name,
    StreamName(stream): StreamName,
    State(reader): State<Reader>,
    State(keeper): State<Keeper>,
    State(connections): State<Arc<dyn Connections>>,
    State(clock): State<Arc<dyn Clock>>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    caller.must(Permission::Payloads)?;
    let mut fields = Fields::of(body);
    let cursor = fields.rest().shift_remove("cursor").filter(|cursor| !cursor.is_null());
    let reason = fields.required("reason").unwrap_or_default();
    fields.finish()?;
    let known = one(&reader, connections.as_ref(), &caller, &name, &stream, clock.as_ref()).await?;
    etag::demand(&headers, &tag(&known))?;
    keeper.move_cursor(caller.tenant, (&name, &stream), known.cursor.as_ref(), cursor.as_ref(), &caller.name, &reason).await?;
    let moved = one(&reader, connections.as_ref(), &caller, &name, &stream, clock.as_ref()).await?;
    Ok(etag::tagged(&moved, &tag(&moved)))
}
