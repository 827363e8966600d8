//! Which types may meet, and what comes of it.

use super::node::Order;
use crate::domain::diagnostic::Hint;
use crate::domain::value::Type;

/// The type of a member: none when it is not declared.
pub(crate) fn member_type(of: &Type, key: &str) -> Option<Type> {
    match of {
        Type::Any => Some(Type::Any),
        Type::Map(item) => Some(item.as_ref().clone()),
        Type::Object(object) => match object.fields.get(key) {
            Some(field) => Some(field.of.clone()),
            None if object.open => Some(Type::Any),
            None => None,
        },
        _ => None,
    }
}

pub(super) fn is_number(of: &Type) -> bool {
    matches!(of, Type::Int | Type::Decimal { .. })
}

/// The type of what may be either. A secret among others stays one: as anything at all it could be printed and compared.
pub(super) fn either(left: &Type, right: &Type) -> Type {
    unify(left, right).unwrap_or(if left.holds_secret() || right.holds_secret() { Type::Secret } else { Type::Any })
}

/// The type that holds both, if one does: branches of `?:`, elements of a list.
pub(super) fn unify(left: &Type, right: &Type) -> Option<Type> {
    Some(match (left, right) {
        (a, b) if a == b => a.clone(),
        (Type::Int, Type::Decimal { currency }) | (Type::Decimal { currency }, Type::Int) => Type::Decimal { currency: currency.clone() },
        (Type::Decimal { currency: a }, Type::Decimal { currency: b }) => {
            Type::Decimal { currency: if a == b { a.clone() } else { a.clone().or_else(|| b.clone()) } }
        }
        (Type::List(a, m), Type::List(b, n)) => {
            let bound = m.zip(*n).map(|(m, n)| m.max(n));
            Type::List(Box::new(unify(a, b)?), bound)
        }
        (Type::Any, other) | (other, Type::Any) if !other.holds_secret() => Type::Any,
        (Type::Object(_) | Type::Map(_), Type::Object(_) | Type::Map(_)) if !left.holds_secret() && !right.holds_secret() => Type::Any,
        _ => return None,
    })
}

/// Why two types cannot be compared, as a hint; `Ok` when they can.
pub(super) fn comparable(order: Order, left: &Type, right: &Type) -> Result<(), Option<Hint>> {
    match (left, right) {
        (left, right) if left.holds_secret() || right.holds_secret() => Err(Some("secrets are never compared".into())),
        (Type::Decimal { .. }, Type::Any) | (Type::Any, Type::Decimal { .. }) => {
            Err(Some("convert the untyped side: `decimal(...)`".into()))
        }
        (Type::Any, _) | (_, Type::Any) => Ok(()),
        (a, b) if is_number(a) && is_number(b) => Ok(()),
        (Type::Text, Type::Text) | (Type::Bool, Type::Bool) | (Type::Instant, Type::Instant) => Ok(()),
        (Type::Date, Type::Date) | (Type::Duration, Type::Duration) => Ok(()),
        (Type::List(a, _), Type::List(b, _)) if order.is_equality() => comparable(order, a, b),
        (Type::Object(_) | Type::Map(_), Type::Object(_) | Type::Map(_)) if order.is_equality() => Ok(()),
        (a, b) => Err(conversion(a, b)),
    }
}

/// The conversion that would make two types meet.
fn conversion(left: &Type, right: &Type) -> Option<Hint> {
    let other = match (left, right) {
        (Type::Text, other) | (other, Type::Text) => other,
        (Type::Date, Type::Instant) | (Type::Instant, Type::Date) => {
            return Some("make a date of the instant: `date(x, 'Asia/Shanghai')`".into());
        }
        _ => return None,
    };
    let function = match other {
        Type::Decimal { .. } => "decimal",
        Type::Int => "int",
        Type::Instant => "instant",
        Type::Date => "date",
        Type::Duration => "duration",
        Type::Bool => "bool",
        _ => return None,
    };
    Some(format!("convert the text: `{function}(...)`").into())
}

/// Whether a value of one type may stand where another is wanted.
pub(super) fn assignable(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (from, Type::Any) => !from.holds_secret(),
        (Type::Any, Type::Decimal { .. }) => false,
        (Type::Any, Type::Secret) => false,
        (Type::Any, _) => true,
        (Type::Int, Type::Decimal { .. }) | (Type::Text, Type::Secret) => true,
        (Type::Decimal { .. }, Type::Decimal { .. }) => true,
        (Type::List(a, _), Type::List(b, _)) | (Type::Map(a), Type::Map(b)) => assignable(a, b),
        (Type::Object(object), Type::Map(item)) => object.fields.values().all(|field| assignable(&field.of, item)),
        (Type::Map(_), Type::Object(_)) => true,
        (Type::Object(a), Type::Object(b)) => b.fields.iter().all(|(name, wanted)| match a.fields.get(name) {
            Some(field) => assignable(&field.of, &wanted.of),
            None => a.open || !wanted.required,
        }),
        (a, b) => a == b,
    }
}
