//! The rows that cross the store's boundary. JSON columns are text here: the store moves them, it does not read them.

use super::people::{DecisionRow, TaskRow, WaitingRow};
use super::reconciliation::DriftRow;
use crate::domain::ids::{DocumentId, EffectId, ExceptionId, InboxId, InstanceId, LaneId, TenantId};
use jiff::Timestamp;

/// Who claims, and until when.
#[derive(Clone, Debug, PartialEq)]
pub struct Lease {
    /// The process, unique per start.
    pub owner: String,
    /// When others may take it over.
    pub until: Timestamp,
}

/// A message as received, before anything was made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMessage {
    /// Its id, drawn by the receiver (UUIDv7).
    pub id: InboxId,
    /// Tenant.
    pub tenant: TenantId,
    /// The connection it came from.
    pub connection: String,
    /// The event of the connector it is heard by (a webhook or stream may feed several: one message each).
    pub event: String,
    /// The sender's message id, or a digest where there is none; unique per (tenant, source).
    pub message_id: String,
    /// Source of duplicate suppression: `webhook/NAME`, `stream/NAME`, `reread`.
    pub source: String,
    /// What was heard: for webhooks the raw body as text, for streams the item; JSON.
    pub payload: String,
    /// When.
    pub received_at: Timestamp,
}

/// What became of a received message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Stored.
    New,
    /// Known already; counted, nothing stored.
    Duplicate,
}

/// A stored message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// As received.
    pub new: NewMessage,
    /// The partner's id, once known.
    pub external_id: Option<String>,
    /// What the read-back gave, JSON, once known; then no further read is needed.
    pub heard: Option<String>,
    /// How often it was leased, the receiver's own lease included.
    pub attempts: u32,
    /// Why it still waits: `new`, `reading`, `parked`, `stopped`.
    pub state: String,
    /// The last problem in words.
    pub problem: Option<String>,
    /// When it is due again.
    pub due_at: Timestamp,
}

impl Message {
    /// A message of the hub to itself, as it stands right after the commit that stored it.
    pub fn own(new: NewMessage, lease: &Lease) -> Message {
        Message { new, external_id: None, heard: None, attempts: 1, state: "new".to_owned(), problem: None, due_at: lease.until }
    }
}

/// A message put back.
#[derive(Clone, Debug, PartialEq)]
pub struct Deferral {
    /// Which.
    pub id: InboxId,
    /// When it is due again.
    pub due_at: Timestamp,
    /// `reading`, `parked` (its object is not known yet) or `stopped` (wants a person).
    pub state: String,
    /// The partner's id, when known.
    pub external_id: Option<String>,
    /// What the read-back gave.
    pub heard: Option<String>,
    /// In words.
    pub problem: Option<String>,
}

/// What one engine batch needs loaded and locked. Found instances pull in their document, its newest revision, the
/// instance's own revision, links and unfinished effects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keys {
    /// Instances by id (effect outcomes, timers, commands).
    pub instances: Vec<InstanceId>,
    /// Documents by id (source events, creations), with all their instances that are not ended and the newest ended.
    pub documents: Vec<DocumentId>,
    /// Objects at partners (tenant, connection, external id): their link, document and instances.
    pub objects: Vec<(TenantId, String, String)>,
    /// Timers to fire: only those still there come back in `Loaded::timers`, and they are deleted.
    pub timers: Vec<TimerKey>,
    /// Messages this batch handles; only those still there (and not in another batch's hands) come back, and they are
    /// deleted unless `Writes::messages_kept` names them. The deletion is what makes a message count once, not its lease.
    pub messages: Vec<InboxId>,
    /// Exceptions asked for by id, closed ones too.
    pub exceptions: Vec<ExceptionId>,
    /// Effects this batch reports on, with their lane holds; only those still held come back in `Loaded::held`.
    pub effects: Vec<LaneHold>,
}

/// A timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimerKey {
    /// Tenant.
    pub tenant: TenantId,
    /// Instance.
    pub instance: InstanceId,
    /// Number within the instance.
    pub number: u32,
}

/// What a batch found.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// Instances, locked.
    pub instances: Vec<InstanceRow>,
    /// Documents, locked.
    pub documents: Vec<DocumentRow>,
    /// Revisions: for each document the newest, and for each instance its own.
    pub revisions: Vec<RevisionRow>,
    /// Links of those documents.
    pub links: Vec<LinkRow>,
    /// Open exceptions of those instances, and those that were asked for by id.
    pub exceptions: Vec<ExceptionRow>,
    /// Drift of the named documents that is not resolved.
    pub drifts: Vec<DriftRow>,
    /// Timers that were still there; now deleted.
    pub timers: Vec<TimerKey>,
    /// Messages that were still there and are deleted with this commit.
    pub messages: Vec<InboxId>,
    /// Effects whose lane this process still holds.
    pub held: Vec<EffectId>,
}

/// What a batch writes.
#[derive(Clone, Debug, Default)]
pub struct Writes {
    /// New documents.
    pub documents_new: Vec<DocumentRow>,
    /// Changed documents (status, revision, source version, seen status).
    pub documents_changed: Vec<DocumentRow>,
    /// New revisions.
    pub revisions: Vec<RevisionRow>,
    /// Revisions of this batch that a person made.
    pub amendments: Vec<AmendmentRow>,
    /// Tasks that are new or have changed.
    pub tasks: Vec<TaskRow>,
    /// What was decided.
    pub decisions: Vec<DecisionRow>,
    /// Notices that wait.
    pub waiting: Vec<WaitingRow>,
    /// Relations between documents.
    pub relations: Vec<RelationRow>,
    /// New instances.
    pub instances_new: Vec<InstanceRow>,
    /// Changed instances; `lock` is the version that was loaded.
    pub instances_changed: Vec<InstanceRow>,
    /// Instances that move to another version of their flow: beside their row in `instances_changed`, which does not
    /// carry it because nothing else ever changes it.
    pub instance_versions: Vec<(InstanceId, String)>,
    /// History, one row per decision.
    pub history: Vec<HistoryRow>,
    /// Our status for documents that were not loaded with this batch: tenant, document, status, when.
    pub statuses: Vec<(TenantId, DocumentId, String, Timestamp)>,
    /// Links, inserted or updated by (tenant, connection, external id, document). What a change leaves empty among
    /// instance, step, written, seen and their times keeps its former value.
    pub links: Vec<LinkRow>,
    /// Effects to queue. Their `seq` is given by the store under the lane's lock: it grows within a lane, with gaps.
    pub effects: Vec<NewEffect>,
    /// Stopped (failed or withdrawn) effects to queue again: same id, key, place in the lane and delivery state.
    pub effects_requeued: Vec<EffectId>,
    /// Effects not yet sent (`planned`) that are taken back; what is started or waiting goes on and reports.
    pub effects_withdrawn: Vec<EffectId>,
    /// How reported effects ended; fenced: only holds that `Keys::effects` named and `Loaded::held` confirmed count.
    pub progress: Vec<Progress>,
    /// Timers set.
    pub timers: Vec<(TimerKey, Timestamp)>,
    /// Timers removed.
    pub timers_removed: Vec<TimerKey>,
    /// Exceptions opened.
    pub exceptions: Vec<ExceptionRow>,
    /// Exceptions closed: id, resolution, when, by whom.
    pub exceptions_closed: Vec<(ExceptionId, String, Timestamp, String)>,
    /// Messages to keep instead of deleting, as deferrals.
    pub messages_kept: Vec<Deferral>,
    /// Messages that the hub sends itself, each leased to whoever commits it. One that is there already is left alone.
    pub messages_new: Vec<(NewMessage, Lease)>,
    /// Drift, inserted or updated by id.
    pub drifts: Vec<DriftRow>,
    /// What is to be published of all this, in order.
    pub events: Vec<super::NewEvent>,
}

/// What a batch's commit brings back.
#[derive(Clone, Debug, Default)]
pub struct Committed {
    /// Effects that were queued and claimed in the same commit (`NewEffect::claim`), ready to perform.
    pub claimed: Vec<ClaimedEffect>,
    /// Lanes that have a head and that nobody holds: those to be announced. Some are due later.
    pub ready: Vec<ReadyLane>,
    /// Statements run, for the bench.
    pub statements: u32,
    /// Rows written, for the bench.
    pub rows: u32,
}

/// A lane that waits to be claimed.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadyLane {
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: String,
    /// Which.
    pub lane: LaneId,
    /// Priority of its head: 0 is first.
    pub priority: i16,
    /// When it may be claimed.
    pub due_at: Timestamp,
}

/// A document of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentRow {
    /// Id, derived from the identity.
    pub id: DocumentId,
    /// Tenant.
    pub tenant: TenantId,
    /// Type.
    pub kind: String,
    /// Source connection (`hub` for documents made here).
    pub source: String,
    /// Business key.
    pub key: String,
    /// The source's own id of it, when it has one.
    pub external_id: Option<String>,
    /// Newest revision.
    pub revision: u32,
    /// Our status.
    pub status: String,
    /// What the source last said, mapped, and since when; its echo never makes a revision.
    pub source_status: Option<String>,
    /// The source's version or change time of what we last took, for refusing older events.
    pub source_version: Option<String>,
    /// Withdrawn at the source.
    pub withdrawn: bool,
    /// Title line for lists (`PO 4711 · Supplier · 1,130.00 CNY`), JSON of a few display fields.
    pub display: String,
    /// First seen.
    pub created_at: Timestamp,
    /// Last changed.
    pub updated_at: Timestamp,
}

/// One revision of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct RevisionRow {
    /// Tenant.
    pub tenant: TenantId,
    /// Document.
    pub document: DocumentId,
    /// Number from 1.
    pub number: u32,
    /// Hash of the content without status and version fields.
    pub hash: String,
    /// Canonical body, JSON.
    pub body: String,
    /// The source's payload, verbatim.
    pub payload: String,
    /// When.
    pub created_at: Timestamp,
}

/// Who made a revision by hand, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct AmendmentRow {
    /// Tenant.
    pub tenant: TenantId,
    /// Document.
    pub document: DocumentId,
    /// The revision that was made.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// What changed, JSON: a list of `{path, before, after}`.
    pub changes: String,
}

/// Two documents belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct RelationRow {
    /// Tenant.
    pub tenant: TenantId,
    /// The one that was made.
    pub document: DocumentId,
    /// What it was made for.
    pub made_for: DocumentId,
    /// `pays`, …
    pub relation: String,
}

/// One instance.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceRow {
    /// Id.
    pub id: InstanceId,
    /// Tenant.
    pub tenant: TenantId,
    /// Flow.
    pub flow: String,
    /// Hash of the flow version with everything it needs.
    pub version: String,
    /// Document.
    pub document: DocumentId,
    /// The revision it runs for.
    pub revision: u32,
    /// `running`, `exception`, `ended`, `superseded`.
    pub status: String,
    /// Final outcome, once ended.
    pub outcome: Option<String>,
    /// The step(s) it stands at, for lists.
    pub at_step: Option<String>,
    /// The pure state, JSON.
    pub state: String,
    /// Optimistic version; the loaded one in `instances_changed`.
    pub lock: i64,
    /// Started.
    pub started_at: Timestamp,
    /// Last changed.
    pub updated_at: Timestamp,
    /// Ended.
    pub ended_at: Option<Timestamp>,
}

/// History of one decision.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// Tenant.
    pub tenant: TenantId,
    /// Instance.
    pub instance: InstanceId,
    /// The instance's lock version after the decision; orders the rows.
    pub lock: i64,
    /// When.
    pub at: Timestamp,
    /// The entries, JSON array of `HistoryEntry`.
    pub entries: String,
}

/// The ledger's row for one document in one system.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkRow {
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: String,
    /// The partner's id.
    pub external_id: String,
    /// Document.
    pub document: DocumentId,
    /// Instance that made it; none for the source link.
    pub instance: Option<InstanceId>,
    /// Step visit that made it, `step#visit`.
    pub step: Option<String>,
    /// Last written status and when.
    pub written: Option<String>,
    /// When it was written.
    pub written_at: Option<Timestamp>,
    /// Last seen status and when.
    pub seen: Option<String>,
    /// When it was seen.
    pub seen_at: Option<Timestamp>,
    /// Over: its events no longer wake an await.
    pub closed: bool,
    /// When to read it again (`heard_by: reread`), and how many re-reads there were.
    pub reread_at: Option<Timestamp>,
    /// Re-reads so far.
    pub rereads: u32,
}

/// An effect to queue.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEffect {
    /// The row; `seq`, `state`, `attempt`, `token` are set by the store.
    pub effect: EffectRow,
    /// Claim it at once for this lease when its lane is free.
    pub claim: Option<Lease>,
}

/// An effect.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectRow {
    /// Id and idempotency key.
    pub id: EffectId,
    /// Tenant.
    pub tenant: TenantId,
    /// Instance it belongs to.
    pub instance: InstanceId,
    /// Document it is about.
    pub document: DocumentId,
    /// Connection (`log` or an SMTP connection for notices).
    pub connection: String,
    /// Lane: `{connection}:{document}`.
    pub lane: String,
    /// Order within the lane.
    pub seq: i64,
    /// Step and visit, `step#visit`.
    pub step: String,
    /// Priority: 0 is first.
    pub priority: i16,
    /// Hash of the flow version, for the connector's definition.
    pub version: String,
    /// The work, JSON of `Work`.
    pub work: String,
    /// The retry policy, JSON.
    pub retry: String,
    /// `planned`, `started`, `waiting` (retry or look-up due later), `done`, `failed`, `withdrawn`.
    pub state: String,
    /// The pure delivery state, JSON (phase, counts, first sent at, …).
    pub delivery: String,
    /// Attempts so far.
    pub attempt: u32,
    /// When it may be tried.
    pub due_at: Timestamp,
    /// When it was planned.
    pub created_at: Timestamp,
}

/// A claimed effect.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimedEffect {
    /// The effect, with `attempt` already counted.
    pub effect: EffectRow,
    /// The fencing token.
    pub token: i64,
    /// It was found `started` under a dead lease: it may have been sent, its outcome is unknown.
    pub orphaned: bool,
}

/// A hold on a lane.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneHold {
    /// Tenant.
    pub tenant: TenantId,
    /// Lane.
    pub lane: String,
    /// Fencing token.
    pub token: i64,
    /// The effect at its head.
    pub effect: EffectId,
}

/// Whether a fenced write took place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fenced {
    /// It did.
    Held,
    /// The lease was lost; nothing was written, drop the result.
    Lost,
}

/// How an attempt of an effect went on.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The hold under which it was made; released by this write.
    pub hold: LaneHold,
    /// New state: `waiting`, `done`, `failed`, or `planned` to give it back unsent.
    pub state: String,
    /// The pure delivery state.
    pub delivery: String,
    /// When it is due again, for `waiting` and `planned`.
    pub due_at: Timestamp,
    /// What was tried.
    pub attempts: Vec<AttemptRow>,
}

/// One recorded attempt: one request and its answer, redacted before it got here.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptRow {
    /// Tenant.
    pub tenant: TenantId,
    /// Instance.
    pub instance: InstanceId,
    /// Effect.
    pub effect: EffectId,
    /// Attempt number of the effect.
    pub number: u32,
    /// Which request of the attempt (paging, steps, read-back), from 0.
    pub part: u32,
    /// `call`, `look_up`, `read_back`, `auth`.
    pub purpose: String,
    /// Connection and operation.
    pub connection: String,
    /// Operation.
    pub operation: String,
    /// When it began.
    pub started_at: Timestamp,
    /// How long, milliseconds.
    pub duration_millis: u32,
    /// HTTP status, when there was one.
    pub status: Option<u16>,
    /// Class of the answer.
    pub class: String,
    /// Message of the answer.
    pub message: Option<String>,
    /// Request, redacted JSON.
    pub request: String,
    /// Response, redacted JSON.
    pub response: String,
}

/// How many effects a connection may take now.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionRoom {
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: String,
    /// Free places.
    pub free: u32,
}

/// A stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StreamKey {
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: String,
    /// Stream of its connector.
    pub stream: String,
}

/// Where a stream got to.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamCursor {
    /// Which.
    pub key: StreamKey,
    /// The cursor, JSON; none at the beginning.
    pub cursor: Option<String>,
    /// Fencing token.
    pub token: i64,
    /// Last success.
    pub last_success_at: Option<Timestamp>,
    /// Last problem in words.
    pub problem: Option<String>,
    /// Runs that failed in a row.
    pub failures: u32,
}

/// An open object to read again.
#[derive(Clone, Debug, PartialEq)]
pub struct Reread {
    /// The link.
    pub link: LinkRow,
}

/// One immutable version of a definition.
#[derive(Clone, Debug, PartialEq)]
pub struct DefinitionRow {
    /// Tenant.
    pub tenant: TenantId,
    /// `flow`, `connector`, … or `bundle` (a flow version with everything it needs).
    pub kind: String,
    /// Id.
    pub id: String,
    /// Content hash.
    pub hash: String,
    /// The text, or the bundle's JSON.
    pub text: String,
    /// Author.
    pub author: String,
    /// Message.
    pub message: String,
    /// Stored.
    pub created_at: Timestamp,
}

/// An exception on the desk.
#[derive(Clone, Debug, PartialEq)]
pub struct ExceptionRow {
    /// Id, derived.
    pub id: ExceptionId,
    /// Tenant.
    pub tenant: TenantId,
    /// Instance, unless it is about a message.
    pub instance: Option<InstanceId>,
    /// Document, when known.
    pub document: Option<DocumentId>,
    /// Effect that stopped.
    pub effect: Option<EffectId>,
    /// Step and visit.
    pub step: Option<String>,
    /// Same cause, same fingerprint: `domain::exception::fingerprint`.
    pub fingerprint: uuid::Uuid,
    /// Flow of the instance.
    pub flow: Option<String>,
    /// Connection involved.
    pub connection: Option<String>,
    /// Operation that stopped.
    pub operation: Option<String>,
    /// Cause class.
    pub cause: String,
    /// Stable code.
    pub code: String,
    /// In words.
    pub message: String,
    /// Owner as written in the flow.
    pub owner: Option<String>,
    /// Who took it or was given it, whatever the flow says.
    pub assignee: Option<String>,
    /// `open` or `closed`.
    pub state: String,
    /// How it was settled.
    pub resolution: Option<String>,
    /// By whom.
    pub resolved_by: Option<String>,
    /// Opened.
    pub opened_at: Timestamp,
    /// Closed.
    pub closed_at: Option<Timestamp>,
}

/// A keyset page: newest first, after a cursor.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// How many, 1 to 500.
    pub limit: u32,
    /// Continue after this (time, id) pair of the last row.
    pub after: Option<(Timestamp, uuid::Uuid)>,
}

/// Which documents.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentFilter {
    /// Tenant.
    pub tenant: TenantId,
    /// Type.
    pub kind: Option<String>,
    /// Our status.
    pub status: Option<String>,
    /// Any business key, ours or a partner's, exactly.
    pub key: Option<String>,
}

/// A document for its page.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentView {
    /// The document.
    pub document: DocumentRow,
    /// Revisions, bodies left empty.
    pub revisions: Vec<RevisionRow>,
    /// Links.
    pub links: Vec<LinkRow>,
    /// Relations, in both directions.
    pub relations: Vec<RelationRow>,
    /// Its drift, the newest first; what is resolved among it.
    pub drifts: Vec<DriftRow>,
    /// Its instances, newest first.
    pub instances: Vec<InstanceRow>,
}

/// Which instances.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceFilter {
    /// Tenant.
    pub tenant: TenantId,
    /// Flow.
    pub flow: Option<String>,
    /// Status.
    pub status: Option<String>,
    /// Document.
    pub document: Option<DocumentId>,
}

/// Which exceptions.
#[derive(Clone, Debug, PartialEq)]
pub struct ExceptionFilter {
    /// Tenant.
    pub tenant: TenantId,
    /// `open` or `closed`.
    pub state: Option<String>,
    /// Cause class.
    pub cause: Option<String>,
    /// Instance.
    pub instance: Option<InstanceId>,
    /// One exception.
    pub id: Option<ExceptionId>,
}

/// Counts for health and the live line.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Counts {
    /// Documents.
    pub documents: u64,
    /// Instances by status.
    pub instances: Vec<(String, u64)>,
    /// Open exceptions by cause.
    pub exceptions: Vec<(String, u64)>,
    /// Open drift by kind.
    pub drifts: Vec<(String, u64)>,
    /// Effects not finished by state.
    pub effects: Vec<(String, u64)>,
    /// Messages waiting by state.
    pub messages: Vec<(String, u64)>,
    /// Duplicates refused at intake since the beginning.
    pub duplicates: u64,
    /// Age of the oldest ready lane, milliseconds.
    pub oldest_ready_millis: Option<u64>,
    /// How late the oldest due timer is, milliseconds.
    pub oldest_timer_millis: Option<u64>,
}

/// The connections of a store's pool at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// In use.
    pub busy: u32,
    /// Open and free.
    pub idle: u32,
    /// As many as there may be.
    pub max: u32,
}

/// What `migrate` did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MigrationReport {
    /// Versions applied now.
    pub applied: Vec<String>,
    /// Version the schema is at.
    pub current: String,
}
