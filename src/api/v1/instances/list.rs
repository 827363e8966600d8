//! `GET /api/v1/instances`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::api::auth::{Reaching, Read};
use crate::api::extract::{Query, known};
use crate::api::problem::Problem;
use crate::api::v1::page::page;
use crate::app::reading::{InstanceItem, InstanceQuery, List, Reader};
use crate::domain::ids::DocumentId;

/// Which instances.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// The flow.
    flow: Option<String>,
    /// `running`, `exception`, `ended` or `superseded`.
    status: Option<String>,
    /// The document.
    document: Option<Uuid>,
    /// Rows of the page, 1 to 500; 50 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the last page.
    cursor: Option<String>,
}

/// Instances, newest first.
#[utoipa::path(
    get, path = "/api/v1/instances", tag = "instances", operation_id = "list_instances", params(Parameters),
    responses((status = 200, body = List<InstanceItem>)), security(("token" = ["read"]))
)]
pub async fn list(
    Reaching { caller, within, .. }: Reaching<Read>,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
) -> Result<Json<List<InstanceItem>>, Problem> {
    known("status", query.status.as_deref(), &["running", "exception", "ended", "superseded"])?;
    let Parameters { flow, status, document, limit, cursor } = query;
    let filter = InstanceQuery { flow, status, document: document.map(DocumentId), within };
    Ok(Json(reader.instances(caller.tenant, &filter, &page(limit, cursor)).await?))
}
