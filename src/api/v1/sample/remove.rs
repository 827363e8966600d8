//! `DELETE /api/v1/sample`

use axum::extract::State;
use http::StatusCode;

use crate::api::auth::{Allowed, Users};
use crate::api::problem::Problem;
use crate::app::keeping::Keeper;

/// Takes the sample documents out of the ledger with everything about them, and nothing else.
#[utoipa::path(
    delete, path = "/api/v1/sample", tag = "users", operation_id = "remove_sample",
    responses((status = 204)), security(("token" = ["users"]))
)]
pub async fn remove(Allowed { caller, .. }: Allowed<Users>, State(keeper): State<Keeper>) -> Result<StatusCode, Problem> {
    keeper.remove_sample(caller.tenant).await?;
    Ok(StatusCode::NO_CONTENT)
}
