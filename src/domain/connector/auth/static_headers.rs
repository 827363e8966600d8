//! `kind: static_headers`: the same headers on every request.

use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secret;
use crate::domain::connector::request::{Draft, check_header, header_text, scalar_text};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Place, Scope};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use std::sync::Arc;

/// The shape.
pub static KIND: Kind = Kind {
    word: "static_headers",
    doc: "The same headers on every request.",
    later: false,
    fields: &[Field::required("headers", Shape::Map(&Shape::Any), "The headers.")],
};

pub(super) fn compile(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Vec<(Arc<str>, Tree)>> {
    let entries = node.get("headers")?.entries();
    let headers: Vec<_> = entries
        .iter()
        .filter_map(|(name, value)| {
            check_header(&name.text, name.span, compiler);
            literal_secret(&name.text, value, compiler);
            let tree = compiler.inside(&format!("headers.{}", name.text), |compiler| {
                Tree::compile_for(value, &scopes.settings(), Place::Header, compiler)
            })?;
            Some((Arc::from(name.text.as_str()), tree))
        })
        .collect();
    (headers.len() == entries.len()).then_some(headers)
}

pub(super) fn apply(headers: &[(Arc<str>, Tree)], draft: &mut Draft, scope: &Scope<'_>) -> Result<(), BuildError> {
    for (name, tree) in headers {
        let place = format!("auth.headers.{name}");
        let value = tree.build(scope, &Value::Unset, &place, &mut Budget::default())?;
        if let Some(text) = scalar_text(&value, &place)? {
            draft.set_header(name, header_text(text, &place)?);
        }
    }
    Ok(())
}
