//! Currencies of amounts: known when compiled, or looked at when evaluated.
//!
//! An amount's type names its currency: a literal code, or the path of the field that holds it. The path is looked for
//! in the mapping that holds the amount, then in those around it, then in `doc`. Two different codes never mix. Where
//! one side is a field, the check is made at run time, by the fields; a condition such as `doc.currency == 'CNY'` in
//! front of it keeps that check from failing.

use super::super::{Budget, EvaluateError, ScopeType};
use super::evaluate::{self, Frame};
use super::node::Node;
use super::types::member_type;
use crate::domain::value::{ObjectType, Type, Value};
use std::sync::Arc;

/// The currency of an amount.
#[derive(Clone, Debug)]
pub(super) enum Currency {
    /// A literal code.
    Code(Arc<str>),
    /// Held by a field; the text tells fields apart.
    Field(Box<Node>, Arc<str>),
    /// Declared, but its field cannot be reached from here.
    Unknown(Arc<str>),
}

/// A mapping on the way to a value: where the currency field of an amount is looked for.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    pub object: Arc<ObjectType>,
    pub node: Node,
    pub path: Arc<str>,
}

/// Two currencies to compare at run time.
#[derive(Clone, Debug)]
pub(super) struct Mix {
    left: Currency,
    right: Currency,
}

impl Currency {
    /// Resolves what a type declares.
    pub fn resolve(declared: &Arc<str>, owners: &[Owner], scope: &ScopeType) -> Currency {
        if declared.len() == 3 && declared.chars().all(|letter| letter.is_ascii_uppercase()) {
            return Currency::Code(declared.clone());
        }
        let around = owners.iter().rev().find_map(|owner| field(&owner.object, &owner.node, &owner.path, declared));
        let document = || match scope.names.get("doc") {
            Some(Type::Object(object)) => field(object, &Node::Name(Arc::from("doc")), "doc", declared),
            _ => None,
        };
        around.or_else(document).unwrap_or_else(|| Currency::Unknown(declared.clone()))
    }

    /// Whether it can be told at run time.
    pub fn is_known(&self) -> bool {
        !matches!(self, Currency::Unknown(_))
    }

    /// Outside the loop that bound `level`: a field reached through its variable is no longer reachable.
    pub fn outside(self, level: u16) -> Currency {
        match self {
            Currency::Field(node, path) if node.uses_local(level) => Currency::Unknown(path),
            other => other,
        }
    }

    /// The code, when it can be told.
    pub fn code(&self, frame: Frame<'_>, budget: &mut Budget) -> Option<Arc<str>> {
        match self {
            Currency::Code(code) => Some(code.clone()),
            Currency::Field(node, _) => match evaluate::evaluate(node, frame, budget).ok()?.as_ref() {
                Value::Text(code) => Some(code.clone()),
                _ => None,
            },
            Currency::Unknown(_) => None,
        }
    }

    fn name(&self) -> &str {
        match self {
            Currency::Code(name) | Currency::Field(_, name) | Currency::Unknown(name) => name,
        }
    }
}

fn field(object: &Arc<ObjectType>, node: &Node, path: &str, declared: &str) -> Option<Currency> {
    let mut of = Type::Object(object.clone());
    let mut node = node.clone();
    for part in declared.split('.') {
        of = match member_type(&of, part) {
            Some(Type::Any) | None => return None,
            Some(of) => of,
        };
        node = Node::Member(Box::new(node), Arc::from(part));
    }
    Some(Currency::Field(Box::new(node), Arc::from(format!("{path}.{declared}"))))
}

/// Whether two amounts may meet: `Ok(None)` surely, `Ok(Some)` if a run-time check says so, `Err` never.
pub(super) fn meet(left: Option<&Currency>, right: Option<&Currency>) -> Result<Option<Mix>, String> {
    let (Some(left), Some(right)) = (left, right) else { return Ok(None) };
    match (left, right) {
        (Currency::Code(a), Currency::Code(b)) if a == b => Ok(None),
        (Currency::Code(a), Currency::Code(b)) => Err(format!("an amount in {a} cannot meet an amount in {b}")),
        (Currency::Field(_, a), Currency::Field(_, b)) | (Currency::Unknown(a), Currency::Unknown(b)) if a == b => Ok(None),
        (Currency::Unknown(_), _) | (_, Currency::Unknown(_)) => {
            Err(format!("nothing here tells whether `{}` and `{}` are the same currency", left.name(), right.name()))
        }
        _ => Ok(Some(Mix { left: left.clone(), right: right.clone() })),
    }
}

impl Mix {
    /// Fails when the two differ, or when one is not known.
    pub fn check(&self, frame: Frame<'_>, budget: &mut Budget) -> Result<(), EvaluateError> {
        let (left, right) = (self.left.code(frame, budget), self.right.code(frame, budget));
        match (&left, &right) {
            (Some(a), Some(b)) if a == b => Ok(()),
            _ => {
                let name = |code: Option<Arc<str>>| code.map_or_else(|| "an unknown currency".to_owned(), |code| code.to_string());
                Err(EvaluateError::Currency(name(left), name(right)))
            }
        }
    }
}
