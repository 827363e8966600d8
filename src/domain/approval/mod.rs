//! Approvals: who is asked, how single decisions make a step's, what a person may do with a task. Pure, and part of the
//! instance's state; `flow::people` puts it to work on an instance.

mod act;
mod delegation;
mod link;
mod mode;
mod policy;
mod task;
#[cfg(test)]
mod tests;

pub use act::{Act, Actor, Attachment, Nameless, Refusal, RefusalCode, SYSTEM, TaskRef, is_kept_back, nameless};
pub use delegation::{Delegation, Delegations};
pub use link::{DecisionLink, LinkKey, Unreadable};
pub use mode::{Mode, Verdict, tasks};
pub use policy::{Empty, OwnApproval, RejectMeans, Repeated};
pub use task::{Activation, Added, DEPTH_MAX, Origin, Returned, TASKS_MAX, Task, TaskKind, TaskState};
