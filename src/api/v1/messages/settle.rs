//! `POST /api/v1/messages/{id}/take-up` and `/drop`

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::{Allowed, Caller, Operate};
use crate::api::body::Json;
use crate::api::extract::Id;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::{Fields, Settlement};
use crate::app::desk::{MessageDesk, MessageOrder};
use crate::domain::ids::InboxId;

/// What became of the order.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct MessageSettled {
    /// The message.
    pub message: Uuid,
    /// `taken_up` or `dropped`.
    pub state: String,
}

/// Takes a message up again now.
#[utoipa::path(
    post, path = "/api/v1/messages/{id}/take-up", tag = "messages", operation_id = "take_up_message",
    params(("id" = Uuid, Path, description = "The message")), request_body = Settlement,
    responses((status = 202, body = MessageSettled)), security(("token" = ["operate"]))
)]
pub async fn take_up(
    Allowed { caller, .. }: Allowed<Operate>,
    Id(id): Id,
    State(desk): State<Arc<dyn MessageDesk>>,
    Json(body): Json,
) -> Result<(StatusCode, axum::Json<MessageSettled>), Problem> {
    let mut fields = Fields::of(body);
    let reason = fields.text("reason");
    fields.finish()?;
    settle(desk, caller, id, true, reason).await
}

/// Drops a message: nothing comes of it. A reason is required, and stays in a closed exception.
#[utoipa::path(
    post, path = "/api/v1/messages/{id}/drop", tag = "messages", operation_id = "drop_message",
    params(("id" = Uuid, Path, description = "The message")), request_body = Settlement,
    responses((status = 202, body = MessageSettled)), security(("token" = ["operate"]))
)]
pub async fn drop_it(
    Allowed { caller, .. }: Allowed<Operate>,
    Id(id): Id,
    State(desk): State<Arc<dyn MessageDesk>>,
    Json(body): Json,
) -> Result<(StatusCode, axum::Json<MessageSettled>), Problem> {
    let mut fields = Fields::of(body);
    let reason = fields.required("reason");
    fields.finish()?;
    settle(desk, caller, id, false, reason).await
}

async fn settle(
    desk: Arc<dyn MessageDesk>,
    caller: Caller,
    id: Uuid,
    again: bool,
    reason: Option<String>,
) -> Result<(StatusCode, axum::Json<MessageSettled>), Problem> {
    let order = MessageOrder { tenant: caller.tenant, message: InboxId(id), again, actor: caller.name.to_string(), reason };
    desk.settle(order).await?;
    let state = if again { "taken_up" } else { "dropped" };
    Ok((StatusCode::ACCEPTED, axum::Json(MessageSettled { message: id, state: state.to_owned() })))
}
