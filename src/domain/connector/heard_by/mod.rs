//! The ways an event is heard, one file each.

mod reread;
mod stream;
mod webhook;

use super::compiler::Compiler;
use super::read::Sources;
use crate::domain::expression::Expression;
use crate::domain::text::shape::{KeyedShape, Shape, Variant};
use crate::domain::text::tree::Node;
use std::sync::Arc;

/// The ways there are.
pub static VARIANTS: &[&Variant] = &[&webhook::VARIANT, &stream::VARIANT, &reread::VARIANT];

static KEYED: KeyedShape = KeyedShape { name: "heard_by", doc: "A way an event is heard.", common: &[], variants: VARIANTS };

/// The shape of `heard_by:`.
pub const SHAPE: Shape = Shape::List(&Shape::Keyed(&KEYED));

/// A way an event is heard.
#[derive(Debug)]
pub enum HeardBy {
    /// A callback.
    Webhook {
        /// Which.
        webhook: Arc<str>,
        /// Only those for which this holds; sees `payload` and `headers`.
        when: Option<Expression>,
    },
    /// A stream that is read from time to time.
    Stream {
        /// Which.
        stream: Arc<str>,
    },
    /// The objects that instances wait for are read again; `ref.id` is their external id.
    Reread {
        /// Milliseconds since the last telling, growing; the last repeats.
        every_millis: Vec<u64>,
    },
}

impl HeardBy {
    /// Compiles one way; `names` are the members of `ref` it gives.
    pub(super) fn compile(node: &Node, sources: &Sources<'_>, compiler: &mut Compiler<'_>) -> Option<(HeardBy, Vec<Arc<str>>)> {
        if node.get("webhook").is_some() {
            webhook::compile(node, sources, compiler)
        } else if node.get("stream").is_some() {
            stream::compile(node, sources, compiler)
        } else {
            reread::compile(node, compiler)
        }
    }
}
