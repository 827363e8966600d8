//! `GET /api/v1/connections/health` and `/connections/{name}/health`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use crate::api::auth::{Allowed, Caller, Reaching, Read};
use crate::api::extract::Name;
use crate::api::problem::Problem;
use crate::api::{codes, etag};
use crate::app::connections::{ConnectionItem, Connections};
use crate::app::health::{self, ConnectionHealth, ConnectionsHealth};
use crate::app::reading::Reader;
use crate::domain::access::scope::Within;
use crate::runtime::Clock;

/// How all connections are doing: calls, errors and percentiles of the last hour, breakers, places and rates of each replica,
/// when credentials lapse.
#[utoipa::path(
    get, path = "/api/v1/connections/health", tag = "connections", operation_id = "list_connection_health",
    responses((status = 200, body = ConnectionsHealth)), security(("token" = ["read"]))
)]
pub async fn list(
    Reaching { caller, within, .. }: Reaching<Read>,
    State(reader): State<Reader>,
    State(connections): State<Arc<dyn Connections>>,
    State(clock): State<Arc<dyn Clock>>,
) -> Result<Json<ConnectionsHealth>, Problem> {
    let items = reached(of(connections.as_ref(), &caller), within.as_ref());
    Ok(Json(health::connections(&reader, caller.tenant, &items, clock.now()).await?))
}

/// How one connection is doing, with its operations and its breaker's history. Its `ETag` is for holding the breaker.
#[utoipa::path(
    get, path = "/api/v1/connections/{name}/health", tag = "connections", operation_id = "show_connection_health",
    params(("name" = String, Path, description = "The connection", example = "oa_main")),
    responses((status = 200, body = ConnectionHealth, headers(("ETag" = String, description = "For `If-Match`")))),
    security(("token" = ["read"]))
)]
pub async fn show(
    Allowed { caller, .. }: Allowed<Read>,
    Name(name): Name,
    State(reader): State<Reader>,
    State(connections): State<Arc<dyn Connections>>,
    State(clock): State<Arc<dyn Clock>>,
) -> Result<Response, Problem> {
    let item = known(connections.as_ref(), &caller, &name)?;
    let health = health::connection(&reader, caller.tenant, &item, clock.now()).await?;
    Ok(etag::tagged(&health, &tag(&health)))
}

/// Changes with who holds the breaker, and how: calls and percentiles change all the time.
pub fn tag(health: &ConnectionHealth) -> String {
    etag::of(&(&health.connection, &health.held))
}

/// The connections a caller may know.
pub fn of(connections: &dyn Connections, caller: &Caller) -> Vec<ConnectionItem> {
    if caller.tenant.has_project() { connections.connections() } else { Vec::new() }
}

/// Of connections, those that are reached.
pub fn reached(connections: Vec<ConnectionItem>, within: Option<&Within>) -> Vec<ConnectionItem> {
    let within = |item: &ConnectionItem| within.is_none_or(|within| within.connections.contains(&item.connection));
    connections.into_iter().filter(within).collect()
}

/// The connection of that name.
pub fn known(connections: &dyn Connections, caller: &Caller, name: &str) -> Result<ConnectionItem, Problem> {
    let found = of(connections, caller).into_iter().find(|item| item.connection == name);
    found.ok_or_else(|| Problem::new(&codes::NOT_FOUND, "There is no such connection."))
}
