//! A lint: `!=` on the outcome of a step that may have been left out. Without an outcome every comparison is false, `!=` too,
//! which is seldom what is meant by it.

use crate::domain::diagnostic::Report;
use crate::domain::flow::flow::{Flow, Step};
use crate::domain::flow::steps::Kind;

/// Checks every expression of the flow.
pub(super) fn check(flow: &Flow, report: &mut Report) {
    for step in &flow.steps {
        let common = step.when.iter().chain(step.with.iter().map(|(_, condition)| condition));
        for condition in common.chain(step.kind.conditions()) {
            for path in condition.expression.unequal() {
                let Some(id) = path.strip_prefix("steps.").and_then(|rest| rest.strip_suffix(".outcome")) else { continue };
                let Some(looked_at) = flow.step(id).filter(|found| found.id != step.id && may_be_left_out(flow, found, step)) else {
                    continue;
                };
                let message = format!("`{}` may have no outcome here, and then this is false", looked_at.id);
                report
                    .warning("compares_unset", step.span, message)
                    .hint(format!("write `!(steps.{id}.outcome == …)`, or add `has(steps.{id}.outcome)` where that is meant"));
            }
        }
    }
}

/// Whether a step may not have been visited when another one is reached.
fn may_be_left_out(flow: &Flow, step: &Step, by: &Step) -> bool {
    let (around, shared) = (containers(flow, step), containers(flow, by));
    let own = around.iter().take_while(|container| !shared.contains(container));
    let open = |container: &(usize, usize)| {
        let found = &flow.steps[container.0];
        found.when.is_some()
            || match &found.kind {
                Kind::Parallel(parallel) => parallel.leaves_others || (parallel.needed as usize) < found.children.len(),
                _ => true,
            }
    };
    // A reaction may come at any time.
    let reacts = shared.iter().any(|(index, _)| matches!(flow.steps[*index].kind, Kind::Reaction(_)));
    step.when.is_some() || own.clone().any(open) || (reacts && around.iter().all(|container| !shared.contains(container)))
}

/// The steps around a step, the innermost first, each with the block of it that the step is in.
fn containers(flow: &Flow, step: &Step) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut block = step.block;
    while let Some(index) = flow.steps.iter().position(|around| around.children.contains(&block)) {
        found.push((index, block));
        block = flow.steps[index].block;
    }
    found
}
