//! `GET /api/v1/files/{id}` and `GET /api/v1/instances/{id}/files/{file}`

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Deserialize;
use utoipa::IntoParams;

use super::name::disposition;
use crate::api::audit::{looked, read};
use crate::api::auth::{Allowed, Decide, Payloads};
use crate::api::extract::{FileId, Id, Query};
use crate::api::problem::Problem;
use crate::app::access::Audit;
use crate::app::people::{FileCaller, FileFound, People, SeenAs};
use crate::domain::ids::{InstanceId, TenantId};
use crate::domain::permission::Permission;

/// How the file is to be shown.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Shown {
    /// Beside what else is there, not as something to keep: of images and PDF alone.
    inline: Option<bool>,
}

/// What is in a file, for whoever has to do with its instance, as its tasks, and for whoever runs the instance and may see what
/// documents hold. One that goes with nothing yet is its uploader's alone. It never runs as part of a page.
#[utoipa::path(
    get, path = "/api/v1/files/{id}", tag = "tasks", operation_id = "read_file",
    params(("id" = Uuid, Path, description = "The file: what follows `file:` in its `ref`"), Shown),
    responses((status = 200, description = "The file, of its own type", body = String, content_type = "application/octet-stream")),
    security(("token" = ["decide"]))
)]
pub async fn show(
    Allowed { caller, actor, .. }: Allowed<Decide>,
    Id(id): Id,
    Query(query): Query<Shown>,
    State(people): State<People>,
    State(audit): State<Audit>,
) -> Result<Response, Problem> {
    let who = FileCaller {
        tenant: caller.tenant,
        person: caller.person().map(str::to_owned),
        name: caller.acts_as(),
        admin: caller.may(Permission::Operate) && caller.may(Permission::Payloads),
    };
    let found = people.find_file(&who, id).await?;
    let object = format!("/api/v1/files/{id}");
    match (found.sealed, found.seen_as) {
        (true, _) => read(&audit, &actor, &object).await?,
        (false, SeenAs::Onlooker) => looked(&audit, &caller, &actor, &object).await?,
        (false, SeenAs::Participant) => {}
    }
    answer(&people, caller.tenant, found, &query).await
}

/// What is in a file that went with a decision of an instance, for whoever may see what documents hold; a person who looks leaves a
/// line in the audit. It never runs as part of a page.
#[utoipa::path(
    get, path = "/api/v1/instances/{id}/files/{file}", tag = "instances", operation_id = "read_instance_file",
    params(
        ("id" = Uuid, Path, description = "The instance"),
        ("file" = Uuid, Path, description = "The file: what follows `file:` in its `ref`"), Shown,
    ),
    responses((status = 200, description = "The file, of its own type", body = String, content_type = "application/octet-stream")),
    security(("token" = ["payloads"]))
)]
pub async fn show_of_instance(
    Allowed { caller, actor, .. }: Allowed<Payloads>,
    Id(id): Id,
    FileId(file): FileId,
    Query(query): Query<Shown>,
    State(people): State<People>,
    State(audit): State<Audit>,
) -> Result<Response, Problem> {
    let found = people.find_file_of(caller.tenant, InstanceId(id), file).await?;
    // Of persons the line is written already; what is sealed tells of programs too.
    if found.sealed && caller.user().is_none() {
        read(&audit, &actor, &format!("/api/v1/instances/{id}/files/{file}")).await?;
    }
    answer(&people, caller.tenant, found, &query).await
}

async fn answer(people: &People, tenant: TenantId, found: FileFound, query: &Shown) -> Result<Response, Problem> {
    let bytes = people.read_file(tenant, &found).await?;
    let harmless = found.content_type.starts_with("image/") || found.content_type == "application/pdf";
    let how = if harmless && query.inline == Some(true) { "inline" } else { "attachment" };
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    if let Ok(content_type) = HeaderValue::from_str(&found.content_type) {
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    headers.insert(header::CONTENT_DISPOSITION, disposition(how, &found.name));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'; style-src 'unsafe-inline'"));
    // A file never changes under its id; who may see it can.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
    Ok(response)
}
