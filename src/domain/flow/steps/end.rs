//! `end`: the instance is over, with an outcome and the document's final status.

use super::{Kind, Word, no_blocks, no_output, outcome::OUTCOMES, subflow};
use crate::domain::flow::compile::{Compiler, EXPIRE, StepContext};
use crate::domain::flow::decision::Reported;
use crate::domain::flow::event::Outcome;
use crate::domain::flow::instance::{Scope, State, Status, Then};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::people;
use crate::domain::flow::reversal;
use crate::domain::text::shape::{Field, ObjectShape, Shape, Variant};
use crate::domain::text::tree::Node;
use serde_json::json;

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required(
        "end",
        Shape::Object(&ObjectShape {
            name: "end",
            doc: "The end.",
            fields: &[
                Field::required("outcome", Shape::Word(OUTCOMES), "What the instance came to."),
                Field::optional(
                    "status",
                    Shape::Text,
                    "The document's final status; only a flow that is always a subflow may leave it out, and then it stays.",
                ),
                Field::optional("untold", Shape::List(&Shape::Id), "Roles that this ending does not tell."),
                Field::optional("reason", Shape::Text, "Why they are not told."),
            ],
        }),
        "The end.",
    ),
    fields: &[],
};

/// For the compiler.
pub static WORD: Word = Word { key: "end", blocks: no_blocks, output: no_output, compile };

/// Compiled.
#[derive(Clone, Debug)]
pub struct End {
    /// What the instance came to.
    pub outcome: Outcome,
    /// The document's final status; none leaves it as it is.
    pub status: Option<String>,
    /// Roles it does not tell, with a reason.
    pub untold: Vec<String>,
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let node = context.node.get("end")?;
    let outcome = compiler.outcome(node.get("outcome"))?;
    let status = node.get("status");
    // The operator's cancel is written for every document type, also those without the word.
    let generated = context.is_generated(compiler);
    let document = compiler.document_kind().to_owned();
    match status.and_then(|status| Some((status.text()?, status.span))) {
        Some((word, span)) if !generated => compiler.check_status(&document, word, span),
        None if !compiler.is_always_subflow() => {
            compiler
                .report
                .error("missing_key", node.span, "the ending does not say the document's final `status`")
                .hint("add `status: …`");
        }
        _ => {}
    }
    let untold = node.get("untold").map(Node::items).unwrap_or_default();
    if let (Some(first), None) = (untold.first(), node.get("reason")) {
        compiler.report.error("missing_key", first.span, "`untold` has no `reason`").hint("say why nobody tells them");
    }
    for (node, role) in untold.iter().filter_map(|node| Some((node, node.text()?))) {
        if !compiler.env.roles.contains_key(role) {
            compiler.unknown("role", role, node.span, compiler.env.roles.keys());
        }
    }
    let untold = untold.iter().filter_map(Node::text).map(str::to_owned).collect();
    Some(Kind::End(End { outcome, status: status.and_then(Node::text).map(str::to_owned), untold }))
}

/// Enters the step: what is still open elsewhere is taken back first.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize, _: &End) {
    reversal::begin(machine, visit, Scope::Open, Then::End);
}

/// Nothing is open any more: the instance is over.
pub(super) fn finish(machine: &mut Machine<'_>, visit: usize, end: &End) {
    machine.instance.visits[visit].outcome = Some(end.outcome);
    machine.complete(visit);
    machine.drop_jobs();
    let around: Vec<usize> = machine.ancestors(visit).into_iter().map(|(parent, _)| parent).collect();
    for parent in around {
        machine.instance.visits[parent].state = State::Done;
        machine.settle(parent, "the instance ended");
    }
    let mine = reversal::frame(machine, visit);
    let visits: Vec<bool> =
        (0..machine.instance.visits.len()).map(|other| mine.is_some() || reversal::frame(machine, other).is_none()).collect();
    machine.cancel_timers_where(|timer| visits.get(timer.visit as usize).copied().unwrap_or(true));
    let document = machine.facts.document.id;
    // The operator's cancel of a step of another flow is no word about the document: that flow has it.
    let own = machine.instance.parent.is_none() || !machine.instance.visits[visit].step.starts_with("command.");
    let known = machine.instance.document_status.clone().unwrap_or_else(|| machine.facts.document.status.clone());
    // Whose time is up takes the status that `within` says.
    let lapsed = machine.flow.within.as_ref().filter(|_| machine.instance.visits[visit].step.starts_with(EXPIRE));
    let wanted = lapsed.map(|within| within.status.clone()).or_else(|| end.status.clone());
    let status = match wanted.filter(|_| own) {
        Some(status) => {
            machine.changes.statuses.push((document, status.clone()));
            status
        }
        None => known,
    };
    machine.instance.document_status = Some(status.clone());
    machine.instance.status = Status::Ended { outcome: end.outcome, status: status.clone() };
    if let Some(stop) = machine.instance.stop.take() {
        machine.close(&stop, "the instance ended");
    }
    machine.note("ended", None, json!({"outcome": end.outcome.word(), "status": status}));
    if machine.instance.parent.is_some() {
        let output = subflow::outputs(machine, visit);
        let taken_back = machine.instance.taken_back;
        let decided_by = people::had_a_say_here(machine);
        machine.changes.reported = Some(Reported { outcome: end.outcome, output, taken_back, decided_by });
    }
}
