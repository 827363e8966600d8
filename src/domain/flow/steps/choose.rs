//! `choose`: the first branch whose condition holds, else `otherwise`.

use super::{Kind, Word, no_output};
use crate::domain::flow::compile::{Child, Compiler, StepContext};
use crate::domain::flow::flow::{Condition, Step};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::shape::STEP;
use crate::domain::text::shape::{Field, ObjectShape, Shape, Variant};
use crate::domain::text::tree::Node;
use serde_json::json;

static BRANCH: ObjectShape = ObjectShape {
    name: "branch",
    doc: "One branch.",
    fields: &[
        Field::required("id", Shape::Id, "The branch's id."),
        Field::required("when", Shape::Expression, "Taken when this holds and no earlier branch was."),
        Field::required("steps", Shape::List(&STEP), "Its steps."),
    ],
};

static OTHERWISE: ObjectShape = ObjectShape {
    name: "otherwise",
    doc: "The branch for everything else.",
    fields: &[Field::required("id", Shape::Id, "The branch's id."), Field::required("steps", Shape::List(&STEP), "Its steps.")],
};

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required(
        "choose",
        Shape::Object(&ObjectShape {
            name: "choose",
            doc: "The first branch whose condition holds.",
            fields: &[
                Field::required("branches", Shape::List(&Shape::Object(&BRANCH)), "The branches, in order."),
                Field::optional("otherwise", Shape::Object(&OTHERWISE), "The branch for everything else; it may not be left out."),
            ],
        }),
        "The first branch whose condition holds.",
    ),
    fields: &[],
};

/// For the compiler.
pub static WORD: Word = Word { key: "choose", blocks, output: no_output, compile };

/// Compiled.
#[derive(Clone, Debug)]
pub struct Choose {
    /// Ids of the branches, `otherwise` last.
    pub branches: Vec<String>,
    /// Conditions of all but the last.
    pub conditions: Vec<Condition>,
}

fn written(node: &Node) -> impl Iterator<Item = &Node> {
    let choose = node.get("choose");
    let branches = choose.and_then(|choose| choose.get("branches")).map(Node::items).unwrap_or_default();
    branches.iter().chain(choose.and_then(|choose| choose.get("otherwise")))
}

fn blocks(node: &Node) -> Vec<Child<'_>> {
    written(node)
        .map(|branch| Child {
            label: branch.get("id").and_then(|id| Some((id.text()?.to_owned(), id.span))),
            steps: branch.get("steps").map(Node::items).unwrap_or_default(),
        })
        .collect()
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let node = context.node.get("choose")?;
    if node.get("otherwise").is_none() {
        compiler
            .report
            .error("missing_otherwise", node.span, "`choose` has no `otherwise`")
            .hint("say what happens when no branch is taken");
        return None;
    }
    let mut conditions = Vec::new();
    for branch in node.get("branches").map(Node::items).unwrap_or_default() {
        conditions.push(compiler.condition(branch.get("when")?, &context.scope));
    }
    let branches = context.children.iter().map(|(label, _)| label.clone().unwrap_or_default()).collect();
    Some(Kind::Choose(Choose { branches, conditions: conditions.into_iter().collect::<Option<_>>()? }))
}

/// Enters the step: one branch begins.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize, _: &Step, choose: &Choose) {
    let mut taken = choose.conditions.len();
    for (branch, condition) in choose.conditions.iter().enumerate() {
        match machine.holds(visit, condition) {
            Ok(true) => {
                taken = branch;
                break;
            }
            Ok(false) => {}
            Err(error) => return machine.expression_failed(visit, &error),
        }
    }
    machine.note("chose", Some(visit), json!({"branch": choose.branches.get(taken)}));
    machine.enter_lane(visit, u32::try_from(taken).unwrap_or(u32::MAX));
}
