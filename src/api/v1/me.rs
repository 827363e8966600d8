//! `GET /api/v1/me`

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::{Caller, Reaching, Read, Via};
use crate::app::access::Access;
use crate::domain::access::role::Roles;
use crate::domain::permission::Permission;

/// Who calls, and what it may do.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The token's name, or what the user signs in with.
    pub name: String,
    /// How the user is called; the name for a token.
    pub title: String,
    /// How the caller came in: `token` or `session`.
    pub via: String,
    /// The user, or whose token it is; null for a service.
    pub user: Option<Uuid>,
    /// Id of the person in the directory, where the caller is one.
    pub person: Option<String>,
    /// Its tenant.
    pub tenant: i32,
    /// Its permissions: `read`, `payloads`, `start`, `decide`, `operate`, `edit`, `publish`, `metrics`, `users`, `audit`, `amend`, `secrets`.
    pub permissions: Vec<String>,
    /// What it can do with them, for pages that show or hide controls.
    pub capabilities: Vec<String>,
    /// What it may do for a part only, beside what it may do everywhere.
    pub scopes: Vec<MeScope>,
}

/// What the caller may do for a part.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeScope {
    /// The part: `flow:ID`, `connection:NAME` or `department:ID`.
    pub scope: String,
    /// Its permissions there.
    pub permissions: Vec<String>,
    /// What it can do with them there.
    pub capabilities: Vec<String>,
}

/// What a caller can do, with the permissions each needs.
const CAPABILITIES: [(&str, &[&str]); 15] = [
    ("see_documents", &["read"]),
    ("see_payloads", &["payloads"]),
    ("decide_tasks", &["decide"]),
    ("settle_exceptions", &["operate"]),
    ("amend_data", &["operate", "payloads", "amend"]),
    ("run_batches", &["operate"]),
    ("settle_messages", &["operate"]),
    ("hold_breakers", &["operate"]),
    ("move_cursors", &["operate", "payloads"]),
    ("edit_drafts", &["edit"]),
    ("publish", &["publish"]),
    ("see_metrics", &["metrics"]),
    ("manage_users", &["users"]),
    ("read_audit", &["audit"]),
    ("manage_secrets", &["secrets"]),
];

fn capabilities(has: &[&str]) -> Vec<String> {
    let can = CAPABILITIES.iter().filter(|(_, needs)| needs.iter().all(|need| has.contains(need)));
    can.map(|(word, _)| (*word).to_owned()).collect()
}

/// What holds everywhere holds in each part as well.
fn scopes(caller: &Caller, roles: &Roles) -> Vec<MeScope> {
    let mut parts: BTreeMap<String, BTreeSet<Permission>> = BTreeMap::new();
    for grant in caller.narrow() {
        let given = roles.permissions(&grant.role).unwrap_or_default();
        parts.entry(grant.scope.to_string()).or_insert_with(|| caller.all().iter().copied().collect()).extend(given);
    }
    let part = |(scope, permissions): (String, BTreeSet<Permission>)| {
        let words: Vec<&str> = permissions.into_iter().map(Permission::word).collect();
        MeScope { scope, capabilities: capabilities(&words), permissions: words.into_iter().map(str::to_owned).collect() }
    };
    parts.into_iter().map(part).collect()
}

/// Who calls, and what it may do.
#[utoipa::path(
    get, path = "/api/v1/me", tag = "me", operation_id = "show_me",
    responses((status = 200, body = Me)), security(("token" = ["read"]))
)]
pub async fn me(Reaching { caller, .. }: Reaching<Read>, State(access): State<Access>) -> Json<Me> {
    let has = caller.permissions();
    Json(Me {
        title: match &caller.via {
            Via::Token { .. } => caller.name.to_string(),
            Via::Session { title, .. } => title.to_string(),
        },
        via: caller.via().to_owned(),
        user: caller.user().map(|user| user.0),
        person: caller.person().map(str::to_owned),
        name: caller.name.to_string(),
        tenant: caller.tenant.0,
        capabilities: capabilities(&has),
        scopes: scopes(&caller, access.roles()),
        permissions: has.into_iter().map(str::to_owned).collect(),
    })
}
