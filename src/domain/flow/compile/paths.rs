//! Lints over whole paths: every one ends, nothing stands behind an end, every ending has told the source.

use crate::domain::diagnostic::{Report, Span};
use crate::domain::flow::flow::{Flow, Step, Trigger};
use crate::domain::flow::instance::Scope;
use crate::domain::flow::scope::Needs;
use crate::domain::flow::start::StartOn;
use crate::domain::flow::steps::Kind;
use crate::domain::text::tree::Node;
use std::collections::BTreeSet;

/// Roles told so far on a path; none when the path has ended.
type Told = Option<BTreeSet<String>>;

/// Whether a reaction takes the instance over.
pub(super) fn takes_over(flow: &Flow, frame: usize) -> bool {
    let blocks = flow.steps.get(frame).map(|step| step.children.clone()).unwrap_or_default();
    blocks.iter().any(|block| {
        flow.blocks.get(*block).is_some_and(|steps| {
            steps.iter().any(|index| match &flow.steps[*index].kind {
                Kind::End(_) | Kind::Restart => true,
                Kind::Reverse(reverse) if reverse.what == Scope::All => true,
                _ => takes_over(flow, *index),
            })
        })
    })
}

/// Checks the flow and its reactions.
pub(super) fn check(flow: &Flow, node: &Node, report: &mut Report) {
    let untold: BTreeSet<String> =
        node.get("untold").map(Node::entries).unwrap_or_default().iter().map(|(key, _)| key.text.clone()).collect();
    let sources: BTreeSet<String> = flow.starts.iter().filter_map(|start| start.on.role().map(str::to_owned)).collect();
    let mut walk = Walk { flow, report, holders: sources.difference(&untold).cloned().collect(), seen: BTreeSet::new() };
    if walk.block(0, BTreeSet::new()).is_some() {
        let span = flow.blocks.first().and_then(|steps| steps.last()).map_or(node.span, |last| flow.steps[*last].span);
        walk.report
            .error("path_without_end", span, "a path through the flow runs off here without an `end`")
            .hint("add `{id: …, end: {outcome: …, status: …}}`");
    }
    // When a reaction comes, any step may have been visited.
    walk.seen = flow.steps.iter().map(|step| step.id.clone()).collect();
    for reaction in
        flow.reactions.iter().filter(|reaction| !matches!(reaction.trigger, Trigger::Cancel | Trigger::Withdraw | Trigger::Expire))
    {
        // A source that withdrew the document knows that it did.
        let told = if reaction.trigger == Trigger::Withdrawn { sources.clone() } else { BTreeSet::new() };
        let Some(frame) = flow.steps.get(reaction.frame) else { continue };
        let ends = frame.children.first().is_none_or(|block| walk.block(*block, told).is_none());
        if reaction.takes_over && !ends {
            walk.report
                .error("path_without_end", frame.span, "this reaction takes back all that is under way, and then runs off without an `end`")
                .hint("let it close with `{end: {outcome: …, status: …}}` or `{restart: true}` on every path");
        }
    }
    // Nobody but a source changes or withdraws a document; what only ever begins inside the hub has none.
    if !flow.starts.iter().any(|start| matches!(start.on, StartOn::Event { .. } | StartOn::Api)) {
        return;
    }
    let reacts = |trigger: &Trigger| flow.reactions.iter().any(|reaction| reaction.trigger == *trigger);
    for (trigger, words) in [(Trigger::Changed, "revision: changed"), (Trigger::Withdrawn, "revision: withdrawn")] {
        if !reacts(&trigger) {
            let span = node.get("flow").map_or(node.span, |id| id.span);
            report
                .warning("no_reaction", span, format!("there is no reaction to `{words}`: the instance would go on with what it has"))
                .hint("add one under `reactions`");
        }
    }
}

struct Walk<'a> {
    flow: &'a Flow,
    report: &'a mut Report,
    holders: BTreeSet<String>,
    /// Steps that may have been visited before the place where the walk stands.
    seen: BTreeSet<String>,
}

impl Walk<'_> {
    fn block(&mut self, block: usize, told: BTreeSet<String>) -> Told {
        let steps = self.flow.blocks.get(block).cloned().unwrap_or_default();
        let mut told = Some(told);
        for index in steps {
            let Some(before) = told else {
                let step = &self.flow.steps[index];
                self.report
                    .error("unreachable_step", step.span, format!("`{}` can never be reached", step.id))
                    .hint("what stands before it ends on every path");
                return None;
            };
            told = self.step(index, before);
        }
        told
    }

    fn step(&mut self, index: usize, told: BTreeSet<String>) -> Told {
        let flow = self.flow;
        let step = &flow.steps[index];
        self.looks(step);
        if let Some(about) = step.about.as_ref().filter(|about| !self.seen.contains(*about)) {
            self.report
                .error("never_before", step.span, format!("`{}` is for the document of `{about}`, which never comes before it", step.id))
                .hint("let the `create` stand earlier");
        }
        self.seen.insert(step.id.clone());
        let after = match &step.kind {
            Kind::End(end) => {
                self.ending(step.span, &end.untold, &told);
                None
            }
            Kind::Restart => None,
            Kind::Call(call) => {
                let mut after = told.clone();
                for block in &step.children {
                    self.block(*block, told.clone());
                }
                if call.write && step.about.is_none() {
                    after.insert(call.role.clone());
                }
                Some(after)
            }
            Kind::Choose(_) => {
                let (before, mut any) = (self.seen.clone(), self.seen.clone());
                let mut ways: Vec<BTreeSet<String>> = Vec::new();
                for block in &step.children {
                    self.seen.clone_from(&before);
                    ways.extend(self.block(*block, told.clone()));
                    any.append(&mut self.seen);
                }
                self.seen = any;
                ways.into_iter().reduce(|one, other| one.intersection(&other).cloned().collect())
            }
            Kind::Parallel(_) => {
                let mut all = told.clone();
                let mut ended = false;
                // Branches run side by side: a step of one may come before a step of another.
                step.children.iter().for_each(|block| self.inside(*block));
                for block in &step.children {
                    match self.block(*block, told.clone()) {
                        Some(way) => all.extend(way),
                        None => ended = true,
                    }
                }
                (!ended).then_some(all)
            }
            Kind::Each(_) => {
                for block in &step.children {
                    self.block(*block, told.clone());
                }
                Some(told.clone())
            }
            _ => Some(told.clone()),
        };
        // A step that may be left out leaves its path open.
        if step.when.is_some() { Some(told) } else { after }
    }

    /// Adds all steps of a block.
    fn inside(&mut self, block: usize) {
        let flow = self.flow;
        for index in flow.blocks.get(block).into_iter().flatten() {
            self.seen.insert(flow.steps[*index].id.clone());
            flow.steps[*index].children.iter().for_each(|block| self.inside(*block));
        }
    }

    /// Warns of expressions that look at steps which cannot have been visited: they are unset there on every path.
    fn looks(&mut self, step: &Step) {
        let own = step.kind.conditions().into_iter().map(|condition| (condition, true));
        let common = step.when.iter().chain(step.with.iter().map(|(_, condition)| condition)).map(|condition| (condition, false));
        for (condition, sees_itself) in common.chain(own) {
            let Needs::Steps(ids) = &condition.needs else { continue };
            for id in ids.iter().filter(|id| !(self.seen.contains(*id) || sees_itself && **id == step.id)) {
                self.report
                    .warning("never_before", step.span, format!("`{}` looks at `steps.{id}`, which is never visited before it", step.id))
                    .hint("there it is always unset; look at an earlier step");
            }
        }
    }

    fn ending(&mut self, span: Span, untold: &[String], told: &BTreeSet<String>) {
        for role in &self.holders {
            if !told.contains(role) && !untold.contains(role) {
                self.report
                    .error("untold", span, format!("this ending has not told `{role}`, which holds the document"))
                    .hint(format!("call `{role}` before, or say `untold: [{role}]` with a `reason`"));
            }
        }
    }
}
