//! Suspending: no clock runs and nobody decides until the instance is resumed.

use crate::domain::flow::machine::Machine;
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
    let calendar = |visit: usize| machine.step_of(visit).and_then(|step| flow.calendar_of(step));
    let moved: Vec<_> =
        machine.instance.timers.iter().map(|timer| env.postponed(calendar(timer.visit as usize), timer.due, since, now)).collect();
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
        let later = env.postponed(calendar, due, since, now);
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
