//! `parallel`: several branches at once, joined when all are done. `each` shares its lanes.

use super::{Kind, Word, no_output};
use crate::domain::flow::compile::{Child, Compiler, StepContext};
use crate::domain::flow::flow::Step;
use crate::domain::flow::instance::{Lanes, Scope, State, Then};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::shape::STEP;
use crate::domain::flow::{reversal, steps::each};
use crate::domain::text::shape::{Field, ObjectShape, Shape, Variant};
use crate::domain::text::tree::Node;
use serde_json::json;

static BRANCH: ObjectShape = ObjectShape {
    name: "parallel_branch",
    doc: "One branch.",
    fields: &[Field::required("id", Shape::Id, "The branch's id."), Field::required("steps", Shape::List(&STEP), "Its steps.")],
};

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required(
        "parallel",
        Shape::Object(&ObjectShape {
            name: "parallel",
            doc: "Several branches at once.",
            fields: &[
                Field::optional("join", Shape::Word(&["all"]), "The step is done when all branches are."),
                Field::optional(
                    "on_failure",
                    Shape::Word(&["wait", "reverse_siblings", "fail"]),
                    "When a step of a branch fails: the others go on; or they are reversed and run again once the failed one is mended; or all are reversed and the whole step fails.",
                ),
                Field::required("branches", Shape::List(&Shape::Object(&BRANCH)), "The branches."),
            ],
        }),
        "Several branches at once.",
    ),
    fields: &[],
};

/// For the compiler.
pub static WORD: Word = Word { key: "parallel", blocks, output: no_output, compile };

/// Compiled.
#[derive(Clone, Debug)]
pub struct Parallel {
    /// Ids of the branches.
    pub branches: Vec<String>,
    /// What follows when a step of a branch fails.
    pub on_failure: OnFailure,
}

/// What follows when a step of a branch fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// The other branches go on; the failed step stands in an exception.
    Wait,
    /// The other branches are reversed, and run again when the failed one is done after all.
    ReverseSiblings,
    /// All branches are reversed and the step fails as a whole.
    Fail,
}

fn branches(node: &Node) -> &[Node] {
    node.get("parallel").and_then(|parallel| parallel.get("branches")).map(Node::items).unwrap_or_default()
}

fn blocks(node: &Node) -> Vec<Child<'_>> {
    let label = |branch: &'_ Node| -> Option<(String, crate::domain::diagnostic::Span)> {
        branch.get("id").and_then(|id| Some((id.text()?.to_owned(), id.span)))
    };
    branches(node)
        .iter()
        .map(|branch| Child { label: label(branch), steps: branch.get("steps").map(Node::items).unwrap_or_default() })
        .collect()
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let node = context.node.get("parallel")?;
    if branches(context.node).is_empty() {
        compiler.report.error("missing_key", node.span, "there are no branches").hint("add at least two");
    }
    let on_failure = match node.get("on_failure").and_then(Node::text) {
        Some("reverse_siblings") => OnFailure::ReverseSiblings,
        Some("fail") => OnFailure::Fail,
        _ => OnFailure::Wait,
    };
    let branches = context.children.iter().map(|(label, _)| label.clone().unwrap_or_default()).collect();
    Some(Kind::Parallel(Parallel { branches, on_failure }))
}

/// Enters the step: all branches begin.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize, _: &Step, parallel: &Parallel) {
    let total = u32::try_from(parallel.branches.len()).unwrap_or(u32::MAX);
    machine.instance.visits[visit].lanes = Some(Lanes { open: total, next: total, total, ..Lanes::default() });
    machine.enter_lanes(visit, 0..total);
}

/// A lane has no further step.
pub(in crate::domain::flow) fn lane_done(machine: &mut Machine<'_>, parent: usize, lane: u32) {
    let Some(lanes) = &mut machine.instance.visits[parent].lanes else { return };
    lanes.open = lanes.open.saturating_sub(1);
    lanes.failed.retain(|failed| *failed != lane);
    proceed(machine, parent);
}

/// Begins what is to begin next, or ends the step.
fn proceed(machine: &mut Machine<'_>, parent: usize) {
    if machine.instance.visits[parent].state != State::Active {
        return;
    }
    let Some(lanes) = &mut machine.instance.visits[parent].lanes else { return };
    if lanes.next < lanes.total {
        let lane = lanes.next;
        lanes.next += 1;
        lanes.open += 1;
        return machine.enter_lane(parent, lane);
    }
    if lanes.open > 0 {
        return;
    }
    let again = std::mem::take(&mut lanes.redo);
    if again.is_empty() {
        each::collect(machine, parent);
        return machine.complete(parent);
    }
    lanes.open = u32::try_from(again.len()).unwrap_or(u32::MAX);
    machine.note("again", Some(parent), json!({"lanes": again}));
    machine.enter_lanes(parent, again.into_iter());
}

/// A step failed and stands in an exception: the parallels around it do what they say.
pub(in crate::domain::flow) fn child_failed(machine: &mut Machine<'_>, visit: usize) {
    if machine.instance.visits[visit].left {
        return;
    }
    for (parent, lane) in machine.ancestors(visit) {
        let Some(Kind::Parallel(parallel)) = machine.step_of(parent).map(|step| &step.kind) else { continue };
        match parallel.on_failure {
            OnFailure::Wait => {}
            OnFailure::ReverseSiblings => reverse_siblings(machine, parent, lane),
            OnFailure::Fail => return fail(machine, parent, visit),
        }
    }
}

fn reverse_siblings(machine: &mut Machine<'_>, parent: usize, lane: u32) {
    let Some(lanes) = &mut machine.instance.visits[parent].lanes else { return };
    if !lanes.failed.contains(&lane) {
        lanes.failed.push(lane);
    }
    // A lane that fails while it is run again is not to be run again twice.
    lanes.redo.retain(|redo| *redo != lane);
    let failed = lanes.failed.clone();
    lanes.redo = (0..lanes.total).filter(|other| !failed.contains(other)).collect();
    lanes.open = u32::try_from(failed.len()).unwrap_or(u32::MAX);
    machine.note(
        "reversing",
        Some(parent),
        json!({"why": "a branch failed", "lanes": machine.instance.visits[parent].lanes.as_ref().map(|lanes| lanes.redo.clone())}),
    );
    reversal::begin(machine, parent, Scope::Siblings, Then::Resume);
}

fn fail(machine: &mut Machine<'_>, parent: usize, visit: usize) {
    let Some(error) = machine.instance.visits[visit].error.clone() else { return };
    machine.note("reversing", Some(parent), json!({"why": "a branch failed"}));
    reversal::begin(machine, parent, Scope::Inside, Then::Fail(error));
}

/// The siblings are reversed; the failed lanes may go on.
pub(in crate::domain::flow) fn resume(machine: &mut Machine<'_>, parent: usize) {
    machine.instance.visits[parent].state = State::Active;
    proceed(machine, parent);
}
