//! `lacks:`: what a kind of system does not have, in a sentence each, so that what nobody has written yet can be told from what
//! cannot be written. A definition that has it after all contradicts itself.

use super::compiler::Compiler;
use super::idempotency::Idempotency;
use super::operation::Operation;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use indexmap::IndexMap;
use std::sync::Arc;

static OBJECT: ObjectShape = ObjectShape {
    name: "lacks",
    doc: "What such a system does not have, in a sentence each; told in the gallery.",
    fields: &[
        Field::optional("look_up", Shape::Text, "Any way to tell whether a write whose answer was lost was done."),
        Field::optional("events", Shape::Text, "Anything that tells of a status or an outcome, or could be read for it."),
        Field::optional("forms", Shape::Text, "A template of its forms that could be read."),
    ],
};

/// The shape of `lacks:`.
pub const SHAPE: Shape = Shape::Object(&OBJECT);

/// What a kind of system does not have, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacks {
    /// A way to tell whether a write was done.
    pub look_up: Option<Arc<str>>,
    /// Something that tells of changes.
    pub events: Option<Arc<str>>,
    /// A template of a form.
    pub forms: Option<Arc<str>>,
}

/// What the definition has.
pub(super) struct Has<'a> {
    pub operations: &'a IndexMap<Arc<str>, Operation>,
    pub events: bool,
    pub forms: bool,
}

impl Lacks {
    pub(super) fn read(node: Option<&Node>, has: &Has<'_>, compiler: &mut Compiler<'_>) -> Lacks {
        let Some(node) = node else { return Lacks::default() };
        let may_duplicate = has.operations.values().any(|operation| matches!(operation.idempotency, Idempotency::None));
        let mut reason = |key: &str, contradicted: bool, words: &str| {
            let reason = node.get(key)?;
            if contradicted {
                compiler
                    .error("bad_value", reason.span, format!("`{key}` is not lacking: {words}"))
                    .hint(format!("take `{key}` out of `lacks`"));
            }
            reason.text().map(Arc::from)
        };
        Lacks {
            look_up: reason("look_up", !may_duplicate, "no write says `{by: none}`"),
            events: reason("events", has.events, "there are `events`"),
            forms: reason("forms", has.forms, "there are `forms`"),
        }
    }
}
