//! Our reference at a partner: short, readable, unique per effect. People search for it; look-ups ask for it.

use crate::domain::ids::EffectId;
use crate::domain::value::{Type, Value};
use std::sync::Arc;

/// Characters of the document's key that are kept.
const KEY_MAX: usize = 20;
/// Crockford's base 32: no I, L, O, U, so that it survives being read aloud.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `PO-4417-7ZK3M0Q`: the key and 35 bits of the effect id; 50 bits where the key had to be changed or cut, since it
/// then tells documents apart less well.
pub(super) fn of(key: &str, effect: EffectId) -> String {
    let safe: String =
        key.chars().filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')).take(KEY_MAX).collect();
    let length = if safe == key { 7 } else { 10 };
    let mut bits = effect.0.as_u64_pair().1;
    let mut code = String::with_capacity(length);
    for _ in 0..length {
        code.push(char::from(ALPHABET[(bits & 31) as usize]));
        bits >>= 5;
    }
    if safe.is_empty() { code } else { format!("{safe}-{code}") }
}

/// Puts the reference into an input that declares the member and does not have it.
pub(super) fn fill(input: &Value, declared: &Type, reference: &str) -> Value {
    let Type::Object(object) = declared else { return input.clone() };
    if !object.fields.contains_key("reference") || !input.member("reference").is_unset() {
        return input.clone();
    }
    let mut map = match input {
        Value::Map(map) => (**map).clone(),
        _ => crate::domain::value::Map::new(),
    };
    map.insert(Arc::from("reference"), Value::text(reference));
    Value::Map(Arc::new(map))
}
