//! Declared types as a connector writes them: `string`, `[string]`, `{type: decimal, optional: true}`.

use super::compiler::Compiler;
use crate::domain::diagnostic::{Hint, did_you_mean};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::{ObjectType, Type, TypeField};
use indexmap::IndexMap;
use std::sync::Arc;

/// The words of scalar types.
pub const WORDS: &[&str] = &["string", "int", "decimal", "bool", "instant", "date", "duration", "url", "id", "secret", "object", "any"];

/// The shape of one declared field: a type, a list of a type, or a mapping that says more.
pub static FIELD: Shape = Shape::Either(&[Shape::Text, Shape::List(&Shape::Text), Shape::Object(&FIELD_OBJECT)]);

/// The mapping that says more.
pub(super) static FIELD_OBJECT: ObjectShape = ObjectShape {
    name: "declared_field",
    doc: "A declared field with more than its type.",
    fields: &[
        Field::required("type", Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]), "The type, or `[type]` for a list."),
        Field::optional("optional", Shape::Bool, "Whether it may be left out."),
        Field::optional("max_length", Shape::Int, "Longest text taken, characters."),
        Field::optional("max_items", Shape::Int, "Longest list taken."),
        Field::optional("currency", Shape::Text, "For amounts: the currency, or the field that names it."),
        Field::optional("fields", Shape::Map(&FIELD), "For objects: the declared fields."),
        Field::optional("title", Shape::Title, "What people see."),
        Field::optional("default", Shape::Any, "What stands where nothing is given; of the declared type."),
    ],
};

/// Reads a mapping of names to declared fields.
pub(super) fn read_object(name: &str, node: Option<&Node>, compiler: &mut Compiler<'_>) -> ObjectType {
    let mut fields = IndexMap::new();
    for (key, value) in node.map(Node::entries).unwrap_or_default() {
        compiler.inside(&key.text, |compiler| {
            if let Some(field) = read_field(&key.text, value, compiler) {
                fields.insert(Arc::from(key.text.as_str()), field);
            }
        });
    }
    ObjectType { name: Arc::from(name), fields, open: false }
}

/// Reads one declared field.
pub(super) fn read_field(name: &str, node: &Node, compiler: &mut Compiler<'_>) -> Option<TypeField> {
    let NodeKind::Map(_) = &node.kind else {
        return Some(TypeField { of: read_type(name, node, None, compiler)?, required: true, max_length: None });
    };
    let of = read_type(name, node.get("type")?, Some(node), compiler)?;
    let required = !node.get("optional").and_then(Node::bool).unwrap_or(false) && node.get("default").is_none();
    let max_length = node.get("max_length").and_then(Node::int).and_then(|length| u32::try_from(length).ok());
    Some(TypeField { of, required, max_length })
}

/// Reads a type; `extra` is the mapping it stands in, for list bounds, currencies and fields of objects.
pub(super) fn read_type(name: &str, node: &Node, extra: Option<&Node>, compiler: &mut Compiler<'_>) -> Option<Type> {
    if let NodeKind::List(items) = &node.kind {
        let [item] = items.as_slice() else {
            compiler.error("wrong_type", node.span, "a list type has exactly one element type").hint("write `[string]`");
            return None;
        };
        let bound = extra.and_then(|extra| extra.get("max_items")).and_then(Node::int).and_then(|bound| u32::try_from(bound).ok());
        return Some(Type::List(Box::new(read_type(name, item, extra, compiler)?), bound));
    }
    let word = node.text()?;
    let declared = extra.and_then(|extra| extra.get("fields"));
    match Type::named(word) {
        Some(Type::Map(_)) if declared.is_some() => {
            let object = compiler.inside("fields", |compiler| read_object(name, declared, compiler));
            Some(Type::Object(Arc::new(object)))
        }
        Some(Type::Decimal { .. }) => {
            let currency = extra.and_then(|extra| extra.get("currency")).and_then(Node::text).map(Arc::from);
            Some(Type::Decimal { currency })
        }
        Some(of) => Some(of),
        None => {
            let hint = match did_you_mean(word, WORDS.iter().copied()) {
                Some(near) => Hint::meant(near),
                None => format!("one of: {}", WORDS.join(", ")).into(),
            };
            compiler.error("bad_word", node.span, format!("`{word}` is not a type")).hint(hint);
            None
        }
    }
}

/// Whether a value of type `from` may stand where `to` is declared.
pub(super) fn fits(from: &Type, to: &Type) -> bool {
    match (from, to) {
        // A secret stays one: an output that takes anything would show it.
        (from, to) if from.holds_secret() && !to.holds_secret() => false,
        (Type::Any, _) | (_, Type::Any) => true,
        (Type::Int, Type::Decimal { .. }) | (Type::Decimal { .. }, Type::Decimal { .. }) => true,
        // Ids come as numbers and travel as text; nothing is lost.
        (Type::Int, Type::Text) => true,
        (Type::List(from, _), Type::List(to, _)) | (Type::Map(from), Type::Map(to)) => fits(from, to),
        (Type::Object(_), Type::Map(of)) => matches!(of.as_ref(), Type::Any),
        (Type::Map(_), Type::Object(_)) => true,
        (Type::Object(from), Type::Object(to)) => to.fields.iter().all(|(name, wanted)| match from.fields.get(name) {
            Some(given) => fits(&given.of, &wanted.of),
            None => !wanted.required || from.open,
        }),
        (from, to) => from == to,
    }
}

/// The names of an object's fields, for messages.
pub(super) fn names(of: &ObjectType) -> String {
    if of.fields.is_empty() {
        return "no fields".to_owned();
    }
    of.fields.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// An object type from names and types, for scopes.
pub(super) fn object(name: &str, fields: impl IntoIterator<Item = (&'static str, Type)>) -> Type {
    let fields = fields.into_iter().map(|(name, of)| (Arc::from(name), TypeField { of, required: false, max_length: None })).collect();
    Type::Object(Arc::new(ObjectType { name: Arc::from(name), fields, open: false }))
}
