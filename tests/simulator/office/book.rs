//! What people know: who left when, who decides for whom, what they asked the hub to do and what it answered.

use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is known outside the hub.
#[derive(Default)]
pub struct Book {
    /// Who has left, and when.
    pub left: BTreeMap<String, SignedDuration>,
    /// Principal, agent, from, until.
    pub delegations: Vec<(String, String, Timestamp, Timestamp)>,
    /// What was asked, by token.
    pub asked: BTreeMap<String, Asked>,
    /// Approvals that were begun: document number to flow and initiator.
    pub begun: BTreeMap<String, (&'static str, String)>,
    /// Tasks somebody has seen on their list and will do something about.
    pub noticed: BTreeSet<(uuid::Uuid, Timestamp)>,
    /// The number of the next token.
    pub tokens: u32,
}

/// What was asked of the hub.
#[derive(Clone, Debug)]
pub struct Asked {
    pub person: String,
    pub verb: String,
    /// Ways it was sent that nothing has come of yet.
    pub under_way: u32,
    /// Some of it was never answered: it may have been done late, after another way had been refused.
    pub unheard: bool,
    /// What came of each way it was sent.
    pub answers: Vec<Answer>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Done.
    Done,
    /// Refused with this code.
    Refused(&'static str),
    /// Nobody knows.
    Unknown,
}
