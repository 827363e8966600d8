//! `GET /api/v1/messages` and `/messages/{id}`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Read};
use crate::api::extract::{Id, Query, known};
use crate::api::problem::Problem;
use crate::api::v1::page::page;
use crate::app::reading::{List, MessageItem, Payloads, Reader};
use crate::domain::permission::Permission;

/// What a message that is listed may be.
pub const STATES: [&str; 2] = ["parked", "stopped"];

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// `parked` or `stopped`.
    #[param(example = "stopped")]
    state: Option<String>,
    /// Connection.
    connection: Option<String>,
    /// Rows of the page, 1 to 500; 50 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the last page.
    cursor: Option<String>,
}

/// Parked and stopped messages, newest first.
#[utoipa::path(
    get, path = "/api/v1/messages", tag = "messages", operation_id = "list_messages", params(Parameters),
    responses((status = 200, body = List<MessageItem>)), security(("token" = ["read"]))
)]
pub async fn list(
    Allowed { caller, .. }: Allowed<Read>,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
) -> Result<Json<List<MessageItem>>, Problem> {
    known("state", query.state.as_deref(), &STATES)?;
    let page = page(query.limit, query.cursor);
    Ok(Json(reader.messages(caller.tenant, query.state, query.connection, &page).await?))
}

/// One message; what came only with the permission `payloads`.
#[utoipa::path(
    get, path = "/api/v1/messages/{id}", tag = "messages", operation_id = "show_message",
    params(("id" = Uuid, Path, description = "The message")),
    responses((status = 200, body = MessageItem)), security(("token" = ["read"]))
)]
pub async fn show(Allowed { caller, .. }: Allowed<Read>, Id(id): Id, State(reader): State<Reader>) -> Result<Json<MessageItem>, Problem> {
    let shown = if caller.may(Permission::Payloads) { Payloads::Shown } else { Payloads::Hidden };
    Ok(Json(reader.message(caller.tenant, id, shown).await?))
}
