//! `outcome`: states what something came to, such as an approval that nobody had to be asked for.

use super::{Kind, Word, no_blocks, no_output};
use crate::domain::flow::compile::{Compiler, StepContext};
use crate::domain::flow::event::Outcome;
use crate::domain::flow::machine::Machine;
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use serde_json::json;

/// Outcomes a flow may state.
pub const OUTCOMES: &[&str] = &["approved", "rejected", "withdrawn", "revoked", "expired", "cancelled"];

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required("outcome", Shape::Word(OUTCOMES), "The outcome."),
    fields: &[Field::optional("reason", Shape::Text, "Why, for the history.")],
};

/// For the compiler.
pub static WORD: Word = Word { key: "outcome", blocks: no_blocks, output: no_output, compile };

/// Compiled.
#[derive(Clone, Debug)]
pub struct OutcomeStep {
    /// The outcome.
    pub outcome: Outcome,
    /// Why.
    pub reason: Option<String>,
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let outcome = compiler.outcome(context.node.get("outcome"))?;
    let reason = context.node.get("reason").and_then(Node::text).map(str::to_owned);
    Some(Kind::Outcome(OutcomeStep { outcome, reason }))
}

/// Enters the step.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize, step: &OutcomeStep) {
    machine.instance.visits[visit].outcome = Some(step.outcome);
    machine.note("outcome", Some(visit), json!({"outcome": step.outcome.word(), "reason": step.reason}));
    machine.complete(visit);
}
