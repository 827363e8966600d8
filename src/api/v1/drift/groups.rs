//! `GET /api/v1/drift/groups`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::reading::{DriftCount, DriftQuery, Reader};
use crate::domain::ids::{DocumentId, ReconciliationId};

/// Which differences are counted.
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
    /// The run that saw them last.
    reconciliation: Option<Uuid>,
}

/// Differences counted by kind, connection and state, most first.
#[utoipa::path(
    get, path = "/api/v1/drift/groups", tag = "reconciliation", operation_id = "count_drift", params(Parameters),
    responses((status = 200, body = Vec<DriftCount>)), security(("token" = ["read"]))
)]
pub async fn groups(
    Allowed { caller, .. }: Allowed<Read>,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
) -> Result<Json<Vec<DriftCount>>, Problem> {
    let Parameters { state, kind, connection, document, reconciliation } = query;
    let filter = DriftQuery { state, kind, connection, document: document.map(DocumentId), run: reconciliation.map(ReconciliationId) };
    Ok(Json(reader.drift_groups(caller.tenant, &filter).await?))
}
