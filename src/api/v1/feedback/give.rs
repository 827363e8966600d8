//! `POST /api/v1/feedback`

use axum::extract::State;
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Read};
use crate::api::body::Json;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::keeping::{FeedbackItem, Keeper, NewFeedback};

/// A note about a page.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"page": "/docs?status=released", "text": "I looked for the supplier's name and there is no filter for it."}))]
pub struct FeedbackOrder {
    /// The page's address in the console.
    pub page: String,
    /// What there is to say; at most 2,000 characters.
    pub text: String,
}

/// Keeps a note about a page of the console, for the owners of the hub.
#[utoipa::path(
    post, path = "/api/v1/feedback", tag = "me", operation_id = "give_feedback", request_body = FeedbackOrder,
    responses((status = 201, body = FeedbackItem)), security(("token" = ["read"]))
)]
pub async fn give(
    Allowed { caller, .. }: Allowed<Read>,
    State(keeper): State<Keeper>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<(StatusCode, axum::Json<FeedbackItem>), Problem> {
    let mut fields = Fields::of(body);
    let page = fields.required("page").unwrap_or_default();
    let text = fields.required("text").unwrap_or_default();
    fields.finish()?;
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).map(str::to_owned);
    let new = NewFeedback { page, text, author: caller.name.to_string(), agent };
    Ok((StatusCode::CREATED, axum::Json(keeper.give_feedback(caller.tenant, new).await?)))
}
