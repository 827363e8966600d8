//! `GET /api/v1/users`, `GET /api/v1/roles`

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::{Allowed, Read, Users as MayUsers};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::access::{Access, Users};
use crate::domain::access::role::Role;
use crate::domain::permission::Permission;

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// The name to go on after: `next_after` of the page before.
    #[param(example = "ana.li")]
    after: Option<String>,
}

/// Users by name, 500 a page.
#[utoipa::path(
    get, path = "/api/v1/users", tag = "users", operation_id = "list_users", params(Parameters),
    responses((status = 200, body = Users)), security(("token" = ["users"]))
)]
pub async fn list(
    Allowed { actor, .. }: Allowed<MayUsers>,
    Query(query): Query<Parameters>,
    State(access): State<Access>,
) -> Result<Json<Users>, Problem> {
    Ok(Json(access.users(&actor, query.after.as_deref()).await?))
}

/// A role.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleItem {
    /// Its word.
    pub role: String,
    /// What it may do.
    pub permissions: Vec<String>,
    /// Whether it is the installation's own, from its configuration.
    pub own: bool,
}

/// Roles, the ones that may least first.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Roles {
    /// The roles.
    pub items: Vec<RoleItem>,
}

/// The roles there are, and what each may do.
#[utoipa::path(
    get, path = "/api/v1/roles", tag = "users", operation_id = "list_roles",
    responses((status = 200, body = Roles)), security(("token" = ["read"]))
)]
pub async fn roles(_: Allowed<Read>, State(access): State<Access>) -> Json<Roles> {
    let item = |(role, permissions): (&str, &[Permission])| RoleItem {
        role: role.to_owned(),
        permissions: permissions.iter().map(|permission| permission.word().to_owned()).collect(),
        own: Role::of(role).is_none(),
    };
    Json(Roles { items: access.roles().all().map(item).collect() })
}
