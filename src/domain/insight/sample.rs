//! What is measured: instances with their history, and the order in which the flow names its steps.

use crate::domain::ids::{DocumentId, InstanceId};
use jiff::Timestamp;

/// One instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The instance.
    pub instance: InstanceId,
    /// Its document.
    pub document: DocumentId,
    /// Begun.
    pub started_at: Timestamp,
    /// Over; none while it is not.
    pub ended_at: Option<Timestamp>,
    /// `running`, `exception`, `ended` or `superseded`.
    pub status: String,
    /// How it ended.
    pub outcome: Option<String>,
    /// Its history, oldest first.
    pub lines: Vec<Line>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// A kind of the instance's history, such as `entered`.
    pub kind: String,
    /// The step and which visit of it.
    pub visit: Option<(String, u32)>,
    /// The system that was called.
    pub connection: Option<String>,
}

/// The flow as it is live: its steps in the order in which it names them, those that only hold others left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Design {
    /// Ids of the steps that do something.
    pub steps: Vec<String>,
    /// Ids of the steps that only hold others.
    pub containers: Vec<String>,
}

impl Design {
    /// Where a step stands; steps of older versions stand behind all.
    pub fn place(&self, step: &str) -> usize {
        self.steps.iter().position(|known| known == step).unwrap_or(self.steps.len())
    }

    /// Whether the live flow has a step.
    pub fn has(&self, step: &str) -> bool {
        self.place(step) < self.steps.len()
    }

    /// Whether a step only holds others, so that its time is theirs.
    pub fn holds(&self, step: &str) -> bool {
        self.containers.iter().any(|known| known == step)
    }
}
