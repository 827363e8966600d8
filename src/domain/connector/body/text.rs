//! `body_text:`: a text as it is, for partners with a format of their own.

use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::request::DraftBody;
use crate::domain::connector::tree::BuildError;
use crate::domain::expression::{Budget, Place, Scope, ScopeType, Template};
use crate::domain::text::tree::Node;

pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Template> {
    compiler.inside("body_text", |compiler| compiler.template(node, Place::Plain, scope))
}

pub(super) fn build(template: &Template, scope: &Scope<'_>, budget: &mut Budget) -> Result<DraftBody, BuildError> {
    let failed = |source| BuildError::Evaluate { place: "body_text".to_owned(), source };
    let text = template.render(scope, budget).map_err(failed)?;
    Ok(DraftBody::Bytes { content_type: "text/plain; charset=utf-8".to_owned(), bytes: text.into_bytes() })
}
