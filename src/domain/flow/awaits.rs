//! `await`: a call's step stays open until the partner's event says what it came to.

use super::compile::{Compiler, Operation, StepContext};
use super::decision::LinkChange;
use super::effect::Cause;
use super::event::{Heard, Outcome};
use super::flow::Condition;
use super::instance::{EARLY_MAX, Early, State, Stopped};
use super::ladder::{self, Act, Rung};
use super::machine::Machine;
use super::outside;
use super::scope::event_value;
use super::steps::Kind;
use crate::domain::expression::Budget;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};
use serde_json::json;

/// Holders, and opinions, named in the history.
const HOLDERS_MAX: usize = 20;
/// Characters of an opinion in the history.
const OPINION_MAX: usize = 500;

/// Its keys.
pub const SHAPE: Shape = Shape::Object(&ObjectShape {
    name: "await",
    doc: "The event that ends the step.",
    fields: &[
        Field::required("event", Shape::Reference, "The event, `role.event`, about the object the call made."),
        Field::optional("when", Shape::Expression, "Only events for which this holds of `event`."),
        Field::optional("ladder", Shape::List(&ladder::SHAPE), "What happens while it takes long."),
    ],
});

/// Compiled.
#[derive(Clone, Debug)]
pub struct Await {
    /// The role.
    pub role: String,
    /// The event.
    pub event: String,
    /// Whether it has outcome rules; without them every event ends the step.
    pub outcomes: bool,
    /// Only events for which this holds.
    pub when: Option<Condition>,
    /// What happens while it takes long.
    pub ladder: Vec<Rung>,
    /// The type of the event's output.
    pub output: Type,
}

impl Await {
    pub(super) fn compile(compiler: &mut Compiler<'_>, node: &Node, context: &StepContext<'_>) -> Option<Await> {
        let (role, event, info) = compiler.event(node.get("event")?)?;
        let scope = context.scope.clone().with("output", info.output.clone());
        let ladder = node.get("ladder").map(Node::items).unwrap_or_default();
        let ladder = ladder.iter().filter_map(|rung| Rung::compile(compiler, rung, &scope)).collect();
        let event_type = super::compile::object(
            "event",
            [("outcome".to_owned(), Type::Text), ("external_id".to_owned(), Type::Text), ("output".to_owned(), info.output.clone())],
        );
        let scope = context.scope.clone().with("event", event_type);
        let when = node.get("when").and_then(|when| compiler.condition(when, &scope));
        Some(Await { role, event, outcomes: info.outcomes, when, ladder, output: info.output })
    }
}

/// Lints that need both the operation and the await.
pub(super) fn check(compiler: &mut Compiler<'_>, node: &Node, awaits: Option<&Await>, operation: &Operation) {
    let names_object = match &operation.info.output {
        Type::Object(object) => object.fields.contains_key("external_id"),
        _ => true,
    };
    if !names_object {
        compiler
            .report
            .error(
                "no_object",
                node.span,
                format!("`{}` has no output `external_id`, so no event can be told to be about it", operation.name),
            )
            .hint("declare `external_id` in the operation's output");
    }
    if operation.info.reverse.is_none() && compiler.all_can(&operation.role, |connector| connector.can.withdraw) {
        let message = format!("what `{}` makes stays open at the partner when the instance is cancelled or begins anew", operation.name);
        compiler
            .report
            .warning("no_reverse", node.span, message)
            .hint("add `reverse` to the operation: the connector says that its partner can withdraw");
    }
    let Some(awaits) = awaits else { return };
    let event = node.get("event").map_or(node.span, |event| event.span);
    if awaits.role != operation.role {
        let message = format!("the call is made in the role `{}`, but the event is of `{}`", operation.role, awaits.role);
        compiler.report.error("wrong_source", event, message);
    }
    if awaits.ladder.iter().any(|rung| matches!(rung.act, Act::Outcome(_))) {
        if operation.info.reverse.is_none() {
            compiler
                .report
                .error("no_reverse", node.span, format!("giving up takes `{}` back, but it has no `reverse`", operation.name))
                .hint("add `reverse` to the operation, or leave the outcome out of the ladder");
        }
        if !compiler.all_can(&operation.role, |connector| connector.can.withdraw) {
            compiler
                .report
                .error("cannot", node.span, format!("giving up withdraws, which a connection in the role `{}` cannot do", operation.role))
                .hint("leave the outcome out of the ladder, or bind a connector that can");
        }
    }
}

/// The call is answered: from now on the step waits.
pub(super) fn begin(machine: &mut Machine<'_>, visit: usize, awaits: &Await) {
    machine.instance.visits[visit].state = State::Awaiting;
    let external_id = machine.instance.visits[visit].external_id.clone();
    machine.note("awaiting", Some(visit), json!({"event": awaits.event, "external_id": external_id}));
    ladder::begin(machine, visit, awaits);
    for early in take_early(machine, visit, awaits) {
        if machine.instance.visits[visit].state == State::Awaiting {
            let output = Value::from_json(&early.output);
            let output = awaits.output.read(&output).or_else(|_| awaits.output.read_open(&output)).unwrap_or(output);
            let Early { connection, event, external_id, outcome, asked, .. } = early;
            let heard = Heard { connection, event, external_id, outcome, output, asked };
            take(machine, visit, awaits, &heard);
        }
    }
}

fn take_early(machine: &mut Machine<'_>, visit: usize, awaits: &Await) -> Vec<Early> {
    let found = &machine.instance.visits[visit];
    let (connection, external_id) = (found.connection.clone(), found.external_id.clone());
    let (mine, others) = std::mem::take(&mut machine.instance.early).into_iter().partition(|early: &Early| {
        early.event == awaits.event && Some(&early.connection) == connection.as_ref() && Some(&early.external_id) == external_id.as_ref()
    });
    machine.instance.early = others;
    mine
}

/// Finds the await an event is for and gives it to it; false when there is none.
pub(super) fn hear(machine: &mut Machine<'_>, heard: &Heard) -> bool {
    let waiting = (0..machine.instance.visits.len()).find_map(|visit| {
        let found = &machine.instance.visits[visit];
        let matches = found.state == State::Awaiting
            && found.connection.as_deref() == Some(&heard.connection)
            && found.external_id.as_deref() == Some(&heard.external_id);
        let awaits = await_of(machine, visit).filter(|awaits| matches && awaits.event == heard.event)?;
        Some((visit, awaits))
    });
    if let Some((visit, awaits)) = waiting {
        take(machine, visit, awaits, heard);
        return true;
    }
    keep_early(machine, heard)
}

/// An event may overtake the answer of the call it is about; it is kept until the object is known.
fn keep_early(machine: &mut Machine<'_>, heard: &Heard) -> bool {
    let known = machine.instance.visits.iter().any(|visit| visit.external_id.as_deref() == Some(&heard.external_id));
    let calling = (0..machine.instance.visits.len()).any(|visit| {
        let found = &machine.instance.visits[visit];
        let open = found.state == State::Calling || (found.state == State::Stopped && found.external_id.is_none());
        open && found.connection.as_deref() == Some(&heard.connection)
            && await_of(machine, visit).is_some_and(|awaits| awaits.event == heard.event)
    });
    if known || !calling || machine.instance.early.len() >= EARLY_MAX {
        return false;
    }
    machine.note("heard_early", None, json!({"event": heard.event, "external_id": heard.external_id}));
    machine.instance.early.push(Early {
        connection: heard.connection.clone(),
        event: heard.event.clone(),
        external_id: heard.external_id.clone(),
        outcome: heard.outcome,
        output: heard.output.to_json(),
        asked: heard.asked.clone(),
    });
    true
}

fn await_of<'a>(machine: &Machine<'a>, visit: usize) -> Option<&'a Await> {
    match &machine.step_of(visit)?.kind {
        Kind::Call(call) => call.awaits.as_ref(),
        _ => None,
    }
}

fn take(machine: &mut Machine<'_>, visit: usize, awaits: &Await, heard: &Heard) {
    let said = heard.outcome.map(Outcome::word);
    if let Some(asked) = &heard.asked {
        outside::told(machine, visit, asked);
    }
    let present = &machine.instance.visits[visit];
    if heard.outcome == Some(Outcome::Pending) && present.stop.is_none() && present.heard.as_ref() == Some(&heard.output.to_json()) {
        // Polls and re-reads say for days what is known: a history of that would bury what happened.
        return;
    }
    machine.note("heard", Some(visit), told(heard));
    let (document, _) = machine.subject_of(visit);
    machine.changes.links.push(LinkChange {
        document,
        connection: heard.connection.clone(),
        external_id: heard.external_id.clone(),
        step: None,
        written: None,
        seen: Some(said.unwrap_or(&heard.event).to_owned()),
        closed: false,
    });
    machine.instance.visits[visit].heard = Some(heard.output.to_json());
    match counts(machine, visit, awaits, heard) {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => {
            let message = error.to_string();
            return machine.stop(visit, Cause::DataWrong, "expression_failed", &message, Stopped::Nothing);
        }
    }
    match heard.outcome {
        Some(Outcome::Pending) => settle_doubt(machine, visit),
        Some(Outcome::Unknown) => {
            let message = format!("`{}` says a status that no rule of `{}` knows", heard.connection, heard.event);
            machine.stop(visit, Cause::RuleMissing, "unknown_status", &message, Stopped::Nothing);
        }
        None if awaits.outcomes => {
            let message = format!("`{}` says nothing that a rule of `{}` knows", heard.connection, heard.event);
            machine.stop(visit, Cause::RuleMissing, "unknown_status", &message, Stopped::Nothing);
        }
        outcome => {
            machine.instance.visits[visit].outcome = outcome;
            // The partner is through with it: there is nothing open any more that could be taken back.
            machine.instance.visits[visit].undo = None;
            machine.complete(visit);
        }
    }
}

/// What people want to know of an event: what it said, who holds the object when it names them as `holders`, and at its end what they
/// said when it names that as `opinions`.
fn told(heard: &Heard) -> serde_json::Value {
    let mut detail = json!({"event": heard.event, "outcome": heard.outcome.map(Outcome::word)});
    if let (Value::List(holders), Some(members)) = (heard.output.member("holders"), detail.as_object_mut()) {
        let names: Vec<&str> = holders.iter().filter_map(Value::as_text).take(HOLDERS_MAX).collect();
        members.insert("holders".to_owned(), json!(names));
    }
    let over = heard.outcome.is_some_and(Outcome::is_final);
    if let (Value::List(opinions), Some(members), true) = (heard.output.member("opinions"), detail.as_object_mut(), over) {
        let said: Vec<serde_json::Value> = opinions.iter().take(HOLDERS_MAX).filter_map(opinion).collect();
        members.insert("opinions".to_owned(), json!(said));
    }
    detail
}

/// An opinion: a text, or who decided how and why.
fn opinion(said: &Value) -> Option<serde_json::Value> {
    let short = |text: &str| text.chars().take(OPINION_MAX).collect::<String>();
    if let Some(text) = said.as_text() {
        return Some(json!(short(text)));
    }
    let part = |name: &str| Some((name.to_owned(), json!(short(said.member(name).as_text()?))));
    let parts: serde_json::Map<String, serde_json::Value> = ["person", "decision", "comment"].into_iter().filter_map(part).collect();
    (!parts.is_empty()).then_some(serde_json::Value::Object(parts))
}

fn counts(machine: &Machine<'_>, visit: usize, awaits: &Await, heard: &Heard) -> Result<bool, crate::domain::expression::EvaluateError> {
    let Some(when) = &awaits.when else { return Ok(true) };
    let outcome = heard.outcome.map_or(Value::Unset, |outcome| Value::text(outcome.word()));
    let event = event_value(outcome, Value::text(&heard.external_id), heard.output.clone());
    when.expression.holds(&machine.seen(visit, when)?.with("event", event), &mut Budget::default())
}

/// A status that is known again settles an exception about one that was not.
fn settle_doubt(machine: &mut Machine<'_>, visit: usize) {
    if machine.instance.visits[visit].stop.as_ref().is_some_and(|stop| stop.code == "unknown_status") {
        machine.close_stop(visit, "a known status followed");
    }
}
