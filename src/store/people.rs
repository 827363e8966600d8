//! Rows of what people are asked, what they decided, and who decides for whom.

use crate::domain::access::scope::Within;
use crate::domain::ids::{DocumentId, InstanceId, TaskId, TenantId};
use jiff::Timestamp;
use uuid::Uuid;

/// A task as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRow {
    /// Its id.
    pub id: TaskId,
    /// Tenant.
    pub tenant: TenantId,
    /// Its instance.
    pub instance: InstanceId,
    /// The document the instance runs for.
    pub document: DocumentId,
    /// The flow.
    pub flow: String,
    /// The step; empty for the row of whoever began the instance.
    pub step: String,
    /// Which visit of it.
    pub visit: u32,
    /// Its number within the visit.
    pub number: u32,
    /// The round.
    pub round: u32,
    /// Whose it is.
    pub person: String,
    /// A word of `TaskKind`, `started`, or `outside`.
    pub kind: String,
    /// A word of `TaskState`.
    pub state: String,
    /// Since when it is pending; when it was made, as long as it is not.
    pub since: Timestamp,
    /// When it is to be done.
    pub due: Option<Timestamp>,
    /// When it was over.
    pub ended: Option<Timestamp>,
    /// Who did it, when that is not whose it is.
    pub actor: Option<String>,
    /// Whether it is taken, where several could do it.
    pub claimed: bool,
    /// Of what is decided in another system: where, as JSON.
    pub outside: Option<String>,
}

/// The kind of the row that shows somebody what they are asked in another system.
pub const OUTSIDE: &str = "outside";

/// The kind of the row that stands for an instance in the list of whoever began it.
pub const STARTED: &str = "started";

/// One record of what was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// Its id, derived from instance and number.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// The instance.
    pub instance: InstanceId,
    /// Its number within the instance, from 1.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// The step, when it is about one.
    pub step: Option<String>,
    /// Its visit.
    pub visit: Option<u32>,
    /// The task.
    pub task: Option<u32>,
    /// The round.
    pub round: u32,
    /// Who; `system` for a rule.
    pub person: String,
    /// For whom.
    pub on_behalf_of: Option<String>,
    /// The verb.
    pub verb: String,
    /// Why, for a rule.
    pub why: Option<String>,
    /// What they said.
    pub comment: Option<String>,
    /// Files, a JSON list.
    pub attachments: String,
    /// Fields they changed, a JSON list.
    pub changes: String,
    /// People they named, a JSON list.
    pub named: String,
    /// The caller's token.
    pub token: Option<String>,
}

/// A notice that waits for its person's time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingRow {
    /// Its id.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// The instance that tells it.
    pub instance: InstanceId,
    /// The step it is about.
    pub step: String,
    /// Its visit.
    pub visit: u32,
    /// Whose it is.
    pub person: String,
    /// The channel.
    pub channel: String,
    /// When it goes out.
    pub due: Timestamp,
    /// When it came up.
    pub created_at: Timestamp,
    /// The task it leads to.
    pub task: Option<TaskId>,
    /// What it tells of.
    pub event: String,
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// Where it can be seen.
    pub url: String,
    /// With what else it goes out; none until its time has come.
    pub bundle: Option<Uuid>,
}

/// Which list of somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskBox {
    /// Their turn.
    Mine,
    /// Done by them, or not needed any more.
    Done,
    /// Begun by them.
    Started,
    /// Only to know, unread first.
    Copies,
}

/// Which tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskChoice {
    /// Tenant.
    pub tenant: TenantId,
    /// Whose; for `Mine` also those whom somebody decides for.
    pub people: Vec<String>,
    /// Which list.
    pub list: TaskBox,
    /// Only of this flow.
    pub flow: Option<String>,
    /// Only what is due before this.
    pub due_before: Option<Timestamp>,
    /// Only what is reached.
    pub within: Option<Within>,
}

/// How many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// Their turn.
    pub mine: u64,
    /// Of these, past due.
    pub overdue: u64,
    /// Copies that are not read.
    pub copies: u64,
}

/// How far somebody has seen an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenRow {
    /// Tenant.
    pub tenant: TenantId,
    /// The instance.
    pub instance: InstanceId,
    /// Who.
    pub person: String,
    /// The newest record they saw.
    pub decision: u32,
    /// The revision they saw.
    pub revision: u32,
    /// When.
    pub at: Timestamp,
}

/// A standing delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelegationRow {
    /// Its id.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// Whose duty it is.
    pub principal: String,
    /// Who may do it.
    pub agent: String,
    /// From when.
    pub from: Timestamp,
    /// Until when, exclusively.
    pub until: Timestamp,
    /// Only these flows, a JSON list; empty for all.
    pub flows: String,
    /// Only tasks that came up while it holds.
    pub new_only: bool,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was ended early.
    pub revoked_at: Option<Timestamp>,
}
