//! The tasks of one visit: who is to do what, who waits for whom, and who has done it. Part of the instance's state.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How often people may ask one another in turn: a chain that is longer is one that nobody follows any more.
pub const DEPTH_MAX: u32 = 5;
/// Tasks one visit may hold, those that are over included.
pub const TASKS_MAX: usize = 500;

/// What one visit asks of people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Activation {
    /// Its tasks; their index is their number.
    #[serde(rename = "t")]
    pub tasks: Vec<Task>,
    /// When the step is to be done.
    #[serde(rename = "d", skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// It went back to the initiator, whose new submission is waited for.
    #[serde(rename = "r", skip_serializing_if = "Option::is_none")]
    pub returned: Option<Returned>,
}

/// Where the flow goes on once the initiator has submitted anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Returned {
    /// From the first step that asked people: all of them are asked again.
    StepByStep,
    /// At the step that returned it.
    StraightBack,
}

/// One person's duty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Task {
    /// The person's id.
    #[serde(rename = "p")]
    pub person: String,
    /// What is asked.
    #[serde(rename = "k", skip_serializing_if = "is_default")]
    pub kind: TaskKind,
    /// Where it stands.
    #[serde(rename = "s", skip_serializing_if = "is_default")]
    pub state: TaskState,
    /// Tasks that come first.
    #[serde(rename = "w", skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<u32>,
    /// The task that asked for this one, where a person did.
    #[serde(rename = "o", skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// When it became pending.
    #[serde(rename = "at", skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Who did it, when that is not the person.
    #[serde(rename = "b", skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it was over.
    #[serde(rename = "e", skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// Why, when nobody decided it: a code.
    #[serde(rename = "y", skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What the person wrote.
    #[serde(rename = "c", skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// When the holder was urged.
    #[serde(rename = "u", skip_serializing_if = "Vec::is_empty")]
    pub urged: Vec<Timestamp>,
    /// A candidate of a claim has taken it.
    #[serde(rename = "cl", skip_serializing_if = "is_default")]
    pub claimed: bool,
}

/// How a task came to be that a person asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The task it came from.
    #[serde(rename = "t")]
    pub task: u32,
    /// How.
    #[serde(rename = "h")]
    pub how: Added,
    /// How many asked in turn, from 1.
    #[serde(rename = "d")]
    pub depth: u32,
}

/// How a task came to be that a person asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Added {
    /// Added: decides before the one who asked.
    Before,
    /// Added: decides after the one who asked, who has agreed.
    After,
    /// Added: decides beside the one who asked.
    Beside,
    /// The duty was handed on.
    Transferred,
    /// Asked for help; does not decide.
    Helps,
    /// Asked for an opinion; does not decide, and the one who asked waits.
    Consulted,
    /// Told; nothing waits for it.
    Copied,
}

/// What is asked of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// To agree or not.
    #[default]
    Approve,
    /// To do something; there is no no.
    Handle,
    /// To help the holder of another task.
    Assist,
    /// To give an opinion.
    Consult,
    /// To know.
    Copy,
    /// To mend and submit anew: the initiator, after a return.
    Resubmit,
}

impl TaskKind {
    /// All kinds.
    pub const ALL: [TaskKind; 6] =
        [TaskKind::Approve, TaskKind::Handle, TaskKind::Assist, TaskKind::Consult, TaskKind::Copy, TaskKind::Resubmit];

    /// The word in tables and the API.
    pub fn word(self) -> &'static str {
        match self {
            TaskKind::Approve => "approve",
            TaskKind::Handle => "handle",
            TaskKind::Assist => "assist",
            TaskKind::Consult => "consult",
            TaskKind::Copy => "copy",
            TaskKind::Resubmit => "resubmit",
        }
    }

    /// Whether the step's outcome is made of it.
    pub fn decides(self) -> bool {
        matches!(self, TaskKind::Approve | TaskKind::Handle)
    }
}

/// Where a task stands. One transition leads out of `Pending`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Others come first.
    #[default]
    Waiting,
    /// It is the person's turn.
    Pending,
    /// Agreed.
    Approved,
    /// Said no.
    Rejected,
    /// Done, read, answered or submitted anew.
    Done,
    /// Sent back.
    Returned,
    /// Handed on.
    Transferred,
    /// Not needed any more.
    Cancelled,
    /// Passed by a rule.
    Skipped,
    /// The time was up.
    Expired,
}

impl TaskState {
    /// All states.
    pub const ALL: [TaskState; 10] = [
        TaskState::Waiting,
        TaskState::Pending,
        TaskState::Approved,
        TaskState::Rejected,
        TaskState::Done,
        TaskState::Returned,
        TaskState::Transferred,
        TaskState::Cancelled,
        TaskState::Skipped,
        TaskState::Expired,
    ];

    /// The word in tables and the API.
    pub fn word(self) -> &'static str {
        match self {
            TaskState::Waiting => "waiting",
            TaskState::Pending => "pending",
            TaskState::Approved => "approved",
            TaskState::Rejected => "rejected",
            TaskState::Done => "done",
            TaskState::Returned => "returned",
            TaskState::Transferred => "transferred",
            TaskState::Cancelled => "cancelled",
            TaskState::Skipped => "skipped",
            TaskState::Expired => "expired",
        }
    }

    /// Whether something may still come of it.
    pub fn is_open(self) -> bool {
        matches!(self, TaskState::Waiting | TaskState::Pending)
    }

    /// Whether those that wait for it may go on.
    pub fn is_passed(self) -> bool {
        matches!(self, TaskState::Approved | TaskState::Done | TaskState::Skipped)
    }

    /// Whether it counts among those whose decisions make the step's.
    pub fn counts(self) -> bool {
        !matches!(self, TaskState::Cancelled | TaskState::Transferred)
    }
}

impl Task {
    /// A task of somebody, waiting.
    pub fn of(person: impl Into<String>, kind: TaskKind) -> Task {
        Task { person: person.into(), kind, ..Task::default() }
    }
}

impl Activation {
    /// Tasks that are open, with their numbers.
    pub fn open(&self) -> impl Iterator<Item = (usize, &Task)> {
        self.tasks.iter().enumerate().filter(|(_, task)| task.state.is_open())
    }

    /// People whose turn it is, each once, in the order of their tasks; copies are for nobody's turn.
    pub fn holders(&self) -> Vec<String> {
        let mut holders: Vec<String> = Vec::new();
        for task in self.tasks.iter().filter(|task| task.state == TaskState::Pending && task.kind != TaskKind::Copy) {
            if !holders.contains(&task.person) {
                holders.push(task.person.clone());
            }
        }
        holders
    }

    /// Waiting tasks whose turn has come.
    pub fn ready(&self) -> Vec<usize> {
        let passed =
            |number: &u32| self.tasks.get(*number as usize).is_none_or(|task| !task.state.is_open() || task.kind == TaskKind::Copy);
        let ready = |task: &Task| task.state == TaskState::Waiting && task.after.iter().all(passed);
        (0..self.tasks.len()).filter(|number| ready(&self.tasks[*number])).collect()
    }

    /// An open task of somebody that decides, when there is one.
    pub fn deciding(&self, person: &str) -> Option<usize> {
        self.open().find(|(_, task)| task.person == person && task.kind.decides()).map(|(number, _)| number)
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
