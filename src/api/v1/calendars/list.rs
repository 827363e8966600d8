//! `GET /api/v1/calendars`

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Read};
use crate::api::problem::Problem;
use crate::app::publishing::{CalendarView, Publishing};

/// Calendars by id.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Calendars {
    /// All of them are one page: an installation has a handful.
    pub items: Vec<CalendarView>,
}

/// Working calendars in force, with their holidays and make-up working days.
#[utoipa::path(
    get, path = "/api/v1/calendars", tag = "definitions", operation_id = "list_calendars",
    responses((status = 200, body = Calendars)), security(("token" = ["read"]))
)]
pub async fn list(Allowed { caller, .. }: Allowed<Read>, State(publishing): State<Publishing>) -> Result<Json<Calendars>, Problem> {
    let items = if caller.tenant.has_project() { publishing.calendars() } else { Vec::new() };
    Ok(Json(Calendars { items }))
}
