//! Starting by hand: a form that was filled in, or a flow asked for; and what comes of it.

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::people::ComingItem;
use crate::domain::form::FieldProblem;
use crate::domain::ids::{DocumentId, TenantId};
use crate::domain::text::title::Title;
use std::collections::BTreeMap;

/// Who asks, and under which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// Tenant.
    pub tenant: TenantId,
    /// The caller's name.
    pub name: String,
    /// As whom the caller acts: a person's id, or a name that is nobody's id.
    pub acts_as: String,
    /// The caller's key: the same key is the same request, also after a restart. Without one every request is its own.
    pub key: Option<String>,
    /// The language of messages that a form words.
    pub language: String,
}

/// A form that was filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// Who asks.
    pub asker: Asker,
    /// The form.
    pub form: String,
    /// What was filled in, by field.
    pub values: Value,
    /// The person of the directory who filled it; the caller when none is named.
    pub submitter: Option<String>,
}

/// A flow that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct StartRequest {
    /// Who asks.
    pub asker: Asker,
    /// The flow.
    pub flow: String,
    /// For which document.
    pub subject: Subject,
}

/// The document a flow is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// This content, a document made here.
    Given(Value),
    /// One of the ledger.
    Known(DocumentId),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Started {
    /// The document; absent while the request is stored and not yet worked on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub document: Option<StartedDocument>,
    /// Its instances that began, the newest first.
    pub instances: Vec<StartedInstance>,
    /// Whether this very request was known already.
    pub repeated: bool,
}

/// The document of a start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StartedDocument {
    /// Its id.
    pub id: Uuid,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its business key.
    pub key: String,
    /// Our status of it.
    pub status: String,
}

/// An instance of a start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StartedInstance {
    /// Its id.
    pub id: Uuid,
    /// Its flow.
    pub flow: String,
    /// Its status.
    pub status: String,
}

/// Whom a form would ask, were it submitted as it is filled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Forecast {
    /// The flows that would begin.
    pub flows: Vec<FlowForecast>,
    /// The names of everybody that is named here, by id.
    pub names: BTreeMap<String, String>,
}

/// Whom a flow would ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlowForecast {
    /// Its id.
    pub flow: String,
    /// What it is called, by language.
    #[schema(value_type = HashMap<String, String>)]
    pub title: Title,
    /// The steps that would ask people, from the first one on.
    pub steps: Vec<ComingItem>,
    /// The steps at which it would stop at once, and wait for whoever runs the flow.
    pub stopped: Vec<String>,
    /// What the steps that are named here are called, by id and language; those without a title are left out.
    #[schema(value_type = HashMap<String, HashMap<String, String>>)]
    pub titles: BTreeMap<String, Title>,
}

/// A form in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FormItem {
    /// Its id.
    pub form: String,
    /// What people see, by language.
    pub title: Value,
    /// The document type it makes.
    pub document: String,
}

/// Why nothing was begun.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no such form, flow or document.
    #[error("{0}")]
    NotFound(String),
    /// Fields are at fault.
    #[error("one or more fields are not valid")]
    Invalid(Vec<FieldProblem>),
    /// It cannot begin as things stand.
    #[error("{0}")]
    Conflict(String),
    /// The tenant has used up a quota.
    #[error("the quota `{}` ({}) is used up", .0.quota.word(), .0.limit)]
    Quota(crate::domain::quota::Reached),
    /// Too much is waiting; nothing was stored.
    #[error("too much is waiting to be stored")]
    Busy,
    /// The database cannot be used now.
    #[error("the request cannot be stored now")]
    Unavailable(#[source] crate::store::Error),
}

/// Takes requests to start: stores them durably before it answers.
pub trait Starts: Send + Sync + 'static {
    /// Takes a form that was filled in.
    fn submit(&self, submission: Submission) -> BoxFuture<'_, Result<Started, StartError>>;

    /// Whom a form would ask, were it submitted as it is filled: nothing is stored, drawn or sent.
    ///
    /// # Errors
    /// As a submission is refused for what was filled in.
    fn forecast(&self, submission: &Submission) -> Result<Forecast, StartError>;

    /// Begins a flow.
    fn start(&self, request: StartRequest) -> BoxFuture<'_, Result<Started, StartError>>;

    /// The document that content given to a flow is of, whether it is there or not; none when it makes no document.
    fn document_of(&self, tenant: TenantId, flow: &str, content: &Value) -> Option<DocumentId>;

    /// The forms there are.
    fn forms(&self) -> Vec<FormItem>;

    /// A form as clients draw it.
    fn form(&self, id: &str) -> Option<Value>;
}
