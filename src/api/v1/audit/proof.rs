//! `GET /api/v1/audit/proof`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Audit as MayAudit};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::access::Audit;
use crate::app::access::audit::AuditProof;
use crate::domain::access::chain::Head;

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// The number of the entry that an answer before this one reached; from the beginning when left out.
    after: Option<u64>,
    /// The hash of that entry.
    hash: Option<String>,
}

/// Follows the chain of hashes, at most 50,000 entries of it, and tells whether it holds. Where more is to follow, the next
/// request goes on from what this one reached.
#[utoipa::path(
    get, path = "/api/v1/audit/proof", tag = "audit", operation_id = "prove_audit", params(Parameters),
    responses((status = 200, body = AuditProof)), security(("token" = ["audit"]))
)]
pub async fn proof(
    Allowed { caller, .. }: Allowed<MayAudit>,
    Query(query): Query<Parameters>,
    State(audit): State<Audit>,
) -> Result<Json<AuditProof>, Problem> {
    let from = Head { number: query.after.unwrap_or(0), hash: query.hash.unwrap_or_default() };
    Ok(Json(audit.prove(caller.tenant, from).await?))
}
