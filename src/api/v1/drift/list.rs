//! `GET /api/v1/drift`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::api::v1::page::page;
use crate::app::reading::{DriftItem, DriftQuery, List, Reader};
use crate::domain::ids::{DocumentId, ReconciliationId};

/// Which differences.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// `open`, `accepted` or `resolved`.
    state: Option<String>,
    /// Kind, such as `amount_differs`.
    kind: Option<String>,
    /// The connection.
    connection: Option<String>,
    /// The document.
    document: Option<Uuid>,
    /// The run that saw it last.
    reconciliation: Option<Uuid>,
    /// Rows of the page, 1 to 500; 50 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the last page.
    cursor: Option<String>,
}

/// Differences, newest first.
#[utoipa::path(
    get, path = "/api/v1/drift", tag = "reconciliation", operation_id = "list_drift", params(Parameters),
    responses((status = 200, body = List<DriftItem>)), security(("token" = ["read"]))
)]
pub async fn list(
    Allowed { caller, .. }: Allowed<Read>,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
) -> Result<Json<List<DriftItem>>, Problem> {
    let Parameters { state, kind, connection, document, reconciliation, limit, cursor } = query;
    let filter = DriftQuery { state, kind, connection, document: document.map(DocumentId), run: reconciliation.map(ReconciliationId) };
    Ok(Json(reader.drifts(caller.tenant, &filter, &page(limit, cursor)).await?))
}
