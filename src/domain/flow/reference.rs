//! Our reference at a partner: short, readable, unique per effect. People search for it; look-ups ask for it.

use crate::domain::ids::EffectId;
use crate::domain::value::{Type, Value};
use std::sync::Arc;

/// Characters of the document's key that are kept.
const KEY_MAX: usize = 20;
/// Crockford's base 32: no I, L, O, U, so that it survives being read aloud.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters of the code where the key before it had to be changed or cut: 50 bits, since it then tells documents apart less well.
const CODE: usize = 10;
/// Characters of the code that an effect has: what is left of its id is not random.
const CODE_MAX: usize = 12;
/// What is left of a key must be worth reading.
const KEY_MIN: usize = 2;

/// `PO-4417-7ZK3M0Q`: the key and 35 bits of the effect id; 50 bits where the key had to be changed or cut. Where the partner holds
/// fewer characters than that, the key is cut to its end, which is what tells the keys of a year apart, or is left out. The same
/// effect has the same reference each time, so a look-up asks for what was written.
pub(super) fn of(key: &str, effect: EffectId, declared: &Type) -> String {
    let safe: String =
        key.chars().filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')).take(KEY_MAX).collect();
    let code = code(effect);
    let whole = match safe.as_str() {
        "" => code[..CODE].to_owned(),
        safe => format!("{safe}-{}", &code[..if safe == key { 7 } else { CODE }]),
    };
    match most_of(declared).map(|most| most as usize) {
        Some(most) if whole.len() > most => shortened(&safe, &code, most),
        _ => whole,
    }
}

/// What the partner's field holds at most, where that is declared.
fn most_of(declared: &Type) -> Option<u32> {
    let Type::Object(object) = declared else { return None };
    object.fields.get("reference")?.max_length
}

fn shortened(safe: &str, code: &str, most: usize) -> String {
    let room = most.saturating_sub(CODE + 1);
    let end = safe[safe.len().saturating_sub(room)..].trim_start_matches(['-', '_', '.']);
    if end.len() < KEY_MIN { code[..most.min(CODE_MAX)].to_owned() } else { format!("{end}-{}", &code[..CODE]) }
}

fn code(effect: EffectId) -> String {
    let mut bits = effect.0.as_u64_pair().1;
    let letters = (0..CODE_MAX).map(|_| {
        let letter = char::from(ALPHABET[(bits & 31) as usize]);
        bits >>= 5;
        letter
    });
    letters.collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::value::{ObjectType, TypeField};
    use std::collections::BTreeSet;
    use uuid::Uuid;

    fn input(max_length: Option<u32>) -> Type {
        let reference = (Arc::from("reference"), TypeField { of: Type::Text, required: true, max_length });
        Type::Object(Arc::new(ObjectType { name: Arc::from("input"), fields: [reference].into_iter().collect(), open: false }))
    }

    fn effect(number: u64) -> EffectId {
        // Spread over the bits as a digest is.
        EffectId(Uuid::from_u64_pair(0, number.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    #[test]
    fn a_short_field_gets_the_end_of_the_key_or_the_code_alone() {
        let bits = EffectId(Uuid::from_u64_pair(0, 0x0123_4567_89AB_CDEF));
        // By hand: five bits at a time, the lowest first, of 0x0123456789ABCDEF.
        let code = "FFKQT4YC5T82";
        for (key, most, wanted) in [
            ("PO-4417", None, format!("PO-4417-{}", &code[..7])),
            ("PO-4417", Some(15), format!("PO-4417-{}", &code[..7])),
            ("PO-4417", Some(14), format!("417-{}", &code[..10])),
            ("PO-4417", Some(13), format!("17-{}", &code[..10])),
            ("PO-4417", Some(12), code.to_owned()),
            ("PO-4417", Some(11), code[..11].to_owned()),
            ("PO-4417", Some(10), code[..10].to_owned()),
            ("P1", Some(12), format!("P1-{}", &code[..7])),
            ("PO-2026-000000000004417", Some(40), format!("PO-2026-000000000004-{}", &code[..10])),
            ("PO-2026-4417", Some(16), format!("4417-{}", &code[..10])),
            ("采购单", Some(12), code[..10].to_owned()),
        ] {
            let made = of(key, bits, &input(most));
            assert_eq!(made, wanted, "{key} in {most:?}");
            assert!(most.is_none_or(|most| made.len() <= most as usize), "{made} in {most:?}");
        }
    }

    #[test]
    fn short_references_are_as_many_as_the_writes() {
        let of_many = |most| (0..100_000).map(|number| of("PO-2026-000001", effect(number), &input(Some(most)))).collect::<BTreeSet<_>>();
        for most in [10, 12, 16] {
            assert_eq!(of_many(most).len(), 100_000, "{most} characters");
        }
    }
}
