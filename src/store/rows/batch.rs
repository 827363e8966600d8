//! What one engine batch reads and writes.

use super::document::{AmendmentRow, DocumentRow, LinkRow, RelationRow, RevisionRow};
use super::effect::{ClaimedEffect, LaneHold, NewEffect, Progress};
use super::exception::{ClosedException, ExceptionRow};
use super::instance::{HistoryRow, InstanceRow};
use super::intake::{Deferral, Lease, NewMessage};
use crate::domain::ids::{DocumentId, EffectId, ExceptionId, InboxId, InstanceId, LaneId, TenantId};
use crate::store::desk::FileUse;
use crate::store::people::{DecisionRow, TaskRow, WaitingRow};
use crate::store::reconciliation::DriftRow;
use jiff::Timestamp;

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
    /// Of the new documents those that nobody asked about before deciding: when one of them is known already, nothing is written and
    /// the batch comes back as `Error::Known`.
    pub documents_made: Vec<DocumentId>,
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
    /// Files that these decisions name.
    pub files: Vec<FileUse>,
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
    /// Exceptions closed.
    pub exceptions_closed: Vec<ClosedException>,
    /// Messages to keep instead of deleting, as deferrals.
    pub messages_kept: Vec<Deferral>,
    /// Messages that the hub sends itself, each leased to whoever commits it. One that is there already is left alone.
    pub messages_new: Vec<(NewMessage, Lease)>,
    /// Drift, inserted or updated by id.
    pub drifts: Vec<DriftRow>,
    /// What is to be published of all this, in order.
    pub events: Vec<crate::store::NewEvent>,
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
