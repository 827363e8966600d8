//! The time a whole instance may take: reminders, escalation, and its end as expired, counted from its beginning.
//!
//! The rungs are those of a step's ladder. What is open when the time is up is taken back, as when an operator cancels.

use super::compile::{Compiler, object};
use super::decision::Decided;
use super::event::Outcome;
use super::flow::Trigger;
use super::instance::{State, TimerPurpose};
use super::ladder::{self, Act, Rung, Whom};
use super::machine::Machine;
use super::notices;
use super::people::is_asking;
use super::reactions;
use super::steps::notify;
use crate::domain::approval::SYSTEM;
use crate::domain::expression::ScopeType;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};
use jiff::Timestamp;
use serde_json::json;

/// Its keys.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "within",
    doc: "How long a whole instance may take.",
    fields: &[
        Field::required(
            "ladder",
            Shape::List(&ladder::SHAPE),
            "What happens while it takes long, counted from the beginning; the only outcome here is `expired`, and `output.holders` are all whose turn it is.",
        ),
        Field::optional("status", Shape::Text, "The document's final status when the time is up; `expired` when left out."),
    ],
};

/// The status of a document whose instance has expired, where the flow says no other.
const STATUS: &str = "expired";

/// Compiled.
#[derive(Clone, Debug)]
pub struct Within {
    /// What happens when.
    pub rungs: Vec<Rung>,
    /// The document's final status when the time is up.
    pub status: String,
}

impl Within {
    /// Reads what stands under `within`.
    pub(super) fn compile(compiler: &mut Compiler<'_>, node: &Node, scope: &ScopeType) -> Within {
        let holders = object("holders", [("holders".to_owned(), Type::List(Box::new(Type::Text), None))]);
        let scope = scope.clone().with("output", holders);
        let mut rungs = Vec::new();
        for item in node.get("ladder").map(Node::items).unwrap_or_default() {
            let Some(rung) = Rung::compile(compiler, item, &scope) else { continue };
            match rung.act {
                Act::HandOver(_) => {
                    compiler
                        .report
                        .error("bad_value", item.span, "a whole instance is nobody's to hand on")
                        .hint("put it into the ladder of a step");
                }
                Act::Outcome(outcome) if outcome != Outcome::Expired => {
                    compiler
                        .report
                        .error("bad_value", item.span, "an instance whose time is up has expired, nothing else")
                        .hint("write `outcome: expired`");
                }
                _ => rungs.push(rung),
            }
        }
        let status = node.get("status");
        let word = status.and_then(Node::text).unwrap_or(STATUS).to_owned();
        if rungs.iter().any(|rung| matches!(rung.act, Act::Outcome(_))) {
            let kind = compiler.document_kind().to_owned();
            compiler.check_status(&kind, &word, status.map_or(node.span, |status| status.span));
        }
        Within { rungs, status: word }
    }
}

/// Sets the clocks of an instance that has just begun.
pub(super) fn begin(machine: &mut Machine<'_>) {
    let Some(within) = machine.flow.within.as_ref().filter(|_| !machine.instance.visits.is_empty()) else { return };
    for (number, rung) in (0_u32..).zip(&within.rungs) {
        let due = machine.env().due(machine.flow.calendar.as_deref(), machine.now, rung.span);
        // They belong to the first visit only so that every timer has one; nothing but the end of the instance stops them.
        machine.set_timer(0, TimerPurpose::Within(number), due);
    }
}

/// A rung's timer is due; `due` is when it was meant to be.
pub(super) fn fired(machine: &mut Machine<'_>, number: u32, due: Timestamp) {
    let Some(rung) = machine.flow.within.as_ref().and_then(|within| within.rungs.get(number as usize)) else {
        return machine.note("ignored", None, json!({"why": "the flow's version has no such rung", "rung": number + 1}));
    };
    if machine.instance.status.is_over() {
        return machine.note("ignored", None, json!({"why": "the instance is over"}));
    }
    if rung.again {
        let next = |from| machine.env().due(machine.flow.calendar.as_deref(), from, rung.span);
        let next = if next(due) > machine.now { next(due) } else { next(machine.now) };
        machine.set_timer(0, TimerPurpose::Within(number), next);
    }
    match &rung.act {
        Act::Remind(whom) => tell(machine, "reminded", whom),
        Act::Escalate(who) => tell(machine, "escalated", &Whom::Who(who.clone())),
        Act::HandOver(_) => {}
        Act::Outcome(_) => expire(machine),
    }
}

/// Tells people about the step that the instance stands at.
fn tell(machine: &mut Machine<'_>, kind: &str, whom: &Whom) {
    let mut holders: Vec<String> = Vec::new();
    for visit in machine.instance.visits.iter().filter(|visit| is_asking(visit) && !visit.left) {
        for person in visit.people.iter().flat_map(|activation| activation.holders()) {
            if !holders.contains(&person) {
                holders.push(person);
            }
        }
    }
    let visits = &machine.instance.visits;
    let at = |open: fn(State) -> bool| visits.iter().rposition(|visit| !visit.left && open(visit.state));
    let stands = at(|state| state == State::Awaiting).or_else(|| at(|state| !state.is_over())).unwrap_or(0);
    let heard = Value::map([("holders", Value::list(holders.iter().map(Value::text)))]);
    let to = notify::people(machine, stands, whom, heard).unwrap_or_default();
    notices::tell_people(machine, stands, kind, to);
}

/// The time is up: what is open is taken back, and the instance ends.
fn expire(machine: &mut Machine<'_>) {
    if reactions::taken_over(machine) {
        return machine.note("ignored", None, json!({"why": "it is being taken back already"}));
    }
    machine.record(
        None,
        None,
        None,
        Decided { person: SYSTEM.to_owned(), verb: "expire".to_owned(), why: Some("time_is_up".to_owned()), ..Decided::default() },
    );
    reactions::start(machine, &Trigger::Expire, json!({"actor": SYSTEM}));
}
