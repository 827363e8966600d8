//! `POST /api/v1/feedback/{id}/settle`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Users};
use crate::api::body::Json;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::keeping::{FeedbackItem, Keeper};

/// What became of a note.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"answer": "There is a filter now."}))]
pub struct FeedbackSettlement {
    /// In words, for whoever looks later; at most 2,000 characters.
    pub answer: Option<String>,
}

/// Says that a note is dealt with. Settling it again changes nothing and tells how it was settled.
#[utoipa::path(
    post, path = "/api/v1/feedback/{id}/settle", tag = "users", operation_id = "settle_feedback",
    params(("id" = Uuid, Path, description = "The note")), request_body = FeedbackSettlement,
    responses((status = 200, body = FeedbackItem)), security(("token" = ["users"]))
)]
pub async fn settle(
    Allowed { caller, .. }: Allowed<Users>,
    Id(id): Id,
    State(keeper): State<Keeper>,
    Json(body): Json,
) -> Result<axum::Json<FeedbackItem>, Problem> {
    let mut fields = Fields::of(body);
    let answer = fields.text("answer");
    fields.finish()?;
    Ok(axum::Json(keeper.settle_feedback(caller.tenant, id, &caller.name, answer.as_deref()).await?))
}
