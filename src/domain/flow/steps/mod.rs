//! The step kinds: one file each with its keys, its compiled form, how it is compiled and what it does.
//!
//! Adding a kind touches its file, the lists here and nothing else that decides.

pub mod approve;
pub mod assign;
pub mod call;
pub mod choose;
pub mod create;
pub mod decide;
pub mod each;
pub mod end;
pub mod notify;
pub mod outcome;
pub mod parallel;
pub mod restart;
pub mod reverse;
pub mod subflow;
pub mod task;
pub mod wait;

use super::compile::{Child, Compiler, StepContext};
use super::flow::Condition;
use super::machine::Machine;
use super::people::{self, Asks};
use crate::domain::text::shape::Variant;
use crate::domain::text::tree::Node;
use crate::domain::value::Type;

/// The kinds that may stand among a flow's steps.
pub static VARIANTS: &[&Variant] = &[
    &call::VARIANT,
    &create::VARIANT,
    &assign::VARIANT,
    &decide::VARIANT,
    &outcome::VARIANT,
    &choose::VARIANT,
    &parallel::VARIANT,
    &each::VARIANT,
    &wait::VARIANT,
    &notify::VARIANT,
    &end::VARIANT,
    &approve::VARIANT,
    &subflow::VARIANT,
    &task::VARIANT,
];

/// The kinds that may stand in a reaction.
pub static ACTION_VARIANTS: &[&Variant] = &[
    &reverse::VARIANT,
    &restart::VARIANT,
    &call::VARIANT,
    &create::VARIANT,
    &assign::VARIANT,
    &decide::VARIANT,
    &outcome::VARIANT,
    &choose::VARIANT,
    &parallel::VARIANT,
    &each::VARIANT,
    &wait::VARIANT,
    &notify::VARIANT,
    &end::VARIANT,
    &approve::VARIANT,
];

/// What the compiler asks of a kind.
pub struct Word {
    /// The key that says so.
    pub key: &'static str,
    /// The blocks of steps inside it.
    pub blocks: for<'n> fn(&'n Node) -> Vec<Child<'n>>,
    /// The type of its output, before expressions are compiled.
    pub output: fn(&Compiler<'_>, &Node) -> Type,
    /// Its compiled form; none when it is not sound (the report says why).
    pub compile: fn(&mut Compiler<'_>, &StepContext<'_>) -> Option<Kind>,
}

/// All kinds, for the compiler.
pub static WORDS: &[&Word] = &[
    &call::WORD,
    &create::WORD,
    &assign::WORD,
    &decide::WORD,
    &outcome::WORD,
    &choose::WORD,
    &parallel::WORD,
    &each::WORD,
    &wait::WORD,
    &notify::WORD,
    &end::WORD,
    &approve::WORD,
    &subflow::WORD,
    &task::WORD,
    &reverse::WORD,
    &restart::WORD,
];

/// The kind of a step as written.
pub(super) fn word_of(node: &Node) -> Option<&'static Word> {
    WORDS.iter().copied().find(|word| node.get(word.key).is_some())
}

/// A compiled step's own part.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A connector operation, perhaps awaited.
    Call(Box<call::Call>),
    /// A linked document.
    Create(create::Create),
    /// Fields set.
    Assign(assign::Assign),
    /// A decision table asked.
    Decide(decide::Decide),
    /// An outcome stated.
    Outcome(outcome::OutcomeStep),
    /// One of several branches.
    Choose(choose::Choose),
    /// Several branches at once.
    Parallel(parallel::Parallel),
    /// The same steps for each item of a list.
    Each(each::Each),
    /// Another flow as a step.
    Subflow(subflow::Subflow),
    /// Time that passes.
    Wait(wait::Wait),
    /// People agree or do not.
    Approve(Box<Asks>),
    /// People do something outside.
    Task(Box<Asks>),
    /// A notice to people.
    Notify(Box<notify::Notify>),
    /// The end.
    End(end::End),
    /// Undo, in a reaction.
    Reverse(reverse::Reverse),
    /// Anew with the newest revision, in a reaction.
    Restart,
    /// The frame of a reaction; holds its actions.
    Reaction(usize),
}

impl Kind {
    /// The expressions of the kind itself, for lints.
    pub(super) fn conditions(&self) -> Vec<&Condition> {
        match self {
            Kind::Call(call) => call.conditions(),
            Kind::Choose(choose) => choose.conditions.iter().collect(),
            Kind::Each(each) => vec![&each.list],
            Kind::Assign(assign) => assign.fields.iter().map(|(_, condition)| condition).collect(),
            Kind::Wait(wait::Wait::Until(condition)) => vec![condition],
            Kind::Approve(asks) | Kind::Task(asks) => asks.conditions(),
            Kind::Notify(notify) => notify.to.condition().into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

/// Enters a step: its visit exists and its `when` holds.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize) {
    let Some(step) = machine.step_of(visit) else { return };
    match &step.kind {
        Kind::Call(call) => call::enter(machine, visit, step, call),
        Kind::Create(create) => create::enter(machine, visit, step, create),
        Kind::Assign(assign) => assign::enter(machine, visit, assign),
        Kind::Decide(decide) => decide::enter(machine, visit, decide),
        Kind::Outcome(outcome) => outcome::enter(machine, visit, outcome),
        Kind::Choose(choose) => choose::enter(machine, visit, step, choose),
        Kind::Parallel(parallel) => parallel::enter(machine, visit, step, parallel),
        Kind::Each(each) => each::enter(machine, visit, step, each),
        Kind::Subflow(subflow) => subflow::enter(machine, visit, subflow),
        Kind::Wait(wait) => wait::enter(machine, visit, wait),
        Kind::Approve(asks) | Kind::Task(asks) => people::enter(machine, visit, asks),
        Kind::Notify(notify) => notify::enter(machine, visit, step, notify),
        Kind::End(end) => end::enter(machine, visit, end),
        Kind::Reverse(reverse) => reverse::enter(machine, visit, reverse),
        Kind::Restart => restart::enter(machine, visit),
        Kind::Reaction(_) => machine.enter_lane(visit, 0),
    }
}

/// What an `end` or `restart` does once nothing is open any more.
pub(super) fn finish(machine: &mut Machine<'_>, visit: usize) {
    match machine.step_of(visit).map(|step| &step.kind) {
        Some(Kind::End(end)) => end::finish(machine, visit, end),
        Some(Kind::Restart) => restart::finish(machine, visit),
        _ => {}
    }
}

/// Whether a step can stand in an exception for reasons outside the flow.
pub(super) fn may_stop(node: &Node) -> bool {
    ["call", "create", "decide", "subflow", "notify", "each", "approve", "task"].iter().any(|key| node.get(key).is_some())
}

/// No blocks inside.
pub(super) fn no_blocks(_: &Node) -> Vec<Child<'_>> {
    Vec::new()
}

/// No output.
pub(super) fn no_output(_: &Compiler<'_>, _: &Node) -> Type {
    Type::Any
}
