//! What `decide` returns: the next state and everything that must be committed with it.

use super::effect::{Cause, PlannedEffect};
use super::event::Outcome;
use super::instance::Parent;
use crate::domain::approval::{Refusal, TaskKind, TaskState};
use crate::domain::ids::{DocumentId, EffectId, ExceptionId, InstanceId, TaskId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything one event leads to, beside the new instance state. Committed in one transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// What happened, in order, for people; becomes one history row.
    pub history: Vec<HistoryEntry>,
    /// Effects to put into the outbox.
    pub effects: Vec<PlannedEffect>,
    /// Stopped effects to try again with the same key.
    pub requeue: Vec<EffectId>,
    /// Effects not yet sent that are no longer wanted.
    pub withdraw: Vec<EffectId>,
    /// Timers to set: number within the instance and due time.
    pub timers_set: Vec<(u32, Timestamp)>,
    /// Timers to remove.
    pub timers_cancelled: Vec<u32>,
    /// Ledger rows to write.
    pub links: Vec<LinkChange>,
    /// Our status for documents.
    pub statuses: Vec<(DocumentId, String)>,
    /// Linked documents to create.
    pub documents: Vec<CreatedDocument>,
    /// Exceptions to open.
    pub exceptions_opened: Vec<OpenedException>,
    /// Exceptions settled, with the resolution in words.
    pub exceptions_closed: Vec<(ExceptionId, String)>,
    /// Other instances that are asked to begin as a step of this one, or to be taken back.
    pub subflows: Vec<SubflowAsked>,
    /// Linked documents that were taken back: their own flows hear that they are withdrawn.
    pub withdrawn: Vec<DocumentId>,
    /// What this instance, itself a step of another, reports to that one.
    pub reported: Option<Reported>,
    /// Start anew with this revision of the document.
    pub restart: Option<u32>,
    /// Tasks of people that are new or have changed.
    pub tasks: Vec<TaskChange>,
    /// What people (and rules in their place) decided: append-only records.
    pub decisions: Vec<Decision>,
    /// Notices that wait for the end of somebody's quiet time, or for their digest.
    pub waiting: Vec<WaitingNotice>,
    /// Why a person's act is refused; then nothing else is here.
    pub refused: Option<Refusal>,
}

/// One task as lists show it.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskChange {
    /// Its id, from `ids::task_id`.
    pub id: TaskId,
    /// The step.
    pub step: String,
    /// Which visit of it.
    pub visit: u32,
    /// Its number within the visit.
    pub number: u32,
    /// The round it belongs to.
    pub round: u32,
    /// Whose it is.
    pub person: String,
    /// What is asked.
    pub kind: TaskKind,
    /// Where it stands.
    pub state: TaskState,
    /// When it became pending.
    pub since: Option<Timestamp>,
    /// When it is to be done.
    pub due: Option<Timestamp>,
    /// When it was over.
    pub ended: Option<Timestamp>,
    /// Who did it, when that is not whose it is.
    pub by: Option<String>,
    /// Whether it is taken, where several could do it.
    pub claimed: bool,
    /// Of what is decided in another system: where. None of a task of ours.
    pub outside: Option<Where>,
}

/// Where something is decided that is no task of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Where {
    /// The connection.
    pub connection: String,
    /// What that system calls it.
    pub external_id: String,
    /// Where people see and decide it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A notice that waits: in words already, for one person and one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingNotice {
    /// The id that its effect would have.
    pub id: EffectId,
    /// Whose it is.
    pub person: String,
    /// The channel.
    pub channel: String,
    /// When it goes out, with whatever else waits for the person by then.
    pub due: Timestamp,
    /// The step it is about.
    pub step: String,
    /// Its visit.
    pub visit: u32,
    /// The task it leads to; once that is over, nobody needs it.
    pub task: Option<TaskId>,
    /// What it tells of.
    pub event: String,
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// Where it can be seen.
    pub url: String,
}

/// What somebody decided, as far as the one who says so knows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decided {
    /// Who; `system` for a rule.
    pub person: String,
    /// For whom.
    pub on_behalf_of: Option<String>,
    /// The verb.
    pub verb: String,
    /// Why, for a rule: a code.
    pub why: Option<String>,
    /// What they said.
    pub comment: Option<String>,
    /// Files, as JSON.
    pub attachments: Vec<serde_json::Value>,
    /// Fields they changed: `{field, before, after}`.
    pub changes: Vec<serde_json::Value>,
    /// People they named.
    pub to: Vec<String>,
    /// The caller's token.
    pub token: Option<String>,
}

/// One record of what was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Its number within the instance, from 1.
    pub number: u32,
    /// The step, when it is about one.
    pub step: Option<String>,
    /// Its visit.
    pub visit: Option<u32>,
    /// The task.
    pub task: Option<u32>,
    /// The round.
    pub round: u32,
    /// What.
    pub decided: Decided,
}

/// One line of an instance's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// What kind of thing happened: `started`, `entered`, `called`, `done`, `failed`, `heard`, `outcome`, `reminded`,
    /// `escalated`, `reversed`, `exception`, `command`, `ended`, …
    pub kind: String,
    /// The step, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Its visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit: Option<u32>,
    /// Facts for people and the API; no secrets, no whole payloads.
    #[serde(skip_serializing_if = "serde_json::Value::is_null", default)]
    pub detail: serde_json::Value,
}

/// A change of the ledger's row for one document in one system.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkChange {
    /// The document.
    pub document: DocumentId,
    /// The connection.
    pub connection: String,
    /// The partner's id of the object.
    pub external_id: String,
    /// The step visit that made the object; none for the source.
    pub step: Option<(String, u32)>,
    /// What we last wrote there, when this change is a write.
    pub written: Option<String>,
    /// What that system last said, when this change is a reading.
    pub seen: Option<String>,
    /// Whether the object is over (withdrawn, reversed): events about it no longer wake the await.
    pub closed: bool,
}

/// A linked document made by a `create` step.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatedDocument {
    /// Its id, from `ids::document_id`.
    pub id: DocumentId,
    /// Its type.
    pub kind: String,
    /// Its business key.
    pub key: String,
    /// Its content as canonical JSON.
    pub body: serde_json::Value,
    /// The document it was made for, and how they relate (`pays`).
    pub made_for: DocumentId,
    /// The relation.
    pub relation: String,
    /// Whether a step waits for its status.
    pub awaited: bool,
}

/// Another instance is asked for, as a step of this one.
#[derive(Clone, Debug, PartialEq)]
pub struct SubflowAsked {
    /// The instance.
    pub instance: InstanceId,
    /// The document it runs for.
    pub document: DocumentId,
    /// The flow and what it is told of its parent; none when it is to be taken back.
    pub start: Option<(String, Parent)>,
}

/// What a subflow reports.
#[derive(Clone, Debug, PartialEq)]
pub struct Reported {
    /// What it came to.
    pub outcome: Outcome,
    /// Its outputs.
    pub output: serde_json::Value,
    /// Whether this is the end of its being taken back.
    pub taken_back: bool,
    /// Who decided in it, and in flows that were steps of it.
    pub decided_by: Vec<String>,
}

/// A stopped effect or instance that wants a person.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenedException {
    /// Derived from the instance, step, visit and a counter.
    pub id: ExceptionId,
    /// Why.
    pub cause: Cause,
    /// Stable code, such as `unknown_status`, `refused`, `mapping_failed`.
    pub code: String,
    /// In words.
    pub message: String,
    /// The step it stopped at.
    pub step: Option<(String, u32)>,
    /// The effect that stopped.
    pub effect: Option<EffectId>,
    /// The connection and operation that stopped, when a call did.
    pub call: Option<(String, String)>,
    /// Whose it is: a role or user, as written in the flow.
    pub owner: Option<String>,
}
