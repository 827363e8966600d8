//! `GET /api/v1/audit.csv`

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;

use super::list::Parameters;
use crate::api::auth::{Allowed, Audit as MayAudit};
use crate::api::csv;
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::access::Audit;
use crate::app::access::audit::AuditItem;
use crate::app::reading::{self, PageQuery};

/// Rows of one file; more are narrowed by time.
const ROWS_MAX: usize = 1_000_000;
/// Rows read at once.
const PAGE: u32 = 500;

/// The lines of a filter as a table, newest first, streamed; UTF-8 with a byte order mark, at most a million rows. `limit` and
/// `cursor` are not used. What proves that nothing was changed is the chain, not this table.
#[utoipa::path(
    get, path = "/api/v1/audit.csv", tag = "audit", operation_id = "export_audit", params(Parameters),
    responses((status = 200, body = String, content_type = "text/csv")), security(("token" = ["audit"]))
)]
pub async fn export(
    Allowed { caller, .. }: Allowed<MayAudit>,
    Query(query): Query<Parameters>,
    State(audit): State<Audit>,
) -> Result<Response, Problem> {
    let choice = query.choice(caller.tenant);
    let rows = stream::unfold(Some((None, 0_usize)), move |place| {
        let (audit, choice) = (audit.clone(), choice.clone());
        async move {
            let (cursor, done) = place?;
            let page = audit.list(&choice, &PageQuery { limit: Some(PAGE), cursor }).await;
            let done = done + page.as_ref().map_or(0, |page| page.items.len());
            let next = page.as_ref().ok().and_then(|page| page.next_cursor.clone()).filter(|_| done < ROWS_MAX);
            let bytes = page.map(|page| Bytes::from(page.items.iter().flat_map(line).collect::<Vec<u8>>()));
            Some((bytes, next.map(|cursor| (Some(cursor), done))))
        }
    });
    let heading = ["number", "at", "actor", "via", "action", "object", "outcome", "address", "request", "detail", "hash", "id"];
    Ok(csv::answer::<_, reading::Error>("audit.csv", &heading, rows))
}

fn line(row: &AuditItem) -> Vec<u8> {
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    csv::line(&[
        row.number.map(|number| number.to_string()).unwrap_or_default(),
        row.at.to_string(),
        row.actor.clone(),
        row.via.clone(),
        row.action.clone(),
        text(row.object.as_ref()),
        text(row.outcome.as_ref()),
        text(row.address.as_ref()),
        text(row.request.as_ref()),
        row.detail.to_string(),
        text(row.hash.as_ref()),
        row.id.to_string(),
    ])
}
