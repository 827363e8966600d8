//! What a person does with a stopped instance: retry, skip, mark done, cancel; working anew stands in `again`.

use super::again;
use super::event::{Command, Outcome};
use super::flow::Trigger;
use super::instance::{Scope, State, Stopped, Then};
use super::machine::Machine;
use super::reactions;
use super::reversal;
use super::shown;
use super::steps::{Kind, call};
use crate::domain::ids::{self, ExceptionId};
use crate::domain::value::Value;
use serde_json::{Value as Json, json};

/// Obeys a command; `target` names one exception, none means all that are open.
pub(super) fn obey(machine: &mut Machine<'_>, command: &Command, target: Option<ExceptionId>, actor: &str, reason: Option<&str>) {
    if let Command::Repair(seen) = command {
        return reactions::drift(machine, seen, actor, reason);
    }
    let proof = match command {
        Command::MarkDone { proof, .. } => Some(proof),
        _ => None,
    };
    machine.note("command", None, json!({"command": command.word(), "actor": actor, "reason": reason, "proof": proof}));
    if *command == Command::Cancel {
        reactions::start(machine, &Trigger::Cancel, json!({"actor": actor}));
        return;
    }
    if let Command::From { step } = command {
        if let Err(why) = again::from(machine, step) {
            machine.note("ignored", None, json!({"why": why}));
        }
        return;
    }
    let visits = stopped(machine, target);
    let instance = instance_stop(machine, target);
    if visits.is_empty() && !instance {
        return machine.note("ignored", None, json!({"why": "no such exception is open"}));
    }
    if visits.len() > 1 && !matches!(command, Command::Retry | Command::Redo) {
        return machine.note("ignored", None, json!({"why": "several exceptions are open; name one"}));
    }
    for visit in visits {
        one(machine, command, visit);
    }
}

fn stopped(machine: &Machine<'_>, target: Option<ExceptionId>) -> Vec<usize> {
    let id = |number| ids::exception_id(machine.facts.tenant, machine.facts.instance, number);
    let wanted = |visit: &usize| {
        let stop = machine.instance.visits[*visit].stop.as_ref();
        stop.is_some_and(|stop| target.is_none_or(|target| target == id(stop.number)))
    };
    (0..machine.instance.visits.len()).filter(wanted).collect()
}

/// Closes an exception of the instance as a whole, when it is meant.
fn instance_stop(machine: &mut Machine<'_>, target: Option<ExceptionId>) -> bool {
    let id = |number| ids::exception_id(machine.facts.tenant, machine.facts.instance, number);
    let meant = machine.instance.stop.as_ref().is_some_and(|stop| target.is_none_or(|target| target == id(stop.number)));
    if meant && let Some(stop) = machine.instance.stop.take() {
        machine.close(&stop, "closed by a person");
    }
    meant
}

fn one(machine: &mut Machine<'_>, command: &Command, visit: usize) {
    let Some(what) = machine.instance.visits[visit].stop.as_ref().map(|stop| stop.what) else { return };
    match command {
        Command::Retry => retry(machine, visit, what),
        Command::Skip => skip(machine, visit, what),
        Command::MarkDone { output, .. } => mark_done(machine, visit, what, output),
        Command::Redo => again::redo(machine, visit, what),
        Command::Cancel | Command::From { .. } | Command::Repair(_) => {}
    }
}

pub(super) fn retry(machine: &mut Machine<'_>, visit: usize, what: Stopped) {
    machine.close_stop(visit, "retried");
    match what {
        Stopped::Entering => enter_again(machine, visit),
        Stopped::Expecting => match machine.step_of(visit).map(|step| &step.kind) {
            // A write is not done again because its answer disappoints; its answer is judged again.
            Some(Kind::Call(call)) if call.write => call::go_on(machine, visit, call),
            _ => enter_again(machine, visit),
        },
        Stopped::Forward(index) => {
            machine.changes.requeue.push(machine.effect_id(visit, index));
            machine.instance.visits[visit].forward = Some(index);
            machine.instance.visits[visit].state = State::Calling;
        }
        Stopped::Reversing(index) => machine.changes.requeue.push(machine.effect_id(visit, index)),
        Stopped::Notice(index) => {
            machine.changes.requeue.push(machine.effect_id(visit, index));
            machine.instance.visits[visit].notices.push(index);
        }
        Stopped::Nothing => {}
    }
}

pub(super) fn enter_again(machine: &mut Machine<'_>, visit: usize) {
    machine.cancel_timers(visit);
    machine.instance.visits[visit].error = None;
    machine.enter(visit);
}

fn skip(machine: &mut Machine<'_>, visit: usize, what: Stopped) {
    match what {
        Stopped::Entering | Stopped::Forward(_) | Stopped::Expecting => {
            if machine.instance.visits[visit].left {
                machine.instance.visits[visit].state = State::Left;
                return machine.close_stop(visit, "skipped");
            }
            machine.set_status_of(visit);
            machine.settle(visit, "skipped");
            machine.instance.visits[visit].state = State::Skipped;
            machine.note("skipped", Some(visit), Json::Null);
            machine.advance(visit);
        }
        Stopped::Reversing(_) => reversal::settled(machine, visit, "skipped"),
        Stopped::Notice(_) => machine.close_stop(visit, "skipped"),
        Stopped::Nothing if machine.instance.visits[visit].state == State::Awaiting => {
            // Nobody waits for the partner's object any more, so it is taken back first.
            machine.close_stop(visit, "skipped");
            reversal::begin(machine, visit, Scope::Itself, Then::Done);
        }
        Stopped::Nothing => machine.close_stop(visit, "skipped"),
    }
}

fn mark_done(machine: &mut Machine<'_>, visit: usize, what: Stopped, output: &Json) {
    match what {
        Stopped::Entering | Stopped::Forward(_) | Stopped::Expecting => done_outside(machine, visit, output),
        Stopped::Reversing(_) => reversal::settled(machine, visit, "reversed"),
        Stopped::Notice(index) => {
            shown::answered(machine, visit, index, &Value::from_json(output));
            machine.close_stop(visit, "marked done");
        }
        Stopped::Nothing => {
            let awaiting = machine.instance.visits[visit].state == State::Awaiting;
            match stated(output).filter(|_| awaiting) {
                Some(outcome) => conclude(machine, visit, outcome),
                None => machine.close_stop(visit, "marked done"),
            }
        }
    }
}

/// The outcome a person states for an awaited step, under `outcome` beside the output.
fn stated(output: &Json) -> Option<Outcome> {
    output.get("outcome")?.as_str().and_then(Outcome::from_word).filter(|outcome| outcome.is_final())
}

fn conclude(machine: &mut Machine<'_>, visit: usize, outcome: Outcome) {
    machine.instance.visits[visit].outcome = Some(outcome);
    machine.instance.visits[visit].undo = None;
    machine.complete(visit);
}

fn done_outside(machine: &mut Machine<'_>, visit: usize, output: &Json) {
    let Some(step) = machine.step_of(visit) else { return };
    let awaits = matches!(&step.kind, Kind::Call(call) if call.awaits.is_some());
    let outcome = stated(output).filter(|_| awaits);
    let mut given = output.clone();
    if let (Some(_), Some(members)) = (outcome, given.as_object_mut()) {
        members.remove("outcome");
    }
    let value = match step.output.read(&Value::from_json(&given)) {
        Ok(value) => value,
        Err(error) => return machine.note("ignored", Some(visit), json!({"why": "the output does not fit", "error": error.to_string()})),
    };
    match (&step.kind, outcome) {
        (Kind::Call(call), Some(outcome)) => {
            // The object is known from now on: what its system says of it later is heard.
            call::keep(machine, visit, call, &value);
            machine.set_status_of(visit);
            conclude(machine, visit, outcome);
        }
        (Kind::Call(call), None) => call::answered(machine, visit, call, &value),
        _ => {
            machine.instance.visits[visit].output = Some(given).filter(|given| !given.is_null());
            machine.complete(visit);
        }
    }
}
