//! `GET /api/v1/connections/{name}/receipts`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::health::known;
use crate::api::auth::{Allowed, Read};
use crate::api::extract::{Name, Query};
use crate::api::problem::Problem;
use crate::api::v1::page::page;
use crate::app::connections::Connections;
use crate::app::reading::{List, Reader, Receipt};

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

/// The last webhooks of a connection with the verdict on each, newest first: about 200 are kept.
#[utoipa::path(
    get, path = "/api/v1/connections/{name}/receipts", tag = "connections", operation_id = "list_receipts",
    params(("name" = String, Path, description = "The connection", example = "oa_main"), Parameters),
    responses((status = 200, body = List<Receipt>)), security(("token" = ["read"]))
)]
pub async fn receipts(
    Allowed { caller, .. }: Allowed<Read>,
    Name(name): Name,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
    State(connections): State<Arc<dyn Connections>>,
) -> Result<Json<List<Receipt>>, Problem> {
    known(connections.as_ref(), &caller, &name)?;
    Ok(Json(reader.receipts(caller.tenant, &name, &page(query.limit, query.cursor)).await?))
}
