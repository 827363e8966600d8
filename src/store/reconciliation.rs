//! The rows of reconciliation: runs, what a page of one needs and writes, drift, and what people ask of them. JSON columns
//! are text here, as everywhere in this room.

use super::{DocumentRow, Fenced, Lease, LinkRow, Page, Result, RevisionRow};
use crate::domain::ids::{DocumentId, DriftId, ReconciliationId, TenantId};
use futures::future::BoxFuture;
use jiff::Timestamp;

/// A run of reconciliation over one connection.
#[derive(Clone, Debug, PartialEq)]
pub struct ReconciliationRow {
    /// Id; of a scheduled run derived from its schedule and nominal time.
    pub id: ReconciliationId,
    /// Tenant.
    pub tenant: TenantId,
    /// The connection that is read back.
    pub connection: String,
    /// Who asked: a person, or `schedule`.
    pub requested_by: String,
    /// Why, in a person's words.
    pub reason: Option<String>,
    /// The schedule that asked for it and the time it was due, for scheduled runs.
    pub schedule: Option<(String, Timestamp)>,
    /// Documents that ended since then are read back beside the open ones.
    pub since: Timestamp,
    /// Up to then.
    pub until: Timestamp,
    /// Only open documents.
    pub open_only: bool,
    /// `planned`, `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// Asked for.
    pub requested_at: Timestamp,
    /// The first reading began.
    pub started_at: Option<Timestamp>,
    /// It came to its end.
    pub ended_at: Option<Timestamp>,
    /// Readings that failed in a row.
    pub failures: u32,
    /// The last problem in words.
    pub problem: Option<String>,
    /// How far it got, JSON.
    pub progress: String,
    /// What it found so far, JSON.
    pub statement: String,
    /// Fencing token of the process that works on it.
    pub token: i64,
}

/// One difference between a system and the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct DriftRow {
    /// Id, derived from what differs and when it was first seen.
    pub id: DriftId,
    /// Tenant.
    pub tenant: TenantId,
    /// A word of `domain::reconcile::Kind`.
    pub kind: String,
    /// The document; none for an object nobody here knows.
    pub document: Option<DocumentId>,
    /// The connection.
    pub connection: String,
    /// The partner's id of the object.
    pub external_id: Option<String>,
    /// The field it is about, when it is about one.
    pub field: Option<String>,
    /// What we hold.
    pub ours: Option<String>,
    /// What the system says.
    pub theirs: Option<String>,
    /// First seen.
    pub first_seen_at: Timestamp,
    /// Last seen.
    pub last_seen_at: Timestamp,
    /// The run that saw it last; none when the engine did.
    pub run: Option<ReconciliationId>,
    /// `open`, `accepted` or `resolved`.
    pub state: String,
    /// What was last tried to repair it, and when.
    pub repair: Option<(String, Timestamp)>,
    /// How it ended: `gone`, `accepted`.
    pub resolution: Option<String>,
    /// A person's reason.
    pub reason: Option<String>,
    /// Who settled it.
    pub resolved_by: Option<String>,
    /// When.
    pub resolved_at: Option<Timestamp>,
}

/// A schedule of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScheduleKey {
    /// Tenant.
    pub tenant: TenantId,
    /// What is scheduled, such as `reconcile/erp_hq`.
    pub schedule: String,
}

/// Which links a page of a run wants: those of objects that a list showed, or of the next documents.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// Links of these objects.
    Objects(Vec<String>),
    /// Links of the documents that come next, newest first, and are worth reading.
    Next(Scan),
}

/// Documents that are worth reading one by one: open ones, those that changed within a window, and those whose link
/// differed when it was read last.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// Document type.
    pub kind: String,
    /// Changed since then.
    pub since: Timestamp,
    /// Changed and created until then.
    pub until: Timestamp,
    /// Leave out those that are neither open nor differ.
    pub open_only: bool,
    /// Leave out links that were read since then.
    pub unread_since: Timestamp,
    /// Documents older than this one; none begins with the newest.
    pub after: Option<(Timestamp, uuid::Uuid)>,
    /// Documents to look at.
    pub limit: u32,
}

/// What a page of a run works on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reconcilable {
    /// The links that were wanted.
    pub links: Vec<LinkRow>,
    /// When each of them was last read back, in their order.
    pub checked: Vec<Option<Timestamp>>,
    /// All links of those documents at this connection, the wanted ones included.
    pub siblings: Vec<LinkRow>,
    /// Their documents.
    pub documents: Vec<DocumentRow>,
    /// The newest revision of each.
    pub revisions: Vec<RevisionRow>,
    /// Documents with effects under way at this connection.
    pub busy: Vec<DocumentId>,
    /// Differences of the wanted objects that are not resolved.
    pub drifts: Vec<DriftRow>,
    /// Of a scan: the document looked at last; none at the end.
    pub after: Option<(Timestamp, uuid::Uuid)>,
}

/// What reading one link back came to.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkCheck {
    /// The link.
    pub external_id: String,
    /// Its document.
    pub document: DocumentId,
    /// When it was asked for.
    pub at: Timestamp,
    /// Their status, when it was told and nobody else has to hear it first; it does not replace what was heard later.
    pub seen: Option<String>,
    /// Whether they differ; none when it was not judged.
    pub differs: Option<bool>,
}

/// A page of a run that is done, with how far the run got.
#[derive(Clone, Debug, PartialEq)]
pub struct ReconciliationStep {
    /// The run with its new state, progress, statement and problem; its token is the fence.
    pub run: ReconciliationRow,
    /// When it is due again: the end of the lease while it goes on.
    pub due_at: Timestamp,
    /// Links that were read.
    pub checks: Vec<LinkCheck>,
    /// Differences that are new or changed.
    pub drifts: Vec<DriftRow>,
}

/// A person's word about a difference.
#[derive(Clone, Debug, PartialEq)]
pub struct DriftWord {
    /// Tenant.
    pub tenant: TenantId,
    /// Which.
    pub id: DriftId,
    /// What was said.
    pub say: DriftSay,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What is said about a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriftSay {
    /// It may stay as it is.
    Accept,
    /// A repair was begun, in words.
    Repair(String),
    /// Read again, it is not there any more.
    Gone,
}

/// Which runs.
#[derive(Clone, Debug, PartialEq)]
pub struct ReconciliationFilter {
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: Option<String>,
    /// State.
    pub state: Option<String>,
    /// One run.
    pub id: Option<ReconciliationId>,
}

/// Which differences.
#[derive(Clone, Debug, PartialEq)]
pub struct DriftFilter {
    /// Tenant.
    pub tenant: TenantId,
    /// `open`, `accepted` or `resolved`.
    pub state: Option<String>,
    /// Kind.
    pub kind: Option<String>,
    /// Connection.
    pub connection: Option<String>,
    /// Document.
    pub document: Option<DocumentId>,
    /// Seen last by this run.
    pub run: Option<ReconciliationId>,
    /// One difference.
    pub id: Option<DriftId>,
}

impl DriftFilter {
    /// Every difference of a tenant.
    pub fn of(tenant: TenantId) -> DriftFilter {
        DriftFilter { tenant, state: None, kind: None, connection: None, document: None, run: None, id: None }
    }
}

/// Differences of one kind at one connection.
#[derive(Clone, Debug, PartialEq)]
pub struct DriftGroup {
    /// Kind.
    pub kind: String,
    /// Connection.
    pub connection: String,
    /// State.
    pub state: String,
    /// How many.
    pub count: u64,
    /// When the oldest of them was first seen.
    pub oldest: Timestamp,
}

/// Since when a link is in step or differs.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkStanding {
    /// Connection.
    pub connection: String,
    /// The partner's id.
    pub external_id: String,
    /// When it was last read back.
    pub checked_at: Option<Timestamp>,
    /// In step since.
    pub in_step_since: Option<Timestamp>,
    /// Differs since.
    pub differs_since: Option<Timestamp>,
}

/// The durable side of reconciliation; part of every store.
pub trait Reconciliations {
    /// Stores runs to do. A scheduled one counts only where this fire of its schedule, or a later one, is not known; the
    /// answer tells, in order, which were stored. Storing one again changes nothing.
    fn plan_reconciliations<'a>(&'a self, rows: &'a [ReconciliationRow]) -> BoxFuture<'a, Result<Vec<bool>>>;

    /// The last fire of each schedule that has one.
    fn last_fires<'a>(&'a self, schedules: &'a [ScheduleKey]) -> BoxFuture<'a, Result<Vec<(ScheduleKey, Timestamp)>>>;

    /// Notes fires from which nothing follows: where a new schedule begins to count. Known later ones stay.
    fn note_fires<'a>(&'a self, fires: &'a [(ScheduleKey, Timestamp)], now: Timestamp) -> BoxFuture<'a, Result<()>>;

    /// Claims runs that are due and not leased, one a connection, in the order they were asked for; a new token each.
    fn claim_reconciliations<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>>;

    /// What the next page of a run works on.
    fn reconcilable<'a>(&'a self, tenant: TenantId, connection: &'a str, wanted: &'a Wanted) -> BoxFuture<'a, Result<Reconcilable>>;

    /// Stores a page and how far the run got, in one transaction; fenced by the run's token. A lost or cancelled run
    /// stores nothing.
    fn record_reconciliation<'a>(&'a self, step: &'a ReconciliationStep) -> BoxFuture<'a, Result<Fenced>>;

    /// Cancels a run that is not over; whether there was one.
    fn cancel_reconciliation<'a>(
        &'a self,
        tenant: TenantId,
        id: ReconciliationId,
        words: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool>>;

    /// Stores what was said about differences; the answer tells, in order, which of them were open.
    fn say_of_drifts<'a>(&'a self, words: &'a [DriftWord]) -> BoxFuture<'a, Result<Vec<bool>>>;

    /// Runs, newest first, keyset pages.
    fn reconciliations<'a>(&'a self, filter: &'a ReconciliationFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>>;

    /// Differences, newest first, keyset pages.
    fn drifts<'a>(&'a self, filter: &'a DriftFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<DriftRow>>>;

    /// Differences counted by kind, connection and state.
    fn drift_groups<'a>(&'a self, filter: &'a DriftFilter) -> BoxFuture<'a, Result<Vec<DriftGroup>>>;

    /// Since when the links of a document are in step or differ.
    fn link_standings<'a>(&'a self, tenant: TenantId, document: DocumentId) -> BoxFuture<'a, Result<Vec<LinkStanding>>>;
}

/// Sorts links into those that were wanted and all of their documents.
pub(super) fn take_links(found: &mut Reconcilable, links: Vec<(LinkRow, Option<Timestamp>)>, wanted: &Wanted) {
    for (link, checked) in links {
        let is_wanted = match wanted {
            Wanted::Objects(ids) => ids.contains(&link.external_id),
            Wanted::Next(scan) => checked.is_none_or(|at| at < scan.unread_since),
        };
        if is_wanted {
            found.links.push(link.clone());
            found.checked.push(checked);
        }
        found.siblings.push(link);
    }
}

/// The objects whose differences belong to a page.
pub(super) fn objects(found: &Reconcilable, wanted: &Wanted) -> Vec<String> {
    match wanted {
        Wanted::Objects(ids) => ids.clone(),
        Wanted::Next(_) => found.links.iter().map(|link| link.external_id.clone()).collect(),
    }
}
