//! `GET /api/v1/audit/head` and `GET /api/v1/audit/chain`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Audit as MayAudit};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::access::Audit;
use crate::app::access::audit::{AuditChain, AuditHead};

/// Where the chain ends now. Kept elsewhere, it proves later that nothing before it was changed.
#[utoipa::path(
    get, path = "/api/v1/audit/head", tag = "audit", operation_id = "show_audit_head",
    responses((status = 200, body = AuditHead)), security(("token" = ["audit"]))
)]
pub async fn head(Allowed { caller, .. }: Allowed<MayAudit>, State(audit): State<Audit>) -> Result<Json<AuditHead>, Problem> {
    Ok(Json(audit.head(caller.tenant).await?))
}

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// The number to go on after; from the beginning when left out.
    after: Option<u64>,
}

/// Sealed entries in the order of their numbers, at most 1,000: for keeping them elsewhere and following the hashes.
#[utoipa::path(
    get, path = "/api/v1/audit/chain", tag = "audit", operation_id = "list_audit_chain", params(Parameters),
    responses((status = 200, body = AuditChain)), security(("token" = ["audit"]))
)]
pub async fn chain(
    Allowed { caller, .. }: Allowed<MayAudit>,
    Query(query): Query<Parameters>,
    State(audit): State<Audit>,
) -> Result<Json<AuditChain>, Problem> {
    Ok(Json(audit.chain(caller.tenant, query.after.unwrap_or(0)).await?))
}
