//! `call`: a connector operation; with `await` the step ends when the partner says what it came to.

use super::{Kind, Word};
use crate::domain::connector::Class;
use crate::domain::delivery::{BAD_ANSWER, UNREAD_SUCCESS};
use crate::domain::expression::EvaluateError;
use crate::domain::flow::awaits::{self, Await};
use crate::domain::flow::compile::{Child, Compiler, StepContext};
use crate::domain::flow::decision::LinkChange;
use crate::domain::flow::effect::{Cause, EffectResult, Purpose};
use crate::domain::flow::environment::{MappingInfo, MappingTarget, ReverseInfo};
use crate::domain::flow::flow::{Condition, Step};
use crate::domain::flow::instance::{State, StepError, Stopped, Undo};
use crate::domain::flow::ladder::Act;
use crate::domain::flow::machine::Machine;
use crate::domain::flow::scope::Needs;
use crate::domain::flow::shape::STEP;
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};
use serde_json::json;

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required("call", Shape::Reference, "The operation, `role.operation`."),
    fields: &[
        Field::optional("map", Shape::Id, "The mapping that makes its input; without it the names under `with` are the input."),
        Field::optional("await", awaits::SHAPE, "The event that ends the step."),
        Field::optional("expect", Shape::Expression, "Must hold of `output`, else `otherwise`."),
        Field::optional(
            "otherwise",
            Shape::Either(&[Shape::Word(&["exception"]), Shape::List(&STEP)]),
            "What follows when `expect` does not hold: an exception, or steps.",
        ),
        Field::optional("retry", Shape::Duration, "How long a partner that is down is called again; plain time."),
    ],
};

/// For the compiler.
pub static WORD: Word = Word { key: "call", blocks, output, compile };

/// Compiled.
#[derive(Clone, Debug)]
pub struct Call {
    /// The role.
    pub role: String,
    /// The operation.
    pub operation: String,
    /// The mapping as the flow names it.
    pub map: Option<String>,
    /// What its output must satisfy.
    pub expect: Option<Condition>,
    /// Whether there are steps for when it does not.
    pub has_otherwise: bool,
    /// Whether it changes something at the partner.
    pub write: bool,
    /// Whether every connection can undo it.
    pub reversible: bool,
    /// The event that ends it.
    pub awaits: Option<Await>,
}

impl Call {
    /// Its expressions, for lints.
    pub(super) fn conditions(&self) -> Vec<&Condition> {
        let mut all: Vec<&Condition> = self.expect.iter().collect();
        if let Some(awaits) = &self.awaits {
            all.extend(&awaits.when);
            all.extend(awaits.ladder.iter().filter_map(|rung| match &rung.act {
                Act::Remind(whom) => whom.condition(),
                _ => None,
            }));
        }
        all
    }
}

fn blocks(node: &Node) -> Vec<Child<'_>> {
    match node.get("otherwise") {
        Some(otherwise) if !otherwise.items().is_empty() => vec![Child { label: None, steps: otherwise.items() }],
        _ => Vec::new(),
    }
}

fn output(compiler: &Compiler<'_>, node: &Node) -> Type {
    let found = node.get("call").and_then(Node::text).and_then(|text| text.split_once('.'));
    let played = found.and_then(|(role, name)| compiler.env.roles.get(role).map(|connectors| (connectors, name)));
    let Some((connectors, name)) = played else { return Type::Any };
    let types: Vec<&Type> = connectors.iter().filter_map(|connector| connector.operations.get(name)).map(|found| &found.output).collect();
    crate::domain::flow::compile::common(&types)
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let node = context.node;
    let call = node.get("call")?;
    let operation = compiler.operation(call);
    let map = node.get("map").and_then(|map| compiler.mapping(map));
    if let (Some(map), Some((_, info)), Some(operation)) = (node.get("map"), &map, &operation) {
        compiler.mapping_inputs(map, info, &context.scope);
        check_target(compiler, map, info, &operation.info.input, call.text().unwrap_or_default());
    }
    if let (None, Some(operation)) = (node.get("map"), &operation) {
        check_input(compiler, call, context, &operation.info.input);
    }
    let output = operation.as_ref().map_or(Type::Any, |operation| operation.info.output.clone());
    let scope = context.scope.clone().with("output", output.clone());
    let expect = node.get("expect").and_then(|expect| compiler.condition(expect, &scope));
    let awaits = node.get("await").and_then(|awaits| Await::compile(compiler, awaits, context));
    if let (Some(place), Some(operation)) = (node.get("await"), &operation) {
        awaits::check(compiler, place, awaits.as_ref(), operation);
    }
    let operation = operation?;
    Some(Kind::Call(Box::new(Call {
        role: operation.role,
        operation: operation.name,
        map: map.map(|(name, _)| name),
        expect,
        has_otherwise: !context.children.is_empty(),
        write: operation.info.write,
        reversible: operation.info.reverse.is_some(),
        awaits,
    })))
}

/// A mapping may serve another operation than the one it names when what it fills fits.
fn check_target(compiler: &mut Compiler<'_>, map: &Node, info: &MappingInfo, input: &Type, written: &str) {
    match &info.target {
        MappingTarget::Operation(target) if target == written => {}
        MappingTarget::Operation(_) => check_members(compiler, map, info.fills.iter().map(String::as_str), input, "the mapping"),
        MappingTarget::Document(kind) => {
            compiler.report.error("wrong_mapping", map.span, format!("this mapping makes a `{kind}`, not the input of an operation"));
        }
    }
}

fn check_input(compiler: &mut Compiler<'_>, call: &Node, context: &StepContext<'_>, input: &Type) {
    check_members(compiler, call, context.with.iter().map(|(name, _)| name.as_str()), input, "`with`");
}

fn check_members<'n>(compiler: &mut Compiler<'_>, place: &Node, given: impl Iterator<Item = &'n str>, input: &Type, who: &str) {
    let Type::Object(object) = input else { return };
    let given: Vec<&str> = given.collect();
    for name in given.iter().filter(|name| !object.fields.contains_key(**name)) {
        compiler.report.error("unknown_field", place.span, format!("{who} gives `{name}`, which the operation does not take"));
    }
    for (name, field) in object.fields.iter().filter(|(name, field)| field.required && &***name != "reference" && field.of != Type::Any) {
        if !given.contains(&&**name) {
            let message = format!("the operation needs `{name}` ({}), which {who} does not give", field.of.name());
            compiler.report.error("missing_input", place.span, message);
        }
    }
}

/// Enters the step: its input is made and the call is asked for.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize, step: &Step, call: &Call) {
    let Some(connection) = machine.facts.binding.roles.get(&call.role).cloned() else {
        let message = format!("no connection plays the role `{}`", call.role);
        return machine.cannot_enter(visit, Cause::RuleMissing, "no_connection", message);
    };
    let Some(info) = machine.env().operation(&connection, &call.operation) else {
        let message = format!("`{connection}` has no operation `{}`", call.operation);
        return machine.cannot_enter(visit, Cause::OurFault, "unknown_operation", message);
    };
    let keeps_input = info.reverse.as_ref().is_some_and(|reverse| reverse.uses_input);
    let wanted = info.input.clone();
    let input = match input(machine, visit, step, call).and_then(|input| complete(call, &wanted, input)) {
        Ok(input) => input,
        Err((cause, code, message)) => return machine.cannot_enter(visit, cause, code, message),
    };
    let index = machine.plan_call(visit, connection.clone(), call.operation.clone(), &input, Purpose::Forward);
    let found = &mut machine.instance.visits[visit];
    found.state = State::Calling;
    found.forward = Some(index);
    found.connection = Some(connection);
    found.input = keeps_input.then(|| input.to_json());
}

type Failure = (Cause, &'static str, String);

fn input(machine: &Machine<'_>, visit: usize, step: &Step, call: &Call) -> Result<Value, Failure> {
    let wrong = |error: EvaluateError| (Cause::DataWrong, "expression_failed", error.to_string());
    let Some(map) = &call.map else {
        let mut members = Vec::new();
        for (name, condition) in &step.with {
            members.push((name, machine.value(visit, condition).map_err(wrong)?));
        }
        return Ok(Value::map(members.into_iter().filter(|(_, value)| !value.is_unset())));
    };
    let scope = machine.scope_with(visit, &Needs::Nothing).map_err(wrong)?;
    let map = machine.facts.binding.maps.get(map).unwrap_or(map);
    machine.env().map(map, &scope).map_err(|failure| (failure.cause, "mapping_failed", failure.message))
}

/// What the operation must be given is there; `reference` the hub gives.
fn complete(call: &Call, wanted: &Type, input: Value) -> Result<Value, Failure> {
    let Type::Object(object) = wanted else { return Ok(input) };
    let mut needed = object.fields.iter().filter(|(name, field)| field.required && &***name != "reference");
    match needed.find(|(name, _)| input.member(name).is_unset()) {
        Some((name, _)) => Err((Cause::DataWrong, "bad_input", format!("`{}` needs `{name}`, which is unset", call.operation))),
        None => Ok(input),
    }
}

/// The call's effect has ended.
pub(in crate::domain::flow) fn ended(machine: &mut Machine<'_>, visit: usize, index: u32, result: EffectResult) {
    let Some(step) = machine.step_of(visit) else { return };
    let Kind::Call(call) = &step.kind else { return };
    machine.instance.visits[visit].forward = None;
    match result {
        EffectResult::Done { output } => answered(machine, visit, call, &output),
        EffectResult::Failed { cause, message, class } => failed(machine, visit, index, StepError { class, cause, message }),
    }
}

fn failed(machine: &mut Machine<'_>, visit: usize, index: u32, mut error: StepError) {
    let write = matches!(machine.step_of(visit).map(|step| &step.kind), Some(Kind::Call(call)) if call.write);
    if write && error.class == Class::Unknown.word() {
        // Whatever ended the patience: processes that died of it, an answer that could not be recorded.
        error.cause = Cause::Unknown;
    }
    let code = match error.class.as_str() {
        _ if error.cause == Cause::Unknown => "unknown_outcome",
        BAD_ANSWER => BAD_ANSWER,
        UNREAD_SUCCESS => UNREAD_SUCCESS,
        _ => "call_failed",
    };
    if !machine.instance.visits[visit].left {
        return machine.fail(visit, error, code, Stopped::Forward(index));
    }
    // The flow has left it. Surely not done is nothing to undo; perhaps done is for a person to find out.
    if error.cause == Cause::Unknown || code == UNREAD_SUCCESS {
        machine.stop(visit, error.cause, code, &error.message, Stopped::Forward(index));
    } else {
        machine.instance.visits[visit].state = State::Left;
        machine.note("failed", Some(visit), json!({"cause": error.cause.word(), "message": error.message}));
        machine.instance.visits[visit].error = Some(error);
    }
}

/// The partner did it. What undoes it is fixed now, before anything else can change.
pub(in crate::domain::flow) fn answered(machine: &mut Machine<'_>, visit: usize, call: &Call, output: &Value) {
    machine.close_stop(visit, "answered");
    keep(machine, visit, call, output);
    if machine.instance.visits[visit].left {
        machine.instance.visits[visit].state = State::Left;
        machine.note("answered", Some(visit), json!({"external_id": machine.instance.visits[visit].external_id}));
        return;
    }
    go_on(machine, visit, call);
}

/// Keeps what the partner made, in the visit and in the ledger.
pub(in crate::domain::flow) fn keep(machine: &mut Machine<'_>, visit: usize, call: &Call, output: &Value) {
    let json = output.to_json();
    let found = &mut machine.instance.visits[visit];
    found.output = (!json.is_null()).then_some(json);
    found.external_id = output.member("external_id").as_text().map(str::to_owned);
    found.error = None;
    remember_undo(machine, visit, call, output);
    link(machine, visit, call);
}

fn remember_undo(machine: &mut Machine<'_>, visit: usize, call: &Call, output: &Value) {
    let input = machine.instance.visits[visit].input.take().map_or(Value::Unset, |input| Value::from_json(&input));
    let Some(connection) = machine.instance.visits[visit].connection.clone() else { return };
    let reverse = machine.env().operation(&connection, &call.operation).and_then(|info| info.reverse.as_ref());
    let Some(ReverseInfo { operation, .. }) = reverse else { return };
    match machine.env().reverse_input(&connection, &call.operation, &input, output) {
        Ok(input) => {
            let undo = Undo { operation: operation.clone(), input: input.to_json(), effect: None, settled: false };
            machine.instance.visits[visit].undo = Some(undo);
        }
        Err(message) => machine.note("not_reversible", Some(visit), json!({"message": message})),
    }
}

/// What we wrote, for the ledger: the object that was made, or the one at the source that was told.
fn link(machine: &mut Machine<'_>, visit: usize, call: &Call) {
    if !call.write {
        return;
    }
    let found = &machine.instance.visits[visit];
    let Some(connection) = found.connection.clone() else { return };
    let source = &machine.facts.document;
    let made = found.external_id.clone();
    let step = made.as_ref().map(|_| (found.step.clone(), found.number));
    let about_source = source.source == connection && machine.made_for(visit).is_none();
    let Some(external_id) = made.or_else(|| source.external_id.clone().filter(|_| about_source)) else { return };
    let (document, _) = machine.subject_of(visit);
    let written = Some(call.operation.clone());
    machine.changes.links.push(LinkChange { document, connection, external_id, step, written, seen: None, closed: false });
}

/// After the answer: `expect`, then `sets`, then the await or the end of the step.
pub(in crate::domain::flow) fn go_on(machine: &mut Machine<'_>, visit: usize, call: &Call) {
    match expectation(machine, visit, call) {
        Ok(true) => {}
        Ok(false) if call.has_otherwise => {
            machine.note("unexpected", Some(visit), serde_json::Value::Null);
            machine.instance.visits[visit].state = State::Active;
            return machine.enter_lane(visit, 0);
        }
        Ok(false) => {
            let message = "the answer is not what the step expects".to_owned();
            let error = StepError { class: "unexpected".to_owned(), cause: Cause::DataWrong, message };
            return machine.fail(visit, error, "expect_failed", Stopped::Expecting);
        }
        Err(error) => {
            let error = StepError { class: "expression_failed".to_owned(), cause: Cause::DataWrong, message: error.to_string() };
            return machine.fail(visit, error, "expression_failed", Stopped::Expecting);
        }
    }
    match &call.awaits {
        Some(awaits) => {
            machine.set_status_of(visit);
            awaits::begin(machine, visit, awaits);
        }
        None => machine.complete(visit),
    }
}

fn expectation(machine: &Machine<'_>, visit: usize, call: &Call) -> Result<bool, EvaluateError> {
    let Some(expect) = &call.expect else { return Ok(true) };
    let output = machine.output_of(&machine.instance.visits[visit]);
    let scope = machine.seen(visit, expect)?.with("output", output);
    expect.expression.holds(&scope, &mut crate::domain::expression::Budget::default())
}
