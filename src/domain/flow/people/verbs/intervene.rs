//! `intervene`: an administrator names other people, moves the instance back to a step, or states what a step comes to.

use super::{Given, On, Verb, Whose, named};
use crate::domain::approval::{Activation, Mode, Refusal, RefusalCode, tasks};
use crate::domain::flow::again;
use crate::domain::flow::effect::Cause;
use crate::domain::flow::event::Outcome;
use crate::domain::flow::instance::{Stopped, Visit};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::people::enter::{barred, begin};
use crate::domain::flow::people::{Asks, is_asking, proceed};

pub(super) static VERB: Verb = Verb {
    word: "intervene",
    doc: "With a reason: asks other people instead (`to`), also where the rules lead to nobody; states the step's `outcome`; or goes back to a `step`.",
    on: On::Running,
    whose: Whose::Admin,
    core: false,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    let act = given.act;
    // A task names which of several steps is meant; else the newest that asks people.
    let meant = match &act.task {
        Some(about) => machine.instance.visits.iter().position(|visit| visit.step == about.step && visit.number == about.visit),
        None => machine.instance.visits.iter().rposition(is_asking),
    };
    if let Some(step) = act.step.as_deref() {
        return again::from(machine, step).map_err(|why| RefusalCode::NotAllowed.because(why));
    }
    let asking: Vec<&str> =
        machine.instance.visits.iter().filter(|visit| is_asking(visit) && !visit.left).map(|visit| visit.step.as_str()).collect();
    if act.task.is_none() && asking.len() > 1 {
        let message = format!("several steps ask people ({}); intervene on a task of the one that is meant", asking.join(", "));
        return Err(RefusalCode::Incomplete.because(message));
    }
    let asking = meant.filter(|visit| is_asking(&machine.instance.visits[*visit])).or_else(|| without_people(machine));
    let Some((visit, asks)) = asking.and_then(|visit| Some((visit, machine.asks(visit)?))) else {
        return Err(RefusalCode::NotAllowed.because("no step asks people now"));
    };
    if let Some(word) = act.outcome.as_deref() {
        let outcome = match word {
            "approved" => Outcome::Approved,
            "rejected" => Outcome::Rejected,
            _ => return Err(RefusalCode::Incomplete.because("`outcome` is `approved` or `rejected`")),
        };
        machine.instance.visits[visit].people.get_or_insert_default();
        proceed::close(machine, visit, asks, outcome);
        return Ok(());
    }
    let people = named(machine, act)?;
    if let Some(why) = people.iter().find_map(|person| barred(machine, visit, asks, person)) {
        return Err(RefusalCode::BadPeople.because(why));
    }
    machine.close_stop(visit, "others are asked");
    if machine.instance.visits[visit].people.is_none() {
        return ask(machine, visit, asks, &people);
    }
    proceed::cancel_open(machine, visit, "replaced");
    let Some(activation) = machine.instance.visits[visit].people.as_mut() else { return Ok(()) };
    let base = u32::try_from(activation.tasks.len()).unwrap_or(u32::MAX);
    if activation.tasks.len() + people.len() > crate::domain::approval::TASKS_MAX {
        return Err(RefusalCode::NotAllowed.because("the step has too many tasks already"));
    }
    activation.returned = None;
    for mut task in tasks(asks.mode, asks.kind, &people) {
        task.after.iter_mut().for_each(|first| *first += base);
        task.claimed = asks.mode == Mode::Claim && people.len() == 1;
        activation.tasks.push(task);
    }
    for number in base as usize..base as usize + people.len() {
        machine.touch(visit, number);
    }
    proceed::proceed(machine, visit, asks);
    Ok(())
}

/// The newest step that stands because its rules lead to nobody, or to too few.
fn without_people(machine: &Machine<'_>) -> Option<usize> {
    let stands = |visit: &Visit| {
        let stop = visit.stop.as_ref();
        !visit.left && stop.is_some_and(|stop| stop.what == Stopped::Entering && stop.cause == Cause::RuleMissing)
    };
    (0..machine.instance.visits.len()).rev().find(|visit| stands(&machine.instance.visits[*visit]) && machine.asks(*visit).is_some())
}

/// Enters a step that stood without people with those who are named.
fn ask(machine: &mut Machine<'_>, visit: usize, asks: &Asks, people: &[String]) -> Result<(), Refusal> {
    let needed = asks.mode.needed(people.len());
    if needed > people.len() {
        let message = format!("{needed} must agree at this step, and {} are named", people.len());
        return Err(RefusalCode::BadPeople.because(message));
    }
    begin(machine, visit, asks, Activation { tasks: tasks(asks.mode, asks.kind, people), ..Activation::default() });
    Ok(())
}
