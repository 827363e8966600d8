//! `default:` of declared fields: what stands where nothing is given. Checked against the declared type when the file is read, so
//! that nobody first learns at the partner that a default never fitted.

use super::compiler::Compiler;
use super::tree::literal;
use crate::domain::text::tree::Node;
use crate::domain::value::{Map, ObjectType, Type, TypeField, Value};
use indexmap::IndexMap;
use std::sync::Arc;

/// The defaults of an object's fields, and of the objects in them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    fields: IndexMap<Arc<str>, FieldDefault>,
}

#[derive(Clone, Debug, PartialEq)]
struct FieldDefault {
    value: Option<Value>,
    /// Of the object that the field holds, or of each row of a list of them.
    inner: Defaults,
}

impl Defaults {
    /// Reads the defaults of fields that are declared in `of`.
    pub(super) fn compile(node: Option<&Node>, of: &ObjectType, compiler: &mut Compiler<'_>) -> Defaults {
        let mut fields = IndexMap::new();
        for (key, declared) in node.map(Node::entries).unwrap_or_default() {
            let Some(field) = of.fields.get(key.text.as_str()) else { continue };
            let found = compiler.inside(&key.text, |compiler| {
                let value = declared.get("default").and_then(|default| read_one(&key.text, default, field, compiler));
                let inner = match object_in(&field.of) {
                    Some(object) => compiler.inside("fields", |compiler| Defaults::compile(declared.get("fields"), object, compiler)),
                    None => Defaults::default(),
                };
                FieldDefault { value, inner }
            });
            if found.value.is_some() || !found.inner.fields.is_empty() {
                fields.insert(Arc::from(key.text.as_str()), found);
            }
        }
        Defaults { fields }
    }

    /// The default of a field of the object itself.
    pub fn of(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)?.value.as_ref()
    }

    /// The fields of the object itself that have a default.
    pub fn values(&self) -> impl Iterator<Item = (&Arc<str>, &Value)> {
        self.fields.iter().filter_map(|(name, field)| Some((name, field.value.as_ref()?)))
    }

    /// Puts in what is not given. A null is given.
    pub fn fill(&self, map: &mut Map) {
        for (name, field) in &self.fields {
            match map.get(name) {
                None | Some(Value::Unset) => {
                    if let Some(value) = &field.value {
                        map.insert(name.clone(), field.inner.filled(value));
                    }
                }
                Some(given) if !field.inner.fields.is_empty() => {
                    let filled = field.inner.filled(given);
                    map.insert(name.clone(), filled);
                }
                Some(_) => {}
            }
        }
    }

    /// An object, or a list of them, with what is not given in it.
    fn filled(&self, value: &Value) -> Value {
        match value {
            _ if self.fields.is_empty() => value.clone(),
            Value::Map(map) => {
                let mut map = map.as_ref().clone();
                self.fill(&mut map);
                Value::Map(Arc::new(map))
            }
            Value::List(items) => Value::list(items.iter().map(|item| self.filled(item))),
            other => other.clone(),
        }
    }
}

/// The object whose fields a declared type has, itself or by the row.
fn object_in(of: &Type) -> Option<&ObjectType> {
    match of {
        Type::Object(object) => Some(object),
        Type::List(item, _) => object_in(item),
        _ => None,
    }
}

/// Reads one default; none where it cannot stand there.
pub(super) fn read_one(name: &str, node: &Node, field: &TypeField, compiler: &mut Compiler<'_>) -> Option<Value> {
    if field.of == Type::Secret {
        compiler.error("secret_in_text", node.span, format!("the secret `{name}` has a default")).hint("leave the default out");
        return None;
    }
    let value = match field.of.read(&literal(node)) {
        Ok(Value::Null | Value::Unset) => {
            let message = format!("the default of `{name}` is null, which gives nothing");
            compiler.error("bad_value", node.span, message).hint("say `optional: true` instead");
            return None;
        }
        Ok(value) => value,
        Err(error) => {
            let place = if error.path.is_empty() { String::new() } else { format!(" at `{}`", error.path) };
            let message = format!("the default of `{name}` is {}{place}, but {} is declared", error.found, error.wanted);
            let found = compiler.error("bad_value", node.span, message);
            if matches!(field.of, Type::Decimal { .. }) && error.found == "number" {
                found.hint("quote it, such as `\"0.13\"`: unquoted numbers lose digits in other tools");
            }
            return None;
        }
    };
    if let Some(why) = too_much(&value, field) {
        compiler.error("bad_value", node.span, format!("the default of `{name}` {why}"));
        return None;
    }
    Some(value)
}

fn too_much(value: &Value, field: &TypeField) -> Option<String> {
    match (value, &field.of) {
        (Value::Text(text), _) => {
            let most = field.max_length?;
            (text.chars().count() > most as usize).then(|| format!("is longer than the {most} characters that are declared"))
        }
        (Value::List(items), Type::List(_, Some(most))) => {
            (items.len() > *most as usize).then(|| format!("has more than the {most} elements that are declared"))
        }
        _ => None,
    }
}
