//! `form:`: URL-encoded fields; a list repeats its name.

use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secrets;
use crate::domain::connector::request::{DraftBody, spread};
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Scope, ScopeType};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use std::sync::Arc;

pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Vec<(Arc<str>, Tree)>> {
    compiler.inside("form", |compiler| {
        literal_secrets(node, compiler);
        let fields: Vec<_> = node
            .entries()
            .iter()
            .filter_map(|(name, value)| {
                let tree = compiler.inside(&name.text, |compiler| Tree::compile(value, scope, compiler))?;
                Some((Arc::from(name.text.as_str()), tree))
            })
            .collect();
        (fields.len() == node.entries().len()).then_some(fields)
    })
}

pub(super) fn build(fields: &[(Arc<str>, Tree)], scope: &Scope<'_>, payload: &Value, budget: &mut Budget) -> Result<DraftBody, BuildError> {
    let mut out = Vec::with_capacity(fields.len());
    for (name, tree) in fields {
        let place = format!("form.{name}");
        let value = tree.build(scope, payload, &place, budget)?;
        spread(name, &value, &place, &mut out)?;
    }
    Ok(DraftBody::Form(out))
}
