//! Connectors as text: what is refused and where, and what compiled ones do.

mod batching;
mod hearing;
mod lints;
mod reconciling;
mod rereading;
mod running;
mod streams;

use super::{Connector, read};
use crate::domain::diagnostic::{Diagnostic, Report};
use crate::domain::text::tree::parse;
use std::sync::Arc;

/// The head of a connector; what is tested follows.
const HEAD: &str = "format: 1\nconnector: p\nsettings: {base_url: {type: url}, user: {type: string, optional: true}, key: {type: secret}}\nhttp: {base_url: \"{{settings.base_url}}\"}\n";

fn compile(text: &str) -> (Option<Connector>, Vec<Diagnostic>) {
    let mut report = Report::new("connector.yaml");
    let connector = parse(text, &mut report).and_then(|node| read(&node, &mut report));
    (connector, report.into_items())
}

fn sound(rest: &str) -> Arc<Connector> {
    let (connector, findings) = compile(&format!("{HEAD}{rest}"));
    assert!(findings.is_empty(), "{findings:#?}");
    Arc::new(connector.expect("nothing was found wrong"))
}
