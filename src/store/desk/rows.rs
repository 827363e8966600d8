//! The rows of the desk's side. JSON columns are text here, as everywhere in the store. A little more than 500 lines: one list of
//! plain rows, which says nothing but what they are.

use super::watched::MessageChoice;
use crate::domain::access::scope::Within;
use crate::domain::ids::{DocumentId, ExceptionId, InstanceId, TenantId};
use crate::store::ExceptionRow;
use jiff::Timestamp;
use uuid::Uuid;

/// Which exceptions; what is none does not narrow.
#[derive(Clone, Debug, PartialEq)]
pub struct ExceptionChoice {
    /// Tenant.
    pub tenant: TenantId,
    /// `open` or `closed`.
    pub state: Option<String>,
    /// Cause class.
    pub cause: Option<String>,
    /// Stable code.
    pub code: Option<String>,
    /// Same cause.
    pub fingerprint: Option<Uuid>,
    /// Connection.
    pub connection: Option<String>,
    /// Flow.
    pub flow: Option<String>,
    /// Owner as written in the flow.
    pub owner: Option<String>,
    /// Who has it.
    pub assignee: Option<String>,
    /// Nobody has it.
    pub unassigned: bool,
    /// Instance.
    pub instance: Option<InstanceId>,
    /// Document.
    pub document: Option<DocumentId>,
    /// Step and visit, or `message:` and the message.
    pub step: Option<String>,
    /// Opened at or after.
    pub since: Option<Timestamp>,
    /// Opened before.
    pub until: Option<Timestamp>,
    /// Only what is reached.
    pub within: Option<Within>,
}

impl ExceptionChoice {
    /// All of a tenant.
    pub fn all(tenant: TenantId) -> Self {
        ExceptionChoice {
            tenant,
            state: None,
            cause: None,
            code: None,
            fingerprint: None,
            connection: None,
            flow: None,
            owner: None,
            assignee: None,
            unassigned: false,
            instance: None,
            document: None,
            step: None,
            since: None,
            until: None,
            within: None,
        }
    }
}

/// Open exceptions of one cause.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupRow {
    /// The newest of them.
    pub newest: ExceptionRow,
    /// How many.
    pub count: u64,
    /// How many of them nobody has taken.
    pub unassigned: u64,
    /// When the oldest was opened.
    pub oldest_at: Timestamp,
}

/// An exception given to somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// Tenant.
    pub tenant: TenantId,
    /// The exception.
    pub exception: ExceptionId,
    /// Whose it was when the caller looked.
    pub before: Option<String>,
    /// To whom.
    pub assignee: Option<String>,
    /// The note that says so.
    pub note: NoteRow,
}

/// A note on an exception.
#[derive(Clone, Debug, PartialEq)]
pub struct NoteRow {
    /// Drawn.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// The exception.
    pub exception: ExceptionId,
    /// When.
    pub at: Timestamp,
    /// `comment`, `assigned`, `released`.
    pub kind: String,
    /// Who.
    pub actor: String,
    /// What.
    pub text: String,
}

/// A selection to freeze.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSelection {
    /// Drawn; also the token.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// Now.
    pub created_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
    /// Who.
    pub actor: String,
    /// What was chosen, JSON, for people.
    pub filter: String,
    /// What is frozen.
    pub chosen: Chosen,
}

/// What a selection is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Chosen {
    /// Exactly these things of a resource; those that are not there are left out.
    Ids(&'static str, Vec<Uuid>),
    /// All exceptions that fit.
    Exceptions(ExceptionChoice),
    /// All documents that fit.
    Documents(DocumentChoice),
    /// All messages that fit.
    Messages(MessageChoice),
}

impl Chosen {
    /// The resource it is of: `exceptions`, `documents`, `messages`.
    pub fn resource(&self) -> &'static str {
        match self {
            Chosen::Ids(resource, _) => resource,
            Chosen::Exceptions(_) => "exceptions",
            Chosen::Documents(_) => "documents",
            Chosen::Messages(_) => "messages",
        }
    }
}

/// A frozen selection.
#[derive(Clone, Debug, PartialEq)]
pub struct SelectionRow {
    /// Its token.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// When it was frozen.
    pub created_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
    /// How many things.
    pub count: u32,
    /// `exceptions`, `documents`, `messages`.
    pub resource: String,
    /// Who.
    pub actor: String,
    /// What was chosen, JSON.
    pub filter: String,
}

/// One action on every thing of a selection.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchRow {
    /// Drawn.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// The selection.
    pub selection: Uuid,
    /// Its resource.
    pub resource: String,
    /// The action.
    pub action: String,
    /// Its arguments, JSON.
    pub arguments: String,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// Whether it only tells what it would do.
    pub dry_run: bool,
    /// Items a minute at most.
    pub per_minute: u32,
    /// How many items; set by the store.
    pub total: u32,
    /// `running`, `paused`, `cancelled`, `done`.
    pub state: String,
    /// When its things were chosen; set by the store.
    pub frozen_at: Timestamp,
    /// Started.
    pub created_at: Timestamp,
    /// Last moved.
    pub updated_at: Timestamp,
    /// Done or cancelled.
    pub finished_at: Option<Timestamp>,
}

/// Which items of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemChoice {
    /// Tenant.
    pub tenant: TenantId,
    /// The batch.
    pub batch: Uuid,
    /// `waiting`, `done`, `failed`, `skipped`, `cancelled`.
    pub state: Option<String>,
    /// After this position; positions count from 1.
    pub after: u32,
    /// How many at most.
    pub limit: u32,
}

/// One thing of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemRow {
    /// Place, from 1.
    pub position: u32,
    /// The thing.
    pub target: Uuid,
    /// `waiting`, `done`, `failed`, `skipped`, `cancelled`.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// A stable code of what became of it.
    pub code: Option<String>,
    /// In words.
    pub message: Option<String>,
    /// Facts, JSON: what a dry run would do.
    pub detail: Option<String>,
    /// When.
    pub finished_at: Option<Timestamp>,
}

/// Items to work on.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimedItems {
    /// Their batch.
    pub batch: BatchRow,
    /// The items, with `attempts` already counted.
    pub items: Vec<ItemRow>,
}

/// What became of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemOutcome {
    /// Tenant.
    pub tenant: TenantId,
    /// The batch.
    pub batch: Uuid,
    /// The item.
    pub position: u32,
    /// The attempt it was claimed with.
    pub attempts: u32,
    /// `done`, `failed`, `skipped`, or `waiting` to give it back.
    pub state: String,
    /// A stable code.
    pub code: Option<String>,
    /// In words.
    pub message: Option<String>,
    /// Facts, JSON.
    pub detail: Option<String>,
}

/// Which documents; what is none does not narrow.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentChoice {
    /// Tenant.
    pub tenant: TenantId,
    /// A key as somebody typed it, in the spellings to try.
    pub key: Option<KeyChoice>,
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
    /// Total of at least, as a decimal.
    pub amount_from: Option<String>,
    /// Total of at most, as a decimal.
    pub amount_to: Option<String>,
    /// A piece of the newest revision's content.
    pub body: Option<String>,
    /// `stopped` (an exception is open) or `open` (an instance runs).
    pub standing: Option<String>,
    /// Only what is reached.
    pub within: Option<Within>,
    /// Types that are left out.
    pub unsearched: Vec<String>,
}

impl DocumentChoice {
    /// All of a tenant.
    pub fn all(tenant: TenantId) -> Self {
        DocumentChoice {
            tenant,
            key: None,
            kind: None,
            status: None,
            flow: None,
            system: None,
            since: None,
            until: None,
            owner: None,
            amount_from: None,
            amount_to: None,
            body: None,
            standing: None,
            within: None,
            unsearched: Vec::new(),
        }
    }
}

/// How a key is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChoice {
    /// It is one of these spellings.
    Exactly(Vec<String>),
    /// It begins with one of these.
    Beginning(Vec<String>),
    /// It ends with one of these.
    Ending(Vec<String>),
    /// Keys that begin or end with one of these.
    AtEitherEnd(Vec<String>),
}

/// What lists show beside documents.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beside {
    /// Running instances: document, instance, flow, where it stands, since when it has not changed.
    pub instances: Vec<(DocumentId, InstanceId, String, Option<String>, Timestamp)>,
    /// Systems that hold it: document, connection.
    pub systems: Vec<(DocumentId, String)>,
    /// Open exceptions, the newest first.
    pub exceptions: Vec<OpenException>,
}

/// An open exception as lists show it beside its document.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenException {
    /// The document.
    pub document: DocumentId,
    /// The exception.
    pub id: ExceptionId,
    /// Cause class.
    pub cause: String,
    /// Stable code.
    pub code: String,
    /// In words.
    pub message: String,
    /// Whose it is.
    pub whose: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

/// What is in flight.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InFlight {
    /// Documents with a running instance, by our status.
    pub by_status: Vec<(String, u64)>,
    /// Documents with an open exception, by cause.
    pub by_cause: Vec<(String, u64)>,
}

/// A filter somebody kept.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedViewRow {
    /// Drawn.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// Grows with each change, from 1.
    pub version: u32,
    /// Whether all may use it.
    pub shared: bool,
    /// The page it is of.
    pub page: String,
    /// Its name.
    pub name: String,
    /// Who made it.
    pub owner: String,
    /// The filter, JSON.
    pub query: String,
    /// Made.
    pub created_at: Timestamp,
    /// Changed.
    pub updated_at: Timestamp,
}

/// What somebody has to say about a page.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedbackRow {
    /// Drawn.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// Given.
    pub created_at: Timestamp,
    /// Dealt with.
    pub settled_at: Option<Timestamp>,
    /// The page's address in the console.
    pub page: String,
    /// What.
    pub text: String,
    /// Who.
    pub author: String,
    /// With which browser.
    pub agent: Option<String>,
    /// Who dealt with it.
    pub settled_by: Option<String>,
    /// What was said to it.
    pub answer: Option<String>,
}

/// What a source of the directory says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationRow {
    /// Tenant.
    pub tenant: TenantId,
    /// The connection.
    pub source: String,
    /// When it was read last.
    pub tried_at: Timestamp,
    /// When that last succeeded.
    pub read_at: Option<Timestamp>,
    /// When it is read next.
    pub due_at: Timestamp,
    /// The digest of the content; empty before the first reading.
    pub hash: String,
    /// The newest reading that was taken, as JSON; empty before the first.
    pub content: String,
    /// A reading that is held back, as JSON.
    pub held: Option<String>,
    /// Why the last reading gave nothing.
    pub problem: Option<String>,
    /// What the newest readings brought, as JSON.
    pub readings: String,
}

/// Tasks of somebody who has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftTasks {
    /// Who.
    pub person: String,
    /// Open with them still.
    pub open: u64,
    /// Handed on since they left.
    pub handed_on: u64,
}

/// Which instances are measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureChoice {
    /// Tenant.
    pub tenant: TenantId,
    /// Flow.
    pub flow: String,
    /// Begun at or after.
    pub since: Timestamp,
    /// Begun before.
    pub until: Timestamp,
    /// How many at most, the newest.
    pub limit: u32,
}

/// An instance that is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasuredRow {
    /// The instance.
    pub instance: InstanceId,
    /// Its document.
    pub document: DocumentId,
    /// Begun.
    pub started_at: Timestamp,
    /// Over.
    pub ended_at: Option<Timestamp>,
    /// Status.
    pub status: String,
    /// How it ended.
    pub outcome: Option<String>,
}
