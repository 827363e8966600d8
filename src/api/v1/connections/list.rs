//! `GET /api/v1/connections`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::health::{of, reached};
use crate::api::auth::{Reaching, Read};
use crate::app::connections::{ConnectionItem, Connections};
use crate::app::reading::List;

/// Connections, with the paths their partners call. All of them are one page: an installation has dozens.
#[utoipa::path(
    get, path = "/api/v1/connections", tag = "connections", operation_id = "list_connections",
    responses((status = 200, body = List<ConnectionItem>)), security(("token" = ["read"]))
)]
pub async fn list(
    Reaching { caller, within, .. }: Reaching<Read>,
    State(connections): State<Arc<dyn Connections>>,
) -> Json<List<ConnectionItem>> {
    Json(List { items: reached(of(connections.as_ref(), &caller), within.as_ref()), next_cursor: None })
}
