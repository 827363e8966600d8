//! `GET /api/v1/reconciliations`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::api::v1::page::page;
use crate::app::reading::{List, Reader, ReconciliationItem, ReconciliationQuery};

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// The connection.
    connection: Option<String>,
    /// `planned`, `running`, `done`, `failed` or `cancelled`.
    state: Option<String>,
    /// Rows of the page, 1 to 500; 50 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the last page.
    cursor: Option<String>,
}

/// Runs, newest first, with their statements.
#[utoipa::path(
    get, path = "/api/v1/reconciliations", tag = "reconciliation", operation_id = "list_reconciliations", params(Parameters),
    responses((status = 200, body = List<ReconciliationItem>)), security(("token" = ["read"]))
)]
pub async fn list(
    Allowed { caller, .. }: Allowed<Read>,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
) -> Result<Json<List<ReconciliationItem>>, Problem> {
    let Parameters { connection, state, limit, cursor } = query;
    let filter = ReconciliationQuery { connection, state };
    Ok(Json(reader.reconciliations(caller.tenant, &filter, &page(limit, cursor)).await?))
}
