//! `POST /api/v1/proposals/{id}/confirm`, `/decline` and `/withdraw`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::sees;
use crate::api::auth::{Allowed, Read};
use crate::api::body::Json;
use crate::api::codes;
use crate::api::extract::Id;
use crate::api::four_eyes::party;
use crate::api::openapi;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::access::proposals::{ProposalItem, Proposals, Verdict};

/// What the second person says.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"note": "looked at it with ana"}))]
pub struct ProposalNote {
    /// For the audit and whoever proposed it; at most 2,000 characters.
    pub note: Option<String>,
}

/// Confirms what another proposed: they may then ask for it once more, within a day. By a person who signed in and has the
/// rights that the change itself wants; never by whoever proposed it.
#[utoipa::path(
    post, path = "/api/v1/proposals/{id}/confirm", tag = "users", operation_id = "confirm_proposal", request_body = ProposalNote,
    params(("id" = Uuid, Path, description = "The proposal")),
    responses((status = 200, body = ProposalItem)), security(("token" = ["read"]))
)]
pub async fn confirm(
    allowed: Allowed<Read>,
    Id(id): Id,
    State(proposals): State<Proposals>,
    Json(body): Json,
) -> Result<axum::Json<ProposalItem>, Problem> {
    settle(&allowed, id, &proposals, Verdict::Confirm, body).await
}

/// Declines what another proposed.
#[utoipa::path(
    post, path = "/api/v1/proposals/{id}/decline", tag = "users", operation_id = "decline_proposal", request_body = ProposalNote,
    params(("id" = Uuid, Path, description = "The proposal")),
    responses((status = 200, body = ProposalItem)), security(("token" = ["read"]))
)]
pub async fn decline(
    allowed: Allowed<Read>,
    Id(id): Id,
    State(proposals): State<Proposals>,
    Json(body): Json,
) -> Result<axum::Json<ProposalItem>, Problem> {
    settle(&allowed, id, &proposals, Verdict::Decline, body).await
}

/// Withdraws what one proposed oneself.
#[utoipa::path(
    post, path = "/api/v1/proposals/{id}/withdraw", tag = "users", operation_id = "withdraw_proposal", request_body = ProposalNote,
    params(("id" = Uuid, Path, description = "The proposal")),
    responses((status = 200, body = ProposalItem)), security(("token" = ["read"]))
)]
pub async fn withdraw(
    allowed: Allowed<Read>,
    Id(id): Id,
    State(proposals): State<Proposals>,
    Json(body): Json,
) -> Result<axum::Json<ProposalItem>, Problem> {
    settle(&allowed, id, &proposals, Verdict::Withdraw, body).await
}

async fn settle(
    Allowed { caller, actor, .. }: &Allowed<Read>,
    id: Uuid,
    proposals: &Proposals,
    verdict: Verdict,
    body: serde_json::Value,
) -> Result<axum::Json<ProposalItem>, Problem> {
    let mut fields = Fields::of(body);
    let note = fields.text("note");
    fields.finish()?;
    let item = proposals.one(actor, id).await?;
    if !sees(caller, &item) {
        return Err(Problem::new(&codes::NOT_FOUND, "There is no such proposal."));
    }
    if verdict != Verdict::Withdraw {
        for needed in openapi::needed_for(&item.action) {
            caller.must(needed)?;
        }
    }
    let signed_in = caller.session().is_some();
    Ok(axum::Json(proposals.settle(actor, (&party(caller), signed_in), id, verdict, note).await?))
}
