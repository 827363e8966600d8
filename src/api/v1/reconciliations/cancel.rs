//! `POST /api/v1/reconciliations/{id}/cancel`

use std::sync::Arc;

use axum::extract::State;

use crate::api::auth::{Allowed, Operate};
use crate::api::body::Json;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::{Fields, Settlement};
use crate::app::reading::{Reader, ReconciliationItem};
use crate::app::reconcile::Reconciling;
use crate::domain::ids::ReconciliationId;

/// Cancels a run that is not over; what it found so far stays.
#[utoipa::path(
    post, path = "/api/v1/reconciliations/{id}/cancel", tag = "reconciliation", operation_id = "cancel_reconciliation",
    params(("id" = Uuid, Path, description = "The run")),
    request_body = Settlement,
    responses((status = 200, body = ReconciliationItem)), security(("token" = ["operate"]))
)]
pub async fn cancel(
    Allowed { caller, .. }: Allowed<Operate>,
    Id(id): Id,
    State(asking): State<Arc<dyn Reconciling>>,
    State(reader): State<Reader>,
    Json(body): Json,
) -> Result<axum::Json<ReconciliationItem>, Problem> {
    let mut fields = Fields::of(body);
    let reason = fields.required("reason").unwrap_or_default();
    fields.finish()?;
    asking.cancel(caller.tenant, ReconciliationId(id), &caller.name, &reason).await?;
    Ok(axum::Json(reader.reconciliation(caller.tenant, ReconciliationId(id)).await?))
}
