//! `POST /api/v1/streams/{name}/{stream}/run`

use axum::extract::State;
use http::StatusCode;

use crate::api::auth::{Allowed, Operate};
use crate::api::extract::{Name, StreamName};
use crate::api::problem::Problem;
use crate::app::keeping::Keeper;

/// Makes a stream due now; the next free replica runs it.
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
) -> Result<StatusCode, Problem> {
    keeper.run_stream(caller.tenant, &name, &stream).await?;
    Ok(StatusCode::ACCEPTED)
}
