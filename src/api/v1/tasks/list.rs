//! `GET /api/v1/tasks`

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::person;
use crate::api::auth::{Decide, Reaching};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::api::v1::page::page;
use crate::app::people::{People, TaskBox, TaskItem, TaskQuery};
use crate::app::reading::List;

/// Which list of one's own.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// It is one's turn, or that of somebody one decides for; the oldest first.
    #[default]
    Mine,
    /// What one has done; the newest first.
    Done,
    /// Instances one began; the newest first.
    Started,
    /// What one is only told; the newest first.
    Copies,
}

/// Which tasks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// `mine` (when not given), `done`, `started` or `copies`.
    #[param(inline)]
    list: Option<Which>,
    /// Only of this flow.
    flow: Option<String>,
    /// Only what is due before this time.
    due_before: Option<Timestamp>,
    /// Rows of the page, 1 to 500; 50 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the last page.
    cursor: Option<String>,
}

/// A list of the caller's own tasks.
#[utoipa::path(
    get, path = "/api/v1/tasks", tag = "tasks", operation_id = "list_tasks", params(Parameters),
    responses((status = 200, body = List<TaskItem>)), security(("token" = ["decide"]))
)]
pub async fn list(
    Reaching { caller, within, .. }: Reaching<Decide>,
    Query(query): Query<Parameters>,
    State(people): State<People>,
) -> Result<Json<List<TaskItem>>, Problem> {
    let Parameters { list, flow, due_before, limit, cursor } = query;
    let list = match list.unwrap_or_default() {
        Which::Mine => TaskBox::Mine,
        Which::Done => TaskBox::Done,
        Which::Started => TaskBox::Started,
        Which::Copies => TaskBox::Copies,
    };
    let query = TaskQuery { list, flow, due_before, within };
    Ok(Json(people.tasks(caller.tenant, person(&caller)?, &query, &page(limit, cursor)).await?))
}
