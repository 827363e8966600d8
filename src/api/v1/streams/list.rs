//! `GET /api/v1/streams` and `/streams/{name}/{stream}`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use crate::api::auth::{Allowed, Caller, Read};
use crate::api::extract::{Name, StreamName};
use crate::api::problem::Problem;
use crate::api::{codes, etag};
use crate::app::connections::Connections;
use crate::app::ops::{self, Stream, Streams};
use crate::app::reading::Reader;
use crate::domain::permission::Permission;
use crate::runtime::Clock;

/// Streams that were ever run, with cursor, lag and last problem.
#[utoipa::path(
    get, path = "/api/v1/streams", tag = "streams", operation_id = "list_streams",
    responses((status = 200, body = Streams)), security(("token" = ["read"]))
)]
pub async fn list(
    Allowed { caller, .. }: Allowed<Read>,
    State(reader): State<Reader>,
    State(connections): State<Arc<dyn Connections>>,
    State(clock): State<Arc<dyn Clock>>,
) -> Result<Json<Streams>, Problem> {
    let known = connections.connections();
    Ok(Json(ops::streams(&reader, caller.tenant, &known, caller.may(Permission::Payloads), clock.now()).await?))
}

/// One stream. Its `ETag` is for moving its cursor.
#[utoipa::path(
    get, path = "/api/v1/streams/{name}/{stream}", tag = "streams", operation_id = "show_stream",
    params(("name" = String, Path, description = "The connection"), ("stream" = String, Path, description = "The stream")),
    responses((status = 200, body = Stream, headers(("ETag" = String, description = "For `If-Match`")))),
    security(("token" = ["payloads"]))
)]
pub async fn show(
    Allowed { caller, .. }: Allowed<crate::api::auth::Payloads>,
    Name(name): Name,
    StreamName(stream): StreamName,
    State(reader): State<Reader>,
    State(connections): State<Arc<dyn Connections>>,
    State(clock): State<Arc<dyn Clock>>,
) -> Result<Response, Problem> {
    let found = one(&reader, connections.as_ref(), &caller, &name, &stream, clock.as_ref()).await?;
    Ok(etag::tagged(&found, &tag(&found)))
}

/// Changes with its cursor.
pub fn tag(stream: &Stream) -> String {
    etag::of(&(&stream.connection, &stream.stream, &stream.cursor))
}

/// The stream of that name, with its cursor.
pub async fn one(
    reader: &Reader,
    connections: &dyn Connections,
    caller: &Caller,
    name: &str,
    stream: &str,
    clock: &dyn Clock,
) -> Result<Stream, Problem> {
    let all = ops::streams(reader, caller.tenant, &connections.connections(), true, clock.now()).await?;
    let found = all.items.into_iter().find(|known| known.connection == name && known.stream == stream);
    found.ok_or_else(|| Problem::new(&codes::NOT_FOUND, "There is no such stream, or it has never run."))
}
