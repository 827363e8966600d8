//! `POST /api/v1/mappings/compare`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::given::{Given, overlay};
use crate::api::auth::{Allowed, Edit, Payloads};
use crate::api::body::Typed;
use crate::api::problem::Problem;
use crate::app::publishing::{CompareRequest, Comparison, Publishing};

/// A mapping to compare with what is live.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"mapping": "po_ref", "drafts": true}))]
pub struct CompareBody {
    /// The mapping; may be left out when `text` is one.
    mapping: Option<String>,
    /// The mapping's text; the draft or what is live when not given.
    text: Option<String>,
    /// Whether the caller's drafts count.
    #[serde(default)]
    drafts: bool,
}

/// Applies a mapping and what is live of it to the newest 50 documents that it takes, and tells where they differ. Nothing is
/// sent and nothing is stored.
#[utoipa::path(
    post, path = "/api/v1/mappings/compare", tag = "authoring", operation_id = "compare_mapping", request_body = CompareBody,
    responses((status = 200, body = Comparison)), security(("token" = ["edit", "payloads"]))
)]
pub async fn compare(
    Allowed { caller, .. }: Allowed<Edit>,
    // What mappings make is made of what documents hold.
    _: Allowed<Payloads>,
    State(publishing): State<Publishing>,
    Typed(body): Typed<CompareBody>,
) -> Result<Json<Comparison>, Problem> {
    let mapping = publishing.name_of("mapping", body.mapping, body.text.as_deref())?;
    let overlay = overlay(&publishing, &caller, Given { text: body.text, drafts: body.drafts, ..Given::default() }).await?;
    Ok(Json(publishing.compare(CompareRequest { tenant: caller.tenant, overlay, mapping }).await?))
}
