//! `DELETE /api/v1/delegations/{id}`

use axum::extract::State;
use http::StatusCode;

use crate::api::auth::{Allowed, Decide};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::people::People;
use crate::domain::permission::Permission;

/// Ends a delegation of the caller's now; open tasks are the caller's alone again.
#[utoipa::path(
    delete, path = "/api/v1/delegations/{id}", tag = "tasks", operation_id = "end_delegation",
    params(("id" = Uuid, Path, description = "The delegation")),
    responses((status = 204, description = "It holds no longer")), security(("token" = ["decide"]))
)]
pub async fn end(Allowed { caller, .. }: Allowed<Decide>, Id(id): Id, State(people): State<People>) -> Result<StatusCode, Problem> {
    let person = if caller.may(Permission::Operate) { None } else { Some(crate::api::v1::tasks::person(&caller)?) };
    people.end_delegation(caller.tenant, id, person, &caller.acts_as()).await?;
    Ok(StatusCode::NO_CONTENT)
}
