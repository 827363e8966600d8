//! What people are asked: their lists, one task with all that is needed to decide it, what they do about it, who decides for
//! whom, and what becomes of the tasks of those who leave.
//!
//! Lists come from rows; what may be done, and what will be asked next, is asked of the instance's state by the same rules
//! that the engine decides by.

mod act;
mod attaching;
mod changed;
mod decision_links;
mod delegation_news;
mod delegations;
mod detail;
mod directory;
mod file_reading;
mod files;
mod hiding;
mod leavers;
mod lists;
pub mod organisation;
mod readings;
mod since;

pub use act::{ActRequest, Acted};
pub use decision_links::{DecisionLinks, Follower, LinkLook, LinkRefusal};
pub use delegations::{DelegationItem, Delegations, NewDelegation};
pub use detail::{ComingItem, DecisionItem, FieldItem, Freshness, InstancePeople, TaskDetail, VerbItem};
pub use directory::PersonItem;
pub use file_reading::{FileFound, SeenAs};
pub use files::{FileCaller, FileOptions, FilePlace, FileRefusal, Files, UploadedFile};
pub use leavers::Leavers;
pub use lists::{TaskCountsView, TaskDocument, TaskItem, TaskQuery};
pub use readings::ReadingOutcome;
pub use since::ChangedField;

use crate::app::engine::definitions::Live;
use crate::app::engine::input::{Input, Verdict};
use crate::app::group::Group;
use crate::app::reading;
use crate::domain::approval::Refusal;
use crate::runtime::Clock;
use crate::store::Store;
pub use crate::store::TaskBox;
use std::sync::Arc;

/// What is done for people about their tasks.
#[derive(Clone)]
pub struct People {
    /// The engine.
    pub engine: Group<Input, Verdict>,
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// Definitions in force.
    pub live: Arc<Live>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// How files are taken.
    pub files: Files,
}

/// Why something cannot be shown or done.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// It cannot be read.
    #[error(transparent)]
    Reading(#[from] reading::Error),
    /// The instance refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What is asked for makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// The file is not taken.
    #[error(transparent)]
    File(#[from] FileRefusal),
    /// It cannot be done now; nothing was done.
    #[error("{0}")]
    Busy(String),
}

impl From<crate::store::Error> for PeopleError {
    fn from(error: crate::store::Error) -> Self {
        PeopleError::Reading(reading::Error::Store(error))
    }
}

/// Result of what is done for people.
pub type Result<T> = std::result::Result<T, PeopleError>;
