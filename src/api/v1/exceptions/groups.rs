//! `GET /api/v1/exceptions/groups`

use axum::Json;
use axum::extract::State;

use super::list::Parameters;
use crate::api::auth::{Reaching, Read};
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::reading::{ExceptionGroups, ExceptionQuery, Reader};

/// Open exceptions by same cause (class, code, connection, operation, flow, step and message), the largest group first, at
/// most 200. `state`, `limit` and `cursor` are not used.
#[utoipa::path(
    get, path = "/api/v1/exceptions/groups", tag = "exceptions", operation_id = "group_exceptions", params(Parameters),
    responses((status = 200, body = ExceptionGroups)), security(("token" = ["read"]))
)]
pub async fn groups(
    Reaching { caller, within, .. }: Reaching<Read>,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
) -> Result<Json<ExceptionGroups>, Problem> {
    query.check()?;
    let filter = ExceptionQuery { within, ..query.query() };
    Ok(Json(reader.exception_groups(caller.tenant, &filter).await?))
}
