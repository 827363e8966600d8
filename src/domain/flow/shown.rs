//! Tasks shown in another app, where people see and decide them: the whole instance with each change, under a version that
//! grows, so that an app may be told twice, late, and out of order.
//!
//! An app that wants to be told of changes in the names it gave (a channel that `opens`) is told one after the other: what it
//! answered stands in the instance and goes with the next showing. What changes meanwhile is shown when the answer is there.

use super::event::Outcome;
use super::instance::{Centre, Instance, Status, Stopped};
use super::machine::Machine;
use super::notices::{self, HERE};
use super::people::verbs::needs_comment;
use crate::domain::approval::{TaskKind, TaskState};
use crate::domain::ids;
use crate::domain::notice::{SHOWN_MAX, Shown, ShownTask};
use crate::domain::value::Value;

/// Plans what the flow's centres are shown, when tasks have changed or the instance has ended since `before`, and what a centre has to
/// be told since it answered.
pub(super) fn show(machine: &mut Machine<'_>, before: &Instance) {
    let flow = machine.flow;
    let ended = machine.instance.status.is_over() && !before.status.is_over();
    let changed = !machine.touched.is_empty() || ended;
    let behind = |channel: &&String| machine.instance.centres.iter().any(|known| known.channel == **channel && known.is_behind());
    let channels: Vec<&String> = flow.shown_in.iter().filter(|channel| changed || behind(channel)).collect();
    if channels.is_empty() {
        return;
    }
    let touched = machine.touched.iter().next_back().map(|(visit, _)| *visit);
    let Some(visit) = touched.or_else(|| machine.instance.visits.iter().rposition(|visit| visit.people.is_some())) else { return };
    // By the clock, so that a new instance of the same document begins above the old one; but never back, whatever clocks say.
    machine.instance.shown = machine.now.as_millisecond().max(machine.instance.shown + 1);
    let shown = of(machine);
    if shown.tasks.is_empty() {
        return;
    }
    for channel in channels {
        if machine.env().channel(channel).is_some_and(|known| known.opens.is_some()) {
            show_next(machine, visit, channel, &shown);
        } else {
            notices::show(machine, visit, (channel.as_str(), false), shown.value());
        }
    }
}

/// Shows a centre that is told one thing after the other: opens it first, and waits for its answer.
fn show_next(machine: &mut Machine<'_>, visit: usize, channel: &str, shown: &Shown) {
    let known = machine.instance.centres.iter().position(|known| known.channel == channel);
    let mut centre = known.map(|at| machine.instance.centres.remove(at)).unwrap_or_default();
    channel.clone_into(&mut centre.channel);
    if centre.under_way.is_some_and(|under_way| is_open(&machine.instance, under_way)) {
        centre.behind = true;
    } else {
        let opening = centre.external_id.is_none();
        let mut shown = shown.clone();
        shown.external_id = centre.external_id.clone().unwrap_or_default();
        for task in &mut shown.tasks {
            task.external_id = centre.tasks.get(&task.id).cloned().unwrap_or_default();
        }
        let index = notices::show(machine, visit, (channel, opening), shown.value());
        centre.under_way = u32::try_from(visit).ok().map(|visit| (visit, index));
        // What opens it shows no tasks yet.
        centre.behind = opening;
    }
    machine.instance.centres.push(centre);
}

/// Whether a showing is under way, or stands in an exception. One that a person skipped is neither.
fn is_open(instance: &Instance, (visit, index): (u32, u32)) -> bool {
    let Some(visit) = instance.visits.get(visit as usize) else { return false };
    visit.notices.contains(&index) || visit.stop.as_ref().is_some_and(|stop| stop.what == Stopped::Notice(index))
}

/// Whether the effect is the showing that a centre waits for.
pub(super) fn is_showing(instance: &Instance, visit: usize, index: u32) -> bool {
    instance.centres.iter().any(|centre| centre.under_way.is_some_and(|(of, number)| of as usize == visit && number == index))
}

/// A centre has answered, or a person has said in its place what it would have: what it calls things is kept.
pub(super) fn answered(machine: &mut Machine<'_>, visit: usize, index: u32, output: &Value) {
    let waits = |centre: &&mut Centre| centre.under_way.is_some_and(|(of, number)| of as usize == visit && number == index);
    let Some(centre) = machine.instance.centres.iter_mut().find(waits) else { return };
    centre.under_way = None;
    if centre.external_id.is_none() {
        centre.external_id = output.member("external_id").as_text().map(str::to_owned);
        // Without a name nothing can be shown; what changes next asks anew.
        centre.behind &= centre.external_id.is_some();
    } else if let Value::List(tasks) = output.member("tasks") {
        let named = |task: &Value| Some((task.member("task_id").as_text()?.to_owned(), task.member("external_id").as_text()?.to_owned()));
        centre.tasks = tasks.iter().filter_map(named).collect();
    }
}

/// A showing came to nothing, and no exception says so: what changes next is shown anew.
pub(super) fn given_up(machine: &mut Machine<'_>, visit: usize, index: u32) {
    let waits = |centre: &&mut Centre| centre.under_way.is_some_and(|(of, number)| of as usize == visit && number == index);
    if let Some(centre) = machine.instance.centres.iter_mut().find(waits) {
        (centre.under_way, centre.behind) = (None, false);
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
        external_id: String::new(),
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
                external_id: String::new(),
            });
        }
    }
    shown
}
