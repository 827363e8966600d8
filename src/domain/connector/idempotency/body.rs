//! `by: body`: the key stands in a field of the body.

use super::{Around, Idempotency};
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

pub(super) fn compile(node: &Node, around: &Around<'_>, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Idempotency> {
    let written = node.get("field")?;
    let field = Arc::from(written.text()?);
    if around.request.is_some_and(|request| body_has(request, &field, around)) {
        compiler
            .error("duplicate_key", written.span, format!("the body has a member `{field}` already, whose place the key would take"))
            .hint("name the member that the partner takes the key from");
    }
    let value = match node.get("value") {
        Some(value) => {
            super::check_own(value, compiler);
            Some(compiler.inside("value", |compiler| Tree::compile(value, scope, compiler))?)
        }
        None => None,
    };
    Some(Idempotency::Body { field, value })
}

/// Whether the body as written already has this member, or is the whole input, which has it.
fn body_has(request: &Node, field: &str, around: &Around<'_>) -> bool {
    let bodies = ["json", "form"].into_iter().filter_map(|kind| request.get(kind));
    let whole = |body: &Node| body.get("value").and_then(Node::text) == Some("input") || body.get("from").and_then(Node::text) == Some("$");
    bodies.into_iter().any(|body| match whole(body) {
        true => around.input.fields.contains_key(field),
        false => body.entries().iter().any(|(key, _)| key.text == field),
    })
}
