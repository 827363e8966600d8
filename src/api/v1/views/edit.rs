//! `POST /api/v1/views`, `GET`, `PUT` and `DELETE /api/v1/views/{id}`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Read};
use crate::api::body::Json;
use crate::api::etag;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::keeping::{Keeper, SavedView, ViewChange};

/// What a view is to be.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"page": "documents", "name": "stuck in finance", "shared": true, "query": {"system": "finance_main", "standing": "stopped"}}))]
pub struct ViewOrder {
    /// The page it is of; fixed once it is there.
    pub page: String,
    /// Its name, unique among one's own of that page.
    pub name: String,
    /// Whether all may use it.
    #[serde(default)]
    pub shared: bool,
    /// The filter, as the page understands it.
    #[schema(value_type = Object)]
    pub query: Value,
}

fn read(body: Value) -> Result<ViewChange, Problem> {
    let mut fields = Fields::of(body);
    let page = fields.required("page").unwrap_or_default();
    let name = fields.required("name").unwrap_or_default();
    let shared = fields.flag("shared");
    let query = fields.object("query");
    fields.finish()?;
    Ok(ViewChange { page, name, shared, query })
}

fn tag(view: &SavedView) -> String {
    etag::of(&(view.id, view.version))
}

/// Keeps a filter.
#[utoipa::path(
    post, path = "/api/v1/views", tag = "me", operation_id = "create_view", request_body = ViewOrder,
    responses((status = 201, body = SavedView)), security(("token" = ["read"]))
)]
pub async fn create(Allowed { caller, .. }: Allowed<Read>, State(keeper): State<Keeper>, Json(body): Json) -> Result<Response, Problem> {
    let view = keeper.save_view(caller.tenant, &caller.name, None, read(body)?).await?;
    Ok((StatusCode::CREATED, etag::tagged(&view, &tag(&view))).into_response())
}

/// One saved filter.
#[utoipa::path(
    get, path = "/api/v1/views/{id}", tag = "me", operation_id = "show_view",
    params(("id" = Uuid, Path, description = "The view")),
    responses((status = 200, body = SavedView, headers(("ETag" = String, description = "For `If-Match`")))),
    security(("token" = ["read"]))
)]
pub async fn show(Allowed { caller, .. }: Allowed<Read>, Id(id): Id, State(keeper): State<Keeper>) -> Result<Response, Problem> {
    let view = keeper.view(caller.tenant, &caller.name, id).await?;
    Ok(etag::tagged(&view, &tag(&view)))
}

/// Changes a filter of one's own.
#[utoipa::path(
    put, path = "/api/v1/views/{id}", tag = "me", operation_id = "update_view",
    params(("id" = Uuid, Path, description = "The view"), ("If-Match" = String, Header, description = "Its `ETag`")),
    request_body = ViewOrder,
    responses((status = 200, body = SavedView, headers(("ETag" = String, description = "For `If-Match`")))), security(("token" = ["read"]))
)]
pub async fn update(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    State(keeper): State<Keeper>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    let change = read(body)?;
    let known = keeper.view(caller.tenant, &caller.name, id).await?;
    etag::demand(&headers, &tag(&known))?;
    let view = keeper.save_view(caller.tenant, &caller.name, Some(known), change).await?;
    Ok(etag::tagged(&view, &tag(&view)))
}

/// Drops a filter of one's own.
#[utoipa::path(
    delete, path = "/api/v1/views/{id}", tag = "me", operation_id = "delete_view",
    params(("id" = Uuid, Path, description = "The view"), ("If-Match" = String, Header, description = "Its `ETag`")),
    responses((status = 204)), security(("token" = ["read"]))
)]
pub async fn delete(
    Allowed { caller, .. }: Allowed<Read>,
    Id(id): Id,
    State(keeper): State<Keeper>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let known = keeper.view(caller.tenant, &caller.name, id).await?;
    etag::demand(&headers, &tag(&known))?;
    keeper.drop_view(caller.tenant, &caller.name, &known).await?;
    Ok(StatusCode::NO_CONTENT)
}
