//! The audit: what people and programs changed, written before it is done, so that nothing is done without a line.

use super::actor::Actor;
use crate::app::group::Group;
use crate::app::reading::{self, List, PageQuery, cursor::Pages};
use crate::domain::access::chain::{Broken, Head, Verifier};
use crate::domain::ids::TenantId;
use crate::runtime::{Clock, IdMaker, Spawner};
pub use crate::store::identity::AuditChoice;
use crate::store::identity::{AuditRow, KeptAudit};
use crate::store::{self, Store};
use futures::FutureExt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Entries that may wait to be written; more, and requests are told to come again.
const WAITING_MAX: usize = 1_024;
/// Pages of a chain that one request follows: what it takes then stays below a second.
const PAGES_PROVED_MAX: usize = 50;
/// Entries of one commit.
const BATCH_MAX: usize = 128;

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditItem {
    /// Id.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who, by name.
    pub actor: String,
    /// How they came in: `session`, `token`, `setup`, `provider`, `system` or `nobody`.
    pub via: String,
    /// What was done: `POST /api/v1/…`, `reveal`, `session.start`, `user.add` and so on.
    pub action: String,
    /// To what.
    pub object: Option<String>,
    /// What became of it: `done`, `refused`, the status of the answer, or `unknown` when the process died meanwhile.
    pub outcome: Option<String>,
    /// What else is to be known.
    #[schema(value_type = Object)]
    pub detail: Value,
    /// From where.
    pub address: Option<String>,
    /// The request in the hub's log.
    pub request: Option<String>,
    /// Its place in the chain; null for a moment after it was written.
    pub number: Option<u64>,
    /// Its hash, over the one before it.
    pub hash: Option<String>,
}

/// Where the chain ends. Kept elsewhere, it proves later that nothing before it was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditHead {
    /// The number of the last entry; 0 for none.
    pub number: u64,
    /// Its hash; empty for none.
    pub hash: String,
}

/// A part of the chain, in its order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditChain {
    /// The entries.
    pub items: Vec<AuditItem>,
}

/// What following the chain came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditProof {
    /// The number of the last entry that was followed.
    pub number: u64,
    /// Its hash.
    pub hash: String,
    /// Whether there is more to follow from here.
    pub more: bool,
    /// Why the chain does not hold: `missing`, `changed`, `cut` or `rewritten`; absent where it does.
    pub broken: Option<String>,
    /// The entry at which it breaks.
    pub at: Option<u64>,
    /// The same in a sentence.
    pub problem: Option<String>,
}

/// Why a chain is not proved.
#[derive(Debug, thiserror::Error)]
pub enum Unproved {
    /// It does not hold.
    #[error("the audit does not hold: {0}")]
    Broken(#[from] Broken),
    /// The store failed.
    #[error("the store cannot be read")]
    Store(#[from] store::Error),
}

/// Writes and reads the audit.
#[derive(Clone)]
pub struct Audit {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: IdMaker,
    begun: Group<AuditRow, bool>,
    ended: Group<(Uuid, String), ()>,
}

impl Audit {
    /// The audit of this store. What is written at the same moment shares a commit.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, ids: IdMaker, spawner: &Spawner) -> Self {
        let (beginning, ending) = (store.clone(), store.clone());
        let begin = move |entries: Vec<AuditRow>| {
            let store = beginning.clone();
            async move {
                let written = store.identity().note(&entries).await;
                if let Err(error) = &written {
                    tracing::warn!("the audit cannot be written now: {error}");
                }
                entries.iter().map(|_| written.is_ok()).collect()
            }
            .boxed()
        };
        let end = move |ends: Vec<(Uuid, String)>| {
            let store = ending.clone();
            async move {
                // An end that is not written is sealed as unknown: the line itself is there.
                if let Err(error) = store.identity().finish(&ends).await {
                    tracing::warn!("the audit's outcomes cannot be written now: {error}");
                }
                ends.iter().map(|_| ()).collect()
            }
            .boxed()
        };
        let begun = Group::start(spawner, WAITING_MAX, BATCH_MAX, 1, Arc::new(begin));
        let ended = Group::start(spawner, WAITING_MAX, BATCH_MAX, 1, Arc::new(end));
        Self { store, clock, ids, begun, ended }
    }

    /// Writes what somebody is about to do; the id to tell its end by. None when it cannot be written, and then it must not
    /// be done.
    pub async fn begin(&self, actor: &Actor, action: &str, object: &str) -> Option<Uuid> {
        self.begin_with(actor, action, object, &json!({})).await
    }

    /// The same with what else is to be known: why, or what it was before.
    pub async fn begin_with(&self, actor: &Actor, action: &str, object: &str, detail: &Value) -> Option<Uuid> {
        let id = self.ids.next();
        let entry = AuditRow { outcome: None, ..actor.entry((id, self.clock.now()), action, Some(object.to_owned()), detail) };
        self.begun.submit(entry).await.unwrap_or(false).then_some(id)
    }

    /// Writes what became of it.
    pub async fn end(&self, id: Uuid, outcome: &str) {
        // A full queue means that the store is slower than the callers; the end is then sealed as unknown.
        let _ = self.ended.submit((id, outcome.to_owned())).await;
    }

    /// Entries, newest first.
    ///
    /// # Errors
    /// When the cursor is none of this list's, or the store cannot be read.
    pub async fn list(&self, choice: &AuditChoice, page: &PageQuery) -> reading::Result<List<AuditItem>> {
        let pages = Pages::new("audit", choice, page)?;
        let rows = self.store.identity().audit(choice, pages.page()).await?;
        Ok(pages.list(rows, |row| (row.entry.at, row.entry.id), item))
    }

    /// Where the chain ends.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn head(&self, tenant: TenantId) -> reading::Result<AuditHead> {
        let head = self.store.identity().audit_head(tenant).await?;
        Ok(AuditHead { number: head.number, hash: head.hash })
    }

    /// Follows the chain onwards from an entry that was followed before (none: from its beginning), as far as one request goes.
    ///
    /// # Errors
    /// When the store cannot be read. A chain that does not hold is an answer, not an error.
    pub async fn prove(&self, tenant: TenantId, from: Head) -> reading::Result<AuditProof> {
        let identity = self.store.identity();
        // The end first: what is sealed meanwhile only makes the chain longer.
        let kept = identity.audit_head(tenant).await?;
        let mut verifier = Verifier::onwards(from);
        for _ in 0..PAGES_PROVED_MAX {
            let rows = identity.audit_chain(tenant, verifier.reached().number).await?;
            if rows.is_empty() {
                let reached = verifier.reached().clone();
                return Ok(proof(reached, false, verifier.end(&kept).err()));
            }
            for row in &rows {
                let Some(sealed) = &row.sealed else { continue };
                if let Err(broken) = verifier.take(&row.entry.link(sealed.number), &sealed.hash) {
                    return Ok(proof(verifier.reached().clone(), false, Some(broken)));
                }
            }
        }
        Ok(proof(verifier.reached().clone(), true, None))
    }

    /// Entries in the order of the chain, after a number, at most 1,000.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn chain(&self, tenant: TenantId, after: u64) -> reading::Result<AuditChain> {
        let rows = self.store.identity().audit_chain(tenant, after).await?;
        Ok(AuditChain { items: rows.into_iter().map(item).collect() })
    }
}

fn proof(reached: Head, more: bool, broken: Option<Broken>) -> AuditProof {
    AuditProof {
        number: reached.number,
        hash: reached.hash,
        more,
        at: broken.as_ref().map(Broken::at),
        broken: broken.as_ref().map(|broken| broken.word().to_owned()),
        problem: broken.map(|broken| broken.to_string()),
    }
}

/// Follows a tenant's chain from its beginning to its end; where it ends.
///
/// # Errors
/// Where it breaks, or the store cannot be read.
pub async fn verify(store: &dyn Store, tenant: TenantId, anchor: Option<Head>) -> Result<Head, Unproved> {
    // The end first: what is sealed meanwhile only makes the chain longer.
    let kept = store.identity().audit_head(tenant).await?;
    let mut verifier = Verifier::new(anchor);
    let mut after = 0;
    loop {
        let rows = store.identity().audit_chain(tenant, after).await?;
        let Some(last) = rows.last().and_then(|row| row.sealed.as_ref()) else { break };
        after = last.number;
        for row in &rows {
            let Some(sealed) = &row.sealed else { continue };
            verifier.take(&row.entry.link(sealed.number), &sealed.hash)?;
        }
    }
    Ok(verifier.end(&kept)?)
}

/// The same of entries as the API gave them, one JSON object a line.
///
/// # Errors
/// Where the chain breaks; a line that is no entry is a chain that breaks there.
pub fn verify_lines<'a>(tenant: TenantId, lines: impl Iterator<Item = &'a str>, anchor: Option<Head>) -> Result<Head, Broken> {
    let mut verifier = Verifier::new(anchor);
    let mut next = 1;
    for line in lines {
        let item: AuditItem = serde_json::from_str(line).map_err(|_| Broken::Missing(next))?;
        let (Some(number), Some(hash)) = (item.number, item.hash.clone()) else { return Err(Broken::Missing(next)) };
        verifier.take(&row(tenant, item).link(number), &hash)?;
        next = number + 1;
    }
    verifier.end(&Head::default())
}

fn item(row: KeptAudit) -> AuditItem {
    let KeptAudit { entry, sealed } = row;
    AuditItem {
        id: entry.id,
        at: entry.at,
        actor: entry.actor,
        via: entry.via,
        action: entry.action,
        object: entry.object,
        outcome: entry.outcome,
        detail: serde_json::from_str(&entry.detail).unwrap_or(Value::String(entry.detail)),
        address: entry.address,
        request: entry.request,
        number: sealed.as_ref().map(|head| head.number),
        hash: sealed.map(|head| head.hash),
    }
}

/// The entry as it was hashed: members of `detail` keep their order on the way out and back.
fn row(tenant: TenantId, item: AuditItem) -> AuditRow {
    AuditRow {
        id: item.id,
        tenant,
        at: item.at,
        actor: item.actor,
        via: item.via,
        action: item.action,
        object: item.object,
        outcome: item.outcome,
        detail: item.detail.to_string(),
        address: item.address,
        request: item.request,
    }
}
