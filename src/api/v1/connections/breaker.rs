//! `PUT /api/v1/connections/{name}/breaker`

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::health::{known, tag};
use crate::api::auth::{Allowed, Operate};
use crate::api::body::Json;
use crate::api::etag;
use crate::api::extract::Name;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::connections::Connections;
use crate::app::health::{self, ConnectionHealth};
use crate::app::keeping::Keeper;
use crate::app::reading::Reader;
use crate::runtime::Clock;

/// How a breaker is to be.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"state": "open", "reason": "the OA is being upgraded until 22:00"}))]
pub struct BreakerOrder {
    /// `open` (no call goes out), `closed` (calls go out whatever it thinks) or `auto` (it decides).
    pub state: String,
    /// Why.
    pub reason: String,
}

/// Holds a connection's breaker, or lets it decide for itself again. Replicas follow within seconds; calls that are held back
/// wait, nothing is lost.
#[utoipa::path(
    put, path = "/api/v1/connections/{name}/breaker", tag = "connections", operation_id = "hold_breaker",
    params(
        ("name" = String, Path, description = "The connection", example = "oa_main"),
        ("If-Match" = String, Header, description = "`ETag` of the connection's health: of who holds the breaker, and how"),
    ),
    request_body = BreakerOrder,
    responses((status = 200, body = ConnectionHealth, headers(("ETag" = String, description = "For `If-Match`")))),
    security(("token" = ["operate"]))
)]
#[expect(clippy::too_many_arguments, reason = "each is an extractor of the request")]
pub async fn hold(
    Allowed { caller, .. }: Allowed<Operate>,
    Name(name): Name,
    State(reader): State<Reader>,
    State(keeper): State<Keeper>,
    State(connections): State<Arc<dyn Connections>>,
    State(clock): State<Arc<dyn Clock>>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(body);
    let word = fields.required("state").unwrap_or_default();
    let reason = fields.required("reason").unwrap_or_default();
    let state = match word.as_str() {
        "auto" => None,
        "open" | "closed" => Some(word.as_str()),
        "" => None,
        _ => {
            fields.fault("state", "is one of open, closed, auto");
            None
        }
    };
    fields.finish()?;
    let item = known(connections.as_ref(), &caller, &name)?;
    etag::demand(&headers, &tag(&health::connection(&reader, caller.tenant, &item, clock.now()).await?))?;
    keeper.hold_breaker(caller.tenant, &name, state, &caller.name, &reason).await?;
    let held = health::connection(&reader, caller.tenant, &item, clock.now()).await?;
    Ok(etag::tagged(&held, &tag(&held)))
}
