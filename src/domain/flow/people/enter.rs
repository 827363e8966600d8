//! Entering a step that asks people: who it leads to, what the policies make of that, the first tasks.

use super::choose::{self, around, people};
use super::going_back::place;
use super::proceed::{self, close, told};
use super::{Asks, CopyAt};
use crate::domain::approval::{Activation, Empty, Mode, OwnApproval, Repeated, SYSTEM, TASKS_MAX, Task, TaskKind, TaskState, tasks};
use crate::domain::expression::EvaluateError;
use crate::domain::flow::decision::Decided;
use crate::domain::flow::effect::Cause;
use crate::domain::flow::event::Outcome;
use crate::domain::flow::instance::{Carried, Instance, State, TimerPurpose};
use crate::domain::flow::machine::Machine;
use serde_json::json;

/// Who is asked by the rules, after the policies: the same for a run and for a forecast.
pub(in crate::domain::flow) struct Chosen {
    /// People in order, with the reason where their share passes by itself.
    pub people: Vec<(String, Option<&'static str>)>,
    /// The policy for nobody came in.
    pub empty: bool,
}

impl Chosen {
    /// Asks the rules and the policies.
    pub(in crate::domain::flow) fn of(machine: &Machine<'_>, visit: usize, asks: &Asks) -> Result<Chosen, EvaluateError> {
        let around = around(machine);
        let directory = machine.env().directory();
        let initiator = around.initiator.as_deref().map(str::to_owned);
        let mut chosen: Vec<(String, Option<&'static str>)> = Vec::new();
        let mut add = |person: String, passes: Option<&'static str>| {
            if !chosen.iter().any(|(known, _)| *known == person) {
                chosen.push((person, passes));
            }
        };
        for person in people(machine, visit, &asks.by)? {
            let own = asks.kind == TaskKind::Approve && initiator.as_ref() == Some(&person);
            match asks.own {
                OwnApproval::Pass if own => add(person, Some("own_document")),
                OwnApproval::Superior if own => {
                    if let Some(superior) = directory.superior(&person) {
                        add(superior.id.to_string(), None);
                    }
                }
                OwnApproval::Head if own => {
                    // The head of their own department may be they themselves: then the one above.
                    let heads = (1..=20).map_while(|level| directory.department_head(level, &around)).map(|head| head.id.to_string());
                    if let Some(head) = heads.into_iter().find(|head| *head != person) {
                        add(head, None);
                    }
                }
                _ => add(person, None),
            }
        }
        chosen.retain(|(person, why)| why.is_some() || barred(machine, visit, asks, person).is_none());
        let passes = |person: &str| repeats(machine, visit, asks, person);
        for (person, why) in chosen.iter_mut().filter(|(_, why)| why.is_none()) {
            *why = passes(person).then_some("repeated");
        }
        let empty = chosen.is_empty();
        if let (true, Empty::To(who)) = (empty, &asks.empty) {
            chosen = choose::resolved(directory, who, &around)
                .into_iter()
                .filter(|person| barred(machine, visit, asks, person).is_none())
                .map(|person| (person, None))
                .collect();
        }
        Ok(Chosen { people: chosen, empty })
    }
}

/// Why somebody may not decide at a visit, whatever way the duty would come to them: the rules of the step about its
/// initiator and about those who had a say before.
pub(in crate::domain::flow) fn barred(machine: &Machine<'_>, visit: usize, asks: &Asks, person: &str) -> Option<&'static str> {
    let own = machine.facts.initiator.member("id").as_text() == Some(person);
    if own && (asks.second_person || (asks.kind == TaskKind::Approve && asks.own != OwnApproval::Ask)) {
        return Some("who began the document's flow may not decide at this step");
    }
    let before = asks.second_person && had_a_say(&machine.instance, Some(visit)).any(|decided| decided == person);
    before.then_some("who decided at an earlier step may not decide at this one")
}

/// Who decided at steps that still count, but for one visit: in this instance, in flows that are steps of it, and in the one
/// whose step it is as far as that had come.
pub(super) fn had_a_say(instance: &Instance, but: Option<usize>) -> impl Iterator<Item = &str> {
    let visits = instance.visits.iter().enumerate().filter(move |(index, found)| Some(*index) != but && !found.left);
    let here = visits.flat_map(|(_, found)| {
        let tasks = found.people.iter().flat_map(|activation| &activation.tasks);
        let decided =
            tasks.filter(|task| task.kind.decides() && task.why.is_none() && (task.state.is_passed() || task.state == TaskState::Rejected));
        // Who acted for somebody has had a say as well.
        let own = decided.flat_map(|task| std::iter::once(task.person.as_str()).chain(task.by.as_deref()));
        own.chain(found.sub.iter().flat_map(|sub| sub.decided_by.iter().map(String::as_str)))
    });
    here.chain(instance.parent.iter().flat_map(|parent| parent.decided_by.iter().map(String::as_str)))
}

/// Everybody who decided here so far, each once.
pub(in crate::domain::flow) fn had_a_say_here(machine: &Machine<'_>) -> Vec<String> {
    let people: std::collections::BTreeSet<&str> = had_a_say(&machine.instance, None).collect();
    people.into_iter().map(str::to_owned).collect()
}

/// Whether somebody has agreed already, as the policy counts it: a decision of their own, in this round, that nobody has gone
/// back behind, on the fields as they are.
fn repeats(machine: &Machine<'_>, visit: usize, asks: &Asks, person: &str) -> bool {
    let changes = asks.fields.values().any(|right| matches!(right, super::FieldRight::Edit | super::FieldRight::Required));
    if asks.kind != TaskKind::Approve || asks.repeated == Repeated::Ask || changes || asks.proof {
        return false;
    }
    let since = machine.instance.edited.unwrap_or(0) as usize;
    let earlier = (since..machine.instance.visits.len()).rev().filter(|index| *index != visit).filter(|index| {
        let found = &machine.instance.visits[*index];
        found.people.is_some() && !found.left && found.state == State::Done && found.round == machine.instance.round
    });
    let agreed = |index: usize| {
        let activation = machine.instance.visits[index].people.as_ref();
        activation.is_some_and(|activation| {
            activation.tasks.iter().any(|task| task.person == person && task.state == TaskState::Approved && task.why.is_none())
        })
    };
    match asks.repeated {
        // What goes on beside it does not come before it.
        Repeated::PassAdjacent => earlier.into_iter().find(|index| !beside(machine, *index, visit)).is_some_and(agreed),
        _ => earlier.into_iter().any(agreed),
    }
}

/// Whether two visits lie in different branches of the same step.
fn beside(machine: &Machine<'_>, one: usize, other: usize) -> bool {
    let around = machine.ancestors(other);
    machine.ancestors(one).iter().any(|(parent, lane)| around.iter().any(|(shared, of)| shared == parent && of != lane))
}

/// Enters the step.
pub(in crate::domain::flow) fn enter(machine: &mut Machine<'_>, visit: usize, asks: &Asks) {
    machine.instance.visits[visit].round = machine.instance.round;
    if super::pass_straight(machine, visit) {
        return;
    }
    if let Some(activation) = carried(machine, visit) {
        return begin(machine, visit, asks, activation);
    }
    let chosen = match Chosen::of(machine, visit, asks) {
        Ok(chosen) => chosen,
        Err(error) => return machine.expression_failed(visit, &error),
    };
    if chosen.empty {
        machine.note("nobody", Some(visit), json!({"policy": empty_word(&asks.empty)}));
    }
    if chosen.people.is_empty() {
        return nobody(machine, visit, asks);
    }
    if chosen.people.len() > TASKS_MAX {
        let message = format!("the rules lead to {} people, and a step asks at most {TASKS_MAX}", chosen.people.len());
        return machine.cannot_enter(visit, Cause::DataWrong, "too_many", message);
    }
    let people: Vec<String> = chosen.people.iter().map(|(person, _)| person.clone()).collect();
    let needed = asks.mode.needed(people.len());
    if needed > people.len() {
        let message = format!("the rules lead to {} people, and {needed} must agree", people.len());
        return machine.cannot_enter(visit, Cause::RuleMissing, "too_few_people", message);
    }
    let mut list = tasks(asks.mode, asks.kind, &people);
    for (task, (_, why)) in list.iter_mut().zip(&chosen.people) {
        if let Some(why) = why {
            task.state = TaskState::Skipped;
            task.why = Some((*why).to_owned());
            task.ended = Some(machine.now);
        }
    }
    begin(machine, visit, asks, Activation { tasks: list, ..Activation::default() });
}

/// Asks these people.
pub(super) fn begin(machine: &mut Machine<'_>, visit: usize, asks: &Asks, mut activation: Activation) {
    if let Some(due) = asks.due {
        let calendar = machine.step_of(visit).and_then(|step| machine.flow.calendar_of(step));
        activation.due = Some(machine.env().due(calendar, machine.clock(), due));
    }
    let skipped: Vec<(usize, String, String)> = activation
        .tasks
        .iter()
        .enumerate()
        .filter(|(_, task)| task.state == TaskState::Skipped)
        .map(|(number, task)| (number, task.person.clone(), task.why.clone().unwrap_or_default()))
        .collect();
    let people: Vec<&str> = activation.tasks.iter().map(|task| task.person.as_str()).collect();
    machine.note("asked", Some(visit), json!({"people": people, "mode": asks.mode.word(), "due": activation.due}));
    for number in 0..activation.tasks.len() {
        machine.touch(visit, number);
    }
    machine.instance.visits[visit].state = State::Awaiting;
    machine.instance.visits[visit].people = Some(Box::new(activation));
    for (number, person, why) in skipped {
        machine.decided(
            visit,
            Some(number),
            Decided {
                person: SYSTEM.to_owned(),
                on_behalf_of: Some(person),
                verb: "approve".to_owned(),
                why: Some(why),
                ..Decided::default()
            },
        );
    }
    for (number, rung) in (0_u32..).zip(&asks.ladder) {
        machine.set_timer_after(visit, TimerPurpose::Rung(number), rung.span);
    }
    told(machine, visit, asks, CopyAt::Entry);
    proceed::proceed(machine, visit, asks);
}

/// Nobody is to be asked, and nobody else either.
fn nobody(machine: &mut Machine<'_>, visit: usize, asks: &Asks) {
    let outcome = match asks.empty {
        Empty::Pass => Outcome::Approved,
        Empty::Reject => Outcome::Rejected,
        Empty::Block | Empty::To(_) => {
            let message = "the rules lead to nobody who works here".to_owned();
            return machine.cannot_enter(visit, Cause::RuleMissing, "nobody_to_ask", message);
        }
    };
    let verb = if outcome == Outcome::Approved { "approve" } else { "reject" };
    machine.instance.visits[visit].people = Some(Box::new(Activation::default()));
    machine.decided(
        visit,
        None,
        Decided { person: SYSTEM.to_owned(), verb: verb.to_owned(), why: Some("nobody".to_owned()), ..Decided::default() },
    );
    close(machine, visit, asks, outcome);
}

fn empty_word(empty: &Empty) -> String {
    match empty {
        Empty::Pass => "pass".to_owned(),
        Empty::Reject => "reject".to_owned(),
        Empty::Block => "block".to_owned(),
        Empty::To(who) => who.to_string(),
    }
}

/// Keeps the tasks of a visit for the next one of its step: whoever decided keeps their decision, but for one of them.
pub(in crate::domain::flow) fn carry_over(machine: &mut Machine<'_>, visit: usize, but: usize) {
    let Some(mut activation) = machine.instance.visits[visit].people.clone() else { return };
    for task in &mut activation.tasks {
        // What the end of the step had closed is open again, and whoever had the turn gets it anew.
        let closed = task.state == TaskState::Cancelled && task.why.as_deref() == Some("peer_decided");
        if closed || task.state == TaskState::Pending {
            reopen(task);
        }
    }
    if let Some(task) = activation.tasks.get_mut(but) {
        reopen(task);
    }
    activation.due = None;
    activation.returned = None;
    machine.instance.carried = Some(Carried { of: u32::try_from(visit).ok(), tasks: activation });
}

fn reopen(task: &mut Task) {
    *task = Task {
        person: task.person.clone(),
        kind: task.kind,
        after: task.after.clone(),
        origin: task.origin,
        claimed: task.claimed,
        ..Task::default()
    };
}

/// What was kept for this visit.
fn carried(machine: &mut Machine<'_>, visit: usize) -> Option<Activation> {
    let former = machine.instance.carried.as_ref()?.of? as usize;
    if place(machine, former) != place(machine, visit) {
        return None;
    }
    let mut kept = *machine.instance.carried.take()?.tasks;
    if machine.instance.edited.is_some_and(|edited| edited as usize > former) {
        // What was agreed to is not what is there now.
        kept.tasks.iter_mut().filter(|task| task.kind.decides() && task.state.is_passed()).for_each(reopen);
    }
    Some(kept)
}

/// Whether a mode needs somebody to take it first.
pub(super) fn is_unclaimed(asks: &Asks, task: &Task) -> bool {
    asks.mode == Mode::Claim && !task.claimed
}
