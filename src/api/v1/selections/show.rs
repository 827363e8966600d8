//! `GET /api/v1/selections/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::reading::{Reader, Selection};
use crate::runtime::Clock;

/// A selection that is not over, with its first ten things.
#[utoipa::path(
    get, path = "/api/v1/selections/{id}", tag = "batches", operation_id = "show_selection",
    params(("id" = Uuid, Path, description = "The selection")),
    responses((status = 200, body = Selection)), security(("token" = ["read"]))
)]
pub async fn show(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    State(reader): State<Reader>,
    State(clock): State<Arc<dyn Clock>>,
) -> Result<Json<Selection>, Problem> {
    Ok(Json(reader.selection(caller.tenant, id, clock.now()).await?))
}
