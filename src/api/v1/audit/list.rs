//! `GET /api/v1/audit`

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Audit as MayAudit};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::api::v1::page::page;
use crate::app::access::Audit;
use crate::app::access::audit::AuditChoice;
use crate::app::access::audit::AuditItem;
use crate::app::reading::List;
use crate::domain::ids::TenantId;

/// Which entries, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Who, by name.
    #[param(example = "ana.li")]
    actor: Option<String>,
    /// What was done, such as `user.change` or `POST /api/v1/exceptions/{id}/retry`.
    action: Option<String>,
    /// To what, such as a path.
    object: Option<String>,
    /// What became of it: `done`, `refused`, a status, or `unknown`.
    outcome: Option<String>,
    /// At or after.
    since: Option<Timestamp>,
    /// Before.
    until: Option<Timestamp>,
    /// Rows of the page, 1 to 500; 50 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the last page.
    cursor: Option<String>,
}

impl Parameters {
    /// What is chosen by them.
    pub(super) fn choice(&self, tenant: TenantId) -> AuditChoice {
        AuditChoice {
            tenant,
            actor: self.actor.clone(),
            action: self.action.clone(),
            object: self.object.clone(),
            outcome: self.outcome.clone(),
            since: self.since,
            until: self.until,
        }
    }
}

/// What was done by whom, newest first: every change that was asked for, every payload that a person looked at, every
/// sign-in.
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "audit", operation_id = "list_audit", params(Parameters),
    responses((status = 200, body = List<AuditItem>)), security(("token" = ["audit"]))
)]
pub async fn list(
    Allowed { caller, .. }: Allowed<MayAudit>,
    Query(query): Query<Parameters>,
    State(audit): State<Audit>,
) -> Result<Json<List<AuditItem>>, Problem> {
    let (choice, page) = (query.choice(caller.tenant), page(query.limit, query.cursor));
    Ok(Json(audit.list(&choice, &page).await?))
}
