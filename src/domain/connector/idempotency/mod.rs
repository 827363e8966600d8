//! What makes a repeat of a write harmless, one file a way.

mod body;
mod header;
mod key;
mod lookup;
mod nature;
mod none;

pub use lookup::{Found, Lookup, LookupThen};

use super::batch::ItemType;
use super::compiler::Compiler;
use super::read::Declared;
use super::request::Draft;
use super::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Scope, ScopeType};
use crate::domain::text::shape::{Kind, Shape, TaggedShape};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::{ObjectType, Value};
use std::sync::Arc;

/// The ways there are.
pub static KINDS: &[&Kind] = &[&header::KIND, &body::KIND, &key::KIND, &nature::KIND, &lookup::KIND, &none::KIND];

static TAGGED: TaggedShape = TaggedShape {
    name: "idempotency",
    doc: "What makes a repeat of a write harmless.",
    tag: "by",
    default: None,
    common: &[],
    kinds: KINDS,
};

/// The shape of `idempotency:`.
pub const SHAPE: Shape = Shape::Tagged(&TAGGED);

/// What makes a repeat harmless.
#[derive(Debug)]
pub enum Idempotency {
    /// Reads need nothing.
    NotNeeded,
    /// The partner honours a key in a header.
    Header {
        /// The header.
        header: Arc<str>,
        /// The key; none means `attempt.key`.
        value: Option<Tree>,
    },
    /// The partner honours a key in the body.
    Body {
        /// The top-level field.
        field: Arc<str>,
        /// The key; none means `attempt.key`.
        value: Option<Tree>,
    },
    /// The request itself carries the key to a place where it can stand only once.
    Key,
    /// Repeating is harmless by nature.
    Nature,
    /// We ask by our reference whether it happened.
    Lookup(Box<Lookup>),
    /// Nothing: an unknown outcome goes to a person.
    None,
}

/// What `idempotency` is compiled against.
pub(super) struct Around<'a> {
    pub operation: &'a str,
    pub input: &'a Arc<ObjectType>,
    pub output: &'a Arc<ObjectType>,
    pub declared: &'a Declared,
    /// Of a batch: one item, which is looked up by itself.
    pub item: Option<&'a ItemType>,
    /// Of a batch: how an item is written.
    pub written_item: Option<&'a Node>,
    /// The request as written; none of an operation made of steps.
    pub request: Option<&'a Node>,
    /// The steps as written.
    pub steps: Option<&'a Node>,
    pub is_http: bool,
}

impl Around<'_> {
    /// Whether the write sends this name to the partner; what its steps call is handed it, or has it from the hub.
    fn sends(&self, name: &str) -> bool {
        let sent = |node: &Node| carries(node, name) || node_is_whole_input(node);
        let by_steps = |steps: &Node| {
            let takes_it = |step: &Node| {
                let called = step.get("call").and_then(Node::text).and_then(|called| self.declared.get(called));
                name == "attempt.key" || called.is_some_and(|called| called.input.fields.contains_key(name))
            };
            carries(steps, name) || steps.items().iter().any(takes_it)
        };
        let of_item = |node: &Node| carries(node, name);
        self.request.is_some_and(sent) || self.written_item.is_some_and(of_item) || self.steps.is_some_and(by_steps)
    }
}

/// Whether a computed value somewhere below uses the name.
pub(in crate::domain::connector) fn carries(node: &Node, name: &str) -> bool {
    match &node.kind {
        NodeKind::Scalar { text, .. } => names(text, name),
        NodeKind::List(items) => items.iter().any(|item| carries(item, name)),
        NodeKind::Map(entries) => entries.iter().any(|(_, value)| carries(value, name)),
    }
}

/// Whether the name stands there as a word of its own.
fn names(text: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part))
}

/// A key that two writes have in common makes the second one look like a repeat of the first: it would never be done.
fn check_own(value: &Node, compiler: &mut Compiler<'_>) {
    if !["attempt.key", "reference"].iter().any(|name| carries(value, name)) {
        compiler
            .error("key_not_own", value.span, "the key is not this write's own, so the partner takes another write with it for a repeat")
            .hint("leave `value` out, which sends `attempt.key`, or build it from `attempt.key` or `reference`");
    }
}

/// Whether all of the input goes out somewhere below.
fn node_is_whole_input(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Scalar { text, .. } => text == "input" || text == "$",
        NodeKind::List(items) => items.iter().any(node_is_whole_input),
        NodeKind::Map(entries) => entries.iter().any(|(_, value)| node_is_whole_input(value)),
    }
}

impl Idempotency {
    /// Compiles what stands under `idempotency:`.
    pub(super) fn compile(node: &Node, around: &Around<'_>, request: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Idempotency> {
        match node.get("by").and_then(Node::text)? {
            word @ ("header" | "body") if !around.is_http => {
                compiler
                    .error(
                        "wrong_type",
                        node.span,
                        format!("`by: {word}` changes an HTTP request, which this kind of connector does not make"),
                    )
                    .hint("carry `attempt.key` in the request and say `by: key`");
                None
            }
            "header" | "body" if around.item.is_some() && node.get("value").is_some_and(|value| !carries(value, "attempt.key")) => {
                compiler
                    .error(
                        "key_not_own",
                        node.span,
                        "the list may go out in several requests, and the key would be the same for all of them",
                    )
                    .hint("leave `value` out, or build it from `attempt.key`, which is each request's own");
                None
            }
            "header" => header::compile(node, request, compiler),
            "body" => body::compile(node, around, request, compiler),
            "key" => key::compile(node, around, compiler),
            "nature" => Some(Idempotency::Nature),
            "lookup" => lookup::compile(node, around, compiler).map(|lookup| Idempotency::Lookup(Box::new(lookup))),
            "none" => Some(Idempotency::None),
            _ => None,
        }
    }

    /// In words, for check and console.
    pub fn label(&self) -> String {
        match self {
            Idempotency::NotNeeded => "reads only".to_owned(),
            Idempotency::Header { header, .. } => format!("safe: the partner honours a key in the header `{header}`"),
            Idempotency::Body { field, .. } => format!("safe: the partner honours a key in the field `{field}`"),
            Idempotency::Key => "safe: the request carries a key that the partner keeps only once".to_owned(),
            Idempotency::Nature => "safe: repeating is harmless".to_owned(),
            Idempotency::Lookup(lookup) => {
                let by: Vec<&str> = lookup.with.names().collect();
                let by = if by.is_empty() { "reference".to_owned() } else { by.join(", ") };
                format!("safe: looked up by `{}` (by {by}) before a repeat", lookup.operation)
            }
            Idempotency::None => "may duplicate: an unknown outcome goes to a person".to_owned(),
        }
    }

    /// Whether the same request may be sent again after an unknown outcome.
    pub fn may_repeat_blindly(&self) -> bool {
        !matches!(self, Idempotency::Lookup(_) | Idempotency::None)
    }

    /// Puts the key into a request.
    pub(super) fn apply(&self, draft: &mut Draft, scope: &Scope<'_>, payload: &Value) -> Result<(), BuildError> {
        let key = |value: &Option<Tree>| match value {
            Some(tree) => tree.build(scope, payload, "idempotency.value", &mut Budget::default()),
            None => Ok(scope.get("attempt").member("key").clone()),
        };
        match self {
            Idempotency::Header { header, value } => {
                let text = super::request::scalar_text(&key(value)?, "idempotency.value")?;
                let text = text.ok_or(BuildError::Unset { place: "idempotency.value".to_owned() })?;
                draft.set_header(header, super::request::header_text(text, "idempotency.value")?);
            }
            Idempotency::Body { field, value } => {
                let key = key(value)?;
                let why = "has no place in a body that is not a mapping";
                let taken = draft.set_body_field(field, key);
                return if taken { Ok(()) } else { Err(BuildError::Invalid { place: format!("json.{field}"), why }) };
            }
            _ => {}
        }
        Ok(())
    }
}
