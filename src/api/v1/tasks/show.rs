//! `GET /api/v1/tasks/{id}`

use axum::extract::State;
use axum::response::Response;

use crate::api::auth::{Allowed, Decide};
use crate::api::etag;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::app::people::{People, TaskDetail};
use crate::domain::ids::TaskId;
use crate::domain::permission::Permission;

/// One task with all that is needed to decide it: the document within the step's rights, what may be done, what was decided,
/// who comes next, what is new. For whoever has to do with the instance, or runs it.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}", tag = "tasks", operation_id = "show_task",
    params(("id" = Uuid, Path, description = "The task")),
    responses((status = 200, body = TaskDetail, headers(("ETag" = String, description = "For `If-Match` of an act: `version` in double quotes")))),
    security(("token" = ["decide"]))
)]
pub async fn show(Allowed { caller, .. }: Allowed<Decide>, Id(id): Id, State(people): State<People>) -> Result<Response, Problem> {
    let admin = caller.may(Permission::Operate) && caller.may(Permission::Payloads);
    if !admin {
        super::person(&caller)?;
    }
    let task = people.task(caller.tenant, TaskId(id), caller.person(), admin).await?;
    Ok(etag::tagged(&task, &format!("\"{}\"", task.version)))
}
