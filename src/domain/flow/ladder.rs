//! The ladder of an await: reminders, escalation, giving up; by working time where the flow says so.

use super::awaits::Await;
use super::compile::Compiler;
use super::event::Outcome;
use super::flow::{Condition, Who};
use super::instance::{State, Then, TimerPurpose};
use super::machine::Machine;
use super::steps::{Kind, notify};
use super::{instance, notices, people, reversal};
use crate::domain::expression::ScopeType;
use crate::domain::text::shape::{Field, KeyedShape, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::text::units::Span;
use crate::domain::value::Value;
use jiff::Timestamp;
use serde_json::json;

/// Outcomes a rung may state.
const OUTCOMES: &[&str] = &["expired", "cancelled", "rejected", "approved"];

/// Its keys.
pub static SHAPE: Shape = Shape::Keyed(&KeyedShape {
    name: "rung",
    doc: "What happens after a while.",
    common: &[
        Field::optional("every", Shape::Duration, "Again and again."),
        Field::optional("after", Shape::Duration, "Once, counted from the answer of the call."),
    ],
    variants: &[
        &Variant { key: Field::required("remind", notify::TO, "Who is reminded."), fields: &[] },
        &Variant { key: Field::required("escalate", super::shape::WHO, "Who is told that it takes long."), fields: &[] },
        &Variant {
            key: Field::required(
                "hand_over",
                Shape::Either(&[Shape::Word(&["superior"]), Shape::Keyed(&crate::domain::directory::WHO)]),
                "Hands open tasks to each holder's superior, or to somebody; at steps that ask people.",
            ),
            fields: &[],
        },
        &Variant { key: Field::required("outcome", Shape::Word(OUTCOMES), "Gives up: takes the object back, then goes on."), fields: &[] },
    ],
});

/// One rung.
#[derive(Clone, Debug)]
pub struct Rung {
    /// After how long.
    pub span: Span,
    /// Whether it comes again.
    pub again: bool,
    /// What happens.
    pub act: Act,
}

/// What a rung does.
#[derive(Clone, Debug)]
pub enum Act {
    /// Reminds those an expression names, or somebody of the directory.
    Remind(Whom),
    /// Tells somebody.
    Escalate(Who),
    /// Hands open tasks on: to each holder's superior, or to somebody of the directory.
    HandOver(Option<crate::domain::directory::Who>),
    /// Ends the step with this outcome, after taking the object back.
    Outcome(Outcome),
}

/// Whom a notice goes to.
#[derive(Clone, Debug)]
pub enum Whom {
    /// Somebody.
    Who(Who),
    /// Those an expression names: text or a list of texts.
    From(Condition),
}

impl Whom {
    /// Its expression, for lints.
    pub(super) fn condition(&self) -> Option<&Condition> {
        match self {
            Whom::From(condition) => Some(condition),
            Whom::Who(_) => None,
        }
    }
}

impl Rung {
    pub(super) fn compile(compiler: &mut Compiler<'_>, node: &Node, scope: &ScopeType) -> Option<Rung> {
        let (every, after) = (node.get("every"), node.get("after"));
        if every.is_some() == after.is_some() {
            compiler.report.error("missing_key", node.span, "a rung has either `every` or `after`").hint("add one of the two");
        }
        let span = compiler.duration(every.or(after))?;
        if every.is_some() && (node.get("outcome").is_some() || span == Span::Plain(0)) {
            compiler.report.error("bad_value", node.span, "what comes again cannot state an outcome or come at once").hint("use `after`");
        }
        let act = if let Some(remind) = node.get("remind") {
            Act::Remind(notify::whom(compiler, remind, scope)?)
        } else if let Some(who) = node.get("escalate") {
            Act::Escalate(compiler.who(Some(who))?)
        } else if let Some(to) = node.get("hand_over") {
            let who = crate::domain::directory::Who::read(to);
            if who.is_none() && to.text() != Some("superior") {
                compiler.report.error("bad_value", to.span, "this names nobody").hint("write `superior`, or for example `{role: …}`");
            }
            Act::HandOver(who)
        } else {
            Act::Outcome(compiler.outcome(node.get("outcome"))?)
        };
        Some(Rung { span, again: every.is_some(), act })
    }
}

/// Sets the timers of all rungs.
pub(super) fn begin(machine: &mut Machine<'_>, visit: usize, awaits: &Await) {
    for (number, rung) in (0_u32..).zip(&awaits.ladder) {
        machine.set_timer_after(visit, TimerPurpose::Rung(number), rung.span);
    }
}

/// The rungs of a step.
pub(super) fn rungs(kind: &Kind) -> &[Rung] {
    match kind {
        Kind::Call(call) => call.awaits.as_ref().map(|awaits| awaits.ladder.as_slice()).unwrap_or_default(),
        Kind::Approve(asks) | Kind::Task(asks) => asks.ladder.as_slice(),
        _ => &[],
    }
}

/// A rung's timer is due; `due` is when it was meant to be.
pub(super) fn fired(machine: &mut Machine<'_>, visit: usize, number: u32, due: Timestamp) {
    let rung = machine.step_of(visit).and_then(|step| rungs(&step.kind).get(number as usize));
    let Some(rung) = rung else {
        return machine.note("ignored", Some(visit), json!({"why": "the flow's version has no such rung here", "rung": number + 1}));
    };
    if machine.instance.visits[visit].state != State::Awaiting {
        return machine.note("ignored", Some(visit), json!({"why": "the step no longer waits"}));
    }
    if rung.again {
        again(machine, visit, number, rung.span, due);
    }
    match &rung.act {
        Act::Remind(whom) => tell(machine, visit, "reminded", whom),
        Act::Escalate(who) => tell(machine, visit, "escalated", &Whom::Who(who.clone())),
        Act::HandOver(who) => hand_over(machine, visit, who.as_ref()),
        Act::Outcome(outcome) => match machine.asks(visit) {
            Some(asks) => people::proceed::lapse(machine, visit, asks, *outcome),
            None => give_up(machine, visit, *outcome),
        },
    }
}

/// Hands what is open on to somebody else.
fn hand_over(machine: &mut Machine<'_>, visit: usize, who: Option<&crate::domain::directory::Who>) {
    let (directory, around) = (machine.env().directory(), people::choose::around(machine));
    let holders = machine.instance.visits[visit].people.as_ref().map(|activation| activation.holders()).unwrap_or_default();
    let mut handed = Vec::new();
    for holder in holders {
        let to = match who {
            Some(who) => people::choose::resolved(directory, who, &around),
            None => directory.superior(&holder).map(|user| user.id.to_string()).into_iter().collect(),
        };
        if to.iter().any(|person| *person != holder) {
            people::proceed::hand_over(machine, visit, Some(&holder), &to, "time_is_up");
            handed.extend(to);
        }
    }
    machine.note("handed_over", Some(visit), json!({"to": handed}));
    if let Some(asks) = machine.asks(visit) {
        people::proceed::proceed(machine, visit, asks);
    }
}

/// Sets a repeating rung again, counted from when it was due; after an outage it does not catch up one by one.
fn again(machine: &mut Machine<'_>, visit: usize, number: u32, span: Span, due: Timestamp) {
    let calendar = machine.step_of(visit).and_then(|step| machine.flow.calendar_of(step));
    let next = machine.env().due(calendar, due, span);
    let next = if next > machine.now { next } else { machine.env().due(calendar, machine.now, span) };
    machine.set_timer(visit, TimerPurpose::Rung(number), next);
}

fn tell(machine: &mut Machine<'_>, visit: usize, kind: &str, whom: &Whom) {
    let found = &machine.instance.visits[visit];
    let heard = match &found.people {
        Some(activation) => Value::map([("holders", Value::list(activation.holders().iter().map(Value::text)))]),
        None => found.heard.as_ref().map_or(Value::Unset, Value::from_json),
    };
    let to = notify::people(machine, visit, whom, heard).unwrap_or_default();
    notices::tell_people(machine, visit, kind, to);
}

fn give_up(machine: &mut Machine<'_>, visit: usize, outcome: Outcome) {
    machine.note("outcome", Some(visit), json!({"outcome": outcome.word(), "by": "ladder"}));
    reversal::begin(machine, visit, instance::Scope::Itself, Then::Outcome(outcome));
}
