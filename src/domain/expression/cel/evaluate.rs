//! Running the tree. Values are borrowed as far as possible; every operation and every element takes a unit of budget.

use super::super::{Budget, EvaluateError, Scope};
use super::arithmetic::{calculate, negate};
use super::compare::{compare, equal, mismatch};
use super::node::{Loop, LoopKind, Node};
use crate::domain::value::{Map, Value};
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::sync::Arc;

static UNSET: Value = Value::Unset;

/// What a node sees: the scope and the loop variables around it.
#[derive(Clone, Copy)]
pub(super) struct Frame<'f> {
    scope: &'f Scope<'f>,
    locals: Option<&'f Local<'f>>,
}

struct Local<'f> {
    value: &'f Value,
    level: u16,
    outer: Option<&'f Local<'f>>,
}

impl<'f> Frame<'f> {
    pub fn new(scope: &'f Scope<'f>) -> Frame<'f> {
        Frame { scope, locals: None }
    }

    fn local(&self, level: u16) -> &'f Value {
        let mut local = self.locals;
        while let Some(found) = local {
            if found.level == level {
                return found.value;
            }
            local = found.outer;
        }
        &UNSET
    }
}

type Found<'f> = Result<Cow<'f, Value>, EvaluateError>;

/// Evaluates a node.
pub(super) fn evaluate<'f>(node: &'f Node, frame: Frame<'f>, budget: &mut Budget) -> Found<'f> {
    budget.take(1)?;
    let made = match node {
        Node::Constant(value) => return Ok(Cow::Borrowed(value)),
        Node::Name(name) => return Ok(Cow::Borrowed(frame.scope.get(name))),
        Node::Local(level) => return Ok(Cow::Borrowed(frame.local(*level))),
        Node::Member(base, key) => {
            return Ok(match evaluate(base, frame, budget)? {
                Cow::Borrowed(value) => Cow::Borrowed(value.member(key)),
                Cow::Owned(value) => Cow::Owned(value.member(key).clone()),
            });
        }
        Node::Index(pair) => {
            let index = evaluate(&pair.1, frame, budget)?;
            return match evaluate(&pair.0, frame, budget)? {
                Cow::Borrowed(value) => element(value, &index).map(Cow::Borrowed),
                Cow::Owned(value) => element(&value, &index).cloned().map(Cow::Owned),
            };
        }
        Node::Choice(three) => {
            let chosen = truth(&*evaluate(&three.0, frame, budget)?, "?:")?;
            return evaluate(if chosen { &three.1 } else { &three.2 }, frame, budget);
        }
        Node::Guard(inner, mixes) => {
            let value = evaluate(inner, frame, budget)?;
            if !value.is_unset() {
                for mix in mixes {
                    mix.check(frame, budget)?;
                }
            }
            return Ok(value);
        }
        Node::Has(base, key) => Value::Bool(!evaluate(base, frame, budget)?.member(key).is_unset()),
        Node::Not(inner) => Value::Bool(!truth(&*evaluate(inner, frame, budget)?, "!")?),
        Node::And(nodes) => Value::Bool(every(nodes, true, frame, budget)?),
        Node::Or(nodes) => Value::Bool(!every(nodes, false, frame, budget)?),
        Node::Compare(the) => {
            let left = evaluate(&the.left, frame, budget)?;
            let right = evaluate(&the.right, frame, budget)?;
            if let Some(mix) = &the.mix
                && meets(&left, &right)
            {
                mix.check(frame, budget)?;
            }
            Value::Bool(compare(the.order, &left, &right, budget)?)
        }
        Node::In(pair) => {
            let wanted = evaluate(&pair.0, frame, budget)?;
            let range = evaluate(&pair.1, frame, budget)?;
            Value::Bool(contained(&wanted, &range, budget)?)
        }
        Node::Arithmetic(the) => {
            let left = evaluate(&the.left, frame, budget)?;
            let right = evaluate(&the.right, frame, budget)?;
            if let Some(mix) = &the.mix
                && meets(&left, &right)
            {
                mix.check(frame, budget)?;
            }
            calculate(the.sign, &left, &right, budget)?
        }
        Node::Negate(inner) => negate(&*evaluate(inner, frame, budget)?)?,
        Node::ToDecimal(inner) => {
            let value = evaluate(inner, frame, budget)?;
            match value.as_ref() {
                Value::Int(number) => Value::Decimal(Decimal::from(*number)),
                _ => return Ok(value),
            }
        }
        Node::List(nodes) => {
            let mut items = Vec::with_capacity(nodes.len());
            for node in nodes {
                items.push(evaluate(node, frame, budget)?.into_owned());
            }
            Value::List(Arc::new(items))
        }
        Node::Map(entries) => made_map(entries, frame, budget)?,
        Node::Call(name, run, nodes) => {
            let mut arguments = Vec::with_capacity(nodes.len());
            for node in nodes {
                arguments.push(evaluate(node, frame, budget)?);
            }
            if arguments.iter().any(|value| matches!(value.as_ref(), Value::Unset | Value::Null)) {
                Value::Unset
            } else {
                run(name, &arguments, budget)?
            }
        }
        Node::Matches(inner, regex) => match &*evaluate(inner, frame, budget)? {
            Value::Unset | Value::Null => Value::Unset,
            Value::Text(text) => {
                budget.take(text.len() as u64 / 16)?;
                Value::Bool(regex.is_match(text))
            }
            other => return Err(EvaluateError::Type { operation: "matches".to_owned(), found: other.kind().to_owned() }),
        },
        Node::Loop(the) => looped(the, frame, budget)?,
    };
    Ok(Cow::Owned(made))
}

/// Whether the currency matters: only where both amounts are there.
fn meets(left: &Value, right: &Value) -> bool {
    !matches!(left, Value::Unset | Value::Null) && !matches!(right, Value::Unset | Value::Null)
}

/// The truth of a value in logic: unset and null count as false, other kinds than bool are an error.
pub(super) fn truth(value: &Value, operation: &str) -> Result<bool, EvaluateError> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::Unset | Value::Null => Ok(false),
        other => Err(EvaluateError::Type { operation: operation.to_owned(), found: other.kind().to_owned() }),
    }
}

/// Whether every node has this truth; stops at the first that has not. Left to right: what stands behind is not run.
fn every(nodes: &[Node], wanted: bool, frame: Frame<'_>, budget: &mut Budget) -> Result<bool, EvaluateError> {
    for node in nodes {
        if truth(&*evaluate(node, frame, budget)?, if wanted { "&&" } else { "||" })? != wanted {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The element at an index or key; unset beyond the end.
fn element<'v>(value: &'v Value, index: &Value) -> Result<&'v Value, EvaluateError> {
    Ok(match (value, index) {
        (Value::Unset | Value::Null, _) | (_, Value::Unset | Value::Null) => &UNSET,
        (Value::List(items), Value::Int(at)) => usize::try_from(*at).ok().and_then(|at| items.get(at)).unwrap_or(&UNSET),
        (Value::Map(_), Value::Text(key)) => value.member(key),
        _ => return Err(mismatch("[]", value, index)),
    })
}

fn contained(wanted: &Value, range: &Value, budget: &mut Budget) -> Result<bool, EvaluateError> {
    match range {
        Value::Unset | Value::Null => Ok(false),
        Value::List(items) => {
            for item in items.iter() {
                budget.take(1)?;
                if equal(wanted, item, budget)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::Map(map) => Ok(wanted.as_text().is_some_and(|key| map.get(key).is_some_and(|value| !value.is_unset()))),
        other => Err(mismatch("in", wanted, other)),
    }
}

fn made_map(entries: &[(Node, Node)], frame: Frame<'_>, budget: &mut Budget) -> Result<Value, EvaluateError> {
    let mut map = Map::with_capacity(entries.len());
    for (key, value) in entries {
        let key = match &*evaluate(key, frame, budget)? {
            Value::Text(key) => key.clone(),
            other => return Err(EvaluateError::Type { operation: "{}".to_owned(), found: format!("{} as a key", other.kind()) }),
        };
        map.insert(key, evaluate(value, frame, budget)?.into_owned());
    }
    Ok(Value::Map(Arc::new(map)))
}

fn looped(the: &Loop, frame: Frame<'_>, budget: &mut Budget) -> Result<Value, EvaluateError> {
    let range = evaluate(&the.range, frame, budget)?;
    let keys: Vec<Value>;
    let items: &[Value] = match range.as_ref() {
        Value::Unset | Value::Null => return Ok(Value::Unset),
        Value::List(items) => items,
        Value::Map(map) => {
            budget.take(map.len() as u64)?;
            keys = map.keys().map(|key| Value::Text(key.clone())).collect();
            &keys
        }
        other => return Err(EvaluateError::Type { operation: the.kind.name().to_owned(), found: other.kind().to_owned() }),
    };
    let mut made = Vec::new();
    let mut count = 0_usize;
    for item in items {
        budget.take(1)?;
        let local = Local { value: item, level: the.level, outer: frame.locals };
        let inner = Frame { scope: frame.scope, locals: Some(&local) };
        let holds = match &the.condition {
            Some(condition) => truth(&*evaluate(condition, inner, budget)?, the.kind.name())?,
            None => true,
        };
        match (the.kind, holds) {
            (LoopKind::All, false) => return Ok(Value::Bool(false)),
            (LoopKind::Exists, true) => return Ok(Value::Bool(true)),
            (LoopKind::ExistsOne, true) => count += 1,
            (LoopKind::Filter, true) => made.push(item.clone()),
            (LoopKind::Map, true) => {
                if let Some(body) = &the.body {
                    made.push(evaluate(body, inner, budget)?.into_owned());
                }
            }
            _ => {}
        }
    }
    Ok(match the.kind {
        LoopKind::All => Value::Bool(true),
        LoopKind::Exists => Value::Bool(false),
        LoopKind::ExistsOne => Value::Bool(count == 1),
        LoopKind::Map | LoopKind::Filter => Value::List(Arc::new(made)),
    })
}

/// The text of a scalar as templates, `string()` and `join` print it; none for unset, null, lists and maps.
pub fn print(value: &Value) -> Option<Cow<'_, str>> {
    Some(match value {
        Value::Text(text) | Value::Number(text) => Cow::Borrowed(text),
        Value::Bool(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        Value::Int(number) => Cow::Owned(number.to_string()),
        Value::Decimal(number) => Cow::Owned(number.to_string()),
        Value::Instant(at) => Cow::Owned(at.to_string()),
        Value::Date(day) => Cow::Owned(day.to_string()),
        Value::Duration(span) => Cow::Owned(span.to_string()),
        Value::Unset | Value::Null | Value::List(_) | Value::Map(_) => return None,
    })
}
