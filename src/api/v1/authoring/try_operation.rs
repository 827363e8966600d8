//! `POST /api/v1/connectors/try`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::given::{Given, overlay};
use crate::api::auth::{Allowed, Edit, Payloads};
use crate::api::body::Typed;
use crate::api::problem::Problem;
use crate::app::publishing::{Publishing, Tried, TryRequest};
use crate::domain::permission::Permission;

/// An operation to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"connection": "erp_hq", "operation": "get_order", "input": {"id": "1"}}))]
pub struct TryBody {
    /// The connector's text; what is live when not given.
    text: Option<String>,
    /// A live connection: its address, credentials and allow-list are used as they are.
    connection: String,
    /// The operation.
    operation: String,
    /// Its input.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    input: Value,
    /// Send a write; needs the permission `operate`. Without it a write only shows its masked request.
    #[serde(default)]
    send: bool,
    /// Whether the caller's drafts of connectors count.
    #[serde(default)]
    drafts: bool,
}

/// Performs one operation of a connector's draft at a live connection, for who waits. Requests and answers are masked; the
/// ledger does not know of it.
#[utoipa::path(
    post, path = "/api/v1/connectors/try", tag = "authoring", operation_id = "try_operation", request_body = TryBody,
    responses((status = 200, body = Tried)), security(("token" = ["edit", "payloads"]))
)]
pub async fn try_operation(
    Allowed { caller, .. }: Allowed<Edit>,
    // What a partner answers is what documents hold.
    _: Allowed<Payloads>,
    State(publishing): State<Publishing>,
    Typed(body): Typed<TryBody>,
) -> Result<Json<Tried>, Problem> {
    let overlay = overlay(&publishing, &caller, Given { text: body.text, drafts: body.drafts, ..Given::default() }).await?;
    let TryBody { connection, operation, input, send, .. } = body;
    let request = TryRequest { tenant: caller.tenant, overlay, connection, operation, input, send };
    if send && publishing.try_writes(&request).await? {
        caller.must(Permission::Operate)?;
    }
    Ok(Json(Box::pin(publishing.try_operation(request)).await?))
}
