//! Typed values that bindings give to flows (`values.free_limit`), declared once and overridden by rows.

use crate::domain::diagnostic::{Hint, Report, did_you_mean};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::{ObjectType, Type, TypeField, Value, currency};
use indexmap::IndexMap;
use std::sync::Arc;

/// The shape of one declared value.
pub static VALUE: ObjectShape = ObjectShape {
    name: "value",
    doc: "A value that flows see as `values.<name>`.",
    fields: &[
        Field::required("type", Shape::Word(&["string", "int", "decimal", "bool", "date", "instant", "duration"]), "its type"),
        Field::optional("currency", Shape::Text, "the currency of a decimal that is an amount"),
        Field::required("value", Shape::Any, "the value where no row says otherwise; decimals are quoted"),
    ],
};

/// A declared value.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueDeclaration {
    /// Its type.
    pub of: Type,
    /// The value where no row says otherwise.
    pub value: Value,
}

/// Reads the `values:` of the file.
pub(super) fn read_declarations(node: Option<&Node>, report: &mut Report) -> IndexMap<Arc<str>, ValueDeclaration> {
    let mut declared = IndexMap::new();
    for (name, entry) in node.map(Node::entries).unwrap_or_default() {
        let path = format!("values.{}", name.text);
        let Some(of) = entry.get("type").and_then(Node::text).and_then(Type::named) else { continue };
        let named = entry.get("currency").and_then(|node| Some((node, node.text()?)));
        if let Some((node, code)) = named
            && currency::decimals(code).is_none()
        {
            report.error("bad_value", node.span, format!("`{code}` is not a currency of ISO 4217")).at(format!("{path}.currency"));
        }
        let of = match (of, named) {
            (Type::Decimal { .. }, Some((_, code))) => Type::Decimal { currency: Some(code.into()) },
            (of, Some((node, _))) => {
                report.error("wrong_type", node.span, "only a decimal has a currency").at(format!("{path}.currency"));
                of
            }
            (of, None) => of,
        };
        let Some(value) = entry.get("value").and_then(|node| read_value(&of, node, &format!("{path}.value"), report)) else { continue };
        declared.insert(Arc::from(name.text.as_str()), ValueDeclaration { of, value });
    }
    declared
}

/// Reads the `values:` of a row, typed as declared.
pub(super) fn read_overrides(
    node: Option<&Node>,
    declared: &IndexMap<Arc<str>, ValueDeclaration>,
    path: &str,
    report: &mut Report,
) -> IndexMap<Arc<str>, Value> {
    let mut values = IndexMap::new();
    for (name, node) in node.map(Node::entries).unwrap_or_default() {
        let path = format!("{path}.values.{}", name.text);
        match declared.get(name.text.as_str()) {
            Some(declaration) => {
                if let Some(value) = read_value(&declaration.of, node, &path, report) {
                    values.insert(Arc::from(name.text.as_str()), value);
                }
            }
            None => {
                let near = did_you_mean(&name.text, declared.keys().map(AsRef::as_ref));
                let hint = near.map_or("declare it under `values` of the file, with its type".into(), Hint::meant);
                report.error("unknown_field", name.span, format!("the value `{}` is not declared", name.text)).hint(hint).at(path);
            }
        }
    }
    values
}

fn read_value(of: &Type, node: &Node, path: &str, report: &mut Report) -> Option<Value> {
    let json = node.to_json();
    let unquoted = matches!(of, Type::Decimal { .. }) && json.is_number();
    match of.read(&Value::from_json(&json)) {
        Ok(value) if !unquoted && !matches!(value, Value::Null | Value::Unset) => Some(value),
        _ => {
            let hint = if unquoted { "quote it: unquoted numbers lose digits in other tools" } else { "write it in the form of its type" };
            report.error("bad_value", node.span, format!("this is not of the declared type {}", of.name())).hint(hint).at(path);
            None
        }
    }
}

/// The type of the name `values` in expressions.
pub(super) fn type_of(declared: &IndexMap<Arc<str>, ValueDeclaration>) -> Type {
    let field = |declaration: &ValueDeclaration| TypeField { of: declaration.of.clone(), required: true, max_length: None };
    let fields = declared.iter().map(|(name, declaration)| (name.clone(), field(declaration))).collect();
    Type::Object(Arc::new(ObjectType { name: "values".into(), fields, open: false }))
}
