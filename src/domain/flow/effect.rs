//! What the engine asks for: data, committed with the state change, performed later by a worker.

use crate::domain::ids::{DocumentId, EffectId};
use crate::domain::value::Value;
use serde::{Deserialize, Serialize};

/// An effect as `decide` plans it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedEffect {
    /// Its id and idempotency key, from `ids::effect_id`.
    pub id: EffectId,
    /// The step it belongs to.
    pub step: String,
    /// The visit of that step.
    pub visit: u32,
    /// The document the effect is about (a linked one inside `for:`).
    pub document: DocumentId,
    /// What to do.
    pub work: Work,
    /// How failures are retried before `decide` hears of them.
    pub retry: RetryPolicy,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// A connector operation.
    Call {
        /// The connection that plays the role.
        connection: String,
        /// The operation.
        operation: String,
        /// Its input, as JSON after mapping.
        input: serde_json::Value,
        /// Our reference at the partner: short, readable, unique per visit of a step.
        reference: String,
        /// Why it is called.
        purpose: Purpose,
    },
    /// A notice to people.
    Notice {
        /// `log` or `mail`.
        channel: String,
        /// Addresses or user ids, resolved.
        to: Vec<String>,
        /// Subject line.
        subject: String,
        /// Plain text.
        body: String,
        /// Why it cannot be sent, where that was known before: it fails with these words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        problem: Option<String>,
    },
}

/// Why an operation is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The step itself.
    Forward,
    /// Undoing a step.
    Reverse,
    /// A read inside an await (asking who holds it).
    Inquiry,
    /// Telling people: nothing waits for it.
    Notice,
}

/// How long failures are retried, per cause; what is not named is retried by the default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Default)]
pub struct RetryPolicy {
    /// Cause to how long it is retried, milliseconds. Zero: not at all.
    pub retry_for_millis: Vec<(Cause, u64)>,
}

/// Why something stopped; the exception desk groups by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The partner cannot be reached or is failing.
    PartnerDown,
    /// The partner refuses the data, or the data cannot be mapped.
    DataWrong,
    /// No rule says what to do (a code table row, a binding, a status).
    RuleMissing,
    /// The partner refuses our credentials.
    Credentials,
    /// It may or may not have been done, and nothing can tell.
    Unknown,
    /// A defect of ours.
    OurFault,
}

impl Cause {
    /// All causes, in the order of the docs.
    pub const ALL: [Cause; 6] =
        [Cause::PartnerDown, Cause::DataWrong, Cause::RuleMissing, Cause::Credentials, Cause::Unknown, Cause::OurFault];

    /// The word in files, tables and the API.
    pub fn word(self) -> &'static str {
        match self {
            Cause::PartnerDown => "partner_down",
            Cause::DataWrong => "data_wrong",
            Cause::RuleMissing => "rule_missing",
            Cause::Credentials => "credentials",
            Cause::Unknown => "unknown",
            Cause::OurFault => "our_fault",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Cause> {
        Cause::ALL.into_iter().find(|cause| cause.word() == word)
    }
}

/// How an effect ended, after all retries, look-ups and read-backs.
#[derive(Clone, Debug, PartialEq)]
pub enum EffectResult {
    /// Done; the typed output (unset when a read found nothing).
    Done {
        /// The output.
        output: Value,
    },
    /// Not done and will not be repeated by itself.
    Failed {
        /// Why.
        cause: Cause,
        /// The partner's words or ours, without secrets.
        message: String,
        /// The answer class in words, for `steps.ID.error.class`.
        class: String,
    },
}
