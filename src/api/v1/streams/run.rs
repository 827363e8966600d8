//! `POST /api/v1/streams/{name}/{stream}/run`

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;

use crate::api::auth::{Allowed, Operate};
use crate::api::extract::{Name, StreamName};
use crate::api::problem::Problem;
use crate::app::connections::Connections;
use crate::app::keeping::Keeper;

/// Makes a stream due now; the next free replica runs it. One that nobody listens to is refused: it would not be read.
#[utoipa::path(
    post, path = "/api/v1/streams/{name}/{stream}/run", tag = "streams", operation_id = "run_stream",
    params(("name" = String, Path, description = "The connection"), ("stream" = String, Path, description = "The stream")),
    responses((status = 202)), security(("token" = ["operate"]))
)]
pub async fn run(
    Allowed { caller, .. }: Allowed<Operate>,
    Name(name): Name,
    StreamName(stream): StreamName,
    State(keeper): State<Keeper>,
    State(connections): State<Arc<dyn Connections>>,
) -> Result<StatusCode, Problem> {
    let known = connections.connections();
    let unheard = known.iter().any(|item| item.connection == name && item.unheard_streams.contains(&stream));
    keeper.run_stream(caller.tenant, &name, &stream, unheard).await?;
    Ok(StatusCode::ACCEPTED)
}
