//! `{stream: NAME}`: we read a collection from time to time.

use super::HeardBy;
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::read::Sources;
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use std::sync::Arc;

/// The shape.
pub static VARIANT: Variant = Variant { key: Field::required("stream", Shape::Id, "The stream of this connector."), fields: &[] };

pub(super) fn compile(node: &Node, sources: &Sources<'_>, compiler: &mut Compiler<'_>) -> Option<(HeardBy, Vec<Arc<str>>)> {
    let written = node.get("stream")?;
    let name = written.text()?;
    match sources.streams.get(name) {
        Some(stream) => Some((HeardBy::Stream { stream: Arc::from(name) }, stream.reference.keys().cloned().collect())),
        None => {
            compiler.unknown(written, "stream", name, sources.streams.keys().map(AsRef::as_ref));
            None
        }
    }
}
