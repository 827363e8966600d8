//! `POST /api/v1/connectors/try`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::given::{Given, overlay};
use crate::api::auth::{Allowed, Edit, Payloads};
use crate::api::body::Typed;
use crate::api::codes;
use crate::api::problem::Problem;
use crate::api::v1::once;
use crate::app::access::Audit;
use crate::app::publishing::{Error, Publishing, Tried, TryRequest};
use crate::domain::permission::Permission;

/// Longest reason, as for everything that wants one.
const REASON_CHARACTERS_MAX: usize = 500;

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
    /// Send a write; needs the permission `operate`. Without it a write only shows its masked request. Of a draft everything is
    /// a write that is not plainly a read (`GET`, a query, a listing), and what holds a secret of the connection.
    #[serde(default)]
    send: bool,
    /// Why what the partner answers is to be seen, where a document type keeps fields back; without a reason its shape is shown.
    #[serde(default)]
    reason: Option<String>,
    /// Whether the caller's drafts of connectors count.
    #[serde(default)]
    drafts: bool,
}

/// Performs one operation of a connector's draft at a live connection, for who waits. Requests and answers are masked; the
/// ledger does not know of it, the audit does.
#[utoipa::path(
    post, path = "/api/v1/connectors/try", tag = "authoring", operation_id = "try_operation", request_body = TryBody,
    responses((status = 200, body = Tried)), security(("token" = ["edit", "payloads"]))
)]
pub async fn try_operation(
    Allowed { caller, actor, .. }: Allowed<Edit>,
    // What a partner answers is what documents hold.
    _: Allowed<Payloads>,
    State(publishing): State<Publishing>,
    State(audit): State<Audit>,
    Typed(body): Typed<TryBody>,
) -> Result<Json<Tried>, Problem> {
    let drafted = body.text.is_some() || body.drafts;
    let overlay = overlay(&publishing, &caller, Given { text: body.text, drafts: body.drafts, ..Given::default() }).await?;
    let reason = body.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_CHARACTERS_MAX) {
        return Err(Error::Field("reason", format!("has at most {REASON_CHARACTERS_MAX} characters")).into());
    }
    let TryBody { connection, operation, input, send, .. } = body;
    let request = TryRequest { tenant: caller.tenant, overlay, connection, operation, input, send, revealed: reason.is_some() };
    if publishing.try_stakes(&request).await?.changes && send {
        caller.must(Permission::Operate)?;
    }
    // The line says what is tried before it is, and why where a reason shows what else is kept back.
    let action = if reason.is_some() { "reveal" } else { "POST /api/v1/connectors/try" };
    let mut detail = json!({"connection": request.connection, "operation": request.operation, "send": send, "draft": drafted});
    if let Some(reason) = reason {
        detail["reason"] = reason.into();
    }
    // To its end whoever waits: a write may have left by the time the caller goes, and the audit has to say what came of it.
    once::to_the_end(async move {
        let Some(line) = audit.begin_with(&actor, action, "/api/v1/connectors/try", &detail).await else {
            return Err(Problem::new(&codes::UNAVAILABLE, "The audit cannot be written now, so nothing was done."));
        };
        let tried = Box::pin(publishing.try_operation(request)).await;
        audit.end(line, if tried.is_ok() { "done" } else { "failed" }).await;
        Ok(Json(tried?))
    })
    .await
}
