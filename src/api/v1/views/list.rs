//! `GET /api/v1/views`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::keeping::{Keeper, SavedViews};

/// Which views.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// The page, such as `documents`.
    #[param(example = "documents")]
    page: Option<String>,
}

/// Saved filters that are one's own or shared, by page and name.
#[utoipa::path(
    get, path = "/api/v1/views", tag = "me", operation_id = "list_views", params(Parameters),
    responses((status = 200, body = SavedViews)), security(("token" = ["read"]))
)]
pub async fn list(
    Allowed { caller, .. }: Allowed<Read>,
    Query(query): Query<Parameters>,
    State(keeper): State<Keeper>,
) -> Result<Json<SavedViews>, Problem> {
    Ok(Json(keeper.views(caller.tenant, &caller.name, query.page.as_deref()).await?))
}
