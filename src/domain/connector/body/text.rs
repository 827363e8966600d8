//! `body_text:`: a text as it is, for partners with a format of their own.

use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::request::DraftBody;
use crate::domain::connector::tree::BuildError;
use crate::domain::expression::{Budget, Place, Scope, ScopeType, Template};
use crate::domain::text::tree::{Node, NodeKind};

pub(super) fn compile(node: &Node, content_type: Option<&Node>, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Template> {
    let template = compiler.inside("body_text", |compiler| compiler.template(node, place(content_type), scope))?;
    if is(content_type, "json") && template.inserts() {
        // Inside quotes or not, in a name or a value: only a body built as a value cannot be changed by what is inserted.
        compiler
            .error("wrong_type", node.span, "what is inserted into JSON written as text could change what the text says")
            .hint("write the body as a value: `json: {name: {value: input.name}}`");
    }
    Some(template)
}

/// Where the text goes. A content type that is computed is looked at as it is written.
fn place(content_type: Option<&Node>) -> Place {
    if is(content_type, "xml") || is(content_type, "html") { Place::Xml } else { Place::Plain }
}

fn is(content_type: Option<&Node>, form: &str) -> bool {
    content_type.is_some_and(|node| match &node.kind {
        NodeKind::Scalar { text, .. } => text.to_ascii_lowercase().contains(form),
        NodeKind::Map(entries) => entries.iter().any(|(_, value)| is(Some(value), form)),
        NodeKind::List(_) => false,
    })
}

pub(super) fn build(template: &Template, scope: &Scope<'_>, budget: &mut Budget) -> Result<DraftBody, BuildError> {
    let failed = |source| BuildError::Evaluate { place: "body_text".to_owned(), source };
    let text = template.render(scope, budget).map_err(failed)?;
    Ok(DraftBody::Bytes { content_type: "text/plain; charset=utf-8".to_owned(), bytes: text.into_bytes() })
}
