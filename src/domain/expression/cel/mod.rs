//! CEL: the crate's grammar, our meaning (`docs/adr/0002-cel-grammar-our-evaluator.md`).
//!
//! `parse` bounds the text and calls the parser; `compile` checks types and builds a compact tree; `evaluate` runs it.
//! Results of unset, in one place: comparisons with it are false (`!=` too); `&&`, `||`, `!` and `?:` take it as false;
//! `has()` is false; members, indexes, methods, functions and arithmetic on it are unset.

mod arithmetic;
mod compare;
mod compared;
mod compile;
mod cost;
mod currency;
mod evaluate;
mod functions;
mod macros;
mod node;
mod operators;
mod parse;
#[cfg(test)]
mod tests;
mod types;

use super::{Budget, EvaluateError, Problem, Scope, ScopeType};
use crate::domain::value::{Type, Value};
use node::Node;
use std::sync::Arc;

pub use evaluate::print;
pub(super) use types::member_type;

/// A compiled expression. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Expression {
    inner: Arc<Compiled>,
}

#[derive(Debug)]
struct Compiled {
    source: Arc<str>,
    node: Node,
    result: Type,
    currency: Option<currency::Currency>,
    references: Vec<Arc<str>>,
    cost: u64,
}

impl Expression {
    /// Compiles against the names in scope; all problems at once.
    pub fn compile(source: &str, scope: &ScopeType) -> Result<Expression, Vec<Problem>> {
        compile::compile(source, scope, None).map(Expression::new)
    }

    /// Compiles, and insists on a result of this type. Whole numbers become decimals where decimals are wanted.
    pub fn compile_expecting(source: &str, scope: &ScopeType, wanted: &Type) -> Result<Expression, Vec<Problem>> {
        compile::compile(source, scope, Some(wanted)).map(Expression::new)
    }

    fn new(compiled: Compiled) -> Expression {
        Expression { inner: Arc::new(compiled) }
    }

    /// The type of its result; `Any` when it depends on undeclared values.
    pub fn result_type(&self) -> &Type {
        &self.inner.result
    }

    /// The text it was compiled from.
    pub fn source(&self) -> &str {
        &self.inner.source
    }

    /// The paths it reads, each once, in the order of the text: `doc.total_gross`, `doc.lines[].amount`,
    /// `steps.oa.outcome`. A computed index is written `[]`.
    pub fn references(&self) -> &[Arc<str>] {
        &self.inner.references
    }

    /// Its value when it reads nothing at all.
    pub fn constant(&self) -> Option<&Value> {
        match &self.inner.node {
            Node::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// Every path that it compares with a text for equality, or looks for among texts, with each text.
    pub fn compared(&self) -> Vec<(String, &str)> {
        compared::compared(&self.inner.node)
    }

    /// Every path that it compares by `!=` without asking by `has()` whether it is there.
    pub fn unequal(&self) -> Vec<String> {
        compared::unequal(&self.inner.node)
    }

    /// Every constant in it, folded: the literals an admin wrote.
    pub fn constants(&self) -> Vec<&Value> {
        let mut found = Vec::new();
        self.inner.node.visit(&mut |node| {
            if let Node::Constant(value) = node {
                found.push(value);
            }
        });
        found
    }

    /// The most it can cost, from the declared bounds of the lists it runs over.
    pub fn cost(&self) -> u64 {
        self.inner.cost
    }

    /// The currency of its result in this scope, when the result is an amount whose currency is known.
    pub fn currency(&self, scope: &Scope<'_>) -> Option<Arc<str>> {
        self.inner.currency.as_ref()?.code(evaluate::Frame::new(scope), &mut Budget::default())
    }

    /// Whether the result is an amount whose currency can be told.
    pub fn has_currency(&self) -> bool {
        self.inner.currency.as_ref().is_some_and(currency::Currency::is_known)
    }

    /// Evaluates to a value.
    pub fn evaluate(&self, scope: &Scope<'_>, budget: &mut Budget) -> Result<Value, EvaluateError> {
        evaluate::evaluate(&self.inner.node, evaluate::Frame::new(scope), budget).map(std::borrow::Cow::into_owned)
    }

    /// Evaluates as a condition: unset counts as false.
    pub fn holds(&self, scope: &Scope<'_>, budget: &mut Budget) -> Result<bool, EvaluateError> {
        let value = evaluate::evaluate(&self.inner.node, evaluate::Frame::new(scope), budget)?;
        evaluate::truth(&value, "a condition")
    }
}
