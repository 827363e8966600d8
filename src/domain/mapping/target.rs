//! Target paths: `supplier.code`, `form['金额']`, `['品名']`.

use crate::domain::diagnostic::{Hint, did_you_mean};
use crate::domain::value::{Type, TypeField};
use std::sync::Arc;

/// Parts of one target path.
const PARTS_MAX: usize = 16;

/// Reads a target path; the error is the offset in characters and what is wrong.
pub(super) fn read(text: &str) -> Result<Vec<Arc<str>>, (usize, &'static str)> {
    let letters: Vec<char> = text.chars().collect();
    let mut parts: Vec<Arc<str>> = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        if parts.len() == PARTS_MAX {
            return Err((at, "the target nests too deep"));
        }
        if letters[at] == '[' {
            let (name, next) = quoted(&letters, at)?;
            parts.push(name);
            at = next;
            continue;
        }
        if letters[at] == '.' {
            if parts.is_empty() {
                return Err((at, "a target does not begin with a dot"));
            }
            at += 1;
        } else if !parts.is_empty() {
            return Err((at, "a dot or `['…']` is wanted here"));
        }
        let length =
            letters[at..].iter().take_while(|letter| !matches!(letter, '.' | '[' | ']' | '\'' | '"') && !letter.is_whitespace()).count();
        if length == 0 {
            return Err((at, "a name is wanted here; other keys are quoted: `['…']`"));
        }
        parts.push(Arc::from(letters[at..at + length].iter().collect::<String>()));
        at += length;
    }
    if parts.is_empty() { Err((0, "the target is empty")) } else { Ok(parts) }
}

/// A key in `['…']`, and where it ends; `\'` and `\\` stand for themselves.
fn quoted(letters: &[char], start: usize) -> Result<(Arc<str>, usize), (usize, &'static str)> {
    let Some(quote) = letters.get(start + 1).copied().filter(|letter| matches!(letter, '\'' | '"')) else {
        return Err((start, "a key in brackets is quoted: `['…']`; lists are made with `each`"));
    };
    let mut name = String::new();
    let mut at = start + 2;
    while let Some(letter) = letters.get(at).copied() {
        if letter == '\\' && letters.get(at + 1).is_some_and(|next| *next == quote || *next == '\\') {
            name.push(letters[at + 1]);
            at += 2;
        } else if letter == quote {
            return match letters.get(at + 1) {
                Some(']') if !name.is_empty() => Ok((Arc::from(name), at + 2)),
                Some(']') => Err((at, "the key is empty")),
                _ => Err((at, "`]` is wanted here")),
            };
        } else {
            name.push(letter);
            at += 1;
        }
    }
    Err((start, "the quote is not closed"))
}

/// Writes a path as it is read.
pub(super) fn write(base: &str, parts: &[Arc<str>]) -> String {
    let mut path = base.to_owned();
    for part in parts {
        let plain = part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') && !part.is_empty();
        if plain {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(part);
        } else {
            path.push_str("['");
            path.push_str(&part.replace('\\', "\\\\").replace('\'', "\\'"));
            path.push_str("']");
        }
    }
    path
}

/// The field at a path below a type. The error says which part is not there, and a hint.
pub(super) fn field(of: &Type, parts: &[Arc<str>]) -> Result<TypeField, (usize, String, Option<Hint>)> {
    let mut found = TypeField { of: of.clone(), required: false, max_length: None };
    for (index, part) in parts.iter().enumerate() {
        found = match &found.of {
            Type::Any => TypeField { of: Type::Any, required: false, max_length: None },
            Type::Map(item) => TypeField { of: item.as_ref().clone(), required: false, max_length: None },
            Type::Object(object) => match object.fields.get(part) {
                Some(field) => field.clone(),
                None if object.open => TypeField { of: Type::Any, required: false, max_length: None },
                None => {
                    let hint = match did_you_mean(part, object.fields.keys().map(AsRef::as_ref)) {
                        Some(near) => Hint::meant(near),
                        None => format!("it has: {}", object.fields.keys().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")).into(),
                    };
                    return Err((index, format!("`{}` has no field `{part}`", object.name), Some(hint)));
                }
            },
            Type::List(..) => {
                let hint = "make its elements with `each`".into();
                return Err((index, format!("`{}` is a list, so it has no field `{part}`", write("", &parts[..index])), Some(hint)));
            }
            other => {
                let message = format!("`{}` is {}, so it has no field `{part}`", write("", &parts[..index]), other.name());
                return Err((index, message, None));
            }
        };
    }
    Ok(found)
}
