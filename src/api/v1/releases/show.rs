//! `GET /api/v1/releases/{number}`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Release;
use crate::api::problem::Problem;
use crate::app::publishing::{Publishing, ReleaseItemView};

/// One release with the versions it is made of.
#[utoipa::path(
    get, path = "/api/v1/releases/{number}", tag = "releases", operation_id = "show_release",
    params(("number" = String, Path, description = "The release's number, or `live`")),
    responses((status = 200, body = ReleaseItemView)), security(("token" = ["read"]))
)]
pub async fn show(
    Allowed { caller, .. }: Allowed<Read>,
    Release(number): Release,
    State(publishing): State<Publishing>,
) -> Result<Json<ReleaseItemView>, Problem> {
    Ok(Json(publishing.release_with_items(caller.tenant, number).await?))
}
