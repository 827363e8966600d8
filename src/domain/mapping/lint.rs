//! Whether a value of one type may be written to a target of another.

use crate::domain::diagnostic::Hint;
use crate::domain::value::Type;

/// What is wrong with writing one type to another.
#[derive(Debug, PartialEq)]
pub(super) struct Mismatch {
    pub code: &'static str,
    pub message: String,
    pub hint: Option<Hint>,
}

/// Whether values of `from` can be written to `to` without losing anything unsaid.
pub(super) fn fits(from: &Type, to: &Type) -> Result<(), Mismatch> {
    let wrong = |code, hint: Option<&str>| {
        let message = format!("the target is {}, but this gives {}", to.name(), from.name());
        Err(Mismatch { code, message, hint: hint.map(Hint::from) })
    };
    match (from, to) {
        (Type::Secret, Type::Secret) => Ok(()),
        (Type::Secret, _) => wrong("expression_type", Some("a secret is used by its connector alone")),
        (Type::Any, _) | (_, Type::Any) => Ok(()),
        (Type::Text, Type::Secret) => Ok(()),
        (Type::Decimal { currency: Some(one) }, Type::Decimal { currency: Some(other) })
            if is_code(one) && is_code(other) && one != other =>
        {
            wrong("expression_type", Some("an amount keeps its currency; convert it with a rate first"))
        }
        (Type::Int, Type::Decimal { .. }) | (Type::Decimal { .. }, Type::Decimal { .. }) => Ok(()),
        (Type::Int | Type::Decimal { .. } | Type::Date | Type::Instant, Type::Text) => Ok(()),
        (Type::Decimal { .. }, Type::Int) => {
            wrong("lossy_conversion", Some("say `as: integer`: a fraction is then an error; or round it first"))
        }
        (Type::Instant, Type::Date) => wrong("lossy_conversion", Some("say in which zone: `date(x, 'Asia/Shanghai')`")),
        (Type::List(..), Type::Text) => wrong("lossy_conversion", Some("join the elements: `join: \", \"`")),
        (Type::List(a, _), Type::List(b, _)) | (Type::Map(a), Type::Map(b)) => fits(a, b),
        (Type::Object(object), Type::Map(item)) => object.fields.values().try_for_each(|field| fits(&field.of, item)),
        (Type::Map(_), Type::Object(_)) => Ok(()),
        (Type::Object(a), Type::Object(b)) if a.name == b.name => Ok(()),
        (Type::Object(a), Type::Object(b)) => {
            for (name, wanted) in &b.fields {
                match a.fields.get(name) {
                    Some(field) => fits(&field.of, &wanted.of)?,
                    None if wanted.required && !a.open => {
                        let message = format!("`{}` has no field `{name}`, which the target needs", a.name);
                        return Err(Mismatch { code: "unmapped_target", message, hint: Some("map the fields one by one".into()) });
                    }
                    None => {}
                }
            }
            match a.fields.keys().find(|name| !b.fields.contains_key(*name)) {
                Some(extra) if !b.open => {
                    let message = format!("the target has no field `{extra}`, which `{}` may hold", a.name);
                    Err(Mismatch { code: "unknown_target", message, hint: Some("map the fields one by one".into()) })
                }
                _ => Ok(()),
            }
        }
        (Type::Text, Type::Decimal { .. }) => wrong("expression_type", Some("convert it: `decimal(...)`")),
        (Type::Text, Type::Int) => wrong("expression_type", Some("convert it: `int(...)`, or say `as: integer`")),
        (Type::Text, Type::Instant) => wrong("expression_type", Some("convert it: `instant(...)`, or say `as`")),
        (Type::Text, Type::Date) => wrong("expression_type", Some("convert it: `date(...)`, or say `as`")),
        (Type::Bool, Type::Text) => wrong("expression_type", Some("say its words: `as: {bool: {yes: \"Y\", no: \"N\"}}`")),
        (a, b) if a == b => Ok(()),
        _ => wrong("expression_type", None),
    }
}

fn is_code(currency: &str) -> bool {
    currency.len() == 3 && currency.chars().all(|letter| letter.is_ascii_uppercase())
}
