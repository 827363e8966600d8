//! Rendering: bounded, strict, without copies of the values.

use super::super::cel::print;
use super::super::{Budget, EvaluateError, Scope};
use super::{Compiled, Counter, Helper, OUTPUT_MAX, Part, Place, Term};
use crate::domain::value::Value;
use std::borrow::Cow;
use std::sync::Arc;

static UNSET: Value = Value::Unset;

/// Renders a compiled template.
pub(super) fn render(compiled: &Compiled, scope: &Scope<'_>, budget: &mut Budget) -> Result<String, EvaluateError> {
    let mut renderer = Renderer { place: compiled.place, scope, budget, out: String::new() };
    renderer.parts(&compiled.parts, None)?;
    let out = renderer.out;
    compiled.place.check(&out)?;
    Ok(out)
}

struct Renderer<'r> {
    place: Place,
    scope: &'r Scope<'r>,
    budget: &'r mut Budget,
    out: String,
}

/// The element of an open `each` or `with`, linked outwards.
struct Block<'b> {
    value: &'b Value,
    level: usize,
    index: usize,
    count: usize,
    key: Option<&'b Arc<str>>,
    outer: Option<&'b Block<'b>>,
}

impl<'r> Renderer<'r> {
    fn parts(&mut self, parts: &[Part], block: Option<&Block<'_>>) -> Result<(), EvaluateError> {
        for part in parts {
            self.budget.take(1)?;
            match part {
                Part::Text(text) => self.push(text)?,
                Part::Print(term) => self.print(term, block)?,
                Part::If { condition, negated, then, otherwise } => {
                    let holds = truthy(value(self.scope, condition, block)?.as_ref()) != *negated;
                    self.parts(if holds { then } else { otherwise }, block)?;
                }
                Part::With { value: term, body, otherwise } => {
                    let found = value(self.scope, term, block)?;
                    if truthy(&found) {
                        let level = block.map_or(0, |block| block.level + 1);
                        let inner = Block { value: &found, level, index: 0, count: 1, key: None, outer: block };
                        self.parts(body, Some(&inner))?;
                    } else {
                        self.parts(otherwise, block)?;
                    }
                }
                Part::Each { over, body, otherwise } => self.each(over, body, otherwise, block)?,
            }
        }
        Ok(())
    }

    fn each(&mut self, over: &Term, body: &[Part], otherwise: &[Part], block: Option<&Block<'_>>) -> Result<(), EvaluateError> {
        let found = value(self.scope, over, block)?;
        let level = block.map_or(0, |block| block.level + 1);
        match found.as_ref() {
            Value::List(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    self.budget.take(1)?;
                    self.parts(body, Some(&Block { value: item, level, index, count: items.len(), key: None, outer: block }))?;
                }
                Ok(())
            }
            Value::Map(map) if !map.is_empty() => {
                for (index, (key, item)) in map.iter().enumerate() {
                    self.budget.take(1)?;
                    self.parts(body, Some(&Block { value: item, level, index, count: map.len(), key: Some(key), outer: block }))?;
                }
                Ok(())
            }
            Value::Unset | Value::Null | Value::List(_) | Value::Map(_) => self.parts(otherwise, block),
            other => Err(EvaluateError::Type { operation: "each".to_owned(), found: other.kind().to_owned() }),
        }
    }

    fn print(&mut self, term: &Term, block: Option<&Block<'_>>) -> Result<(), EvaluateError> {
        let found = value(self.scope, term, block)?;
        let text = match (print(&found), found.as_ref()) {
            (Some(text), _) => text,
            (None, Value::Unset | Value::Null) => return Err(EvaluateError::Unset(term.written().to_owned())),
            (None, other) => {
                return Err(EvaluateError::Type { operation: format!("{{{{{}}}}}", term.written()), found: other.kind().to_owned() });
            }
        };
        self.budget.take(text.len() as u64 / 64)?;
        // The base URL of the connection opens the text; anything later could only break out of it.
        let is_base = self.place == Place::Url && self.out.is_empty() && matches!(term, Term::Name { name, .. } if &**name == "settings");
        if is_base {
            return self.push(&text);
        }
        if text.is_empty() && matches!(self.place, Place::Url | Place::UrlSegment) && self.in_url_path() {
            return Err(EvaluateError::Place { place: "the path of a URL", found: "an empty text" });
        }
        let escaped = self.place.escape(&text)?;
        self.push(&escaped)
    }

    /// Whether what comes next is a part of a path: an empty id there would name another resource.
    fn in_url_path(&self) -> bool {
        self.out.contains('/') && !self.out.contains(['?', '#'])
    }

    fn push(&mut self, text: &str) -> Result<(), EvaluateError> {
        if self.out.len() + text.len() > OUTPUT_MAX {
            return Err(EvaluateError::TooLong(OUTPUT_MAX));
        }
        self.out.push_str(text);
        Ok(())
    }
}

impl Term {
    fn written(&self) -> &str {
        match self {
            Term::Name { written, .. } | Term::Block { written, .. } => written,
            Term::Counter { .. } => "@",
            Term::Literal(_) => "literal",
            Term::Helper(_, arguments) => arguments.first().map_or("helper", Term::written),
        }
    }
}

/// The value of a term; a path through nothing is unset.
fn value<'v>(scope: &'v Scope<'_>, term: &'v Term, block: Option<&'v Block<'_>>) -> Result<Cow<'v, Value>, EvaluateError> {
    Ok(match term {
        Term::Literal(value) => Cow::Borrowed(value),
        Term::Name { name, members, .. } => Cow::Borrowed(walk(scope.get(name), members)),
        Term::Block { level, members, .. } => Cow::Borrowed(found(block, *level).map_or(&UNSET, |block| walk(block.value, members))),
        Term::Counter { level, counter } => Cow::Owned(match (found(block, *level), counter) {
            (None, _) => Value::Unset,
            (Some(Block { key: Some(key), .. }), Counter::Key | Counter::Position) => Value::Text(Arc::clone(key)),
            (Some(block), Counter::Index | Counter::Position) => Value::Int(i64::try_from(block.index).unwrap_or(i64::MAX)),
            (Some(block), Counter::First) => Value::Bool(block.index == 0),
            (Some(block), Counter::Last) => Value::Bool(block.index + 1 == block.count),
            (Some(_), Counter::Key) => Value::Unset,
        }),
        Term::Helper(helper, arguments) => {
            let Some((first, rest)) = arguments.split_first() else { return Ok(Cow::Borrowed(&UNSET)) };
            let first = value(scope, first, block)?;
            helped(*helper, first, rest, scope, block)?
        }
    })
}

fn helped<'v>(
    helper: Helper,
    first: Cow<'v, Value>,
    rest: &'v [Term],
    scope: &'v Scope<'_>,
    block: Option<&'v Block<'_>>,
) -> Result<Cow<'v, Value>, EvaluateError> {
    let wrong = |name: &str, value: &Value| EvaluateError::Type { operation: name.to_owned(), found: value.kind().to_owned() };
    Ok(match (helper, first.as_ref()) {
        (Helper::Default, Value::Unset | Value::Null) => match rest.first() {
            Some(term) => value(scope, term, block)?,
            None => first,
        },
        (Helper::Default, _) => first,
        (_, Value::Unset | Value::Null) => Cow::Borrowed(&UNSET),
        (Helper::First, Value::List(items)) => Cow::Owned(items.first().cloned().unwrap_or_default()),
        (Helper::Last, Value::List(items)) => Cow::Owned(items.last().cloned().unwrap_or_default()),
        (Helper::Size, Value::List(items)) => Cow::Owned(Value::Int(i64::try_from(items.len()).unwrap_or(i64::MAX))),
        (Helper::Size, Value::Map(map)) => Cow::Owned(Value::Int(i64::try_from(map.len()).unwrap_or(i64::MAX))),
        (Helper::Size, Value::Text(text)) => Cow::Owned(Value::Int(i64::try_from(text.chars().count()).unwrap_or(i64::MAX))),
        (Helper::Join, Value::List(items)) => {
            let separator = match rest.first() {
                Some(term) => value(scope, term, block)?,
                None => Cow::Owned(Value::text("")),
            };
            let separator = separator.as_text().unwrap_or_default();
            let mut joined = String::new();
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    joined.push_str(separator);
                }
                joined.push_str(&print(item).ok_or_else(|| wrong("join", item))?);
                if joined.len() > OUTPUT_MAX {
                    return Err(EvaluateError::TooLong(OUTPUT_MAX));
                }
            }
            Cow::Owned(Value::text(joined))
        }
        (Helper::First, other) => return Err(wrong("first", other)),
        (Helper::Last, other) => return Err(wrong("last", other)),
        (Helper::Size, other) => return Err(wrong("size", other)),
        (Helper::Join, other) => return Err(wrong("join", other)),
    })
}

fn walk<'v>(value: &'v Value, members: &[Arc<str>]) -> &'v Value {
    members.iter().fold(value, |value, key| value.member(key))
}

fn found<'b>(mut block: Option<&'b Block<'_>>, level: usize) -> Option<&'b Block<'b>> {
    while let Some(here) = block {
        if here.level == level {
            return Some(here);
        }
        block = here.outer;
    }
    None
}

/// Truth in `if`: unset, null, false, zero, empty text, empty lists and mappings are not.
fn truthy(value: &Value) -> bool {
    match value {
        Value::Unset | Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Int(number) => *number != 0,
        Value::Decimal(number) => !number.is_zero(),
        Value::Text(text) => !text.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
        Value::Number(_) | Value::Instant(_) | Value::Date(_) | Value::Duration(_) => true,
    }
}
