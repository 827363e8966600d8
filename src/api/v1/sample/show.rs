//! `GET /api/v1/sample`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Users};
use crate::api::problem::Problem;
use crate::app::keeping::{Keeper, SampleView};

/// Whether sample documents are loaded.
#[utoipa::path(
    get, path = "/api/v1/sample", tag = "users", operation_id = "show_sample",
    responses((status = 200, body = SampleView)), security(("token" = ["users"]))
)]
pub async fn show(Allowed { caller, .. }: Allowed<Users>, State(keeper): State<Keeper>) -> Result<Json<SampleView>, Problem> {
    Ok(Json(keeper.sample(caller.tenant).await?))
}
