//! Strict handlebars with escaping for the place the text goes to.
//!
//! The crate parses, once; rendering is ours: over values instead of JSON, so that decimals print exactly and big
//! documents are not copied, strict in one way (printing unset, null, a list or a mapping is an error), bounded in output
//! and cost. `{{#if x}}` with an unset `x` takes the else branch: asking is not printing.
//!
//! Taken: `{{path}}`, `if`, `unless`, `each`, `with` (each with `as |name|` or `this`), `@index`, `@first`, `@last`, `@key`,
//! and the helpers `first`, `last`, `size`, `join`, `default`. Everything else of handlebars is refused when compiled:
//! partials, decorators, raw blocks, `{{{raw}}}`, `../`, `@root`, scripts.

mod compile;
mod place;
mod render;

use super::{Budget, EvaluateError, Problem, Scope, ScopeType};
use std::sync::Arc;

pub use place::Place;

/// Characters of one template.
pub const TEMPLATE_LENGTH_MAX: usize = 32 * 1024;
/// Bytes one template may make.
pub const OUTPUT_MAX: usize = 64 * 1024;

/// A compiled template. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Template {
    inner: Arc<Compiled>,
}

#[derive(Debug)]
struct Compiled {
    source: Arc<str>,
    place: Place,
    parts: Vec<Part>,
    references: Vec<Arc<str>>,
}

/// A piece of a template.
#[derive(Debug)]
enum Part {
    Text(String),
    Print(Term),
    If { condition: Term, negated: bool, then: Vec<Part>, otherwise: Vec<Part> },
    Each { over: Term, body: Vec<Part>, otherwise: Vec<Part> },
    With { value: Term, body: Vec<Part>, otherwise: Vec<Part> },
}

/// Something that has a value. Blocks are counted from the outermost.
#[derive(Debug)]
enum Term {
    Literal(crate::domain::value::Value),
    Name { name: Arc<str>, members: Vec<Arc<str>>, written: Arc<str> },
    Block { level: usize, members: Vec<Arc<str>>, written: Arc<str> },
    Counter { level: usize, counter: Counter },
    Helper(Helper, Vec<Term>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counter {
    Index,
    Key,
    /// The key in a mapping, the index in a list: the second name of `as |item position|`.
    Position,
    First,
    Last,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Helper {
    First,
    Last,
    Size,
    Join,
    Default,
}

impl Template {
    /// Whether anything is inserted into it.
    pub fn inserts(&self) -> bool {
        self.inner.parts.iter().any(|part| !matches!(part, Part::Text(_)))
    }

    /// Compiles against the names in scope.
    pub fn compile(source: &str, place: Place, scope: &ScopeType) -> Result<Template, Vec<Problem>> {
        compile::compile(source, place, scope).map(|compiled| Template { inner: Arc::new(compiled) })
    }

    /// The text it was compiled from.
    pub fn source(&self) -> &str {
        &self.inner.source
    }

    /// Where its text goes.
    pub fn place(&self) -> Place {
        self.inner.place
    }

    /// The paths it reads, each once: `doc.number`, `doc.lines[].description`.
    pub fn references(&self) -> &[Arc<str>] {
        &self.inner.references
    }

    /// The text when nothing is inserted.
    pub fn constant(&self) -> Option<&str> {
        match self.inner.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Renders; printing an unset value is an error.
    pub fn render(&self, scope: &Scope<'_>, budget: &mut Budget) -> Result<String, EvaluateError> {
        render::render(&self.inner, scope, budget)
    }
}

#[cfg(test)]
mod tests;
