//! `POST /api/v1/flows/{flow}/instances`

use std::sync::Arc;

use axum::extract::{FromRef, State};
use axum::response::Response;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::{Allowed, Gate, Start, sees};
use crate::api::body::Json;
use crate::api::codes;
use crate::api::extract::FlowId;
use crate::api::problem::{Pointer, Problem};
use crate::api::state::ApiState;
use crate::api::v1::exceptions::settle::Fields;
use crate::api::v1::flows::begin::{asker, once};
use crate::app::quotas::Quotas;
use crate::app::starts::{StartError, StartRequest, Started, Starts, Subject};
use crate::domain::access::scope::Thing;
use crate::domain::ids::DocumentId;

/// For which document: exactly one of the two.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"document_id": "01920000-0000-7000-8000-000000000001"}))]
pub struct FlowStart {
    /// The content of a document made here, in its canonical form.
    #[schema(value_type = Option<Object>)]
    pub document: Option<Value>,
    /// A document of the ledger.
    pub document_id: Option<Uuid>,
}

/// Begins a flow that starts by the API, for a document that is given or one of the ledger. The answer comes after the
/// durable insert; a repeat with the same key begins nothing twice, also after a restart.
#[utoipa::path(
    post, path = "/api/v1/flows/{flow}/instances", tag = "flows", operation_id = "start_flow",
    params(
        ("flow" = String, Path, description = "The flow's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key is the same request"),
    ),
    request_body = FlowStart,
    responses(
        (status = 201, body = Started, description = "The instance has begun"),
        (status = 202, body = Started, description = "Stored; the instance follows"),
    ),
    security(("token" = ["start"]))
)]
pub async fn start(
    Allowed { caller, .. }: Allowed<Start>,
    FlowId(flow): FlowId,
    State(state): State<ApiState>,
    State(gate): State<Gate>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    let used_for = format!("{flow}\n{body}");
    let given = body.get("document").is_some_and(|document| !document.is_null());
    let mut fields = Fields::of(body);
    let (named, document) = (fields.text("document_id"), fields.object("document"));
    fields.finish()?;
    let wrong = |pointer: &str, message: &str| {
        let pointers = vec![Pointer { pointer: pointer.to_owned(), message: message.to_owned() }];
        Err(Problem::new(&codes::INVALID_BODY, "One or more fields are not valid.").with_pointers(pointers))
    };
    let subject = match (given, named.map(|id| id.parse::<Uuid>())) {
        (true, None) => Subject::Given(document),
        (false, Some(Ok(id))) => Subject::Known(DocumentId(id)),
        (false, Some(Err(_))) => return wrong("/document_id", "must be the id of a document"),
        _ => return wrong("", "either `document` or `document_id` is wanted"),
    };
    let starts = Arc::<dyn Starts>::from_ref(&state);
    let (document, must_be_there) = match &subject {
        Subject::Known(document) => (Some(*document), true),
        // What is given may be of a document that is there, and then it is that one that the flow is asked for.
        Subject::Given(body) => (starts.document_of(caller.tenant, &flow, body), false),
    };
    let may = match document {
        Some(document) => sees(&gate, &caller, Thing::Document(document.0)).await?.unwrap_or(!must_be_there),
        None => true,
    };
    if !may {
        return Err(Problem::new(&codes::NOT_FOUND, "There is no such document, or it is not yours to know."));
    }
    let asker = asker(&caller, &headers)?;
    let quotas = Quotas::from_ref(&state);
    let tenant = caller.tenant;
    let request = StartRequest { asker: asker.clone(), flow, subject };
    let work = async move {
        quotas.begin(tenant).map_err(StartError::Quota)?;
        starts.start(request).await
    };
    once(&state, asker, used_for, work).await
}
