//! Walking a payload along a path. Every node visited is counted, so no path can stall a batch.

use super::super::EvaluateError;
use super::Step;
use crate::domain::value::Value;
use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, JpQuery, Literal, Segment, Selector, SingularQuery, SingularQuerySegment, Test,
};
use rust_decimal::Decimal;

/// Nodes one path may visit.
const VISITS_MAX: u32 = 200_000;

/// A path of members and elements only.
pub(super) fn simple<'v>(steps: &[Step], payload: &'v Value) -> Option<&'v Value> {
    let mut at = payload;
    for step in steps {
        at = match step {
            Step::Member(name) => member(at, name)?,
            Step::Element(index) => element(at, *index)?,
        };
    }
    Some(at)
}

/// Any other path.
pub(super) fn query<'v>(query: &JpQuery, payload: &'v Value) -> Result<Vec<&'v Value>, EvaluateError> {
    Walk { root: payload, left: VISITS_MAX }.segments(&query.segments, payload)
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Map(map) => map.get(name).filter(|value| !value.is_unset()),
        _ => None,
    }
}

fn element(value: &Value, index: i64) -> Option<&Value> {
    let Value::List(items) = value else { return None };
    let length = i64::try_from(items.len()).ok()?;
    let at = if index < 0 { length.checked_add(index)? } else { index };
    items.get(usize::try_from(at).ok()?)
}

struct Walk<'v> {
    root: &'v Value,
    left: u32,
}

impl<'v> Walk<'v> {
    fn visit(&mut self) -> Result<(), EvaluateError> {
        self.left = self.left.checked_sub(1).ok_or(EvaluateError::Cost)?;
        Ok(())
    }

    fn segments(&mut self, segments: &[Segment], from: &'v Value) -> Result<Vec<&'v Value>, EvaluateError> {
        let mut found = vec![from];
        for segment in segments {
            let mut next = Vec::new();
            for value in found {
                self.segment(segment, value, &mut next)?;
            }
            found = next;
        }
        Ok(found)
    }

    fn segment(&mut self, segment: &Segment, value: &'v Value, out: &mut Vec<&'v Value>) -> Result<(), EvaluateError> {
        self.visit()?;
        match segment {
            Segment::Selector(selector) => self.selector(selector, value, out),
            Segment::Selectors(selectors) => selectors.iter().try_for_each(|selector| self.selector(selector, value, out)),
            Segment::Descendant(inner) => {
                self.segment(inner, value, out)?;
                match value {
                    Value::List(items) => items.iter().try_for_each(|item| self.segment(segment, item, out)),
                    Value::Map(map) => map.values().try_for_each(|item| self.segment(segment, item, out)),
                    _ => Ok(()),
                }
            }
        }
    }

    fn selector(&mut self, selector: &Selector, value: &'v Value, out: &mut Vec<&'v Value>) -> Result<(), EvaluateError> {
        match selector {
            Selector::Name(name) => out.extend(member(value, name)),
            Selector::Index(index) => out.extend(element(value, *index)),
            Selector::Slice(start, end, step) => {
                if let Value::List(items) = value {
                    for item in slice(items, *start, *end, step.unwrap_or(1)) {
                        self.visit()?;
                        out.push(item);
                    }
                }
            }
            Selector::Wildcard => {
                for item in children(value) {
                    self.visit()?;
                    out.push(item);
                }
            }
            Selector::Filter(filter) => {
                for item in children(value) {
                    self.visit()?;
                    if self.filter(filter, item)? {
                        out.push(item);
                    }
                }
            }
        }
        Ok(())
    }

    fn filter(&mut self, filter: &Filter, item: &'v Value) -> Result<bool, EvaluateError> {
        match filter {
            Filter::Or(parts) => {
                for part in parts {
                    if self.filter(part, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Filter::And(parts) => {
                for part in parts {
                    if !self.filter(part, item)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Filter::Atom(FilterAtom::Filter { expr, not }) => Ok(self.filter(expr, item)? != *not),
            Filter::Atom(FilterAtom::Test { expr, not }) => {
                let found = match expr.as_ref() {
                    Test::RelQuery(segments) => self.segments(segments, item)?,
                    Test::AbsQuery(query) => self.segments(&query.segments, self.root)?,
                    // Functions are refused when compiled.
                    Test::Function(_) => Vec::new(),
                };
                Ok(found.is_empty() == *not)
            }
            Filter::Atom(FilterAtom::Comparison(comparison)) => {
                self.visit()?;
                Ok(self.comparison(comparison, item))
            }
        }
    }

    fn comparison(&self, comparison: &Comparison, item: &'v Value) -> bool {
        let (left, right) = comparison.vals();
        let (left, right) = (self.side(left, item), self.side(right, item));
        match comparison {
            Comparison::Eq(..) => same(&left, &right),
            Comparison::Ne(..) => !same(&left, &right),
            Comparison::Lt(..) => before(&left, &right),
            Comparison::Gt(..) => before(&right, &left),
            Comparison::Lte(..) => before(&left, &right) || same(&left, &right),
            Comparison::Gte(..) => before(&right, &left) || same(&left, &right),
        }
    }

    fn side<'s>(&self, side: &'s Comparable, item: &'s Value) -> Side<'s>
    where
        'v: 's,
    {
        match side {
            Comparable::Literal(Literal::String(text)) => Side::Text(text),
            Comparable::Literal(Literal::Bool(flag)) => Side::Bool(*flag),
            Comparable::Literal(Literal::Null) => Side::Null,
            Comparable::SingularQuery(SingularQuery::Current(steps)) => singular(steps, item).map_or(Side::Nothing, Side::of),
            Comparable::SingularQuery(SingularQuery::Root(steps)) => singular(steps, self.root).map_or(Side::Nothing, Side::of),
            // Numbers and functions are refused when compiled.
            Comparable::Literal(Literal::Int(_) | Literal::Float(_)) | Comparable::Function(_) => Side::Nothing,
        }
    }
}

/// One side of a comparison.
enum Side<'s> {
    Nothing,
    Null,
    Bool(bool),
    Text(&'s str),
    Other(&'s Value),
}

impl<'s> Side<'s> {
    fn of(value: &'s Value) -> Side<'s> {
        match value {
            Value::Null => Side::Null,
            Value::Bool(flag) => Side::Bool(*flag),
            Value::Text(text) => Side::Text(text),
            other => Side::Other(other),
        }
    }
}

/// Exact equality; nothing equals nothing (RFC 9535, 2.3.5.2.2).
fn same(left: &Side<'_>, right: &Side<'_>) -> bool {
    match (left, right) {
        (Side::Nothing, Side::Nothing) | (Side::Null, Side::Null) => true,
        (Side::Bool(a), Side::Bool(b)) => a == b,
        (Side::Text(a), Side::Text(b)) => a == b,
        (Side::Other(Value::Int(a)), Side::Other(Value::Decimal(b))) | (Side::Other(Value::Decimal(b)), Side::Other(Value::Int(a))) => {
            Decimal::from(*a) == *b
        }
        (Side::Other(a), Side::Other(b)) => a == b,
        _ => false,
    }
}

fn before(left: &Side<'_>, right: &Side<'_>) -> bool {
    matches!((left, right), (Side::Text(a), Side::Text(b)) if a < b)
}

fn singular<'v>(steps: &[SingularQuerySegment], from: &'v Value) -> Option<&'v Value> {
    let mut at = from;
    for step in steps {
        at = match step {
            SingularQuerySegment::Name(name) => member(at, name)?,
            SingularQuerySegment::Index(index) => element(at, *index)?,
        };
    }
    Some(at)
}

fn children(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::List(items) => Box::new(items.iter()),
        Value::Map(map) => Box::new(map.values().filter(|value| !value.is_unset())),
        _ => Box::new(std::iter::empty()),
    }
}

/// RFC 9535, 2.3.4.2: bounds are clamped, a step of zero selects nothing.
fn slice(items: &[Value], start: Option<i64>, end: Option<i64>, step: i64) -> Vec<&Value> {
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let normal = |at: i64| if at < 0 { length.saturating_add(at) } else { at };
    let mut found = Vec::new();
    let mut take = |at: i64| found.extend(usize::try_from(at).ok().and_then(|at| items.get(at)));
    if step > 0 {
        let (mut at, end) = (normal(start.unwrap_or(0)).clamp(0, length), normal(end.unwrap_or(length)).clamp(0, length));
        while at < end {
            take(at);
            at = at.saturating_add(step);
        }
    } else if step < 0 {
        let mut at = normal(start.unwrap_or(length - 1)).clamp(-1, length - 1);
        let end = end.map_or(-1, |end| normal(end).clamp(-1, length - 1));
        while at > end {
            take(at);
            at = at.saturating_add(step);
        }
    }
    found
}
