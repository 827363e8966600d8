//! `POST /api/v1/releases`

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Publish};
use crate::api::body::Typed;
use crate::api::codes;
use crate::api::problem::Problem;
use crate::api::state::ApiState;
use crate::api::v1::once::once;
use crate::app::publishing::{Named, PublishRequest, PublishedView, Publishing};

/// What to publish.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"message": "approval above 5,000 CNY", "base": 6, "drafts": [{"kind": "flow", "id": "purchase_order_approval"}]}))]
pub struct Publication {
    /// Why, for everybody who reads the list of releases; at most 2,000 characters.
    pub message: String,
    /// The release it was made on top of: when another is live, nothing happens. Whichever is live when not given.
    pub base: Option<u32>,
    /// Files that change: path to text, `null` for one that goes. Everything else stays as it is live.
    pub files: Option<BTreeMap<String, Option<String>>>,
    /// Whether files that are not named go.
    #[serde(default)]
    pub whole: bool,
    /// Instead of files, drafts of the caller; an empty list for all of them.
    pub drafts: Option<Vec<Named>>,
    /// Why it is to be published although cases fail; recorded with the release.
    pub untested: Option<String>,
    /// Only say what would be.
    #[serde(default)]
    pub dry_run: bool,
}

/// Publishes changed files, or drafts of the caller, as the next release: checked, its cases run, stored whole, live at once.
/// What equals the live release is not published again.
#[utoipa::path(
    post, path = "/api/v1/releases", tag = "releases", operation_id = "publish_release",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer")),
    request_body = Publication,
    responses((status = 200, body = PublishedView), (status = 201, body = PublishedView)), security(("token" = ["publish"]))
)]
pub async fn publish(
    Allowed { caller, .. }: Allowed<Publish>,
    State(state): State<ApiState>,
    State(publishing): State<Publishing>,
    headers: HeaderMap,
    Typed(body): Typed<Publication>,
) -> Result<Response, Problem> {
    let used_for = format!("releases\n{}", json!(body));
    let who = caller.clone();
    let work = async move {
        let Publication { message, base, files, whole, drafts, untested, dry_run } = body;
        let request = PublishRequest { tenant: caller.tenant, author: caller.name.to_string(), message, base, untested, dry_run };
        let view = match (files, drafts) {
            (Some(files), None) => publishing.publish_files(request, files, whole).await?,
            (None, Some(drafts)) => {
                let named: Vec<_> = drafts.into_iter().map(|one| (one.kind, one.id)).collect();
                publishing.publish_drafts(request, Some(named).filter(|named| !named.is_empty())).await?
            }
            _ => return Err(Problem::new(&codes::INVALID_BODY, "One of `files` and `drafts` is required, and only one.")),
        };
        Ok((answered(&view), json!(view)))
    };
    once(&state, &headers, &who, used_for.as_bytes(), work).await
}

/// 201 for a new release.
pub fn answered(view: &PublishedView) -> StatusCode {
    if view.published { StatusCode::CREATED } else { StatusCode::OK }
}
