//! `urge`: reminds those whose turn it is; not more often than is polite.

use super::{Given, On, Verb, Whose};
use crate::domain::approval::{Refusal, RefusalCode, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::notices;
use crate::domain::flow::people::is_asking;
use jiff::SignedDuration;

/// Between two reminders of one task.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// Within a day of one task.
const PER_DAY: usize = 3;

pub(super) static VERB: Verb = Verb {
    word: "urge",
    doc: "Reminds everybody whose turn it is; each task once an hour and three times a day at most.",
    on: On::Running,
    whose: Whose::InitiatorOrAdmin,
    core: false,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, _: &Given<'_>) -> Result<(), Refusal> {
    let now = machine.now;
    let day_ago = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    let asking: Vec<usize> = (0..machine.instance.visits.len()).filter(|visit| is_asking(&machine.instance.visits[*visit])).collect();
    let (mut reminded, mut too_soon) = (false, false);
    for visit in asking {
        let Some(activation) = machine.instance.visits[visit].people.as_mut() else { continue };
        let mut people: Vec<String> = Vec::new();
        for task in activation.tasks.iter_mut().filter(|task| task.state == TaskState::Pending && task.kind != TaskKind::Copy) {
            task.urged.retain(|at| *at > day_ago);
            let recent = task.urged.last().is_some_and(|last| now.duration_since(*last) < PAUSE);
            if recent || task.urged.len() >= PER_DAY {
                too_soon = true;
                continue;
            }
            task.urged.push(now);
            if !people.contains(&task.person) {
                people.push(task.person.clone());
            }
        }
        if !people.is_empty() {
            reminded = true;
            notices::tell_people(machine, visit, "urged", people);
        }
    }
    match (reminded, too_soon) {
        (true, _) => Ok(()),
        (false, true) => Err(RefusalCode::TooSoon.because("everybody was reminded within the last hour, or three times today")),
        (false, false) => Err(RefusalCode::NotAllowed.because("nobody's decision is waited for")),
    }
}
