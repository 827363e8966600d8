//! Lints that look for what is legal and still a mistake.

use super::compiler::Compiler;
use super::tree::is_computed;
use crate::domain::text::tree::{Node, NodeKind};

/// Parts of names behind which secrets stand.
const TELLING: &[&str] = &["password", "passwd", "secret", "api_key", "apikey", "api-key", "authorization", "access_token", "private_key"];

/// Whether a name says that a secret stands under it.
pub(super) fn is_telling(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    TELLING.iter().any(|part| lower.contains(part))
}

/// A literal under a name that holds secrets is one.
pub(super) fn literal_secret(name: &str, node: &Node, compiler: &mut Compiler<'_>) {
    let sent = match &node.kind {
        NodeKind::Scalar { .. } => node.text(),
        // A template without a single name is as literal as a literal.
        NodeKind::Map(_) if is_computed(node) => node.get("text").and_then(Node::text).filter(|text| !text.contains("{{")),
        _ => None,
    };
    if (is_telling(name) || matches!(name, "token")) && sent.is_some_and(|text| !text.is_empty()) {
        compiler
            .error("secret_in_text", node.span, format!("`{name}` is written out here"))
            .hint("declare a setting `{type: secret}` and write `{value: settings.NAME}`");
    }
}

/// The same for every member of a body.
pub(super) fn literal_secrets(node: &Node, compiler: &mut Compiler<'_>) {
    for (key, value) in node.entries() {
        literal_secret(&key.text, value, compiler);
        literal_secrets(value, compiler);
    }
    node.items().iter().for_each(|item| literal_secrets(item, compiler));
}
