//! `reverse`, in a reaction: takes back what steps did at partners: all newest first, or the steps named in their order.

use super::{Kind, Word, no_blocks, no_output};
use crate::domain::flow::compile::{Compiler, StepContext};
use crate::domain::flow::instance::{Scope, Then};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::reversal;
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use serde_json::json;

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required(
        "reverse",
        Shape::Either(&[Shape::Word(&["all"]), Shape::List(&Shape::Id)]),
        "`all`, or the steps that are taken back.",
    ),
    fields: &[],
};

/// For the compiler.
pub static WORD: Word = Word { key: "reverse", blocks: no_blocks, output: no_output, compile };

/// Compiled.
#[derive(Clone, Debug)]
pub struct Reverse {
    /// What is taken back.
    pub what: Scope,
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let node = context.node.get("reverse")?;
    if node.text().is_some() {
        return Some(Kind::Reverse(Reverse { what: Scope::All }));
    }
    let mut ids = Vec::new();
    for item in node.items() {
        let Some(id) = item.text() else { continue };
        check_target(compiler, item, id);
        ids.push(id.to_owned());
    }
    Some(Kind::Reverse(Reverse { what: Scope::Steps(ids) }))
}

fn check_target(compiler: &mut Compiler<'_>, item: &Node, id: &str) {
    let Some(target) = compiler.text_of(id) else {
        let known: Vec<String> = compiler.step_ids();
        return compiler.unknown_step(id, item.span, &known);
    };
    if target.get("create").is_some() || target.get("subflow").is_some() {
        return;
    }
    let reversible = target.get("call").and_then(|call| compiler.operation(call)).is_some_and(|operation| operation.info.reverse.is_some());
    if !reversible {
        compiler
            .report
            .error("no_reverse", item.span, format!("`{id}` is not a call whose operation has a `reverse`"))
            .hint("add `reverse` to the operation, or leave the step out");
    }
}

/// Enters the step.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize, reverse: &Reverse) {
    machine.note("reversing", Some(visit), json!(null));
    reversal::begin(machine, visit, reverse.what.clone(), Then::Done);
}
