//! How far a run got, as it is stored with every page: any process goes on from here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How far a run got.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The entry of `reconcile:` at work, by its place.
    pub entry: usize,
    /// What is being done with it.
    pub phase: Phase,
    /// In a list: the window at work, by its place.
    pub window: usize,
    /// One by one: the document looked at last, newest first.
    pub after: Option<(Timestamp, Uuid)>,
}

/// The phases of an entry, in their order, and what follows the last entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Many at once, window by window.
    #[default]
    List,
    /// One by one, what no list showed.
    Single,
    /// Repairs that flows allow.
    Repair,
}

impl Progress {
    /// The next entry, or repairs after the last of `entries`.
    pub fn next_entry(&self, entries: usize) -> Progress {
        let entry = self.entry + 1;
        let phase = if entry < entries { Phase::List } else { Phase::Repair };
        Progress { entry, phase, window: 0, after: None }
    }
}
