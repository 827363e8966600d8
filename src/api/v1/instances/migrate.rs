//! `POST /api/v1/instances/migrations`

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::{Allowed, Operate};
use crate::api::body::Typed;
use crate::api::problem::Problem;
use crate::api::state::ApiState;
use crate::api::v1::once::once;
use crate::app::publishing::{MigrateRequest, Migrations, Publishing};
use crate::domain::ids::InstanceId;

/// Which instances to move where.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"flow": "purchase_order_approval", "dry_run": true}))]
pub struct Migration {
    /// The flow.
    pub flow: String,
    /// The version to move to; the live one when not given.
    pub to: Option<String>,
    /// These instances, at most 500; when not given, those under way on another version, newest first, at most 500.
    pub instances: Option<Vec<Uuid>>,
    /// Only say for each whether it can, and what it would lose.
    #[serde(default)]
    pub dry_run: bool,
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Moves chosen instances to another version of their flow. Each is moved by itself, and says what came of it; what does not
/// fit stays on its version.
#[utoipa::path(
    post, path = "/api/v1/instances/migrations", tag = "instances", operation_id = "migrate_instances",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer")),
    request_body = Migration,
    responses((status = 200, body = Migrations)), security(("token" = ["operate"]))
)]
pub async fn migrate(
    Allowed { caller, .. }: Allowed<Operate>,
    State(state): State<ApiState>,
    State(publishing): State<Publishing>,
    headers: HeaderMap,
    Typed(body): Typed<Migration>,
) -> Result<Response, Problem> {
    let used_for = format!("migrations\n{}", json!(body));
    let who = caller.clone();
    let work = async move {
        let Migration { flow, to, instances, dry_run, reason } = body;
        let instances = instances.map(|ids| ids.into_iter().map(InstanceId).collect());
        let request = MigrateRequest { tenant: caller.tenant, flow, to, instances, dry_run, actor: caller.name.to_string(), reason };
        Ok((StatusCode::OK, json!(publishing.migrate(request).await?)))
    };
    once(&state, &headers, &who, used_for.as_bytes(), work).await
}
