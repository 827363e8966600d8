//! `each`: the same steps for every item of a list, one after another or several at once.

use super::{Kind, Word};
use crate::domain::flow::compile::{Child, Compiler, StepContext};
use crate::domain::flow::effect::Cause;
use crate::domain::flow::flow::{Condition, Step};
use crate::domain::flow::instance::{Lanes, State};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::shape::STEP;
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};
use std::sync::Arc;

/// Items one `each` runs over when the flow does not say.
const ITEMS_DEFAULT: u32 = 200;
/// Items one `each` may run over at all; each makes visits, and the state is written with every event.
const ITEMS_MAX: u32 = 1_000;
/// Items at once.
const CONCURRENCY_MAX: u32 = 64;

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required("each", Shape::Expression, "The list; its items are those there are when the step is entered."),
    fields: &[
        Field::optional("as", Shape::Id, "The name of the item inside; `item` when left out."),
        Field::optional("concurrency", Shape::Int, "How many items at once; 1 when left out."),
        Field::optional("max", Shape::Int, "The longest list taken."),
        Field::required("steps", Shape::List(&STEP), "The steps for one item."),
    ],
};

/// For the compiler.
pub static WORD: Word = Word { key: "each", blocks, output, compile };

/// Compiled.
#[derive(Clone, Debug)]
pub struct Each {
    /// The list.
    pub list: Condition,
    /// The name of the item.
    pub name: String,
    /// How many at once.
    pub concurrency: u32,
    /// The longest list taken.
    pub max: u32,
    /// The step whose outputs are collected.
    pub last: Option<String>,
}

fn blocks(node: &Node) -> Vec<Child<'_>> {
    vec![Child { label: None, steps: node.get("steps").map(Node::items).unwrap_or_default() }]
}

/// A list of the outputs of the last step.
fn output(compiler: &Compiler<'_>, node: &Node) -> Type {
    let last = node.get("steps").and_then(|steps| steps.items().last()).and_then(|last| compiler.declared_at(last));
    Type::List(Box::new(last.map_or(Type::Any, |last| last.output.clone())), None)
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let node = context.node;
    let place = node.get("each")?;
    let list = compiler.expression(place, &context.scope)?;
    if !matches!(list.expression.result_type(), Type::List(..) | Type::Any) {
        let message = format!("this gives {}, but a list is wanted", list.expression.result_type().name());
        compiler.report.error("expression_type", place.span, message);
    }
    let name = node.get("as").and_then(Node::text).unwrap_or("item").to_owned();
    if context.scope.names.contains_key(&name) {
        let span = node.get("as").map_or(place.span, |name| name.span);
        compiler.report.error("bad_value", span, format!("`{name}` is already a name here")).hint("choose another name under `as`");
    }
    let concurrency = bounded(compiler, node, "concurrency", 1, CONCURRENCY_MAX);
    let max = bounded(compiler, node, "max", ITEMS_DEFAULT, ITEMS_MAX);
    let last = node.get("steps").and_then(|steps| steps.items().last()).and_then(|last| compiler.declared_at(last));
    let last = last.map(|last| last.id.clone());
    Some(Kind::Each(Each { list, name, concurrency, max, last }))
}

fn bounded(compiler: &mut Compiler<'_>, node: &Node, key: &str, default: u32, most: u32) -> u32 {
    let Some(written) = node.get(key) else { return default };
    match written.int().and_then(|number| u32::try_from(number).ok()).filter(|number| (1..=most).contains(number)) {
        Some(number) => number,
        None => {
            compiler.report.error("bad_value", written.span, format!("`{key}` is a number from 1 to {most}"));
            default
        }
    }
}

/// Enters the step: the first items begin.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize, _: &Step, each: &Each) {
    let items = match machine.value(visit, &each.list) {
        Ok(Value::List(items)) => items,
        Ok(Value::Unset | Value::Null) => Arc::default(),
        Ok(other) => {
            let message = format!("the list of `each` is {}", other.kind());
            return machine.cannot_enter(visit, Cause::DataWrong, "expression_failed", message);
        }
        Err(error) => return machine.expression_failed(visit, &error),
    };
    let count = items.len();
    let Some(total) = u32::try_from(count).ok().filter(|total| *total <= each.max) else {
        let message = format!("the list has {count} items; at most {} are taken", each.max);
        return machine.cannot_enter(visit, Cause::DataWrong, "too_many", message);
    };
    let open = total.min(each.concurrency);
    machine.instance.visits[visit].state = State::Active;
    let (items, revision) = (kept(each, &items), machine.facts.document.revision);
    machine.instance.visits[visit].lanes = Some(Lanes { open, next: open, total, items, revision, ..Lanes::default() });
    if total == 0 {
        collect(machine, visit);
        return machine.complete(visit);
    }
    machine.enter_lanes(visit, 0..open);
}

/// The item of a lane: as it was when the step was entered, whatever an `assign` or a person has changed since.
pub fn item(machine: &Machine<'_>, visit: usize, each: &Each, lane: u32) -> Value {
    let lanes = machine.instance.visits[visit].lanes.as_ref();
    if let Some(items) = lanes.and_then(|lanes| lanes.items.as_ref()) {
        return items.get(lane as usize).map(|item| read(each, item)).unwrap_or_default();
    }
    match machine.value(visit, &each.list) {
        Ok(Value::List(items)) => items.get(lane as usize).cloned().unwrap_or_default(),
        _ => Value::Unset,
    }
}

/// Mended data reaches the items that are under way or still to come: where the document's revision is another one and the
/// list is as long as it was, they are taken from it anew. A list of another length is for going back to the step itself.
pub fn refresh(machine: &mut Machine<'_>) {
    let revision = machine.facts.document.revision;
    let stale = |machine: &Machine<'_>, visit: usize| {
        let visit = &machine.instance.visits[visit];
        !visit.state.is_over() && visit.lanes.as_ref().is_some_and(|lanes| lanes.items.is_some() && lanes.revision != revision)
    };
    for visit in 0..machine.instance.visits.len() {
        if !stale(machine, visit) {
            continue;
        }
        let Some(Kind::Each(each)) = machine.step_of(visit).map(|step| &step.kind) else { continue };
        let list = machine.value(visit, &each.list);
        let Some(lanes) = &mut machine.instance.visits[visit].lanes else { continue };
        lanes.revision = revision;
        if let Ok(Value::List(items)) = list
            && items.len() == lanes.total as usize
        {
            lanes.items = kept(each, &items);
        }
    }
}

/// The items as JSON; none when what is read back would be something else.
fn kept(each: &Each, items: &[Value]) -> Option<Vec<serde_json::Value>> {
    let kept: Vec<serde_json::Value> = items.iter().map(Value::to_json).collect();
    items.iter().zip(&kept).all(|(item, kept)| same(item, &read(each, kept))).then_some(kept)
}

fn read(each: &Each, item: &serde_json::Value) -> Value {
    let value = Value::from_json(item);
    match each.list.expression.result_type() {
        Type::List(of, _) => of.read(&value).or_else(|_| of.read_open(&value)).unwrap_or(value),
        _ => value,
    }
}

/// Whether two values are one and the same but for members that are not set.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Unset | Value::Null, Value::Unset | Value::Null) => true,
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other.iter()).all(|(one, other)| same(one, other))
        }
        (Value::Map(map), Value::Map(others)) => map.keys().chain(others.keys()).all(|key| same(one.member(key), other.member(key))),
        _ => one == other,
    }
}

/// The outputs of the last step of every item, in order.
pub(super) fn collect(machine: &mut Machine<'_>, visit: usize) {
    let Some(Kind::Each(each)) = machine.step_of(visit).map(|step| &step.kind) else { return };
    let total = machine.instance.visits[visit].lanes.as_ref().map_or(0, |lanes| lanes.total);
    let mut outputs = vec![serde_json::Value::Null; total as usize];
    for found in machine.instance.visits.iter().filter(|found| found.parent.map(|parent| parent as usize) == Some(visit)) {
        let output = found.output.clone().filter(|_| Some(&found.step) == each.last.as_ref());
        if let (Some(output), Some(slot)) = (output, outputs.get_mut(found.lane as usize)) {
            *slot = output;
        }
    }
    let any = outputs.iter().any(|output| !output.is_null());
    machine.instance.visits[visit].output = any.then_some(serde_json::Value::Array(outputs));
}
