//! `GET /api/v1/delegations`

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Allowed, Decide};
use crate::api::problem::Problem;
use crate::app::people::{Delegations, People};
use crate::domain::permission::Permission;

/// Delegations of and to the caller that hold or are to come; for who runs flows and is no person, all of them.
#[utoipa::path(
    get, path = "/api/v1/delegations", tag = "tasks", operation_id = "list_delegations",
    responses((status = 200, body = Delegations)), security(("token" = ["decide"]))
)]
pub async fn list(Allowed { caller, .. }: Allowed<Decide>, State(people): State<People>) -> Result<Json<Delegations>, Problem> {
    let person = match caller.person() {
        None if caller.may(Permission::Operate) => None,
        _ => Some(crate::api::v1::tasks::person(&caller)?),
    };
    Ok(Json(Delegations { items: people.delegations(caller.tenant, person).await? }))
}
