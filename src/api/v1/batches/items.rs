//! `GET /api/v1/batches/{id}/items` and `/items.csv`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Read};
use crate::api::csv;
use crate::api::extract::{Id, Query};
use crate::api::problem::Problem;
use crate::app::reading::{self, BatchItem, BatchItems, Reader};

/// Which items.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// `waiting`, `done`, `failed`, `skipped` or `cancelled`.
    #[param(example = "failed")]
    state: Option<String>,
    /// `next_after` of the last page.
    #[param(minimum = 0)]
    after: Option<u32>,
    /// Rows of the page, 1 to 500; 50 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// Items of a batch with what became of each.
#[utoipa::path(
    get, path = "/api/v1/batches/{id}/items", tag = "batches", operation_id = "list_batch_items",
    params(("id" = Uuid, Path, description = "The batch"), Parameters),
    responses((status = 200, body = BatchItems)), security(("token" = ["read"]))
)]
pub async fn list(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
) -> Result<Json<BatchItems>, Problem> {
    Ok(Json(reader.batch_items(caller.tenant, id, query.state, query.after.unwrap_or(0), query.limit).await?))
}

/// The same as a table.
#[utoipa::path(
    get, path = "/api/v1/batches/{id}/items.csv", tag = "batches", operation_id = "export_batch_items",
    params(("id" = Uuid, Path, description = "The batch")),
    responses((status = 200, body = String, content_type = "text/csv")), security(("token" = ["read"]))
)]
pub async fn export(Allowed { caller, .. }: Allowed<Read>, Id(id): Id, State(reader): State<Reader>) -> Result<Response, Problem> {
    reader.batch(caller.tenant, id).await?;
    let tenant = caller.tenant;
    let rows = stream::unfold(Some(0), move |after| {
        let reader = reader.clone();
        async move {
            let page = reader.batch_items(tenant, id, None, after?, Some(500)).await;
            let next = page.as_ref().ok().and_then(|page| page.next_after);
            Some((page.map(|page| Bytes::from(page.items.iter().flat_map(line).collect::<Vec<u8>>())), next))
        }
    });
    let heading = ["position", "target", "state", "attempts", "code", "message", "finished_at"];
    Ok(csv::answer::<_, reading::Error>(&format!("batch-{id}.csv"), &heading, rows))
}

fn line(item: &BatchItem) -> Vec<u8> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    csv::line(&[
        item.position.to_string(),
        item.target.to_string(),
        item.state.clone(),
        item.attempts.to_string(),
        text(&item.code),
        text(&item.message),
        item.finished_at.map(|at| at.to_string()).unwrap_or_default(),
    ])
}
