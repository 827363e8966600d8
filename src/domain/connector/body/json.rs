//! `json:`: a value, never text, so that nothing inserted can change its structure.

use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secrets;
use crate::domain::connector::request::DraftBody;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Scope, ScopeType};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;

pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Tree> {
    compiler.inside("json", |compiler| {
        literal_secrets(node, compiler);
        Tree::compile(node, scope, compiler)
    })
}

pub(super) fn build(tree: &Tree, scope: &Scope<'_>, payload: &Value, budget: &mut Budget) -> Result<DraftBody, BuildError> {
    tree.build(scope, payload, "json", budget).map(DraftBody::Json)
}
