//! What was probably meant by an unknown key: a near word here, or the place where the word is known.

use super::shape::{Field, KeyedShape, Shape, TaggedShape};
use crate::domain::diagnostic::{Hint, did_you_mean};

/// The hint for an unknown key: the nearest known key, else the place nearby that knows this very key, else all keys.
pub fn key(
    written: &str,
    names: &[&'static str],
    around: &[(String, Vec<&'static [Field]>)],
    siblings: &[(&'static str, &'static [Field])],
) -> Hint {
    if let Some(near) = did_you_mean(written, names.iter().copied()) {
        return Hint::meant(near);
    }
    if let Some(place) = elsewhere(written, around, siblings) {
        return format!("`{written}` is known in `{place}`").into();
    }
    format!("known here: {}", names.join(", ")).into()
}

fn elsewhere(written: &str, around: &[(String, Vec<&'static [Field]>)], siblings: &[(&'static str, &'static [Field])]) -> Option<String> {
    let has = |fields: &[Field]| fields.iter().any(|field| field.name == written);
    let (here, outside) = around.split_last()?;
    if let Some(field) = here.1.iter().flat_map(|group| group.iter()).find(|field| inside(&field.shape).into_iter().any(has)) {
        return Some(field.name.to_owned());
    }
    if let Some((word, _)) = siblings.iter().find(|(_, fields)| has(fields)) {
        return Some((*word).to_owned());
    }
    outside.iter().rev().find(|(_, groups)| groups.iter().any(|group| has(group))).map(|(name, _)| name.clone())
}

/// The keys known one level inside a shape.
fn inside(shape: &Shape) -> Vec<&'static [Field]> {
    match shape {
        Shape::Object(object) => vec![object.fields],
        Shape::Tagged(tagged) => tagged.kinds.iter().map(|kind| kind.fields).chain([tagged.common]).collect(),
        Shape::Keyed(keyed) => keyed.variants.iter().map(|variant| variant.fields).chain([keyed.common]).collect(),
        Shape::List(item) | Shape::Map(item) | Shape::IdMap(item) | Shape::OneOrMany(item) => inside(item),
        Shape::Either(options) => options.iter().flat_map(inside).collect(),
        _ => Vec::new(),
    }
}

/// The fields of every variant of a keyed mapping.
pub fn variants(keyed: &'static KeyedShape) -> Vec<(&'static str, &'static [Field])> {
    keyed.variants.iter().map(|variant| (variant.key.name, variant.fields)).collect()
}

/// The fields of every kind of a tagged mapping.
pub fn kinds(tagged: &'static TaggedShape) -> Vec<(&'static str, &'static [Field])> {
    tagged.kinds.iter().map(|kind| (kind.word, kind.fields)).collect()
}
