//! Callbacks a partner sends: how they are proved, acknowledged and what they point at.

use super::compiler::Compiler;
use super::request::plain_millis;
use super::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Cardinality, Path, Place, Scope, ScopeType};
use crate::domain::signature::{self, Signature};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::{Map, Type, Value};
use indexmap::IndexMap;
use std::sync::Arc;

/// Things one callback may point at.
const REFERENCES_MAX: usize = 1_000;

static ACKNOWLEDGE: ObjectShape = ObjectShape {
    name: "acknowledge",
    doc: "How a callback is acknowledged.",
    fields: &[
        Field::optional("status", Shape::Int, "The status; 200."),
        Field::optional("within", Shape::Duration, "How fast the partner wants it."),
        Field::optional("body", Shape::Text, "The exact body; nothing where it is left out."),
        Field::optional("content_type", Shape::Text, "Its content type."),
    ],
};

static OBJECT: ObjectShape = ObjectShape {
    name: "webhook",
    doc: "Callbacks a partner sends.",
    fields: &[
        Field::optional("signature", signature::SHAPE, "How a callback is proved; without one it is only ever a hint."),
        Field::optional("acknowledge", Shape::Object(&ACKNOWLEDGE), "How it is acknowledged."),
        Field::required("ref", Shape::IdMap(&Shape::Any), "What it points at; `from` reads the payload."),
        Field::optional("each", Shape::Path, "The things one callback is about, where it is about several."),
        Field::optional("message_id", Shape::Any, "What makes two callbacks the same; the signature's id where it is left out."),
    ],
};

/// The shape of one webhook.
pub const SHAPE: Shape = Shape::Object(&OBJECT);

/// Callbacks a partner sends.
#[derive(Debug)]
pub struct Webhook {
    /// Its name.
    pub name: Arc<str>,
    /// How it is proved.
    pub signature: Option<Signature>,
    /// The settings it is proved with, by the part they play; several of one part in the order they are tried.
    pub secrets: Vec<(&'static str, Vec<Arc<str>>)>,
    /// How it is acknowledged.
    pub acknowledge: Acknowledge,
    /// What it points at.
    pub reference: IndexMap<Arc<str>, Tree>,
    each: Option<Path>,
    message_id: Option<Tree>,
}

/// How a callback is acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledge {
    /// The status.
    pub status: u16,
    /// The exact body.
    pub body: Option<Arc<str>>,
    /// Its content type.
    pub content_type: Option<Arc<str>>,
    /// How fast the partner wants it, milliseconds.
    pub within_millis: Option<u64>,
}

/// The names a condition on a callback may use.
pub(super) fn payload_scope() -> ScopeType {
    ScopeType::default().with("payload", Type::Any).with("headers", Type::Map(Box::new(Type::Text)))
}

impl Webhook {
    pub(super) fn compile(
        name: &str,
        node: &Node,
        settings: &crate::domain::value::ObjectType,
        compiler: &mut Compiler<'_>,
    ) -> Option<Webhook> {
        let scope = payload_scope();
        let mut reference = IndexMap::new();
        let entries = node.get("ref")?.entries();
        for (key, tree) in entries {
            let tree = compiler.inside(&format!("ref.{}", key.text), |compiler| Tree::compile_for(tree, &scope, Place::Plain, compiler));
            reference.extend(tree.map(|tree| (Arc::from(key.text.as_str()), tree)));
        }
        let each = match node.get("each") {
            Some(path) => Some(compiler.inside("each", |compiler| compiler.json_path(path))?),
            None => None,
        };
        let message_id = match node.get("message_id") {
            Some(tree) => Some(compiler.inside("message_id", |compiler| Tree::compile(tree, &scope, compiler))?),
            None => None,
        };
        let mut secrets = Vec::new();
        let signature = node.get("signature").and_then(|signature| {
            let named = signature::NAMED.iter().filter(|named| signature.get(named.key).is_some());
            secrets = compiler.inside("signature", |compiler| {
                named.map(|named| (named.key, compile_secrets(signature, named, settings, compiler))).collect()
            });
            compiler.inside("signature", |compiler| {
                signature::compile(signature, &mut |span, message| {
                    compiler.error("bad_value", span, message);
                })
            })
        });
        let acknowledge = compile_acknowledge(node.get("acknowledge"), compiler);
        let complete = reference.len() == entries.len();
        complete.then_some(Webhook { name: Arc::from(name), signature, secrets, acknowledge, reference, each, message_id })
    }

    /// What a callback points at: one `ref` for each thing it is about.
    ///
    /// # Errors
    /// When the payload does not hold what `ref` names.
    pub fn references(&self, payload: &Value, headers: &Value) -> Result<Vec<Value>, BuildError> {
        let things = match &self.each {
            None => vec![payload.clone()],
            Some(path) => match path.extract(payload, Cardinality::Many) {
                Ok(Value::List(items)) if items.len() <= REFERENCES_MAX => items.to_vec(),
                Ok(Value::List(items)) => return Err(BuildError::TooMany { place: "each".to_owned(), found: items.len() }),
                Ok(_) => Vec::new(),
                Err(source) => return Err(BuildError::Evaluate { place: "each".to_owned(), source }),
            },
        };
        things.iter().map(|thing| build_reference(&self.reference, thing, &scope_of(thing, headers))).collect()
    }

    /// The id by which a repeated callback is known, where the definition says how it is found.
    pub fn message_id(&self, payload: &Value, headers: &Value) -> Option<String> {
        let tree = self.message_id.as_ref()?;
        let value = tree.build(&scope_of(payload, headers), payload, "message_id", &mut Budget::default()).ok()?;
        super::request::scalar_text(&value, "message_id").ok().flatten().filter(|id| !id.is_empty())
    }
}

fn scope_of(payload: &Value, headers: &Value) -> Scope<'static> {
    Scope::default().with("payload", payload.clone()).with("headers", headers.clone())
}

/// Builds `ref` from a payload or an item.
pub(super) fn build_reference(trees: &IndexMap<Arc<str>, Tree>, payload: &Value, scope: &Scope<'_>) -> Result<Value, BuildError> {
    let mut out = Map::with_capacity(trees.len());
    let mut budget = Budget::default();
    for (name, tree) in trees {
        let value = tree.build(scope, payload, &format!("ref.{name}"), &mut budget)?;
        if !value.is_unset() {
            out.insert(name.clone(), value);
        }
    }
    Ok(Value::Map(Arc::new(out)))
}

/// `secret: settings.NAME` (or another part), or a list of them while one is being replaced.
fn compile_secrets(
    node: &Node,
    named: &signature::Named,
    settings: &crate::domain::value::ObjectType,
    compiler: &mut Compiler<'_>,
) -> Vec<Arc<str>> {
    let Some(written) = node.get(named.key) else { return Vec::new() };
    let items = match &written.kind {
        NodeKind::List(items) => items.as_slice(),
        _ => std::slice::from_ref(written),
    };
    let mut secrets = Vec::new();
    for item in items {
        let Some(text) = item.text() else { continue };
        let Some(name) = text.strip_prefix("settings.") else {
            compiler
                .error("secret_in_text", item.span, "a signature's secret is named by a setting")
                .hint("write `settings.NAME` and give its value in the connection");
            continue;
        };
        match settings.fields.get(name) {
            Some(field) if field.of == Type::Secret || (!named.secret && field.of == Type::Text) => secrets.push(Arc::from(name)),
            Some(field) if !named.secret => {
                let message = format!("the setting `{name}` is {}, but an id is text", field.of.name());
                compiler.error("expression_type", item.span, message);
            }
            Some(_) => {
                compiler
                    .error("expression_type", item.span, format!("the setting `{name}` is not a secret"))
                    .hint("declare it `{type: secret}`");
            }
            None => compiler.unknown_field(item.span, name, settings),
        }
    }
    secrets
}

fn compile_acknowledge(node: Option<&Node>, compiler: &mut Compiler<'_>) -> Acknowledge {
    let get = |key: &str| node.and_then(|node| node.get(key));
    let text = |key: &str| get(key).and_then(Node::text).map(Arc::from);
    let written = get("status").and_then(Node::int).unwrap_or(200);
    let status = u16::try_from(written).ok().filter(|status| (200..300).contains(status));
    if status.is_none()
        && let Some(node) = get("status")
    {
        compiler.error("bad_value", node.span, "an acknowledgement is a 2xx status");
    }
    Acknowledge {
        status: status.unwrap_or(200),
        body: text("body"),
        content_type: text("content_type"),
        within_millis: plain_millis(get("within"), compiler),
    }
}
