//! `GET /api/v1/exceptions`

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::api::auth::{Reaching, Read};
use crate::api::extract::{Query, known};
use crate::api::problem::Problem;
use crate::api::v1::page::page;
use crate::app::reading::{ExceptionItem, ExceptionQuery, List, Reader};
use crate::domain::flow::effect::Cause;
use crate::domain::ids::{DocumentId, InstanceId};

/// Which exceptions.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// `open` or `closed`.
    #[param(example = "open")]
    state: Option<String>,
    /// `partner_down`, `data_wrong`, `rule_missing`, `credentials`, `unknown` or `our_fault`.
    #[param(example = "data_wrong")]
    cause: Option<String>,
    /// The instance.
    instance: Option<Uuid>,
    /// Stable code.
    code: Option<String>,
    /// A group of the same cause.
    group: Option<Uuid>,
    /// Connection.
    connection: Option<String>,
    /// Flow.
    flow: Option<String>,
    /// Owner as written in the flow.
    owner: Option<String>,
    /// Who has it; empty for those nobody has.
    assignee: Option<String>,
    /// The document.
    document: Option<Uuid>,
    /// Opened at or after this time.
    since: Option<Timestamp>,
    /// Opened before this time.
    until: Option<Timestamp>,
    /// Rows of the page, 1 to 500; 50 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the last page.
    cursor: Option<String>,
}

impl Parameters {
    /// Refuses words that no exception has.
    pub fn check(&self) -> Result<(), Problem> {
        known("state", self.state.as_deref(), &["open", "closed"])?;
        known("cause", self.cause.as_deref(), &Cause::ALL.map(Cause::word))
    }

    /// The filter without its page.
    pub fn query(&self) -> ExceptionQuery {
        ExceptionQuery {
            state: self.state.clone(),
            cause: self.cause.clone(),
            instance: self.instance.map(InstanceId),
            code: self.code.clone(),
            group: self.group,
            connection: self.connection.clone(),
            flow: self.flow.clone(),
            owner: self.owner.clone(),
            assignee: self.assignee.clone(),
            document: self.document.map(DocumentId),
            since: self.since,
            until: self.until,
            within: None,
        }
    }
}

/// Exceptions, newest first.
#[utoipa::path(
    get, path = "/api/v1/exceptions", tag = "exceptions", operation_id = "list_exceptions", params(Parameters),
    responses((status = 200, body = List<ExceptionItem>)), security(("token" = ["read"]))
)]
pub async fn list(
    Reaching { caller, within, .. }: Reaching<Read>,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
) -> Result<Json<List<ExceptionItem>>, Problem> {
    query.check()?;
    let filter = ExceptionQuery { within, ..query.query() };
    Ok(Json(reader.exceptions(caller.tenant, &filter, &page(query.limit, query.cursor)).await?))
}
