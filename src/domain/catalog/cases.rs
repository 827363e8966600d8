//! What flow tests name must be there: a count of calls to an operation that does not exist is zero for ever, and its test can
//! never fail.

use super::compile::Work;
use super::sources::Found;
use crate::domain::diagnostic::{Hint, Span, did_you_mean};
use crate::domain::document::DocumentType;
use crate::domain::flow::environment::ConnectorInfo;
use crate::domain::flow::event::Outcome;
use crate::domain::flow::steps::Kind;
use crate::domain::flow::{Flow, FlowEnvironment};
use crate::domain::text::files::Files;
use crate::domain::text::tree::Node;
use std::sync::Arc;

/// What the names of one test are looked up in.
struct Names<'a> {
    environment: &'a FlowEnvironment,
    document: Option<&'a DocumentType>,
    path: Vec<String>,
}

impl Work {
    /// Checks the names in every flow test whose flow is sound.
    pub(super) fn lint_cases(&mut self) {
        let environment = self.flow_environment();
        for found in self.found.iter_mut().filter(|found| found.kind.key == "test" && found.sound) {
            let flow = found.node.get("flow").and_then(Node::text).and_then(|id| self.catalog.flows.get(id));
            let Some(version) = flow else { continue };
            let flows = std::iter::once(&version.flow).chain(version.variants.values());
            let names = Names {
                environment: &environment,
                document: self.catalog.documents.get(version.flow.document.as_str()).map(AsRef::as_ref),
                path: flows.flat_map(path_words).collect(),
            };
            names.lint(found, &self.files);
        }
    }
}

impl Names<'_> {
    fn lint(&self, found: &mut Found, files: &Files) {
        let node = found.node.clone();
        for document in super::compile::documents(&node) {
            self.document(found, files, document);
        }
        for item in node.get("script").map(Node::items).unwrap_or_default() {
            if let Some(call) = item.get("call") {
                self.part(found, call.text(), call.span, "operation", |role| role.operations.keys().cloned().collect());
            }
            if let Some(event) = item.get("event") {
                self.part(found, event.text(), event.span, "event", |role| role.events.keys().cloned().collect());
                self.outcome(found, item.get("outcome"));
            }
            self.expect(found, item.get("expect"));
        }
        self.expect(found, node.get("expect"));
    }

    fn expect(&self, found: &mut Found, expect: Option<&Node>) {
        let Some(expect) = expect else { return };
        for (operation, _) in expect.get("calls").map(Node::entries).unwrap_or_default() {
            self.part(found, Some(&operation.text), operation.span, "operation", |role| role.operations.keys().cloned().collect());
        }
        for step in expect.get("path").map(Node::items).unwrap_or_default() {
            known(found, step.text(), step.span, "step", &self.path);
        }
        if let (Some(status), Some(document)) = (expect.get("status"), self.document) {
            let statuses: Vec<String> = document.statuses.iter().map(ToString::to_string).collect();
            known(found, status.text(), status.span, &format!("status of `{}`", document.id), &statuses);
        }
    }

    /// `role.name`, where at least one connection that plays the role must have it.
    fn part(&self, found: &mut Found, text: Option<&str>, span: Span, what: &str, names: impl Fn(&ConnectorInfo) -> Vec<String>) {
        let Some(text) = text else { return };
        let all = self.environment.roles.iter().flat_map(|(role, infos)| {
            let names = infos.iter().flat_map(|info| names(info)).collect::<Vec<_>>();
            names.into_iter().map(move |name| format!("{role}.{name}"))
        });
        known(found, Some(text), span, what, &all.collect::<Vec<_>>());
    }

    fn outcome(&self, found: &mut Found, outcome: Option<&Node>) {
        let Some((node, text)) = outcome.and_then(|node| Some((node, node.text()?))) else { return };
        if Outcome::from_word(text).is_none() {
            let near = did_you_mean(text, Outcome::ALL.iter().map(|outcome| outcome.word()));
            let diagnostic = found.report.error("bad_word", node.span, format!("`{text}` is not an outcome"));
            diagnostic.hint = near.map(Hint::meant);
        }
    }

    /// The content must be a document of the flow's type, or it is not that document whose way through the flow is shown.
    fn document(&self, found: &mut Found, files: &Files, named: &Node) {
        let text = named.text().and_then(|path| files.get(path));
        let (Some(document), Some(text)) = (self.document, text) else { return };
        let Ok(json) = serde_json::from_str(text) else {
            found.report.error("bad_value", named.span, format!("`{}` is not JSON", named.text().unwrap_or_default()));
            return;
        };
        for problem in document.validate(&json).err().unwrap_or_default() {
            let message = format!("this is no `{}`: at `{}`, {}", document.id, problem.path, problem.message);
            found.report.error("bad_value", named.span, message).at("document");
        }
    }
}

/// Everything that may stand in a path: steps somebody wrote, choices as `step.branch`.
fn path_words(flow: &Arc<Flow>) -> Vec<String> {
    let words = flow.steps.iter().filter(|step| step.is_authored()).flat_map(|step| match &step.kind {
        Kind::Choose(choose) => choose.branches.iter().map(|branch| format!("{}.{branch}", step.id)).collect(),
        _ => vec![step.id.clone()],
    });
    words.collect()
}

fn known(found: &mut Found, text: Option<&str>, span: Span, what: &str, known: &[String]) {
    let Some(text) = text.filter(|text| known.iter().all(|name| name != text)) else { return };
    let near = did_you_mean(text, known.iter().map(String::as_str)).map(Hint::meant);
    found.report.error("unknown_definition", span, format!("there is no {what} `{text}`")).hint = near;
}
