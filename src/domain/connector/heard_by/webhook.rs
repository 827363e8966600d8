//! `{webhook: NAME}`: the partner calls us.

use super::HeardBy;
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::read::Sources;
use crate::domain::connector::webhook::payload_scope;
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use std::sync::Arc;

/// The shape.
pub static VARIANT: Variant = Variant {
    key: Field::required("webhook", Shape::Id, "The webhook of this connector."),
    fields: &[Field::optional(
        "when",
        Shape::Expression,
        "Only callbacks for which this holds; sees `payload`, `headers` and the `settings` that are no secrets.",
    )],
};

pub(super) fn compile(node: &Node, sources: &Sources<'_>, compiler: &mut Compiler<'_>) -> Option<(HeardBy, Vec<Arc<str>>)> {
    let written = node.get("webhook")?;
    let name = written.text()?;
    let Some(webhook) = sources.webhooks.get(name) else {
        compiler.unknown(written, "webhook", name, sources.webhooks.keys().map(AsRef::as_ref));
        return None;
    };
    let when = match node.get("when") {
        Some(when) => Some(
            compiler.inside("when", |compiler| compiler.condition(when, &payload_scope().with("settings", sources.settings.clone())))?,
        ),
        None => None,
    };
    Some((HeardBy::Webhook { webhook: Arc::from(name), when }, webhook.reference.keys().cloned().collect()))
}
