//! Suspending: no clock runs and nobody decides until the instance is resumed.

use crate::domain::flow::instance::{Timer, TimerPurpose};
use crate::domain::flow::ladder;
use crate::domain::flow::machine::Machine;
use crate::domain::flow::steps::Kind;
use crate::domain::flow::steps::wait::Wait;
use crate::domain::text::units::Span;
use jiff::Timestamp;
use serde_json::json;

/// Stops the clocks of the instance.
pub(super) fn freeze(machine: &mut Machine<'_>) {
    machine.instance.suspended = Some(machine.now);
    // They stay known with the times they were due; only the store forgets them.
    let numbers: Vec<u32> = machine.instance.timers.iter().map(|timer| timer.number).collect();
    machine.changes.timers_cancelled.extend(numbers);
    machine.note("suspended", None, json!(null));
}

/// Lets the clocks run again: what was due is due later by the time that did not count.
pub(in crate::domain::flow) fn thaw(machine: &mut Machine<'_>) {
    let Some(since) = machine.instance.suspended.take() else { return };
    let (now, env, flow) = (machine.now, machine.env(), machine.flow);
    let moved: Vec<_> = machine.instance.timers.iter().map(|timer| later(machine, timer, since)).collect();
    for (timer, due) in machine.instance.timers.iter_mut().zip(moved) {
        timer.due = due;
        machine.changes.timers_set.push((timer.number, due));
    }
    for visit in 0..machine.instance.visits.len() {
        let calendar = machine.step_of(visit).and_then(|step| flow.calendar_of(step));
        let Some(due) = machine.instance.visits[visit].people.as_ref().and_then(|activation| activation.due) else { continue };
        if machine.instance.visits[visit].state.is_over() {
            continue;
        }
        let span = machine.asks(visit).and_then(|asks| asks.due);
        let later = env.postponed(calendar.filter(|_| counts_work(span)), due, since, now);
        let mut open = Vec::new();
        if let Some(activation) = machine.instance.visits[visit].people.as_mut() {
            activation.due = Some(later);
            open.extend(activation.open().map(|(number, _)| number));
        }
        for number in open {
            machine.touch(visit, number);
        }
    }
    machine.note("resumed", None, json!({"since": since}));
}

/// When a timer is due after the pause: plain time goes on as plain time, working time as working time, a date stays.
fn later(machine: &Machine<'_>, timer: &Timer, since: Timestamp) -> Timestamp {
    if let TimerPurpose::Within(rung) = timer.purpose {
        let span = machine.flow.within.as_ref().and_then(|within| within.rungs.get(rung as usize)).map(|rung| rung.span);
        let calendar = machine.flow.calendar.as_deref().filter(|_| counts_work(span));
        return machine.env().postponed(calendar, timer.due, since, machine.now);
    }
    let visit = timer.visit as usize;
    let Some(step) = machine.step_of(visit) else { return timer.due };
    let span = match (timer.purpose, &step.kind) {
        (TimerPurpose::Timeout, _) => step.timeout,
        (TimerPurpose::Wait, Kind::Wait(Wait::Until(_))) => return timer.due,
        (TimerPurpose::Wait, Kind::Wait(Wait::For(span))) => Some(*span),
        (TimerPurpose::Rung(rung), kind) => ladder::rungs(kind).get(rung as usize).map(|rung| rung.span),
        _ => None,
    };
    let calendar = machine.flow.calendar_of(step).filter(|_| counts_work(span));
    machine.env().postponed(calendar, timer.due, since, machine.now)
}

fn counts_work(span: Option<Span>) -> bool {
    matches!(span, Some(Span::WorkingDays(_) | Span::WorkingHours(_)))
}
