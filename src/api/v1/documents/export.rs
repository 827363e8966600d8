//! `GET /api/v1/documents.csv`

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;

use super::list::Parameters;
use crate::api::auth::{Allowed, Read};
use crate::api::csv;
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::reading::{self, FoundDocument, PageQuery, Reader};

/// Rows of one file; more are narrowed by time.
const ROWS_MAX: usize = 1_000_000;
/// Rows read at once.
const PAGE: u32 = 500;

/// The documents of a filter as a table, streamed; UTF-8 with a byte order mark, at most a million rows. `limit` and `cursor`
/// are not used.
#[utoipa::path(
    get, path = "/api/v1/documents.csv", tag = "documents", operation_id = "export_documents", params(Parameters),
    responses((status = 200, body = String, content_type = "text/csv")), security(("token" = ["read"]))
)]
pub async fn export(
    Allowed { caller, .. }: Allowed<Read>,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
) -> Result<Response, Problem> {
    query.check(&caller)?;
    let (tenant, search) = (caller.tenant, query.search().fair(&reader));
    let first = Some((None, 0_usize));
    let rows = stream::unfold(first, move |place| {
        let (reader, search) = (reader.clone(), search.clone());
        async move {
            let (cursor, done) = place?;
            let page = reader.search(tenant, &search, &PageQuery { limit: Some(PAGE), cursor }).await;
            let done = done + page.as_ref().map_or(0, |page| page.items.len());
            let next = page.as_ref().ok().and_then(|page| page.next_cursor.clone()).filter(|_| done < ROWS_MAX);
            Some((
                page.map(|page| Bytes::from(page.items.iter().flat_map(line).collect::<Vec<u8>>())),
                next.map(|cursor| (Some(cursor), done)),
            ))
        }
    });
    let heading = [
        "key",
        "type",
        "status",
        "source",
        "source_status",
        "amount",
        "currency",
        "systems",
        "waiting_on",
        "at_step",
        "owner",
        "message",
        "created_at",
        "updated_at",
        "id",
    ];
    Ok(csv::answer::<_, reading::Error>("documents.csv", &heading, rows))
}

fn line(row: &FoundDocument) -> Vec<u8> {
    let document = &row.document;
    let shown = |names: &[&str]| names.iter().find_map(|name| document.display.get(*name)?.as_str().map(str::to_owned)).unwrap_or_default();
    let waiting = row.waiting_on.as_ref();
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    csv::line(&[
        document.key.clone(),
        document.kind.clone(),
        document.status.clone(),
        document.source.clone(),
        text(document.source_status.as_ref()),
        shown(&["total_gross", "amount"]),
        shown(&["currency"]),
        row.systems.join(" "),
        text(waiting.map(|waiting| &waiting.kind)),
        text(waiting.and_then(|waiting| waiting.at_step.as_ref())),
        text(waiting.and_then(|waiting| waiting.owner.as_ref())),
        text(waiting.and_then(|waiting| waiting.message.as_ref())),
        document.created_at.to_string(),
        document.updated_at.to_string(),
        document.id.to_string(),
    ])
}
