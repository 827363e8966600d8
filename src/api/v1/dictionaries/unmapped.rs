//! `GET /api/v1/dictionaries/{name}/unmapped`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Edit, Payloads};
use crate::api::extract::{Name, Query};
use crate::api::problem::Problem;
use crate::api::v1::authoring::given::{Given, overlay};
use crate::app::publishing::{Publishing, Unmapped};

/// By which texts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Whether the caller's drafts count: what they have a row for is not missing any more.
    #[serde(default)]
    drafts: bool,
}

/// Values that open exceptions miss in a dictionary, the most frequent first.
#[utoipa::path(
    get, path = "/api/v1/dictionaries/{name}/unmapped", tag = "authoring", operation_id = "list_unmapped_values",
    params(("name" = String, Path, description = "The dictionary"), Parameters),
    responses((status = 200, body = Unmapped)), security(("token" = ["edit", "payloads"]))
)]
pub async fn unmapped(
    Allowed { caller, .. }: Allowed<Edit>,
    // The values are what documents hold.
    _: Allowed<Payloads>,
    Name(dictionary): Name,
    Query(query): Query<Parameters>,
    State(publishing): State<Publishing>,
) -> Result<Json<Unmapped>, Problem> {
    let overlay = overlay(&publishing, &caller, Given { drafts: query.drafts, ..Given::default() }).await?;
    Ok(Json(publishing.unmapped(caller.tenant, &overlay, &dictionary).await?))
}
