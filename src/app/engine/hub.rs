//! What the hub tells itself: documents made here, flows to begin, words from one instance to another.
//!
//! It goes through the message table like a partner's word: stored once with the commit or request that leads to it, worked
//! on at once by this process or later by any. The payload says everything, so that working on it again comes to the same.

use super::definitions::Definitions;
use super::input::{Begin, BeginInput, Input, Sighting, Subflow, ToldInput};
use crate::domain::flow::effect::Cause;
use crate::domain::flow::event::{Event, Outcome};
use crate::domain::flow::{HUB, Parent};
use crate::domain::ids::{self, DocumentId, ExceptionId, InstanceId, TenantId};
use crate::domain::value::Value;
use crate::store::Message;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::sync::Arc;

/// What a message of the hub to itself says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum HubWork {
    /// A document made here: by a form, or given to the API.
    Document {
        /// Its type.
        kind: String,
        /// Its business key.
        key: String,
        /// What names it beside its key: the submission, or the key again.
        external_id: String,
        /// Its canonical content.
        body: Json,
        /// Which starts it meets: `form/ID`, or `api` with the flow.
        event: String,
        /// The one flow that is meant, when the API names it.
        flow: Option<String>,
    },
    /// A flow begins for a document of the ledger, because the API asks for it.
    Start {
        /// The document.
        document: DocumentId,
        /// The flow.
        flow: String,
    },
    /// A flow made a document: whatever starts on that begins, and the maker is told where it stands.
    Created {
        /// The document.
        document: DocumentId,
        /// How it relates to the one it was made for.
        relation: String,
    },
    /// A linked document was taken back: its own flows hear that it is withdrawn.
    Withdraw {
        /// The document.
        document: DocumentId,
    },
    /// A flow begins as a step of another.
    Subflow {
        /// The instance it becomes.
        instance: InstanceId,
        /// The document.
        document: DocumentId,
        /// The flow.
        flow: String,
        /// Whose step it is.
        parent: Parent,
    },
    /// An instance is told something by another.
    Tell {
        /// Who is told.
        instance: InstanceId,
        /// What.
        word: Word,
    },
}

/// What one instance tells another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "word", rename_all = "snake_case")]
pub enum Word {
    /// A linked document has another status.
    Linked {
        /// The document.
        document: DocumentId,
        /// Our status of it.
        status: String,
    },
    /// A subflow came to its end.
    SubflowEnded {
        /// The subflow's instance.
        instance: InstanceId,
        /// What it came to.
        outcome: Outcome,
        /// What it gives back.
        output: Json,
        /// Whether it was taken back.
        taken_back: bool,
        /// Who decided in it, and in flows that were steps of it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        decided_by: Vec<String>,
    },
    /// The step that this instance is was taken back.
    TakenBack,
}

impl From<Word> for Event {
    fn from(word: Word) -> Event {
        match word {
            Word::Linked { document, status } => Event::Linked { document, status },
            Word::SubflowEnded { instance, outcome, output, taken_back, decided_by } => {
                Event::SubflowEnded { instance, outcome, output, taken_back, decided_by }
            }
            Word::TakenBack => Event::TakenBack,
        }
    }
}

/// Why a message of the hub cannot be worked on: cause, code, words.
pub type Problem = (Cause, &'static str, String);

/// What a message of the hub means to the engine.
///
/// # Errors
/// When it cannot be read, or its document no longer fits its type.
pub fn input(message: &Message, definitions: &Definitions) -> Result<Input, Problem> {
    let unreadable =
        |error: serde_json::Error| (Cause::OurFault, "message_unreadable", format!("the stored message cannot be read: {error}"));
    let work: HubWork = serde_json::from_str(&message.new.payload).map_err(unreadable)?;
    let (id, attempts, tenant) = (message.new.id, message.attempts, message.new.tenant);
    let begin = |document: DocumentId, what: Begin| Input::Begin(Arc::new(BeginInput { message: id, attempts, tenant, document, what }));
    Ok(match work {
        HubWork::Document { kind, key, external_id, body, event, flow } => {
            let made = Made { kind, key, external_id, body, event, flow };
            Input::Sighting(Arc::new(made.sighting(message, definitions)?))
        }
        HubWork::Start { document, flow } => begin(document, Begin::Flow(flow)),
        HubWork::Withdraw { document } => begin(document, Begin::Withdrawn),
        HubWork::Created { document, relation } => begin(document, Begin::Event(format!("created/{relation}"))),
        HubWork::Subflow { instance, document, flow, parent } => {
            begin(document, Begin::Subflow(Box::new(Subflow { instance, flow, parent })))
        }
        HubWork::Tell { instance, word } => {
            Input::Told(Arc::new(ToldInput { message: id, attempts, tenant, instance, event: word.into() }))
        }
    })
}

struct Made {
    kind: String,
    key: String,
    external_id: String,
    body: Json,
    event: String,
    flow: Option<String>,
}

impl Made {
    fn sighting(self, message: &Message, definitions: &Definitions) -> Result<Sighting, Problem> {
        let kind = definitions.catalog().documents.get(self.kind.as_str());
        let kind = kind.ok_or_else(|| (Cause::RuleMissing, "document_not_made", format!("there is no document type `{}`", self.kind)))?;
        let read = kind.validate(&self.body).map_err(|problems| {
            let words: Vec<String> = problems.iter().take(5).map(|problem| format!("`{}` {}", problem.path, problem.message)).collect();
            (Cause::DataWrong, "document_not_made", format!("the document does not fit its type: {}", words.join("; ")))
        })?;
        let tenant: TenantId = message.new.tenant;
        let first = kind.statuses.first().map(ToString::to_string);
        let event = self.flow.map_or(self.event.clone(), |flow| format!("{}/{flow}", self.event));
        let typed: Value = read.value;
        let body = typed.to_json();
        Ok(Sighting {
            message: message.new.id,
            telling: ExceptionId(ids::derived(&[b"own telling", &tenant.0.to_be_bytes(), event.as_bytes(), self.external_id.as_bytes()])),
            attempts: message.attempts,
            tenant,
            event,
            connection: HUB.to_owned(),
            document: ids::document_id(tenant, &self.kind, HUB, &self.key),
            hash: kind.content_hash(&typed),
            display: super::display::fields(&body),
            body: body.to_string(),
            typed,
            kind: self.kind,
            key: self.key,
            external_id: self.external_id,
            payload: "null".to_owned(),
            version: None,
            status: first,
            withdrawn: false,
            observed_at: message.new.received_at,
        })
    }
}
