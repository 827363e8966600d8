//! `POST /api/v1/releases/{number}/rollback`

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::publish::answered;
use crate::api::auth::{Allowed, Publish};
use crate::api::body::Typed;
use crate::api::extract::Number;
use crate::api::problem::Problem;
use crate::api::state::ApiState;
use crate::api::v1::once::once;
use crate::app::publishing::{PublishRequest, PublishedView, Publishing};

/// Why, and over what.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"message": "release 7 refused every order of company B"}))]
pub struct RollBack {
    /// Why; at most 2,000 characters.
    pub message: String,
    /// The release that must be live; whichever is when not given.
    pub base: Option<u32>,
    /// Why it is to be published although cases fail.
    pub untested: Option<String>,
    /// Only say what would be.
    #[serde(default)]
    pub dry_run: bool,
}

/// Publishes the content of an earlier release again, as a new release. Instances stay on their versions.
#[utoipa::path(
    post, path = "/api/v1/releases/{number}/rollback", tag = "releases", operation_id = "roll_back_release",
    params(
        ("number" = u32, Path, description = "The release to bring back"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer"),
    ),
    request_body = RollBack,
    responses((status = 200, body = PublishedView), (status = 201, body = PublishedView)), security(("token" = ["publish"]))
)]
pub async fn roll_back(
    Allowed { caller, .. }: Allowed<Publish>,
    Number(number): Number,
    State(state): State<ApiState>,
    State(publishing): State<Publishing>,
    headers: HeaderMap,
    Typed(body): Typed<RollBack>,
) -> Result<Response, Problem> {
    let used_for = format!("rollback {number}\n{}", json!(body));
    let who = caller.clone();
    let work = async move {
        let RollBack { message, base, untested, dry_run } = body;
        let request = PublishRequest { tenant: caller.tenant, author: caller.name.to_string(), message, base, untested, dry_run };
        let view = publishing.roll_back(request, number).await?;
        Ok((answered(&view), json!(view)))
    };
    once(&state, &headers, &who, used_for.as_bytes(), work).await
}
