//! What connectors say of documents and mappings must be there: only the whole project can tell.

use super::compile::Catalog;
use super::sources::Found;
use crate::domain::diagnostic::{Hint, did_you_mean};
use crate::domain::text::tree::Node;
use std::sync::Arc;

/// The status of a document whose approval a flow has asked for.
const IN_APPROVAL: &str = "in_approval";

/// Checks the document types, statuses and mappings that a connector names. `documents` and `mappings` are all ids,
/// those of definitions with errors included.
pub fn lint_connector(found: &mut Found, catalog: &Catalog, documents: &[Arc<str>], mappings: &[Arc<str>]) {
    let node = found.node.clone();
    for (name, event) in node.get("events").map(Node::entries).unwrap_or_default() {
        named(found, event.get("document"), "document type", documents, &format!("events.{}.document", name.text));
        named(found, event.get("map"), "mapping", mappings, &format!("events.{}.map", name.text));
    }
    for (name, entry) in node.get("reconcile").map(Node::entries).unwrap_or_default() {
        named(found, entry.get("document"), "document type", documents, &format!("reconcile.{}.document", name.text));
        lint_reconcile(found, catalog, entry, &format!("reconcile.{}", name.text));
    }
    for (document, statuses) in node.get("statuses").map(Node::entries).unwrap_or_default() {
        let path = format!("statuses.{}", document.text);
        if !documents.iter().any(|known| **known == *document.text) {
            unknown(found, "document type", &document.text, document.span, documents, &path);
        }
        let Some(kind) = catalog.documents.get(document.text.as_str()) else { continue };
        for (theirs, ours) in statuses.entries() {
            if ours.text() == Some(IN_APPROVAL) {
                let message = format!("only the hub sets `{IN_APPROVAL}`, when a flow asks for an approval");
                let hint = "map what waits for approval at the source to `submitted`";
                found.report.error("bad_value", ours.span, message).hint(hint).at(format!("{path}.{}", theirs.text));
            }
            if let Some(word) = ours.text().filter(|word| !kind.has_status(word)) {
                unknown(
                    found,
                    &format!("status of `{}`", document.text),
                    word,
                    ours.span,
                    &kind.statuses,
                    &format!("{path}.{}", theirs.text),
                );
            }
        }
    }
}

/// The fields and statuses that a read-back is compared with.
fn lint_reconcile(found: &mut Found, catalog: &Catalog, entry: &Node, path: &str) {
    let Some(kind) = entry.get("document").and_then(Node::text).and_then(|id| catalog.documents.get(id)) else { return };
    let table = entry.get("status").and_then(|status| status.get("agrees")).map(Node::entries).unwrap_or_default();
    let listed = table.iter().map(|(_, ours)| ours).chain(["approved", "voided"].iter().filter_map(|key| entry.get(key)));
    for word in listed.flat_map(Node::items) {
        if let Some(text) = word.text().filter(|text| !kind.has_status(text)) {
            unknown(found, &format!("status of `{}`", kind.id), text, word.span, &kind.statuses, path);
        }
    }
    for rule in entry.get("compare").map(Node::items).unwrap_or_default() {
        let Some(field) = rule.get("field") else { continue };
        if let Some(text) = field.text().filter(|text| kind.schema.at(text).is_none()) {
            let names = kind.schema.names();
            let near = did_you_mean(text, names.iter().map(AsRef::as_ref)).map(Hint::meant);
            let message = format!("`{}` has no field `{text}`", kind.id);
            found.report.error("unknown_field", field.span, message).at(format!("{path}.compare")).hint = near;
        }
    }
}

fn named(found: &mut Found, node: Option<&Node>, what: &str, known: &[Arc<str>], path: &str) {
    if let Some((node, name)) = node.and_then(|node| Some((node, node.text()?)))
        && !known.iter().any(|known| **known == *name)
    {
        unknown(found, what, name, node.span, known, path);
    }
}

fn unknown(found: &mut Found, what: &str, name: &str, span: crate::domain::diagnostic::Span, known: &[Arc<str>], path: &str) {
    let near = did_you_mean(name, known.iter().map(AsRef::as_ref)).map(Hint::meant);
    found.report.error("unknown_definition", span, format!("there is no {what} `{name}`")).at(path).hint = near;
}
