//! `GET /api/v1/people`

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::{Allowed, Decide};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::people::{People, PersonItem};

/// Whom.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Letters of a name or an id; everybody when left out.
    q: Option<String>,
}

/// People that were found.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PeopleFound {
    /// By name, at most 50.
    pub items: Vec<PersonItem>,
}

/// People of the directory who work here, for whoever hands something to somebody.
#[utoipa::path(
    get, path = "/api/v1/people", tag = "tasks", operation_id = "find_people", params(Parameters),
    responses((status = 200, body = PeopleFound)), security(("token" = ["decide"]))
)]
pub async fn find(
    Allowed { caller, .. }: Allowed<Decide>,
    Query(query): Query<Parameters>,
    State(people): State<People>,
) -> Result<Json<PeopleFound>, Problem> {
    let items = if caller.tenant.has_project() { people.find(query.q.as_deref().unwrap_or_default()) } else { Vec::new() };
    Ok(Json(PeopleFound { items }))
}
