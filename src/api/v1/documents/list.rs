//! `GET /api/v1/documents`

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Caller, Reaching, Read};
use crate::api::codes;
use crate::api::extract::{Query, known};
use crate::api::problem::Problem;
use crate::api::v1::page::page;
use crate::app::reading::{DocumentSearch, FoundDocument, List, Reader};
use crate::domain::permission::Permission;

/// Which documents.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Any business key as typed or pasted, ours or a partner's: exactly, else its beginning or (from four
    /// characters) its end. Full-width characters and spaces do not matter.
    #[param(example = "4417")]
    q: Option<String>,
    /// Document type, such as `purchase_order`.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Our status.
    #[param(example = "in_approval")]
    status: Option<String>,
    /// Any business key, ours or a partner's, exactly.
    key: Option<String>,
    /// A flow that took it.
    flow: Option<String>,
    /// A system that holds it.
    system: Option<String>,
    /// First seen at or after this time.
    since: Option<Timestamp>,
    /// First seen before this time.
    until: Option<Timestamp>,
    /// Owner or assignee of an open exception of it.
    owner: Option<String>,
    /// Total of at least this much, as a decimal. Documents whose total is masked are left out.
    #[param(example = "5000.00")]
    amount_from: Option<String>,
    /// Total of at most this much, as a decimal.
    amount_to: Option<String>,
    /// A piece of the newest content as JSON text; needs the permission `payloads`. Looked for in the newest 20,000 documents
    /// that fit the rest, of types without masked fields.
    body: Option<String>,
    /// `stopped` (an exception is open) or `open` (an instance runs).
    standing: Option<String>,
    /// Rows of the page, 1 to 500; 50 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the last page.
    cursor: Option<String>,
}

impl Parameters {
    /// The filter without its page.
    pub fn search(&self) -> DocumentSearch {
        DocumentSearch {
            q: self.q.clone(),
            key: self.key.clone(),
            kind: self.kind.clone(),
            status: self.status.clone(),
            flow: self.flow.clone(),
            system: self.system.clone(),
            since: self.since,
            until: self.until,
            owner: self.owner.clone(),
            amount_from: self.amount_from.clone(),
            amount_to: self.amount_to.clone(),
            body: self.body.clone(),
            standing: self.standing.clone(),
            within: None,
            unsearched: Vec::new(),
        }
    }

    /// Refuses what cannot be meant, and looking into contents by those who may not see them.
    pub fn check(&self, caller: &Caller) -> Result<(), Problem> {
        if self.body.is_some() {
            caller.must(Permission::Payloads)?;
        }
        let bad = |name: &str, takes: &str| Err(Problem::new(&codes::BAD_QUERY, format!("`{name}` is {takes}.")));
        for (name, bound) in [("amount_from", &self.amount_from), ("amount_to", &self.amount_to)] {
            if bound.as_deref().is_some_and(|text| text.parse::<rust_decimal::Decimal>().is_err()) {
                return bad(name, "a decimal such as 5000.00");
            }
        }
        known("standing", self.standing.as_deref(), &["stopped", "open"])
    }
}

/// Documents, newest first, with the systems that hold them and what they wait for.
#[utoipa::path(
    get, path = "/api/v1/documents", tag = "documents", operation_id = "list_documents", params(Parameters),
    responses((status = 200, body = List<FoundDocument>)), security(("token" = ["read"]))
)]
pub async fn list(
    Reaching { caller, within, .. }: Reaching<Read>,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
) -> Result<Json<List<FoundDocument>>, Problem> {
    query.check(&caller)?;
    let search = DocumentSearch { within, ..query.search() }.fair(&reader);
    Ok(Json(reader.search(caller.tenant, &search, &page(query.limit, query.cursor)).await?))
}
