//! `POST /api/v1/sample`

use axum::Json;
use axum::extract::State;
use http::StatusCode;

use crate::api::auth::{Allowed, Users};
use crate::api::problem::Problem;
use crate::app::keeping::{Keeper, SampleView};

/// Puts sample documents into the ledger, to look around with. Nothing carries them out, and no figure of a flow counts them.
#[utoipa::path(
    post, path = "/api/v1/sample", tag = "users", operation_id = "load_sample",
    responses((status = 201, body = SampleView), (status = 200, description = "They were there already", body = SampleView)),
    security(("token" = ["users"]))
)]
pub async fn load(Allowed { caller, .. }: Allowed<Users>, State(keeper): State<Keeper>) -> Result<(StatusCode, Json<SampleView>), Problem> {
    let (view, new) = keeper.load_sample(caller.tenant).await?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Json(view)))
}
