//! `restart: true`, in a reaction: this instance ends superseded, the runtime begins a new one with the newest revision.

use super::{Kind, Word, no_blocks, no_output};
use crate::domain::flow::compile::{Compiler, StepContext};
use crate::domain::flow::instance::{Scope, Status, Then};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::reversal;
use crate::domain::text::shape::{Field, Shape, Variant};
use serde_json::json;

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required("restart", Shape::Bool, "Begin anew with the newest revision; this instance ends superseded."),
    fields: &[],
};

/// For the compiler.
pub static WORD: Word = Word { key: "restart", blocks: no_blocks, output: no_output, compile };

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let node = context.node.get("restart")?;
    if node.bool() != Some(true) {
        compiler.report.error("bad_value", node.span, "`restart` is `true`").hint("leave the action out instead");
    }
    if compiler.may_be_subflow() {
        compiler
            .report
            .error("restart_in_subflow", node.span, "a flow that is a step of another cannot begin anew by itself")
            .hint("let the flow that it is a step of restart; this one ends");
    }
    Some(Kind::Restart)
}

/// Enters the step: what is still open at partners is taken back first.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize) {
    reversal::begin(machine, visit, Scope::Open, Then::End);
}

/// Nothing is open any more: this instance gives way.
pub(super) fn finish(machine: &mut Machine<'_>, visit: usize) {
    let revision = machine.instance.newest_revision.unwrap_or(machine.facts.document.revision);
    machine.complete(visit);
    machine.drop_jobs();
    machine.cancel_timers_where(|_| true);
    machine.changes.restart = Some(revision);
    machine.instance.status = Status::Superseded;
    machine.note("superseded", None, json!({"revision": revision}));
}
