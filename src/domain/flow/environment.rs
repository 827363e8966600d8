//! What a flow needs to know of the rest of the language: at compile time as a plain struct, at run time as one trait.
//!
//! This is the seam to connectors, mappings, calendars and the directory: the catalog fills it, and nothing in this room
//! knows how they are built.

use crate::domain::directory::Directory;
use crate::domain::expression::Scope;
use crate::domain::notice::Channel;
use crate::domain::table::Table;
use crate::domain::text::units::Span;
use crate::domain::value::{Type, Value};
use indexmap::IndexMap;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::effect::Cause;
use super::people::FieldRight;

/// What `Flow::compile` checks a definition against.
#[derive(Clone, Debug, Default)]
pub struct FlowEnvironment {
    /// Document types by id.
    pub documents: BTreeMap<String, DocumentInfo>,
    /// For each role every connection that plays it in some binding row; all of them must fit.
    pub roles: BTreeMap<String, Vec<Arc<ConnectorInfo>>>,
    /// Mappings by id, with those that only overrides name.
    pub mappings: BTreeMap<String, MappingInfo>,
    /// The declared values of the bindings.
    pub values: IndexMap<Arc<str>, Type>,
    /// Calendars by id.
    pub calendars: BTreeSet<String>,
    /// Roles of people in the directory.
    pub people_roles: BTreeSet<String>,
    /// Of these, those that nobody has who works here.
    pub vacant_roles: BTreeSet<String>,
    /// What other flows are, for those that are used as steps.
    pub flows: BTreeMap<String, FlowSignature>,
    /// Forms by id.
    pub forms: BTreeMap<String, FormInfo>,
    /// Decision tables by id.
    pub tables: BTreeMap<String, Arc<Table>>,
    /// Notice templates by id.
    pub templates: BTreeSet<String>,
    /// Channels notices may take: `log`, `mail` and those of the project.
    pub channels: BTreeSet<String>,
    /// Channels that show tasks as they stand.
    pub centres: BTreeSet<String>,
    /// Whether it is a stored version, which an earlier release found sound: instances run by it.
    pub stored: bool,
}

/// A flow as other flows see it.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowSignature {
    /// The document type it is for.
    pub document: String,
    /// Whether it starts on `subflow`.
    pub is_subflow: bool,
    /// What it is given, in order.
    pub inputs: Vec<(String, Type)>,
    /// What it gives back, in order.
    pub outputs: Vec<(String, Type)>,
}

/// A form as flows see it.
#[derive(Clone, Debug, Default)]
pub struct FormInfo {
    /// The document type that it makes.
    pub document: String,
    /// By step, what people may do with the fields of the document that its fields become; dotted paths.
    pub rights: BTreeMap<String, Vec<(String, FieldRight)>>,
}

/// A document type as flows see it.
#[derive(Clone, Debug)]
pub struct DocumentInfo {
    /// The type of its content.
    pub of: Type,
    /// The field that is its business key, a dotted path.
    pub key: String,
    /// Its status vocabulary.
    pub statuses: Vec<String>,
}

/// A connector as flows see it, for one connection.
#[derive(Clone, Debug, Default)]
pub struct ConnectorInfo {
    /// The connection.
    pub connection: String,
    /// The connector's id, for messages.
    pub connector: String,
    /// Its operations.
    pub operations: BTreeMap<String, OperationInfo>,
    /// Its events.
    pub events: BTreeMap<String, EventInfo>,
    /// What it says it can do.
    pub can: Can,
}

/// What a connector says it can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Can {
    /// Take a running approval back.
    pub withdraw: bool,
}

/// An operation as flows see it.
#[derive(Clone, Debug)]
pub struct OperationInfo {
    /// Whether it changes something at the partner.
    pub write: bool,
    /// Declared input, an object.
    pub input: Type,
    /// Declared output, an object; `external_id` in it names the object that was made.
    pub output: Type,
    /// How it is undone.
    pub reverse: Option<ReverseInfo>,
    /// What makes a repeat harmless.
    pub idempotency: Idempotency,
    /// Of a read: whether the connector says, of some answer, that nothing is there; else `not_found` may be a wrong path.
    pub says_absence: bool,
}

/// How an operation is undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReverseInfo {
    /// The operation that undoes it.
    pub operation: String,
    /// Whether its input is built from the input of the undone call (which is then kept until the answer is known).
    pub uses_input: bool,
}

/// What makes a repeat harmless; the flow test runner plays it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Idempotency {
    /// A read, a key that the partner honours, or harmless by nature: repeated as it is.
    #[default]
    Repeatable,
    /// Looked up before it is repeated.
    LookUp {
        /// The operation asked.
        operation: String,
        /// What follows when it is surely not there.
        then: AfterLookUp,
    },
    /// Nothing: an unknown outcome goes to a person.
    None,
}

/// What follows a look-up that found nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterLookUp {
    /// The write is repeated.
    Repeat,
    /// A person decides.
    Person,
}

/// An event as flows see it.
#[derive(Clone, Debug)]
pub struct EventInfo {
    /// Output of its read-back (or payload), an object.
    pub output: Type,
    /// Whether it has outcome rules.
    pub outcomes: bool,
    /// The document type it makes, for source events.
    pub document: Option<String>,
}

/// A mapping as flows see it.
#[derive(Clone, Debug)]
pub struct MappingInfo {
    /// Names it takes and their types; `doc` and those a step's `with:` gives.
    pub inputs: IndexMap<String, Type>,
    /// What it makes.
    pub target: MappingTarget,
    /// Target members it fills, for the check against other operations.
    pub fills: BTreeSet<String>,
}

/// What a mapping makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MappingTarget {
    /// Input of an operation, `role.operation` as written.
    Operation(String),
    /// A document of this type.
    Document(String),
}

/// What `decide` may ask while it runs. Pure: equal questions have equal answers within one flow version.
pub trait Environment {
    /// An operation of the connector behind a connection.
    fn operation(&self, connection: &str, operation: &str) -> Option<&OperationInfo>;

    /// An event of the connector behind a connection.
    fn event(&self, connection: &str, event: &str) -> Option<&EventInfo>;

    /// The input of the reverse operation, from the undone call's input (unset unless `ReverseInfo::uses_input`) and output.
    fn reverse_input(&self, connection: &str, operation: &str, input: &Value, output: &Value) -> Result<Value, String>;

    /// Applies a mapping; `scope` holds `doc`, the step's `with` names and all other names of the step's scope.
    fn map(&self, mapping: &str, scope: &Scope<'_>) -> Result<Value, MapFailure>;

    /// When a span that begins at `from` is over, by the calendar for working time.
    fn due(&self, calendar: Option<&str>, from: Timestamp, span: Span) -> Timestamp;

    /// The people behind a role or user id, as user ids or addresses; empty when nobody is known.
    fn people(&self, who: &Person) -> Vec<String>;

    /// Subject and text of a notice template in a language; empty: the first that is written.
    fn notice(&self, template: &str, language: &str, scope: &Scope<'_>) -> Result<(String, String), String>;

    /// The language somebody reads notices in, by user id or address; empty when nothing is said.
    fn language(&self, _person: &str) -> &str {
        ""
    }

    /// People, departments and roles, as they are now.
    fn directory(&self) -> &Directory {
        static NOBODY: std::sync::LazyLock<Directory> = std::sync::LazyLock::new(Directory::default);
        &NOBODY
    }

    /// What is wrong with a document of a type, each with its field; nothing where the type is not known here.
    fn faults(&self, _kind: &str, _document: &Value) -> Vec<String> {
        Vec::new()
    }

    /// When something due is due after a pause from `from` to `until` that does not count, by the calendar.
    fn postponed(&self, _calendar: Option<&str>, due: Timestamp, from: Timestamp, until: Timestamp) -> Timestamp {
        due.checked_add(until.duration_since(from)).unwrap_or(Timestamp::MAX)
    }

    /// A channel of notices that is an operation of a connector.
    fn channel(&self, _name: &str) -> Option<&Channel> {
        None
    }
}

/// Somebody, named by the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// All holders of a role.
    Role(String),
    /// One user.
    User(String),
}

impl Person {
    /// The form stored with exceptions: `role:procurement_head`, `user:e1001`.
    pub fn word(&self) -> String {
        match self {
            Person::Role(role) => format!("role:{role}"),
            Person::User(user) => format!("user:{user}"),
        }
    }
}

/// Why a mapping could not be applied.
#[derive(Clone, Debug, PartialEq)]
pub struct MapFailure {
    /// `data_wrong`, or `rule_missing` for a code table without the row.
    pub cause: Cause,
    /// In words, without payload values.
    pub message: String,
}
