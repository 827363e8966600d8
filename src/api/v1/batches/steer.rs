//! `POST /api/v1/batches/{id}/{pause,resume,cancel,retry-failed}`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Operate};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::keeping::Keeper;
use crate::app::reading::Batch;

/// Takes no further items; those under way are finished.
#[utoipa::path(
    post, path = "/api/v1/batches/{id}/pause", tag = "batches", operation_id = "pause_batch",
    params(("id" = Uuid, Path, description = "The batch")),
    responses((status = 200, body = Batch)), security(("token" = ["operate"]))
)]
pub async fn pause(Allowed { caller, .. }: Allowed<Operate>, Id(id): Id, State(keeper): State<Keeper>) -> Result<Json<Batch>, Problem> {
    Ok(Json(keeper.steer_batch(caller.tenant, id, "pause").await?))
}

/// Goes on after a pause.
#[utoipa::path(
    post, path = "/api/v1/batches/{id}/resume", tag = "batches", operation_id = "resume_batch",
    params(("id" = Uuid, Path, description = "The batch")),
    responses((status = 200, body = Batch)), security(("token" = ["operate"]))
)]
pub async fn resume(Allowed { caller, .. }: Allowed<Operate>, Id(id): Id, State(keeper): State<Keeper>) -> Result<Json<Batch>, Problem> {
    Ok(Json(keeper.steer_batch(caller.tenant, id, "resume").await?))
}

/// Ends a batch: what waits is cancelled, what is done stays done.
#[utoipa::path(
    post, path = "/api/v1/batches/{id}/cancel", tag = "batches", operation_id = "cancel_batch",
    params(("id" = Uuid, Path, description = "The batch")),
    responses((status = 200, body = Batch)), security(("token" = ["operate"]))
)]
pub async fn cancel(Allowed { caller, .. }: Allowed<Operate>, Id(id): Id, State(keeper): State<Keeper>) -> Result<Json<Batch>, Problem> {
    Ok(Json(keeper.steer_batch(caller.tenant, id, "cancel").await?))
}

/// Lets the items that failed wait again; no other.
#[utoipa::path(
    post, path = "/api/v1/batches/{id}/retry-failed", tag = "batches", operation_id = "retry_failed_of_batch",
    params(("id" = Uuid, Path, description = "The batch")),
    responses((status = 200, body = Batch)), security(("token" = ["operate"]))
)]
pub async fn retry_failed(
    Allowed { caller, .. }: Allowed<Operate>,
    Id(id): Id,
    State(keeper): State<Keeper>,
) -> Result<Json<Batch>, Problem> {
    Ok(Json(keeper.steer_batch(caller.tenant, id, "retry-failed").await?))
}
