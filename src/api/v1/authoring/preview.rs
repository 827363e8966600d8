//! `POST /api/v1/mappings/preview`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::given::{Given, overlay};
use crate::api::audit::looked;
use crate::api::auth::{Allowed, Edit};
use crate::api::body::Typed;
use crate::api::problem::Problem;
use crate::app::access::Audit;
use crate::app::publishing::{Preview, PreviewRequest, Publishing};
use crate::domain::ids::DocumentId;
use crate::domain::permission::Permission;

/// A mapping and what to apply it to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"mapping": "po_ref", "sample": {"doc": {"number": "PO-1", "source": {"id": "1"}}}}))]
pub struct PreviewBody {
    /// The mapping; may be left out when `text` is one.
    mapping: Option<String>,
    /// The mapping's text; what is live when not given.
    text: Option<String>,
    /// One member for each input of the mapping.
    #[schema(value_type = Option<Object>)]
    sample: Option<Value>,
    /// A stored document instead of a sample; needs the permission `payloads`.
    document: Option<Uuid>,
    /// Whether the caller's drafts count.
    #[serde(default)]
    drafts: bool,
}

/// Applies a mapping and says for every value which rule made it of what. Nothing is sent and nothing is stored.
#[utoipa::path(
    post, path = "/api/v1/mappings/preview", tag = "authoring", operation_id = "preview_mapping", request_body = PreviewBody,
    responses((status = 200, body = Preview)), security(("token" = ["edit"]))
)]
pub async fn preview(
    Allowed { caller, actor, .. }: Allowed<Edit>,
    State(publishing): State<Publishing>,
    State(audit): State<Audit>,
    Typed(body): Typed<PreviewBody>,
) -> Result<Json<Preview>, Problem> {
    if let Some(document) = body.document {
        caller.must(Permission::Payloads)?;
        looked(&audit, &caller, &actor, &format!("/api/v1/documents/{document}")).await?;
    }
    let mapping = publishing.name_of("mapping", body.mapping, body.text.as_deref())?;
    let overlay = overlay(&publishing, &caller, Given { text: body.text, drafts: body.drafts, ..Given::default() }).await?;
    let (tenant, document) = (caller.tenant, body.document.map(DocumentId));
    Ok(Json(publishing.preview(PreviewRequest { tenant, overlay, mapping, sample: body.sample, document }).await?))
}
