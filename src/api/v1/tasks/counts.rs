//! `GET /api/v1/tasks/counts`

use axum::Json;
use axum::extract::State;

use super::person;
use crate::api::auth::{Allowed, Decide};
use crate::api::problem::Problem;
use crate::app::people::{People, TaskCountsView};

/// How many tasks wait for the caller.
#[utoipa::path(
    get, path = "/api/v1/tasks/counts", tag = "tasks", operation_id = "count_tasks",
    responses((status = 200, body = TaskCountsView)), security(("token" = ["decide"]))
)]
pub async fn counts(Allowed { caller, .. }: Allowed<Decide>, State(people): State<People>) -> Result<Json<TaskCountsView>, Problem> {
    Ok(Json(people.task_counts(caller.tenant, person(&caller)?).await?))
}
