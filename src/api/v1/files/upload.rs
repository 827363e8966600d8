//! `POST /api/v1/tasks/{id}/files` and `POST /api/v1/instances/{id}/files`

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::name;
use crate::api::auth::{Allowed, Caller, Decide};
use crate::api::body;
use crate::api::extract::{Id, Query};
use crate::api::problem::Problem;
use crate::api::state::ApiState;
use crate::api::v1::once::once;
use crate::api::v1::tasks::person;
use crate::app::people::{FileCaller, FilePlace, People, UploadedFile};
use crate::domain::ids::{InstanceId, TaskId};
use crate::domain::permission::Permission;

/// What the file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Named {
    /// Its name, without a path; else that of `Content-Disposition`.
    #[param(example = "offer.pdf")]
    name: Option<String>,
}

/// Takes a file for a task, from whoever may do something about it: the body is the file, of whatever type its content says. What
/// comes back goes with a verb of the task or its instance, within 24 hours. The same content under the same name is the same file.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/files", tag = "tasks", operation_id = "upload_task_file",
    params(
        ("id" = Uuid, Path, description = "The task"), Named,
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer"),
    ),
    request_body(content = String, description = "The file", content_type = "application/octet-stream"),
    responses((status = 201, body = UploadedFile)), security(("token" = ["decide"]))
)]
pub async fn for_task(
    Allowed { caller, .. }: Allowed<Decide>,
    Id(id): Id,
    Query(query): Query<Named>,
    State(state): State<ApiState>,
    State(people): State<People>,
    request: Request,
) -> Result<Response, Problem> {
    let place = people.files_of_task(uploader(&caller)?, TaskId(id)).await?;
    Box::pin(upload((&state, people), &caller, (place, format!("file\ntask\n{id}")), query, request)).await
}

/// Takes a file for an instance, from whoever has to do with it: the body is the file, of whatever type its content says. What
/// comes back goes with a verb of the instance, within 24 hours. The same content under the same name is the same file.
#[utoipa::path(
    post, path = "/api/v1/instances/{id}/files", tag = "tasks", operation_id = "upload_instance_file",
    params(
        ("id" = Uuid, Path, description = "The instance"), Named,
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer"),
    ),
    request_body(content = String, description = "The file", content_type = "application/octet-stream"),
    responses((status = 201, body = UploadedFile)), security(("token" = ["decide"]))
)]
pub async fn for_instance(
    Allowed { caller, .. }: Allowed<Decide>,
    Id(id): Id,
    Query(query): Query<Named>,
    State(state): State<ApiState>,
    State(people): State<People>,
    request: Request,
) -> Result<Response, Problem> {
    let place = people.files_of_instance(uploader(&caller)?, InstanceId(id)).await?;
    Box::pin(upload((&state, people), &caller, (place, format!("file\ninstance\n{id}")), query, request)).await
}

/// Whoever runs flows may, as with verbs; everybody else is a person.
fn uploader(caller: &Caller) -> Result<FileCaller, Problem> {
    let admin = caller.may(Permission::Operate);
    if !admin {
        person(caller)?;
    }
    Ok(FileCaller { tenant: caller.tenant, person: caller.person().map(str::to_owned), name: caller.acts_as(), admin })
}

/// The body is read only once it is known that there is a place for it.
async fn upload(
    (state, people): (&ApiState, People),
    caller: &Caller,
    (place, used_for): (FilePlace, String),
    Named { name }: Named,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let name = name.or_else(|| name::sent(&headers)).unwrap_or_default();
    let bytes = body::read(request).await?;
    let used_for = format!("{used_for}\n{name}\n{}", hex::encode(Sha256::digest(&bytes)));
    let work = async move { Ok((StatusCode::CREATED, json!(people.keep_file(place, &name, bytes).await?))) };
    Box::pin(once(state, &headers, caller, used_for.as_bytes(), work)).await
}
