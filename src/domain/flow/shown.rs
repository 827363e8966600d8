//! Tasks shown in another app, where people see and decide them: the whole instance with each change, under a version that
//! grows, so that an app may be told twice, late, and out of order.

use super::event::Outcome;
use super::instance::{Instance, Status};
use super::machine::Machine;
use super::notices::{self, HERE};
use super::people::verbs::needs_comment;
use crate::domain::approval::{TaskKind, TaskState};
use crate::domain::ids;
use crate::domain::notice::{SHOWN_MAX, Shown, ShownTask};

/// Plans what the flow's centres are shown, when tasks have changed or the instance has ended since `before`.
pub(super) fn show(machine: &mut Machine<'_>, before: &Instance) {
    let flow = machine.flow;
    let ended = machine.instance.status.is_over() && !before.status.is_over();
    if flow.shown_in.is_empty() || (machine.touched.is_empty() && !ended) {
        return;
    }
    let changed = machine.touched.iter().next_back().map(|(visit, _)| *visit);
    let Some(visit) = changed.or_else(|| machine.instance.visits.iter().rposition(|visit| visit.people.is_some())) else { return };
    // By the clock, so that a new instance of the same document begins above the old one; but never back, whatever clocks say.
    machine.instance.shown = machine.now.as_millisecond().max(machine.instance.shown + 1);
    let shown = of(machine);
    if shown.tasks.is_empty() {
        return;
    }
    for channel in &flow.shown_in {
        notices::show(machine, visit, channel, shown.value());
    }
}

fn of(machine: &Machine<'_>) -> Shown {
    let document = &machine.facts.document;
    let initiator = machine.facts.initiator.member("id").as_text().unwrap_or_default().to_owned();
    let language = machine.env().language(&initiator);
    let mut tasks = tasks(machine);
    let began_at = tasks.first().map_or(machine.now, |task| task.since);
    tasks.drain(..tasks.len().saturating_sub(SHOWN_MAX));
    Shown {
        instance: machine.facts.instance.to_string(),
        version: machine.instance.shown,
        document_kind: document.kind.to_string(),
        key: document.key.clone(),
        flow_title: machine.flow.title.get(language).unwrap_or(&machine.flow.id).to_owned(),
        status: status(&machine.instance.status).to_owned(),
        initiator,
        began_at,
        ended_at: machine.instance.status.is_over().then_some(machine.now),
        url: format!("{HERE}/docs/{}", document.id),
        tasks,
    }
}

fn status(status: &Status) -> &'static str {
    match status {
        Status::New | Status::Running | Status::Exception => "running",
        Status::Ended { outcome, .. } => outcome.word(),
        Status::Superseded => Outcome::Cancelled.word(),
    }
}

/// Tasks whose turn has come, in the order they came up.
fn tasks(machine: &Machine<'_>) -> Vec<ShownTask> {
    let mut shown = Vec::new();
    for (visit, found) in machine.instance.visits.iter().enumerate() {
        let Some(activation) = &found.people else { continue };
        let step = machine.step_of(visit);
        let asks = machine.asks(visit);
        for (number, task) in (0_u32..).zip(&activation.tasks) {
            let Some(since) = task.since.or(task.ended) else { continue };
            let id = ids::task_id(machine.facts.tenant, machine.facts.instance, &found.step, found.number, number);
            // What needs more than a word is decided where there is room for it.
            let wants_fields = asks.is_some_and(|asks| asks.fields.values().any(|right| *right == super::people::FieldRight::Required));
            let claims = asks.is_some_and(|asks| asks.mode == crate::domain::approval::Mode::Claim && !task.claimed);
            let language = machine.env().language(&task.person);
            shown.push(ShownTask {
                id: id.0.to_string(),
                person: task.person.clone(),
                person_name: machine.env().directory().name(&task.person).to_owned(),
                kind: task.kind.word().to_owned(),
                state: task.state.word().to_owned(),
                step: found.step.clone(),
                step_title: step.and_then(|step| step.title.get(language)).unwrap_or(&found.step).to_owned(),
                since,
                ended_at: task.ended,
                decidable: task.kind == TaskKind::Approve && task.state == TaskState::Pending && !wants_fields && !claims,
                reject_needs_comment: needs_comment("reject", asks),
                approve_needs_comment: needs_comment("approve", asks),
                url: format!("{HERE}/tasks?task={}", id.0),
            });
        }
    }
    shown
}
