//! `kind: bearer`: the same token on every request.

use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secret;
use crate::domain::connector::request::{Draft, header_text, scalar_text};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Scope};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;

/// The shape.
pub static KIND: Kind = Kind {
    word: "bearer",
    doc: "The same token on every request.",
    later: false,
    fields: &[Field::required("token", Shape::Any, "The token, such as `{value: settings.api_key}`.")],
};

pub(super) fn compile(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Tree> {
    literal_secret("token", node.get("token")?, compiler);
    compiler.inside("token", |compiler| Tree::compile(node.get("token")?, &scopes.settings(), compiler))
}

pub(super) fn apply(token: &Tree, draft: &mut Draft, scope: &Scope<'_>) -> Result<(), BuildError> {
    let place = "auth.token";
    let value = token.build(scope, &Value::Unset, place, &mut Budget::default())?;
    let text = scalar_text(&value, place)?.ok_or_else(|| BuildError::Unset { place: place.to_owned() })?;
    draft.set_header("authorization", format!("Bearer {}", header_text(text, place)?));
    Ok(())
}
