//! `GET /api/v1/batches`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::api::v1::page::page;
use crate::app::reading::{Batch, List, Reader};

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Rows of the page, 1 to 500; 50 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the last page.
    cursor: Option<String>,
}

/// Batches, newest first.
#[utoipa::path(
    get, path = "/api/v1/batches", tag = "batches", operation_id = "list_batches", params(Parameters),
    responses((status = 200, body = List<Batch>)), security(("token" = ["read"]))
)]
pub async fn list(
    Allowed { caller, .. }: Allowed<Read>,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
) -> Result<Json<List<Batch>>, Problem> {
    Ok(Json(reader.batches(caller.tenant, &page(query.limit, query.cursor)).await?))
}
