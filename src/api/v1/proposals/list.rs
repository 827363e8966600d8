//! `GET /api/v1/proposals` and `/proposals/{id}`

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::{Allowed, Caller, Read};
use crate::api::codes;
use crate::api::extract::{Id, Query, known};
use crate::api::openapi;
use crate::api::problem::Problem;
use crate::app::access::proposals::{ProposalItem, Proposals};

/// What a proposal may be.
const STATES: [&str; 5] = ["open", "confirmed", "declined", "withdrawn", "used"];

/// Proposals.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ProposalItems {
    /// The newest 200.
    pub items: Vec<ProposalItem>,
}

/// Which proposals.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// `open`, `confirmed`, `declined`, `withdrawn` or `used`.
    #[param(example = "open")]
    state: Option<String>,
}

/// Changes that wait for a second person or waited, newest first: one's own, and those that one could confirm.
#[utoipa::path(
    get, path = "/api/v1/proposals", tag = "users", operation_id = "list_proposals", params(Parameters),
    responses((status = 200, body = ProposalItems)), security(("token" = ["read"]))
)]
pub async fn list(
    Allowed { caller, actor, .. }: Allowed<Read>,
    Query(query): Query<Parameters>,
    State(proposals): State<Proposals>,
) -> Result<Json<ProposalItems>, Problem> {
    known("state", query.state.as_deref(), &STATES)?;
    let items = proposals.list(&actor, query.state.as_deref()).await?;
    Ok(Json(ProposalItems { items: items.into_iter().filter(|item| sees(&caller, item)).collect() }))
}

/// One proposal.
#[utoipa::path(
    get, path = "/api/v1/proposals/{id}", tag = "users", operation_id = "show_proposal",
    params(("id" = Uuid, Path, description = "The proposal")),
    responses((status = 200, body = ProposalItem)), security(("token" = ["read"]))
)]
pub async fn show(
    Allowed { caller, actor, .. }: Allowed<Read>,
    Id(id): Id,
    State(proposals): State<Proposals>,
) -> Result<Json<ProposalItem>, Problem> {
    let item = proposals.one(&actor, id).await?;
    if sees(&caller, &item) { Ok(Json(item)) } else { Err(Problem::new(&codes::NOT_FOUND, "There is no such proposal.")) }
}

/// Whether somebody proposed it, or has the rights that the change itself wants.
pub fn sees(caller: &Caller, item: &ProposalItem) -> bool {
    *item.proposed_by == *caller.name || openapi::needed_for(&item.action).iter().all(|needed| caller.may(*needed))
}
