//! What is durable: rows, statements and migrations for PostgreSQL and SQLite behind one trait.
//!
//! Methods are transaction-sized and take slices: one multi-row statement per kind of row. The room decides nothing;
//! `Store::decide` hands what it loaded to a pure closure inside the transaction and writes what comes back. A commit
//! error means unknown: callers repeat with the same ids, and unique keys make the repeat harmless.
//!
//! Both engines refuse a text with the character NUL (`Error::Refused`), because PostgreSQL cannot hold it; its JSON
//! escape is text like any other. Times are kept to the microsecond. Wherever a lease is taken, the row is due again when
//! the lease ends, so a dead owner's work comes back without anybody looking for it.

pub mod answers;
mod ask;
mod cells;
mod columns;
pub mod connect;
mod decode;
pub mod desk;
mod facts;
mod fault;
pub mod identity;
pub mod inspect;
mod keys;
pub mod kill_points;
pub mod measure;
mod migrations;
mod people;
mod postgres;
mod publishing;
pub mod reconciliation;
pub mod rows;
pub mod sealed;
pub mod shared;
mod sqlite;

pub use answers::{Answer, Begun, Question};
pub use connect::{Options, connect};
use futures::future::BoxFuture;
use jiff::Timestamp;
pub use people::*;
pub use publishing::{DefinitionVersion, DraftKey, DraftRow, DraftSaved, NewRelease, Publication, ReleaseItem, ReleaseRow, ReleaseText};
pub use reconciliation::*;
use reconciliation::{objects, take_links};
pub use rows::*;
pub use shared::*;

use crate::domain::ids::{DocumentId, InstanceId, LaneId, TenantId};

/// Why a store method failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached, is read-only or shutting down; nothing was done. Repeat later.
    #[error("the database cannot be used now: {0}")]
    Unavailable(#[source] BoxError),
    /// The commit's outcome is not known. Repeat with the same ids.
    #[error("the outcome of a commit is unknown: {0}")]
    CommitUnknown(#[source] BoxError),
    /// A row of this batch is at fault (bad data, broken constraint); others would pass. Bisect.
    #[error("a row was refused by the database: {0}")]
    Refused(#[source] BoxError),
    /// These documents of `Writes::documents_made` are known already; nothing was done. Name them in the keys and decide again.
    #[error("{} documents that were made are known already", .0.len())]
    Known(Vec<crate::domain::ids::DocumentId>),
    /// A stored row cannot be understood.
    #[error("table `{table}`, column `{column}`, row `{row}` cannot be read: {reason}")]
    Decode {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Key of the row.
        row: String,
        /// Why.
        reason: String,
    },
    /// A stored row is sealed and does not open; the reason holds nothing of what is in it.
    #[error("table `{table}`, column `{column}`, row `{row}` is sealed and does not open: {reason}")]
    Sealed {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Key of the row.
        row: String,
        /// Why.
        reason: String,
    },
    /// The schema is older or newer than this binary.
    #[error("the schema does not fit this binary: {0}")]
    Schema(String),
}

/// Any source error.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Result of store methods.
pub type Result<T> = std::result::Result<T, Error>;

/// What an engine batch decided, from what was loaded; pure, runs inside the transaction while rows are locked. An error ends the
/// transaction, and nothing was done.
pub type Decide = Box<dyn FnOnce(Loaded) -> Result<Writes> + Send>;

/// What only doors and people ask for, and what replicas share of a real partner, may be left out by a store that serves
/// simulations; both databases have all of it, and
/// the conformance suite asks them for it.
fn left_out<'a, T>(what: &str) -> BoxFuture<'a, Result<T>> {
    let error = Error::Schema(format!("this store keeps no {what}"));
    Box::pin(async move { Err(error) })
}

/// The durable side. Two implementations, one conformance suite.
pub trait Store: Reconciliations + Send + Sync + 'static {
    // ---- intake ----

    /// Stores received messages in one transaction: duplicate suppression and the message itself. The answer tells, in
    /// order, which were new. New rows are leased to `lease` so that the receiving process may go on at once.
    fn receive<'a>(&'a self, messages: &'a [NewMessage], lease: &'a Lease) -> BoxFuture<'a, Result<Vec<Received>>>;

    /// Claims messages that are due and not leased (or whose lease is over), oldest due first.
    fn claim_messages<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<Message>>>;

    /// Puts messages back: due again later (a failed read-back, a parked event), with what was learnt.
    fn defer_messages<'a>(&'a self, deferrals: &'a [Deferral]) -> BoxFuture<'a, Result<()>>;

    /// Draws the next number of a counter: one higher than any drawn before, by whatever process. A number that is drawn
    /// and not used is left out.
    fn draw_number<'a>(&'a self, tenant: TenantId, counter: &'a str) -> BoxFuture<'a, Result<u64>>;

    // ---- engine ----

    /// One engine batch: locks and loads what `keys` name, calls `decide`, writes what it returns, commits.
    /// Instances are locked in id order. Returns counts and freshly self-claimed effects.
    /// `decide` is called at most once. After `Unavailable` nothing was done and the batch may be repeated as it is (a
    /// deadlock ends so too); after `Refused` it is to be bisected.
    fn decide<'a>(&'a self, keys: &'a Keys, decide: Decide) -> BoxFuture<'a, Result<Committed>>;

    /// Due timers (not locked: `decide` deletes the row in its transaction and skips what is already gone).
    fn due_timers<'a>(&'a self, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<TimerKey>>>;

    // ---- effects ----

    /// Claims ready lanes: takes the lease, bumps the fencing token and marks each lane's head effect `started`
    /// (or, when it was found `started` under a dead lease, leaves its state for the caller to see as unknown).
    fn claim_lanes<'a>(&'a self, lease: &'a Lease, now: Timestamp, room: &'a [ConnectionRoom])
    -> BoxFuture<'a, Result<Vec<ClaimedEffect>>>;

    /// Claims those of these lanes that are ready, as `claim_lanes` does; the rest are held, gone or not due yet.
    fn claim_named_lanes<'a>(&'a self, lease: &'a Lease, now: Timestamp, lanes: &'a [LaneId]) -> BoxFuture<'a, Result<Vec<ClaimedEffect>>>;

    /// Records progress that does not concern the engine (retry later, look up later); fenced by token.
    fn record_progress<'a>(&'a self, progress: &'a [Progress]) -> BoxFuture<'a, Result<Vec<Fenced>>>;

    // ---- streams, definitions ----

    /// Cursors of streams that are due, at most so many of them, leased one process at a time per stream.
    fn claim_streams<'a>(
        &'a self,
        lease: &'a Lease,
        now: Timestamp,
        streams: &'a [StreamKey],
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<StreamCursor>>>;

    /// Stores a cursor after its page was stored; fenced by token.
    fn save_cursor<'a>(&'a self, cursor: &'a StreamCursor, next_due: Timestamp) -> BoxFuture<'a, Result<Fenced>>;

    /// Links whose objects are open and due for a re-read (`heard_by: reread`), and moves their next re-read: one minute,
    /// doubled each time, at most two hours, unless a batch writes another time.
    fn claim_rereads<'a>(&'a self, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<Reread>>>;

    /// Stores definition versions (idempotent by tenant, kind, id, hash).
    fn put_definitions<'a>(&'a self, definitions: &'a [DefinitionRow]) -> BoxFuture<'a, Result<()>>;

    /// One definition version.
    fn definition<'a>(
        &'a self,
        tenant: TenantId,
        kind: &'a str,
        id: &'a str,
        hash: &'a str,
    ) -> BoxFuture<'a, Result<Option<DefinitionRow>>>;

    // ---- answers under a caller's key ----

    /// Takes a key for the caller, or says who has it and what was answered. A commit whose outcome is unknown leaves the key
    /// busy until its time; the caller then asks again.
    fn begin_answer<'a>(&'a self, _question: &'a Question) -> BoxFuture<'a, Result<Begun>> {
        left_out("answers")
    }

    /// Stores the answer to a key that was taken, or gives the key back unanswered.
    fn finish_answer<'a>(&'a self, _tenant: TenantId, _key: uuid::Uuid, _answer: Option<&'a Answer>) -> BoxFuture<'a, Result<()>> {
        left_out("answers")
    }

    /// Drops answers given before this; bounded work per call. Tells how many.
    fn forget_answers(&self, _before: Timestamp) -> BoxFuture<'_, Result<u64>> {
        left_out("answers")
    }

    // ---- what replicas share ----

    /// Takes over a duty that one process has at a time, or prolongs it: the fencing token, or none while another has it.
    fn claim_duty<'a>(&'a self, _duty: &'a str, _lease: &'a Lease, _now: Timestamp) -> BoxFuture<'a, Result<Option<i64>>> {
        left_out("duties")
    }

    /// Events that wait to be published, oldest first. Within a document their order is that of the commits.
    fn events_waiting(&self, _limit: u32) -> BoxFuture<'_, Result<Vec<WaitingEvent>>> {
        left_out("events")
    }

    /// Forgets events that were published.
    fn events_published<'a>(&'a self, _published: &'a [i64]) -> BoxFuture<'a, Result<()>> {
        left_out("events")
    }

    /// Gives slots for requests, each to one caller only, whichever process asks. After a crash of the database the last
    /// moments may be given again.
    fn take_slots<'a>(&'a self, _request: &'a SlotRequest, _now: Timestamp) -> BoxFuture<'a, Result<Slots>> {
        left_out("rates")
    }

    /// Credentials newer than `stale`, or leave to renew them for as long as `lease` holds.
    fn claim_credential<'a>(
        &'a self,
        _key: &'a CredentialKey,
        _stale: i64,
        _lease: &'a Lease,
        _now: Timestamp,
    ) -> BoxFuture<'a, Result<CredentialClaim>> {
        left_out("credentials")
    }

    /// The sealed text under a name, lapsed or not; none when there is none.
    fn credential<'a>(&'a self, _key: &'a CredentialKey) -> BoxFuture<'a, Result<Option<String>>> {
        left_out("credentials")
    }

    /// Saves renewed credentials; fenced by token.
    fn save_credential<'a>(
        &'a self,
        _key: &'a CredentialKey,
        _token: i64,
        _generation: i64,
        _sealed: &'a str,
        _lapses_at: Option<Timestamp>,
    ) -> BoxFuture<'a, Result<Fenced>> {
        left_out("credentials")
    }

    /// Gives up a renewal; nobody tries before `again_at`.
    fn release_credential<'a>(&'a self, _key: &'a CredentialKey, _token: i64, _again_at: Timestamp) -> BoxFuture<'a, Result<()>> {
        left_out("credentials")
    }

    // ---- publishing ----

    /// Stores a release with the versions it is made of and moves the live pointer to it, in one transaction, when the
    /// expected release is live. Nobody sees half of it, whatever dies.
    fn publish<'a>(&'a self, release: &'a NewRelease) -> BoxFuture<'a, Result<Publication>>;

    /// The release that is live; one row by its key, for replicas that follow.
    fn live_release(&self, tenant: TenantId) -> BoxFuture<'_, Result<Option<ReleaseRow>>>;

    /// One release.
    fn release(&self, tenant: TenantId, number: u32) -> BoxFuture<'_, Result<Option<ReleaseRow>>>;

    /// Releases before a number (none: from the newest), newest first.
    fn releases(&self, tenant: TenantId, before: Option<u32>, limit: u32) -> BoxFuture<'_, Result<Vec<ReleaseRow>>>;

    /// The newest release with this content.
    fn release_with<'a>(&'a self, tenant: TenantId, digest: &'a str) -> BoxFuture<'a, Result<Option<ReleaseRow>>>;

    /// The files of a release, in the order of their paths.
    fn release_items(&self, tenant: TenantId, number: u32) -> BoxFuture<'_, Result<Vec<ReleaseItem>>>;

    /// The files of a release with their texts, in the order of their paths.
    fn release_texts(&self, tenant: TenantId, number: u32) -> BoxFuture<'_, Result<Vec<ReleaseText>>>;

    /// The versions of a definition, newest first, the last 500.
    fn definition_versions<'a>(&'a self, tenant: TenantId, kind: &'a str, id: &'a str) -> BoxFuture<'a, Result<Vec<DefinitionVersion>>>;

    /// Drafts, of one author or of all, by author, kind and id.
    fn drafts<'a>(&'a self, tenant: TenantId, author: Option<&'a str>) -> BoxFuture<'a, Result<Vec<DraftRow>>>;

    /// Saves a draft when the stored one has the expected hash; none means that there is none yet.
    fn save_draft<'a>(&'a self, draft: &'a DraftRow, expected: Option<&'a str>) -> BoxFuture<'a, Result<DraftSaved>>;

    /// Drops a draft when it still has this hash.
    fn drop_draft<'a>(&'a self, tenant: TenantId, draft: &'a DraftKey) -> BoxFuture<'a, Result<DraftSaved>>;

    // ---- reading, for people ----

    /// Documents, newest first, keyset pages.
    fn documents<'a>(&'a self, filter: &'a DocumentFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<DocumentRow>>>;

    /// One document with its revisions (without bodies), links and related documents.
    fn document<'a>(&'a self, tenant: TenantId, id: DocumentId) -> BoxFuture<'a, Result<Option<DocumentView>>>;

    /// One revision with body and source payload.
    fn revision<'a>(&'a self, tenant: TenantId, id: DocumentId, number: u32) -> BoxFuture<'a, Result<Option<RevisionRow>>>;

    /// Instances, newest first, keyset pages.
    fn instances<'a>(&'a self, filter: &'a InstanceFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<InstanceRow>>>;

    /// One instance.
    fn instance<'a>(&'a self, tenant: TenantId, id: InstanceId) -> BoxFuture<'a, Result<Option<InstanceRow>>>;

    /// Instances by id, at most 500; those that are not there are left out.
    fn instances_named<'a>(&'a self, tenant: TenantId, ids: &'a [InstanceId]) -> BoxFuture<'a, Result<Vec<InstanceRow>>>;

    /// History of an instance, oldest first; the place of a row is its `lock`.
    fn history<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> BoxFuture<'a, Result<Vec<HistoryRow>>>;

    /// Effects of an instance with their state, oldest first; the place of a row is its `seq`.
    fn effects<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> BoxFuture<'a, Result<Vec<EffectRow>>>;

    /// Attempts of an instance's effects, oldest first.
    fn attempts<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<AttemptPlace>) -> BoxFuture<'a, Result<Vec<AttemptRow>>>;

    /// Exceptions, newest first, keyset pages.
    fn exceptions<'a>(&'a self, filter: &'a ExceptionFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<ExceptionRow>>>;

    /// Messages not yet matched to anything (parked) or stopped.
    fn messages<'a>(&'a self, tenant: TenantId, page: &'a Page) -> BoxFuture<'a, Result<Vec<Message>>>;

    /// Counts for health, metrics and the demo's live line.
    fn counts<'a>(&'a self, now: Timestamp) -> BoxFuture<'a, Result<Counts>>;

    /// What people read and write beside the engine: the desk's groups and batches, search, charts, health.
    fn desk(&self) -> &dyn desk::Desk;

    /// Who may come in: users, sessions, one-time links, the audit.
    fn identity(&self) -> &dyn identity::Identity;

    // ---- keeping house ----

    /// Creates or upgrades the schema. Safe to run from several processes at once.
    fn migrate(&self) -> BoxFuture<'_, Result<MigrationReport>>;

    /// Whether content can be sealed here: document types that are marked `sealed` need it.
    fn seals(&self) -> bool {
        false
    }

    /// The connections of the pool that the engine works with; none where there is no pool.
    fn pool(&self) -> Option<Pool> {
        None
    }

    /// Whether the database answers and can be written.
    fn ping(&self) -> BoxFuture<'_, Result<()>>;

    /// Drops payloads and attempts that are past retention; bounded work per call.
    fn clean(&self, before: Timestamp) -> BoxFuture<'_, Result<u64>>;

    /// Closes connections after what is under way.
    fn close(&self) -> BoxFuture<'_, ()>;
}
