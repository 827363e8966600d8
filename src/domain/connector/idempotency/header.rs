//! `by: header`: the partner keeps the answer under a key and gives it again.

use super::Idempotency;
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::request::check_header;
use crate::domain::connector::tree::Tree;
use crate::domain::expression::{Place, ScopeType};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use std::sync::Arc;

/// The shape.
pub static KIND: Kind = Kind {
    word: "header",
    doc: "The partner honours a key in a header.",
    later: false,
    fields: &[
        Field::required("header", Shape::Text, "The header, such as `Idempotency-Key`."),
        Field::optional("value", Shape::Any, "The key; `attempt.key` where it is left out."),
    ],
};

pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Idempotency> {
    let written = node.get("header")?;
    let header = written.text()?;
    check_header(header, written.span, compiler);
    let value = match node.get("value") {
        Some(value) => {
            super::check_own(value, compiler);
            Some(compiler.inside("value", |compiler| Tree::compile_for(value, scope, Place::Header, compiler))?)
        }
        None => None,
    };
    Some(Idempotency::Header { header: Arc::from(header.to_ascii_lowercase()), value })
}
