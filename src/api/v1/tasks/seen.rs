//! `POST /api/v1/tasks/{id}/seen`

use axum::extract::State;
use http::StatusCode;

use super::person;
use crate::api::auth::{Allowed, Decide};
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::people::People;
use crate::domain::ids::TaskId;

/// The caller has seen the task's instance as it is now: what comes after is new to them.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/seen", tag = "tasks", operation_id = "see_task",
    params(("id" = Uuid, Path, description = "The task")),
    responses((status = 204, description = "Kept")), security(("token" = ["decide"]))
)]
pub async fn seen(Allowed { caller, .. }: Allowed<Decide>, Id(id): Id, State(people): State<People>) -> Result<StatusCode, Problem> {
    people.see(caller.tenant, TaskId(id), person(&caller)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
