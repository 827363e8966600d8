//! `POST /api/v1/flows/simulate`

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::given::{Given, overlay};
use crate::api::audit::looked;
use crate::api::auth::{Allowed, Edit};
use crate::api::body::Typed;
use crate::api::problem::Problem;
use crate::app::access::Audit;
use crate::app::publishing::{Publishing, SimulateRequest, Simulation, SimulationWhat};
use crate::domain::ids::{DocumentId, InstanceId};
use crate::domain::permission::Permission;

/// A flow, a document, and answers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"flow": "purchase_order_approval", "sample": {"number": "PO-1", "currency": "CNY", "total_gross": "86200.00"}, "answers": {"calls": {"erp.check_budget": {"ok": true, "available": "90000.00"}}}}))]
pub struct SimulateBody {
    /// The flow; may be left out when `text` is one.
    flow: Option<String>,
    /// The flow's text; what is live when not given.
    text: Option<String>,
    /// The text of a flow test, played instead of a document with answers.
    script: Option<String>,
    /// The document's content.
    #[schema(value_type = Option<Object>)]
    sample: Option<Value>,
    /// A stored document instead; needs the permission `payloads`.
    document: Option<Uuid>,
    /// `{calls: {role.operation: answer}, events: {role.event: …}}`, each one or a list in order.
    #[schema(value_type = Option<Object>)]
    answers: Option<Value>,
    /// An instance whose recorded answers stand in where none is given; needs the permission `payloads`.
    recorded: Option<Uuid>,
    /// Times that pass one after the other whenever nothing else can go on, such as `["1wd", "3d"]`.
    #[serde(default)]
    advance: Vec<String>,
    /// When it begins; now when not said.
    at: Option<Timestamp>,
    /// Whether the caller's drafts count.
    #[serde(default)]
    drafts: bool,
}

/// Plays a document through a flow until it ends or asks what has no answer, and tells every step. Nothing is sent and
/// nothing is stored.
#[utoipa::path(
    post, path = "/api/v1/flows/simulate", tag = "authoring", operation_id = "simulate_flow", request_body = SimulateBody,
    responses((status = 200, body = Simulation)), security(("token" = ["edit"]))
)]
pub async fn simulate(
    Allowed { caller, actor, .. }: Allowed<Edit>,
    State(publishing): State<Publishing>,
    State(audit): State<Audit>,
    Typed(body): Typed<SimulateBody>,
) -> Result<Json<Simulation>, Problem> {
    let document = body.document.map(|id| format!("/api/v1/documents/{id}"));
    let recorded = body.recorded.map(|id| format!("/api/v1/instances/{id}/attempts"));
    for object in document.into_iter().chain(recorded) {
        caller.must(Permission::Payloads)?;
        looked(&audit, &caller, &actor, &object).await?;
    }
    let flow = publishing.name_of("flow", body.flow, body.text.as_deref())?;
    let overlay = overlay(&publishing, &caller, Given { text: body.text, drafts: body.drafts, ..Given::default() }).await?;
    let what = match body.script {
        Some(script) => SimulationWhat::Script(script),
        None => SimulationWhat::Answers {
            sample: body.sample,
            document: body.document.map(DocumentId),
            answers: with_advance(body.answers, body.advance),
            recorded: body.recorded.map(InstanceId),
        },
    };
    Ok(Json(publishing.simulate(SimulateRequest { tenant: caller.tenant, overlay, flow, what, at: body.at }).await?))
}

fn with_advance(answers: Option<Value>, advance: Vec<String>) -> Value {
    let mut answers = answers.unwrap_or_else(|| json!({}));
    if let (Some(members), false) = (answers.as_object_mut(), advance.is_empty()) {
        members.insert("advance".to_owned(), json!(advance));
    }
    answers
}
