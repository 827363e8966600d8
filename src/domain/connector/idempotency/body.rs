//! `by: body`: the key stands in a field of the body.

use super::Idempotency;
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::tree::Tree;
use crate::domain::expression::ScopeType;
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use std::sync::Arc;

/// The shape.
pub static KIND: Kind = Kind {
    word: "body",
    doc: "The partner honours a key in the body.",
    later: false,
    fields: &[
        Field::required("field", Shape::Text, "The top-level field the key stands in."),
        Field::optional("value", Shape::Any, "The key; `attempt.key` where it is left out."),
    ],
};

pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Idempotency> {
    let field = Arc::from(node.get("field")?.text()?);
    let value = match node.get("value") {
        Some(value) => Some(compiler.inside("value", |compiler| Tree::compile(value, scope, compiler))?),
        None => None,
    };
    Some(Idempotency::Body { field, value })
}
