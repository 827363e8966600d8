//! The exception desk: what a person may do about an exception, what it would lead to, and the same for many at once.
//!
//! Everything that moves an instance goes through the engine; this room prepares it, refuses what is not safe, and shows
//! beforehand which calls it would make.

mod action;
mod amend;
mod batch;
mod mender;
mod messages;
mod preview;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::commands::{Accepted, CommandError};
use crate::domain::ids::{ExceptionId, TenantId};
pub use action::ACTIONS;
pub use batch::{BATCH_ACTIONS, Batching};
pub use mender::Mender;
pub use messages::{MessageDesk, MessageOrder, Messages};
pub use preview::Look;

/// What a person does about an exception.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Try the stopped effects again, with the same keys.
    Retry,
    /// Go on as if the step were done.
    Skip,
    /// The step was done outside.
    MarkDone {
        /// The output it would have had.
        output: Value,
        /// Where the proof is.
        proof: String,
    },
    /// Reverse what is open and end.
    Cancel,
    /// Mend the document's content, then go on.
    Amend {
        /// A merge patch (object) or a JSON Patch (list).
        patch: Value,
        /// The revision the person saw.
        base: Option<u32>,
        /// Where it goes on.
        then: Then,
    },
    /// Go back to a step: what was done since is reversed first.
    From {
        /// The step.
        step: String,
    },
    /// Go on with a newer version of the flow.
    Newer {
        /// Its hash; none is the one in force.
        version: Option<String>,
    },
}

/// Where an instance goes on with mended data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// At the stopped step, worked anew.
    GoOn,
    /// From this step; what was done since is reversed first.
    From(String),
}

impl Action {
    /// Its word in paths, batches and `actions`.
    pub fn word(&self) -> &'static str {
        match self {
            Action::Retry => "retry",
            Action::Skip => "skip",
            Action::MarkDone { .. } => "mark-done",
            Action::Cancel => "cancel",
            Action::Amend { .. } => "amend",
            Action::From { .. } => "from-step",
            Action::Newer { .. } => "newer-version",
        }
    }
}

/// An action as it was ordered.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Tenant.
    pub tenant: TenantId,
    /// The exception.
    pub exception: ExceptionId,
    /// What.
    pub action: Action,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// The same key is the same order.
    pub key: String,
}

/// What an action would lead to; nothing of it is done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Preview {
    /// Why it would be refused; absent when it would not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub refused: Option<String>,
    /// The status the instance would have.
    pub status: String,
    /// Our status the document would have.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub document_status: Option<String>,
    /// The step it would stand at.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at_step: Option<String>,
    /// Calls it would make at once; later ones depend on the answers.
    pub calls: Vec<PreviewCall>,
    /// Fields of the document it would change.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[schema(value_type = Vec<Object>)]
    pub changes: Vec<crate::domain::document::FieldChange>,
}

/// A call an action would make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PreviewCall {
    /// The connection.
    pub connection: String,
    /// The operation; absent for a notice to people.
    pub operation: Option<String>,
    /// Step and visit.
    pub step: String,
    /// `forward`, `reverse`, `inquiry` or `notice`.
    pub purpose: String,
    /// The idempotency key it would carry.
    pub key: Uuid,
    /// Our reference at the partner.
    pub reference: Option<String>,
    /// Whether the key was used before: a repeat under it is harmless where the partner honours keys.
    pub key_used_before: bool,
    /// What makes a repeat harmless: `read`, `key`, `nature`, `look_up` or `none`.
    pub guarantee: String,
    /// Nothing makes a repeat harmless: it may happen twice at the partner.
    pub may_duplicate: bool,
    /// What we know the partner holds for this document already: its ids in the ledger that are not over.
    pub linked: Vec<String>,
    /// Whether the partner holds an object with this reference: `yes`, `no`, `unknown` (it could not be asked) or `not_asked`.
    pub held: String,
    /// The input; only with the permission `payloads`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub input: Option<Value>,
}

/// Acts on exceptions, and tells beforehand what that would do.
pub trait Mending: Send + Sync + 'static {
    /// Commits the decision before it answers.
    fn act(&self, order: Order) -> BoxFuture<'_, Result<Accepted, CommandError>>;

    /// What it would lead to.
    fn preview(&self, order: Order, look: Look) -> BoxFuture<'_, Result<Preview, CommandError>>;
}
