//! Where a captured credential goes in further requests: header, cookie, query or body.

use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::request::{Draft, Request, check_header, header_text, scalar_text};
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Place, Scope, ScopeType, Template};
use crate::domain::text::shape::{Field, KeyedShape, Shape, Variant};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::Value;
use std::sync::Arc;

macro_rules! variant {
    ($word:literal, $doc:literal) => {
        &Variant { key: Field::required($word, Shape::Text, $doc), fields: &[] }
    };
}

static KEYED: KeyedShape = KeyedShape {
    name: "apply",
    doc: "Where a credential goes.",
    common: &[
        Field::optional("text", Shape::Template, "A template."),
        Field::optional("value", Shape::Expression, "A CEL expression."),
        Field::optional("as", Shape::Any, "How it is written."),
    ],
    variants: &[
        variant!("header", "A header."),
        variant!("cookie", "A cookie."),
        variant!("query", "A query parameter."),
        variant!("body", "A top-level field of the body."),
    ],
};

/// The shape: one place, or several.
pub const SHAPE: Shape = Shape::OneOrMany(&Shape::Keyed(&KEYED));

/// One place a credential goes to.
#[derive(Debug)]
pub struct Apply {
    place: PlaceOf,
    name: Arc<str>,
    tree: Tree,
}

#[derive(Clone, Copy, Debug)]
enum PlaceOf {
    Header,
    Cookie,
    Query,
    Body,
}

impl Apply {
    pub(super) fn compile_all(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Vec<Apply>> {
        let items = match &node.kind {
            NodeKind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let compiled: Vec<_> =
            items.iter().filter_map(|item| compiler.inside("apply", |compiler| Apply::compile(item, scope, compiler))).collect();
        (compiled.len() == items.len()).then_some(compiled)
    }

    /// `Authorization: Bearer`, for a scope that has `token`.
    pub(super) fn bearer(scope: &ScopeType) -> Apply {
        let text = Template::compile("Bearer {{token}}", Place::Header, scope).expect("the scope has `token`");
        Apply { place: PlaceOf::Header, name: Arc::from("authorization"), tree: Tree::template(text) }
    }

    fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Apply> {
        let places = [("header", PlaceOf::Header), ("cookie", PlaceOf::Cookie), ("query", PlaceOf::Query), ("body", PlaceOf::Body)];
        let (word, place) = places.into_iter().find(|(word, _)| node.get(word).is_some())?;
        let written = node.get(word)?;
        let name = written.text()?;
        if matches!(place, PlaceOf::Header) {
            check_header(name, written.span, compiler);
        }
        // The rest of the mapping is an ordinary computed value.
        let rest = node.entries().iter().filter(|(key, _)| key.text != word).cloned().collect();
        let rest = Node { span: node.span, kind: NodeKind::Map(rest) };
        if rest.get("text").is_none() && rest.get("value").is_none() {
            compiler.error("missing_key", node.span, "nothing says what is sent").hint("add `text` or `value`");
            return None;
        }
        let target = if matches!(place, PlaceOf::Header | PlaceOf::Cookie) { Place::Header } else { Place::Plain };
        let tree = Tree::compile_for(&rest, scope, target, compiler)?;
        Some(Apply { place, name: Arc::from(name), tree })
    }

    pub(super) fn apply(&self, draft: &mut Draft, scope: &Scope<'_>) -> Result<(), BuildError> {
        let place = format!("auth.apply.{}", self.name);
        let value = self.tree.build(scope, &Value::Unset, &place, &mut Budget::default())?;
        if let PlaceOf::Body = self.place {
            return match draft.set_body_field(&self.name, value) {
                true => Ok(()),
                false => Err(BuildError::Invalid { place, why: "has no place in a body that is not a mapping" }),
            };
        }
        let text = scalar_text(&value, &place)?.ok_or_else(|| BuildError::Unset { place: place.clone() })?;
        match self.place {
            PlaceOf::Header => draft.set_header(&self.name, header_text(text, &place)?),
            PlaceOf::Cookie => draft.add_cookie(&self.name, &header_text(text, &place)?),
            PlaceOf::Query => draft.query.push((self.name.to_string(), text)),
            PlaceOf::Body => {}
        }
        Ok(())
    }

    /// The same on a finished request, whose body no longer changes.
    pub(super) fn apply_to_request(&self, request: &mut Request, scope: &Scope<'_>) -> Result<(), BuildError> {
        let place = format!("auth.apply.{}", self.name);
        let value = self.tree.build(scope, &Value::Unset, &place, &mut Budget::default())?;
        let text = scalar_text(&value, &place)?.ok_or_else(|| BuildError::Unset { place: place.clone() })?;
        match self.place {
            PlaceOf::Header => request.set_header(&self.name, header_text(text, &place)?),
            PlaceOf::Cookie => request.add_cookies(&format!("{}={}", self.name, header_text(text, &place)?)),
            PlaceOf::Query => request.add_query(&self.name, &text),
            PlaceOf::Body => return Err(BuildError::Invalid { place, why: "cannot be put into a finished body" }),
        }
        Ok(())
    }
}
