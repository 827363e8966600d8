//! What the engine is told.

use super::effect::EffectResult;
use crate::domain::approval::Act;
use crate::domain::ids::{DocumentId, EffectId, ExceptionId, InstanceId};
use crate::domain::value::Value;
use serde::{Deserialize, Serialize};

/// One event for one instance.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The instance begins.
    Started,
    /// An effect ended.
    EffectEnded {
        /// Which.
        effect: EffectId,
        /// How.
        result: EffectResult,
    },
    /// A partner's event about an object of this instance, after its read-back.
    Heard(Heard),
    /// A timer is due.
    TimerFired {
        /// The timer's number within the instance.
        timer: u32,
    },
    /// The source changed or withdrew the document while this was its newest instance.
    Revision(RevisionChange),
    /// A linked document of this instance has another status.
    Linked {
        /// The document.
        document: DocumentId,
        /// Our status of it.
        status: String,
    },
    /// A subflow of this instance came to its end.
    SubflowEnded {
        /// Its instance.
        instance: InstanceId,
        /// What it came to.
        outcome: Outcome,
        /// Its outputs, as JSON.
        output: serde_json::Value,
        /// Whether it was taken back.
        taken_back: bool,
        /// Who decided in it, and in flows that were steps of it.
        decided_by: Vec<String>,
    },
    /// The step that this instance is was taken back by its parent.
    TakenBack,
    /// A person decides, or does something else about a task.
    Act(Box<Act>),
    /// Somebody has left: their open tasks go to somebody else.
    Left {
        /// Who.
        person: String,
    },
    /// What waited for somebody goes out as one notice. This instance sends it, for its first notice is among them.
    Bundle(Bundle),
    /// A person acts on the instance.
    Command {
        /// What.
        command: Command,
        /// The exception it is about; none for all that are open (`skip` and `mark_done` need it when there are several).
        exception: Option<ExceptionId>,
        /// Who, for the history.
        actor: String,
        /// Why.
        reason: Option<String>,
    },
}

/// Notices of one person by one channel that waited, of this instance and others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// Its id: the same one is sent once.
    pub id: uuid::Uuid,
    /// Whose.
    pub person: String,
    /// The channel.
    pub channel: String,
    /// The step of the first, and its visit.
    pub step: String,
    /// Its visit.
    pub visit: u32,
    /// What is told, oldest first; at least one.
    pub items: Vec<BundleItem>,
}

/// One notice of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleItem {
    /// What it tells of.
    pub event: String,
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// Where it can be seen.
    pub url: String,
}

/// A partner's event.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// The connection it came from.
    pub connection: String,
    /// The event's name in the connector.
    pub event: String,
    /// The partner's id of the object.
    pub external_id: String,
    /// The outcome by the connector's rules; none for events without outcome rules.
    pub outcome: Option<Outcome>,
    /// The typed output of the read-back (or the payload where it is trusted).
    pub output: Value,
    /// Whom it asks there now; none where that is not told.
    pub asked: Option<Asked>,
}

/// Our people whom an object asks at a partner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Who, by our ids.
    #[serde(rename = "p")]
    pub people: Vec<String>,
    /// Where they see and decide it.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What an approval or another awaited thing came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Agreed.
    Approved,
    /// An approver said no.
    Rejected,
    /// Taken back by its initiator.
    Withdrawn,
    /// Cancelled after approval.
    Revoked,
    /// Not decided in time.
    Expired,
    /// Cancelled by the flow or a person.
    Cancelled,
    /// Still running; never ends an await.
    Pending,
    /// A status no rule knows; never ends an await, raises an exception.
    Unknown,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Outcome; 8] = [
        Outcome::Approved,
        Outcome::Rejected,
        Outcome::Withdrawn,
        Outcome::Revoked,
        Outcome::Expired,
        Outcome::Cancelled,
        Outcome::Pending,
        Outcome::Unknown,
    ];

    /// The word in files, tables and the API.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Approved => "approved",
            Outcome::Rejected => "rejected",
            Outcome::Withdrawn => "withdrawn",
            Outcome::Revoked => "revoked",
            Outcome::Expired => "expired",
            Outcome::Cancelled => "cancelled",
            Outcome::Pending => "pending",
            Outcome::Unknown => "unknown",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.word() == word)
    }

    /// Whether it ends an await.
    pub fn is_final(self) -> bool {
        !matches!(self, Outcome::Pending | Outcome::Unknown)
    }
}

/// What happened to the source document.
#[derive(Clone, Debug, PartialEq)]
pub enum RevisionChange {
    /// New content: this revision number now stands in the ledger.
    Changed {
        /// The new number.
        revision: u32,
    },
    /// Withdrawn at the source.
    Withdrawn,
}

impl Command {
    /// Its word in the history.
    pub fn word(&self) -> &'static str {
        match self {
            Command::Retry => "retry",
            Command::Skip => "skip",
            Command::MarkDone { .. } => "mark_done",
            Command::Cancel => "cancel",
            Command::Redo => "redo",
            Command::From { .. } => "from",
            Command::Repair(_) => "repair",
        }
    }
}

/// What a person may do with a stopped (or running) instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Try the stopped effects again, with the same keys.
    Retry,
    /// Go on as if the stopped step were done, without output.
    Skip,
    /// The step was done outside; its output is given.
    MarkDone {
        /// The output the step would have had, as JSON.
        output: serde_json::Value,
        /// Where the proof is.
        proof: String,
    },
    /// Reverse what is open and end as cancelled.
    Cancel,
    /// Work the stopped step anew from its beginning: its input is made again and sent under a new key. Only where it is sure
    /// that nothing was done.
    Redo,
    /// Go back to a step: what was done since is reversed, then the step is visited anew.
    From {
        /// The step.
        step: String,
    },
    /// Set off the flow's reaction to a drift, because it was seen again or a person asks.
    Repair(DriftSeen),
}

/// A drift that a reaction is told of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftSeen {
    /// Its kind.
    pub kind: String,
    /// What tells this repair from others; the same twice sets off one reaction.
    pub repair: String,
    /// Whether a person asks for it.
    pub asked: bool,
    /// The connection.
    pub connection: String,
    /// The partner's id of the object.
    pub external_id: Option<String>,
    /// The field it is about.
    pub field: Option<String>,
    /// What we hold.
    pub ours: Option<String>,
    /// What they say.
    pub theirs: Option<String>,
}
