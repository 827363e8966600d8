//! `POST /api/v1/documents/{id}/reveal`, `/instances/{id}/reveal` and `/messages/{id}/reveal`
//!
//! What is masked, shown whole to somebody who says why. The line of the audit is committed before anything is read.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Payloads};
use crate::api::body::Json;
use crate::api::codes;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::access::{Actor, Audit};
use crate::app::reading::{self, Attempt, Effect, MessageItem, Reader, Revision};
use crate::domain::ids::{DocumentId, InstanceId};

/// Why masked values are to be seen.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"reason": "The bank sent the payment back; ticket 4417"}))]
pub struct Reveal {
    /// Why, in words that somebody who reads the audit understands.
    pub reason: String,
}

/// Why masked values of a revision are to be seen.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"reason": "The bank sent the payment back; ticket 4417", "revision": 1}))]
pub struct RevealRevision {
    /// Why, in words that somebody who reads the audit understands.
    pub reason: String,
    /// Which revision; the newest when not given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revision: Option<u32>,
}

/// What an instance sent and was answered, whole.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RevealedInstance {
    /// What it asked for, with inputs.
    pub effects: Vec<Effect>,
    /// Every request with its answer, as recorded: what the connector redacts was never stored.
    pub attempts: Vec<Attempt>,
}

/// A document's content with its sensitive fields, and what its source sent, to whoever sees payloads and says why. The reason
/// is written to the audit first.
#[utoipa::path(
    post, path = "/api/v1/documents/{id}/reveal", tag = "documents", operation_id = "reveal_document", request_body = RevealRevision,
    params(("id" = Uuid, Path, description = "The document")),
    responses((status = 200, body = Revision)), security(("token" = ["payloads"]))
)]
pub async fn document(
    Allowed { caller, actor, .. }: Allowed<Payloads>,
    Id(id): Id,
    State(reader): State<Reader>,
    State(audit): State<Audit>,
    Json(body): Json,
) -> Result<axum::Json<Revision>, Problem> {
    let mut fields = Fields::of(body);
    let reason = fields.required("reason");
    let number = fields.number("revision", 1..=u32::MAX);
    fields.finish()?;
    let detail = reader.document(caller.tenant, DocumentId(id), reading::Payloads::Hidden).await?;
    let number = number.unwrap_or(detail.document.revision);
    let object = format!("/api/v1/documents/{id}/revisions/{number}");
    told(&audit, &actor, &object, reason, async {
        Ok(reader.revision(caller.tenant, DocumentId(id), number, reading::Payloads::Revealed).await?)
    })
    .await
}

/// What an instance sent and was answered, whole, to whoever sees payloads and says why. The reason is written to the audit
/// first.
#[utoipa::path(
    post, path = "/api/v1/instances/{id}/reveal", tag = "instances", operation_id = "reveal_instance", request_body = Reveal,
    params(("id" = Uuid, Path, description = "The instance")),
    responses((status = 200, body = RevealedInstance)), security(("token" = ["payloads"]))
)]
pub async fn instance(
    Allowed { caller, actor, .. }: Allowed<Payloads>,
    Id(id): Id,
    State(reader): State<Reader>,
    State(audit): State<Audit>,
    Json(body): Json,
) -> Result<axum::Json<RevealedInstance>, Problem> {
    let reason = why(body)?;
    reader.instance(caller.tenant, InstanceId(id)).await?;
    told(&audit, &actor, &format!("/api/v1/instances/{id}/attempts"), reason, async {
        let effects = reader.effects(caller.tenant, InstanceId(id), reading::Payloads::Revealed).await?;
        Ok(RevealedInstance { effects, attempts: reader.attempts(caller.tenant, InstanceId(id), reading::Payloads::Revealed).await? })
    })
    .await
}

/// A message with what came, whole, to whoever sees payloads and says why. The reason is written to the audit first.
#[utoipa::path(
    post, path = "/api/v1/messages/{id}/reveal", tag = "messages", operation_id = "reveal_message", request_body = Reveal,
    params(("id" = Uuid, Path, description = "The message")),
    responses((status = 200, body = MessageItem)), security(("token" = ["payloads"]))
)]
pub async fn message(
    Allowed { caller, actor, .. }: Allowed<Payloads>,
    Id(id): Id,
    State(reader): State<Reader>,
    State(audit): State<Audit>,
    Json(body): Json,
) -> Result<axum::Json<MessageItem>, Problem> {
    let reason = why(body)?;
    reader.message(caller.tenant, id, reading::Payloads::Hidden).await?;
    told(&audit, &actor, &format!("/api/v1/messages/{id}"), reason, async {
        Ok(reader.message(caller.tenant, id, reading::Payloads::Revealed).await?)
    })
    .await
}

fn why(body: serde_json::Value) -> Result<Option<String>, Problem> {
    let mut fields = Fields::of(body);
    let reason = fields.required("reason");
    fields.finish()?;
    Ok(reason)
}

/// Writes who wants to see what and why, then reads it, then says what became of it.
async fn told<T>(
    audit: &Audit,
    actor: &Actor,
    object: &str,
    reason: Option<String>,
    read: impl Future<Output = Result<T, Problem>>,
) -> Result<axum::Json<T>, Problem> {
    let Some(line) = audit.begin_with(actor, "reveal", object, &json!({"reason": reason})).await else {
        return Err(Problem::new(&codes::UNAVAILABLE, "The audit cannot be written now, so nothing is shown."));
    };
    let read = read.await;
    audit.end(line, if read.is_ok() { "done" } else { "failed" }).await;
    read.map(axum::Json)
}
