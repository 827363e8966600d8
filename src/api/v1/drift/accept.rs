//! `POST /api/v1/drift/{id}/accept`

use std::sync::Arc;

use axum::extract::State;

use crate::api::auth::{Allowed, Operate};
use crate::api::body::Json;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::{Fields, Settlement};
use crate::app::reading::{DriftItem, Reader};
use crate::app::reconcile::Reconciling;
use crate::domain::ids::DriftId;

/// Says that a difference may stay as it is. Another value on either side opens it again.
#[utoipa::path(
    post, path = "/api/v1/drift/{id}/accept", tag = "reconciliation", operation_id = "accept_drift",
    params(("id" = Uuid, Path, description = "The difference")),
    request_body = Settlement,
    responses((status = 200, body = DriftItem)), security(("token" = ["operate"]))
)]
pub async fn accept(
    Allowed { caller, .. }: Allowed<Operate>,
    Id(id): Id,
    State(asking): State<Arc<dyn Reconciling>>,
    State(reader): State<Reader>,
    Json(body): Json,
) -> Result<axum::Json<DriftItem>, Problem> {
    let mut fields = Fields::of(body);
    let reason = fields.required("reason").unwrap_or_default();
    fields.finish()?;
    asking.accept(caller.tenant, DriftId(id), &caller.name, &reason).await?;
    Ok(axum::Json(reader.drift(caller.tenant, DriftId(id)).await?))
}
