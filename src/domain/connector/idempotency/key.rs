//! `by: key`: the request itself carries the key to where it can stand only once: a unique column, the name of a file, a
//! message id that the receiver keeps.

use super::{Around, Idempotency};
use crate::domain::connector::compiler::Compiler;
use crate::domain::text::shape::Kind;
use crate::domain::text::tree::{Node, NodeKind};

/// The shape.
pub static KIND: Kind = Kind {
    word: "key",
    doc: "The request carries `attempt.key` or `reference` to a place where it can stand only once.",
    later: false,
    fields: &[],
};

pub(super) fn compile(node: &Node, around: &Around<'_>, compiler: &mut Compiler<'_>) -> Option<Idempotency> {
    if !around.request.is_some_and(carries_the_key) {
        compiler
            .error("missing_key", node.span, "the request carries neither `attempt.key` nor `reference`, so nothing tells a repeat")
            .hint("hand `{value: attempt.key}` over in the request");
        return None;
    }
    Some(Idempotency::Key)
}

/// Whether a computed value somewhere in the request names the key.
fn carries_the_key(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Scalar { text, .. } => ["attempt.key", "reference"].iter().any(|name| names(text, name)),
        NodeKind::List(items) => items.iter().any(carries_the_key),
        NodeKind::Map(entries) => entries.iter().any(|(_, value)| carries_the_key(value)),
    }
}

/// Whether the name stands there as a word of its own.
fn names(text: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part))
}
