//! Finding documents: by any business key as people paste it, and by what lists filter on.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::cursor::Pages;
use super::{DocumentItem, List, PageQuery, Reader, Result};
use crate::domain::access::scope::Within;
use crate::domain::document::key::{spellings, typed};
use crate::domain::ids::{DocumentId, TenantId};
use crate::store::DocumentRow;
use crate::store::desk::{Beside, DocumentChoice, KeyChoice};

/// An ending shorter than this finds too much to be of use.
const ENDING_MIN: usize = 4;
/// Keys of one request.
pub const KEYS_MAX: usize = 500;

/// Which documents; what is none does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentSearch {
    /// Any business key as typed or pasted: exactly, else its beginning or (from four characters) its end.
    pub q: Option<String>,
    /// Any business key, exactly.
    pub key: Option<String>,
    /// Type.
    pub kind: Option<String>,
    /// Our status.
    pub status: Option<String>,
    /// A flow that took it.
    pub flow: Option<String>,
    /// A system that holds it.
    pub system: Option<String>,
    /// First seen at or after.
    pub since: Option<Timestamp>,
    /// First seen before.
    pub until: Option<Timestamp>,
    /// Owner or assignee of an open exception of it.
    pub owner: Option<String>,
    /// Total of at least.
    pub amount_from: Option<String>,
    /// Total of at most.
    pub amount_to: Option<String>,
    /// A piece of its newest content.
    pub body: Option<String>,
    /// `stopped` or `open`.
    pub standing: Option<String>,
    /// Only what is reached.
    pub within: Option<Within>,
    /// Types that are left out, because what is looked for is masked in them.
    pub unsearched: Vec<String>,
}

impl DocumentSearch {
    /// What the store is asked, with the key exactly; none when a key is given that no document can have.
    pub fn choice(&self, tenant: TenantId) -> Option<DocumentChoice> {
        let key = match (&self.key, &self.q) {
            (Some(key), _) => Some(KeyChoice::Exactly(vec![key.clone()])),
            (None, Some(q)) => Some(KeyChoice::Exactly(Some(spellings(q)).filter(|all| !all.is_empty())?)),
            (None, None) => None,
        };
        Some(DocumentChoice {
            tenant,
            key,
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
            within: self.within.clone(),
            unsearched: self.unsearched.clone(),
        })
    }

    /// The same, leaving out the types in which what is looked for is masked.
    pub fn fair(self, reader: &Reader) -> DocumentSearch {
        let unsearched = reader.unsearched(self.body.is_some(), self.amount_from.is_some() || self.amount_to.is_some());
        DocumentSearch { unsearched, ..self }
    }

    /// The ways to look for a key, one after the other until one finds something.
    fn ways(&self, tenant: TenantId) -> Vec<DocumentChoice> {
        let Some(exact) = self.choice(tenant) else { return Vec::new() };
        let mut ways = vec![exact.clone()];
        if let (None, Some(q)) = (&self.key, &self.q) {
            let all = spellings(q);
            // Both at once: what begins with it, an id of a partner perhaps, must not hide the number that ends with it.
            let key = if typed(q).chars().count() >= ENDING_MIN { KeyChoice::AtEitherEnd(all) } else { KeyChoice::Beginning(all) };
            ways.push(DocumentChoice { key: Some(key), ..exact });
        }
        ways
    }
}

/// A document in a list, with what hangs on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FoundDocument {
    /// The document.
    #[serde(flatten)]
    pub document: DocumentItem,
    /// Systems that hold it.
    pub systems: Vec<String>,
    /// What it waits for; absent when nothing of ours is under way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub waiting_on: Option<Waiting>,
}

/// What a document waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Waiting {
    /// `exception` (a person) or `step` (the flow goes on by itself).
    pub kind: String,
    /// The running instance.
    pub instance: Option<Uuid>,
    /// Its flow.
    pub flow: Option<String>,
    /// Where it stands.
    pub at_step: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Cause class of the exception.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cause: Option<String>,
    /// Its stable code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message: Option<String>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub owner: Option<String>,
}

/// What became of pasted keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeysFound {
    /// Keys with what they name, in the order they were given.
    pub found: Vec<KeyFound>,
    /// Keys that name nothing, as they were given.
    pub not_found: Vec<String>,
}

/// A key and what it names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeyFound {
    /// As it was given.
    pub key: String,
    /// The documents.
    pub documents: Vec<FoundDocument>,
}

/// How many documents stand where: the quick filters of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DocumentCounts {
    /// With a running instance, by our status.
    pub in_flight: BTreeMap<String, u64>,
    /// With an open exception, by cause.
    pub stopped: BTreeMap<String, u64>,
}

impl Reader {
    /// Documents, newest first. A key is looked for exactly; where nothing has it, by its beginning, then by its end.
    pub async fn search(&self, tenant: TenantId, search: &DocumentSearch, page: &PageQuery) -> Result<List<FoundDocument>> {
        let pages = Pages::new("documents", search, page)?;
        let mut rows = Vec::new();
        for way in search.ways(tenant) {
            rows = self.store.desk().search(&way, pages.page()).await?;
            if !rows.is_empty() {
                break;
            }
        }
        let shown = pages.list(rows, |row| (row.created_at, row.id.0), |row| row);
        let items = self.with_beside(tenant, shown.items).await?;
        Ok(List { items, next_cursor: shown.next_cursor })
    }

    /// Documents of pasted keys: three statements, however many keys.
    pub async fn find_keys(&self, tenant: TenantId, keys: &[String]) -> Result<KeysFound> {
        let spelled: Vec<(String, Vec<String>)> = keys.iter().map(|key| (key.clone(), spellings(key))).collect();
        let mut asked: Vec<String> = spelled.iter().flat_map(|(_, all)| all.clone()).collect();
        asked.sort_unstable();
        asked.dedup();
        let hits = self.store.desk().find_keys(tenant, &asked).await?;
        let mut ids: Vec<Uuid> = hits.iter().map(|(_, id)| id.0).collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = self.store.desk().documents_by_id(tenant, &ids).await?;
        let views = self.with_beside(tenant, rows).await?;
        // By spelling, so that 500 keys are not held against 500 documents each.
        let mut places: HashMap<&str, BTreeSet<usize>> = HashMap::new();
        let place: HashMap<Uuid, usize> = views.iter().enumerate().map(|(place, view)| (view.document.id, place)).collect();
        for (hit, id) in &hits {
            places.entry(hit).or_default().extend(place.get(&id.0));
        }
        let mut answer = KeysFound { found: Vec::new(), not_found: Vec::new() };
        for (key, all) in spelled {
            let mine: BTreeSet<usize> = all.iter().filter_map(|spelling| places.get(spelling.as_str())).flatten().copied().collect();
            let documents: Vec<FoundDocument> = mine.into_iter().map(|place| views[place].clone()).collect();
            if documents.is_empty() { answer.not_found.push(key) } else { answer.found.push(KeyFound { key, documents }) }
        }
        Ok(answer)
    }

    /// Counts for quick filters.
    pub async fn document_counts(&self, tenant: TenantId) -> Result<DocumentCounts> {
        let found = self.store.desk().in_flight(tenant).await?;
        Ok(DocumentCounts { in_flight: found.by_status.into_iter().collect(), stopped: found.by_cause.into_iter().collect() })
    }

    async fn with_beside(&self, tenant: TenantId, rows: Vec<DocumentRow>) -> Result<Vec<FoundDocument>> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
        let beside = self.store.desk().beside(tenant, &ids).await?;
        let found = |row: DocumentRow| {
            let (systems, waiting_on) = around(row.id, &beside);
            FoundDocument { document: self.document_item(row), systems, waiting_on }
        };
        Ok(rows.into_iter().map(found).collect())
    }
}

/// The systems that hold a document, and what it waits for.
fn around(id: DocumentId, beside: &Beside) -> (Vec<String>, Option<Waiting>) {
    let running = beside.instances.iter().find(|(document, ..)| *document == id);
    let exception = beside.exceptions.iter().find(|open| open.document == id);
    let instance = running.map(|(_, instance, ..)| instance.0);
    let flow = running.map(|(_, _, flow, ..)| flow.clone());
    let at_step = running.and_then(|(_, _, _, at_step, _)| at_step.clone());
    let waiting_on = match (exception, running) {
        (Some(open), _) => Some(Waiting {
            kind: "exception".to_owned(),
            instance,
            flow,
            at_step,
            since: open.since,
            cause: Some(open.cause.clone()),
            code: Some(open.code.clone()),
            message: Some(open.message.clone()),
            owner: open.whose.clone(),
        }),
        (None, Some((.., since))) => Some(Waiting {
            kind: "step".to_owned(),
            instance,
            flow,
            at_step,
            since: *since,
            cause: None,
            code: None,
            message: None,
            owner: None,
        }),
        (None, None) => None,
    };
    let systems = beside.systems.iter().filter(|(document, _)| *document == id).map(|(_, connection)| connection.clone()).collect();
    (systems, waiting_on)
}
