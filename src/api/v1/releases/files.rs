//! `GET /api/v1/releases/{number}/files`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Release;
use crate::api::problem::Problem;
use crate::app::publishing::{Publishing, ReleaseFiles};

/// The texts of a release, byte for byte. Of `live` while nothing was published: release 0, without files.
#[utoipa::path(
    get, path = "/api/v1/releases/{number}/files", tag = "releases", operation_id = "show_release_files",
    params(("number" = String, Path, description = "The release's number, or `live`")),
    responses((status = 200, body = ReleaseFiles)), security(("token" = ["read"]))
)]
pub async fn files(
    Allowed { caller, .. }: Allowed<Read>,
    Release(number): Release,
    State(publishing): State<Publishing>,
) -> Result<Json<ReleaseFiles>, Problem> {
    Ok(Json(publishing.release_files(caller.tenant, number).await?))
}
