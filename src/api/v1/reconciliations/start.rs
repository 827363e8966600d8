//! `POST /api/v1/reconciliations`

use std::sync::Arc;

use axum::extract::{FromRef, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::{Allowed, Operate};
use crate::api::body::Json;
use crate::api::idempotency;
use crate::api::problem::Problem;
use crate::api::state::ApiState;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::answers::{Answers, Keyed};
use crate::app::reconcile::{Reconciling, StartRequest};

/// What is to be read back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct NewReconciliation {
    /// The connection.
    pub connection: String,
    /// Documents that ended since then are read back beside the open ones; the connection's window where it is left out.
    pub since: Option<jiff::Timestamp>,
    /// Up to then; now where it is left out.
    pub until: Option<jiff::Timestamp>,
    /// Only open documents, and those that differed when they were read last.
    #[serde(default)]
    pub open: bool,
    /// Why; at most 2,000 characters.
    pub reason: Option<String>,
}

/// A run that is stored; any replica begins it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Planned {
    /// The run.
    pub id: Uuid,
}

/// Asks for a run. It is stored before the answer and worked on by any replica; the same `Idempotency-Key` is the same run.
#[utoipa::path(
    post, path = "/api/v1/reconciliations", tag = "reconciliation", operation_id = "start_reconciliation",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key is the same run")),
    request_body = NewReconciliation,
    responses((status = 202, body = Planned)), security(("token" = ["operate"]))
)]
pub async fn start(
    Allowed { caller, .. }: Allowed<Operate>,
    State(state): State<ApiState>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    let used_for = body.to_string();
    let mut fields = Fields::of(body);
    let connection = fields.required("connection").unwrap_or_default();
    let (since, until) = (fields.instant("since"), fields.instant("until"));
    let open_only = fields.flag("open");
    let reason = fields.text("reason");
    fields.finish()?;
    let key = idempotency::key(&headers)?;
    let asking = Arc::<dyn Reconciling>::from_ref(&state);
    let request = StartRequest {
        tenant: caller.tenant,
        connection,
        since,
        until,
        open_only,
        actor: caller.name.to_string(),
        reason,
        key: key.clone().unwrap_or_default(),
    };
    let work = || async move {
        let id = asking.start(request).await?;
        Ok((StatusCode::ACCEPTED, json!(Planned { id: id.0 })))
    };
    let keyed = key.as_deref().map(|key| Keyed { tenant: caller.tenant, caller: &caller.name, key, used_for: used_for.as_bytes() });
    idempotency::once(&Answers::from_ref(&state), keyed, work).await
}
