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

static AT_LEAST: ObjectShape =
    ObjectShape { name: "join", doc: "How many branches are waited for.", fields: &[Field::required("at_least", Shape::Int, "So many.")] };

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required(
        "parallel",
        Shape::Object(&ObjectShape {
            name: "parallel",
            doc: "Several branches at once.",
            fields: &[
                Field::optional(
                    "join",
                    Shape::Either(&[Shape::Word(&["all", "any"]), Shape::Object(&AT_LEAST)]),
                    "The step is done when all branches are, when one is, or when so many are; the others are then taken back.",
                ),
                Field::optional(
                    "on_rejection",
                    Shape::Word(&["wait", "leave_others"]),
                    "When approvers of a branch say no: the others go on, or they are taken back and only that branch goes on.",
                ),
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
    /// How many branches are waited for.
    pub needed: u32,
    /// Whether a no in one branch takes the others back.
    pub leaves_others: bool,
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
    let branches: Vec<String> = context.children.iter().map(|(label, _)| label.clone().unwrap_or_default()).collect();
    let total = u32::try_from(branches.len()).unwrap_or(u32::MAX);
    let needed = match node.get("join").map(|join| (join.text(), join.get("at_least"))) {
        Some((Some("any"), _)) => 1,
        Some((_, Some(number))) => {
            let wanted = number.int().and_then(|number| u32::try_from(number).ok()).filter(|wanted| (1..=total).contains(wanted));
            if wanted.is_none() {
                compiler
                    .report
                    .error("bad_value", number.span, format!("there are {total} branches"))
                    .hint("ask for at least one, and no more than there are");
            }
            wanted.unwrap_or(total)
        }
        _ => total,
    };
    if needed < total && on_failure != OnFailure::Wait {
        compiler
            .report
            .error("bad_value", node.span, "where fewer than all branches are waited for, a failed one is waited for or mended")
            .hint("leave `on_failure` out");
    }
    let leaves_others = node.get("on_rejection").and_then(Node::text) == Some("leave_others");
    Some(Kind::Parallel(Parallel { branches, on_failure, needed, leaves_others }))
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
    if let Some(needed) = needed_of(machine, parent) {
        let Some(lanes) = &mut machine.instance.visits[parent].lanes else { return };
        if !lanes.finished.contains(&lane) {
            lanes.finished.push(lane);
        }
        if lanes.finished.len() >= needed as usize && lanes.open > 0 && machine.instance.visits[parent].state == State::Active {
            return drop_others(machine, parent, None);
        }
    }
    proceed(machine, parent);
}

/// How many lanes are waited for, where that is not all, or where a no may drop some.
fn needed_of(machine: &Machine<'_>, parent: usize) -> Option<u32> {
    match machine.step_of(parent).map(|step| &step.kind) {
        Some(Kind::Parallel(parallel)) if parallel.leaves_others || (parallel.needed as usize) < parallel.branches.len() => {
            Some(parallel.needed)
        }
        _ => None,
    }
}

/// Takes back the lanes that have not come to their end, but for one.
fn drop_others(machine: &mut Machine<'_>, parent: usize, but: Option<u32>) {
    let Some(lanes) = &mut machine.instance.visits[parent].lanes else { return };
    let dropped: Vec<u32> = (0..lanes.total).filter(|lane| !lanes.finished.contains(lane) && Some(*lane) != but).collect();
    lanes.open = lanes.open.saturating_sub(u32::try_from(dropped.len()).unwrap_or(u32::MAX));
    lanes.failed.retain(|failed| !dropped.contains(failed));
    lanes.redo.clone_from(&dropped);
    machine.note("reversing", Some(parent), json!({"why": "the other branches are not needed any more", "lanes": dropped}));
    reversal::begin(machine, parent, Scope::Siblings, Then::Dropped);
}

/// The lanes are taken back; what is left may go on, or has come to its end meanwhile.
pub(in crate::domain::flow) fn dropped(machine: &mut Machine<'_>, parent: usize) {
    machine.instance.visits[parent].state = State::Active;
    if let Some(lanes) = &mut machine.instance.visits[parent].lanes {
        let gone = std::mem::take(&mut lanes.redo);
        lanes.finished.extend(gone);
    }
    proceed(machine, parent);
}

/// Approvers said no at a step: the nearest parallel around it that says so leaves its other branches.
pub(in crate::domain::flow) fn child_rejected(machine: &mut Machine<'_>, visit: usize) {
    for (parent, lane) in machine.ancestors(visit) {
        let Some(Kind::Parallel(parallel)) = machine.step_of(parent).map(|step| &step.kind) else { continue };
        if parallel.leaves_others && machine.instance.visits[parent].state == State::Active {
            drop_others(machine, parent, Some(lane));
        }
        return;
    }
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
