//! Decisions: by the switches, by the control API, and withdrawal by the client.

use std::sync::Arc;

use serde_json::json;

use crate::oa::book::ApprovalStatus;
use crate::switches::Decide;
use crate::webhook::{Job, Subject, send};
use crate::world::{Shared, System, lock};

/// Who is told of a decision that the switches make at once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tell {
    Always,
    /// Only when the decision comes later: another webhook tells an immediate one.
    IfLater,
}

/// What became of a change of status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Done,
    /// It stood there already.
    Repeat,
    /// It stands where this is impossible.
    Forbidden(ApprovalStatus),
    Unknown,
}

/// Moves an approval on and calls back.
pub(crate) fn change(world: &Shared, id: &str, status: ApprovalStatus, comment: Option<String>) -> Change {
    let outcome = enter(world, id, status, comment);
    if outcome == Change::Done {
        announce(world, id);
    }
    outcome
}

/// Puts an approval anywhere, behind the hub's back: whatever its state allows, and without a callback.
pub(crate) fn force(world: &Shared, id: &str, status: ApprovalStatus) -> Change {
    let now = world.now(System::Oa);
    let mut book = lock(&world.oa);
    if book.get(id).is_none() {
        return Change::Unknown;
    }
    book.set_status(id, status, now);
    Change::Done
}

fn enter(world: &Shared, id: &str, status: ApprovalStatus, comment: Option<String>) -> Change {
    use ApprovalStatus::{Approved, New, Revoked, Running, Withdrawn};
    let now = world.now(System::Oa);
    let mut book = lock(&world.oa);
    let Some(approval) = book.get_mut(id) else {
        return Change::Unknown;
    };
    if approval.status == status {
        approval.withdraw_repeats += u32::from(status == Withdrawn);
        return Change::Repeat;
    }
    match (approval.status, status) {
        (New | Running, Revoked) => return Change::Forbidden(approval.status),
        (New | Running, _) | (Approved, Revoked) => {}
        (present, _) => return Change::Forbidden(present),
    }
    approval.comments.extend(comment);
    book.set_status(id, status, now);
    Change::Done
}

/// Decides now or later, or not at all, as the switches say.
pub(crate) fn schedule_decision(world: &Shared, id: &str, tell: Tell) {
    let (decide, after_ms, reject_share) =
        world.front(System::Oa).with_switches(|switches| (switches.decide, switches.decide_after_ms, switches.reject_share));
    let status = match decide {
        Decide::Never => return,
        Decide::Approve => ApprovalStatus::Approved,
        Decide::Share if world.dice.share() < reject_share => ApprovalStatus::Rejected,
        Decide::Share => ApprovalStatus::Approved,
    };
    if after_ms == 0 {
        if enter(world, id, status, None) == Change::Done && tell == Tell::Always {
            announce(world, id);
        }
        return;
    }
    let id = id.to_owned();
    let due = world.clock.now().plus_millis(after_ms);
    world.scheduler.at(
        due,
        Box::new(move |world| {
            // Withdrawn in the meantime: nothing to decide.
            change(world, &id, status, None);
        }),
    );
}

fn announce(world: &Shared, id: &str) {
    if let Some(job) = callback(world, id) {
        send(world, job);
    }
}

/// The callback about an approval as it stands, if somebody is registered.
pub(crate) fn callback(world: &Shared, id: &str) -> Option<Job> {
    let hook = world.front(System::Oa).hook()?;
    let body = {
        let book = lock(&world.oa);
        let approval = book.get(id)?;
        json!({
            "approval_id": id,
            "reference": approval.reference,
            "status": approval.status.name(),
            "changed_at": approval.changed_at.to_rfc3339(),
        })
        .to_string()
    };
    Some(Job::new(System::Oa, Arc::clone(&hook), Subject::Approval(id.to_owned()), body.into()))
}
