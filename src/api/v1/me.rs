//! `GET /api/v1/me`

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::{Allowed, Read, Via};

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
    /// Its permissions: `read`, `payloads`, `start`, `decide`, `operate`, `edit`, `publish`, `metrics`, `users`, `audit`, `amend`.
    pub permissions: Vec<String>,
    /// What it can do with them, for pages that show or hide controls.
    pub capabilities: Vec<String>,
}

/// What a caller can do, with the permissions each needs.
const CAPABILITIES: [(&str, &[&str]); 14] = [
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
];

/// Who calls, and what it may do.
#[utoipa::path(
    get, path = "/api/v1/me", tag = "me", operation_id = "show_me",
    responses((status = 200, body = Me)), security(("token" = ["read"]))
)]
pub async fn me(Allowed { caller, .. }: Allowed<Read>) -> Json<Me> {
    let has = caller.permissions();
    let can = CAPABILITIES.iter().filter(|(_, needs)| needs.iter().all(|need| has.contains(need)));
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
        capabilities: can.map(|(word, _)| (*word).to_owned()).collect(),
        permissions: has.into_iter().map(str::to_owned).collect(),
    })
}
