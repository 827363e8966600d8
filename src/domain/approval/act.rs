//! What a person does about a task or an instance, and why it may be refused.

use super::task::Added;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// Who acts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The person's id; of a caller that is nobody of the directory, `nameless` of what it is called. Never a bare name: people
    /// choose names, and a name that is somebody's id would act as that person.
    pub person: String,
    /// Whose duty it is, when the person acts for somebody who has delegated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// Whether they may do what only those can who run the flow.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub admin: bool,
}

/// Who decided what no person did. It acts by itself and is nobody who calls: no act is let through for this word.
pub const SYSTEM: &str = "system";

/// Beginnings of what callers are called that are nobody of the directory.
const NAMELESS: [&str; 2] = ["user:", "token:"];

/// What a caller that is nobody of the directory is called among people: by how it came in, and its name.
pub fn nameless(kind: Nameless, name: &str) -> String {
    let beginning = match kind {
        Nameless::User => NAMELESS[0],
        Nameless::Token => NAMELESS[1],
    };
    format!("{beginning}{name}")
}

/// How a caller that is nobody of the directory came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nameless {
    /// As a user whose account names no person.
    User,
    /// With a token that names none.
    Token,
}

/// Whether no person may have this id: it is what the hub itself or a caller without a person is called.
pub fn is_kept_back(id: &str) -> bool {
    id == SYSTEM || NAMELESS.iter().any(|beginning| id.starts_with(beginning))
}

/// The task an act is about: the visit is part of it, so that a late click on an earlier visit finds nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskRef {
    /// The step.
    pub step: String,
    /// Which visit of it, from 1.
    pub visit: u32,
    /// The task's number within the visit.
    pub number: u32,
}

/// A file that goes with a decision; its content lies with whoever issued the reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What people see.
    pub name: String,
    /// Where it is: a reference of the store it lies in, or an address.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Its SHA-256 in hex, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// One act.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Act {
    /// The verb, a word of `flow::people::VERBS`.
    pub verb: String,
    /// Who.
    pub by: Actor,
    /// The caller's token: the same token is the same act, and done once.
    pub token: String,
    /// The task it is about; none for verbs about the instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskRef>,
    /// What the person says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// People it is about: those who are added, asked, told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// The step it is about: where a return or an intervention leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Where added people stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<Added>,
    /// Added people are asked one after the other.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub in_turn: bool,
    /// After a return: straight back to the step that returned.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub straight: bool,
    /// What an intervention decides: `approved` or `rejected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Fields of the document the person changed: dotted path to value.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub edits: Map<String, Json>,
    /// Which document the person decides on, as the task said it (`flow::people::seen`); none for whatever stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}

/// Why an act is refused. Nothing of it was done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// A stable code.
    pub code: RefusalCode,
    /// In words.
    pub message: String,
}

/// A stable code of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefusalCode {
    /// Somebody was faster, or the flow has moved on.
    AlreadyHandled,
    /// The task is somebody else's.
    NotYours,
    /// The verb is not for this task, this state or this step.
    NotAllowed,
    /// Something must be given with it: a comment, people, a file.
    Incomplete,
    /// People that cannot be asked.
    BadPeople,
    /// The instance is suspended.
    Suspended,
    /// It was done a moment ago.
    TooSoon,
    /// The document is not the one that was seen.
    ChangedMeanwhile,
}

impl RefusalCode {
    /// All of them.
    pub const ALL: [RefusalCode; 8] = [
        RefusalCode::AlreadyHandled,
        RefusalCode::NotYours,
        RefusalCode::NotAllowed,
        RefusalCode::Incomplete,
        RefusalCode::BadPeople,
        RefusalCode::Suspended,
        RefusalCode::TooSoon,
        RefusalCode::ChangedMeanwhile,
    ];

    /// The code in the API and in flow tests.
    pub fn word(self) -> &'static str {
        match self {
            RefusalCode::AlreadyHandled => "already_handled",
            RefusalCode::NotYours => "not_yours",
            RefusalCode::NotAllowed => "verb_not_allowed",
            RefusalCode::Incomplete => "act_incomplete",
            RefusalCode::BadPeople => "bad_people",
            RefusalCode::Suspended => "suspended",
            RefusalCode::TooSoon => "too_soon",
            RefusalCode::ChangedMeanwhile => "changed_meanwhile",
        }
    }

    /// The refusal with these words.
    pub fn because(self, message: impl Into<String>) -> Refusal {
        Refusal { code: self, message: message.into() }
    }
}
