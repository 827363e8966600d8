//! `subflow`: another flow as a step, in an instance of its own for the same document (or, with `for`, for a linked one).
//!
//! The step is done when the other flow ends; its outcome and outputs are the step's. With `detach` nobody waits. Taking the
//! step back takes the other instance back, also one that has ended: its own undo runs there, and the step is reversed when
//! it reports so.

use super::{Kind, Word, no_blocks};
use crate::domain::flow::compile::{Compiler, StepContext, fits};
use crate::domain::flow::decision::SubflowAsked;
use crate::domain::flow::effect::Cause;
use crate::domain::flow::event::Outcome;
use crate::domain::flow::instance::{Parent, State, Sub, SubState};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::people;
use crate::domain::ids::{self, InstanceId};
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};
use serde_json::{Value as Json, json};

/// Flows within flows: a chain that is longer is one that nobody follows any more.
pub const DEPTH_MAX: u32 = 8;

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required(
        "subflow",
        Shape::Id,
        "Another flow, which starts on `subflow`; names under `with` are its `inputs`, its `outputs` are the step's output.",
    ),
    fields: &[Field::optional("detach", Shape::Bool, "`true`: the step is done at once, and nobody waits for the other flow.")],
};

/// For the compiler.
pub static WORD: Word = Word { key: "subflow", blocks: no_blocks, output, compile };

/// Compiled.
#[derive(Clone, Debug)]
pub struct Subflow {
    /// The flow.
    pub flow: String,
    /// Whether nobody waits for it.
    pub detach: bool,
}

fn output(compiler: &Compiler<'_>, node: &Node) -> Type {
    let known = node.get("subflow").and_then(Node::text).and_then(|id| compiler.env.flows.get(id));
    known.map_or(Type::Any, |signature| crate::domain::flow::compile::object("outputs", signature.outputs.iter().cloned()))
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let node = context.node.get("subflow")?;
    let id = node.text()?;
    let env = compiler.env;
    let Some(signature) = env.flows.get(id) else {
        compiler.unknown("flow", id, node.span, env.flows.keys());
        return None;
    };
    if !signature.is_subflow {
        let message = format!("`{id}` does not start on `subflow`");
        compiler.report.error("wrong_source", node.span, message).hint("add `{subflow: true}` to its `start`");
    }
    if signature.document != context.document {
        let message = format!("`{id}` is for {}, but this step is about a {}", signature.document, context.document);
        compiler.report.error("wrong_source", node.span, message).hint("name the `create` step of such a document with `for`");
    }
    for (name, of) in &context.with {
        let place = context.node.get("with").and_then(|with| with.get(name)).map_or(node.span, |value| value.span);
        match signature.inputs.iter().find(|(known, _)| known == name) {
            None => {
                let known: Vec<&String> = signature.inputs.iter().map(|(known, _)| known).collect();
                compiler.unknown("input of the flow", name, place, known.into_iter());
            }
            Some((_, wanted)) if !fits(of, wanted) => {
                let message = format!("the flow takes `{name}` as {}, but this gives {}", wanted.name(), of.name());
                compiler.report.error("expression_type", place, message);
            }
            Some(_) => {}
        }
    }
    for (name, of) in signature.inputs.iter().filter(|(name, _)| context.with.iter().all(|(given, _)| given != name)) {
        let message = format!("the flow `{id}` takes `{name}` ({}), which this step does not give", of.name());
        compiler.report.error("missing_input", node.span, message).hint(format!("add `with: {{{name}: …}}`"));
    }
    let detach = context.node.get("detach").and_then(Node::bool).unwrap_or(false);
    Some(Kind::Subflow(Subflow { flow: id.to_owned(), detach }))
}

/// Enters the step: the other instance is asked for.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize, subflow: &Subflow) {
    let depth = machine.instance.parent.as_ref().map_or(0, |parent| parent.depth) + 1;
    if depth > DEPTH_MAX {
        let message = format!("flows are nested more than {DEPTH_MAX} deep");
        return machine.cannot_enter(visit, Cause::RuleMissing, "too_deep", message);
    }
    let mut input = serde_json::Map::new();
    for (name, condition) in machine.step_of(visit).map(|step| step.with.as_slice()).unwrap_or_default() {
        match machine.value(visit, condition) {
            Ok(value) => drop(input.insert(name.clone(), value.to_json())),
            Err(error) => return machine.expression_failed(visit, &error),
        }
    }
    let found = &machine.instance.visits[visit];
    // A visit that is entered again (after a person's retry) is another run.
    let run = found.sub.as_ref().map_or(0, |sub| sub.run + 1);
    let (tenant, parent) = (machine.facts.tenant, machine.facts.instance);
    let instance = InstanceId(ids::derived(&[
        b"subflow",
        &tenant.0.to_be_bytes(),
        parent.0.as_bytes(),
        found.step.as_bytes(),
        &found.number.to_be_bytes(),
        &run.to_be_bytes(),
    ]));
    let parent = Parent {
        instance: parent,
        step: found.step.clone(),
        visit: found.number,
        depth,
        input: Json::Object(input),
        decided_by: people::had_a_say_here(machine),
    };
    let (document, _) = machine.subject_of(visit);
    machine.note("subflow", Some(visit), json!({"flow": subflow.flow, "instance": instance}));
    machine.changes.subflows.push(SubflowAsked { instance, document, start: Some((subflow.flow.clone(), parent)) });
    let found = &mut machine.instance.visits[visit];
    found.sub = Some(Sub { instance, run, state: SubState::Running, decided_by: Vec::new() });
    if subflow.detach {
        return machine.complete(visit);
    }
    found.state = State::Awaiting;
}

/// The other instance came to an end.
pub(in crate::domain::flow) fn ended(machine: &mut Machine<'_>, instance: InstanceId, outcome: Outcome, output: &Json, taken_back: bool) {
    let is_it = |sub: &Sub| sub.instance == instance;
    let Some(visit) = machine.instance.visits.iter().position(|visit| visit.sub.as_ref().is_some_and(is_it)) else {
        return machine.note("ignored", None, json!({"why": "no step of this instance is this subflow", "instance": instance}));
    };
    machine.note("subflow_ended", Some(visit), json!({"outcome": outcome.word(), "taken_back": taken_back}));
    let found = &mut machine.instance.visits[visit];
    let Some(sub) = found.sub.as_mut() else { return };
    match (sub.state, taken_back) {
        (_, true) => sub.state = SubState::TakenBack,
        // It ended by itself while it is being taken back: its own undo is still to come.
        (SubState::TakingBack | SubState::TakenBack, false) => return,
        (_, false) => sub.state = SubState::Ended,
    }
    if found.state != State::Awaiting || found.left {
        return;
    }
    if outcome == Outcome::Unknown {
        let message = "the flow does not exist any more".to_owned();
        return machine.cannot_enter(visit, Cause::RuleMissing, "no_flow", message);
    }
    found.outcome = Some(outcome);
    found.output = Some(output.clone()).filter(|output| !output.is_null());
    machine.complete(visit);
}

/// Who decided in the other instance counts here as having decided before.
pub(in crate::domain::flow) fn heard_who_decided(machine: &mut Machine<'_>, instance: InstanceId, decided_by: &[String]) {
    let subs = machine.instance.visits.iter_mut().filter_map(|visit| visit.sub.as_mut());
    for sub in subs.filter(|sub| sub.instance == instance) {
        sub.decided_by = if sub.state == SubState::Ended { decided_by.to_vec() } else { Vec::new() };
    }
}

/// Brings a subflow nearer to being taken back; true when nothing is left of it.
pub(in crate::domain::flow) fn taken_back(machine: &mut Machine<'_>, visit: usize) -> bool {
    let (document, _) = machine.subject_of(visit);
    let Some(sub) = machine.instance.visits[visit].sub.as_mut() else { return true };
    match sub.state {
        SubState::TakenBack => true,
        SubState::TakingBack => false,
        SubState::Running | SubState::Ended => {
            sub.state = SubState::TakingBack;
            let instance = sub.instance;
            machine.note("reversing", Some(visit), json!({"instance": instance}));
            machine.changes.subflows.push(SubflowAsked { instance, document, start: None });
            false
        }
    }
}

/// The outputs that this instance gives back to its parent.
pub(in crate::domain::flow) fn outputs(machine: &mut Machine<'_>, visit: usize) -> Json {
    let flow = machine.flow;
    let mut outputs = Vec::new();
    for (name, condition) in &flow.outputs {
        match machine.value(visit, condition) {
            Ok(value) => outputs.push((name.as_str(), value)),
            // The flow has ended all the same; the parent finds the output unset.
            Err(error) => machine.note("output_failed", None, json!({"output": name, "error": error.to_string()})),
        }
    }
    Value::map(outputs).to_json()
}
