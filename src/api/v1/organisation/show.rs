//! `GET /api/v1/organisation`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Users};
use crate::api::problem::Problem;
use crate::app::people::People;
use crate::app::people::organisation::OrganisationView;

/// Who works here by whose word: what each connected system was read for, and where they and the directory's file differ.
#[utoipa::path(
    get, path = "/api/v1/organisation", tag = "users", operation_id = "show_organisation",
    responses((status = 200, body = OrganisationView)), security(("token" = ["users"]))
)]
pub async fn show(Allowed { caller, .. }: Allowed<Users>, State(people): State<People>) -> Result<Json<OrganisationView>, Problem> {
    Ok(Json(people.organisation(caller.tenant).await?))
}
