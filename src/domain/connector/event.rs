//! What a partner tells us: how it is heard, how it is believed, which object it is about and what it means.

use super::arguments::Arguments;
use super::field::Fields;
use super::heard_by::HeardBy;
use crate::domain::expression::Expression;
use crate::domain::flow::event::Outcome;
use crate::domain::value::{ObjectType, Type};
use std::sync::Arc;

/// One event a connector offers.
#[derive(Debug)]
pub struct EventDefinition {
    /// Its name.
    pub name: Arc<str>,
    /// The ways it is heard.
    pub heard_by: Vec<HeardBy>,
    /// The read that tells the truth.
    pub then: Option<ReadTruth>,
    /// What a trusted payload says (`trust: payload`); none means a callback is only a hint.
    pub trusted: Option<Fields>,
    /// The type of `output`, whichever way it comes.
    pub output: Arc<ObjectType>,
    /// The partner's id of the object it is about.
    pub link: Option<Expression>,
    /// What makes two tellings the same.
    pub dedupe: Vec<Expression>,
    /// What it means for whoever waits.
    pub outcome: Option<OutcomeRules>,
    /// Whom it asks there while its outcome is pending.
    pub asked: Option<AsksPeople>,
    /// The document it makes.
    pub document: Option<MakesDocument>,
    /// What somebody did about one of our tasks.
    pub act: Option<TaskAct>,
}

/// Whom an object asks at the partner.
#[derive(Debug)]
pub struct AsksPeople {
    /// What the partner calls them.
    pub people: Expression,
    /// Where they see and decide it.
    pub url: Option<Expression>,
}

/// What somebody did about one of our tasks in a partner's app.
#[derive(Debug)]
pub struct TaskAct {
    /// The task's id.
    pub task: Expression,
    /// The verb.
    pub verb: Expression,
    /// What they said.
    pub comment: Option<Expression>,
}

/// The read that tells the truth about a hint.
#[derive(Debug)]
pub struct ReadTruth {
    /// The operation.
    pub operation: Arc<str>,
    /// What it is asked with; sees `ref`.
    pub with: Arguments,
}

/// Ordered rules from an output to an outcome.
#[derive(Debug)]
pub struct OutcomeRules {
    /// First match decides.
    pub rules: Vec<(Expression, Outcome)>,
    /// Where none matches.
    pub otherwise: Outcome,
}

/// How an event becomes a canonical document.
#[derive(Debug)]
pub struct MakesDocument {
    /// The document type.
    pub document: Arc<str>,
    /// The mapping, with `source` as its input.
    pub map: Arc<str>,
    /// Holds where the source has withdrawn the document.
    pub withdrawn: Option<Expression>,
}

impl EventDefinition {
    /// The type of its `output`.
    pub fn output_type(&self) -> Type {
        Type::Object(self.output.clone())
    }
}
