//! `GET /api/v1/me`

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Read};

/// Who calls, and what it may do.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The token's name.
    pub name: String,
    /// Its tenant.
    pub tenant: i32,
    /// Its permissions: `read`, `payloads`, `start`, `decide`, `operate`, `edit`, `publish`, `metrics`.
    pub permissions: Vec<String>,
    /// What it can do with them, for pages that show or hide controls.
    pub capabilities: Vec<String>,
}

/// What a caller can do, with the permissions each needs.
const CAPABILITIES: [(&str, &[&str]); 12] = [
    ("see_documents", &["read"]),
    ("see_payloads", &["payloads"]),
    ("decide_tasks", &["decide"]),
    ("settle_exceptions", &["operate"]),
    ("amend_data", &["operate", "payloads"]),
    ("run_batches", &["operate"]),
    ("settle_messages", &["operate"]),
    ("hold_breakers", &["operate"]),
    ("move_cursors", &["operate", "payloads"]),
    ("edit_drafts", &["edit"]),
    ("publish", &["publish"]),
    ("see_metrics", &["metrics"]),
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
        name: caller.name.to_string(),
        tenant: caller.tenant.0,
        capabilities: can.map(|(word, _)| (*word).to_owned()).collect(),
        permissions: has.into_iter().map(str::to_owned).collect(),
    })
}
