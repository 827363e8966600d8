//! Flows with the parts of binding rows in the place of steps, checked as whole flows: later steps find what they need, or
//! the row is told that they do not.

use super::compile::Work;
use crate::domain::diagnostic::{Diagnostic, Hint, Report, Severity, Span, did_you_mean};
use crate::domain::flow::part::{read_part, step_ids, with_parts};
use crate::domain::flow::{Definition, Flow, FlowEnvironment};
use crate::domain::text::tree::Node;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The parts of one row that stand in one flow.
pub(super) struct RowParts {
    row: Arc<str>,
    /// Step to part.
    parts: BTreeMap<String, Node>,
    /// The files of the parts, with where the row names them.
    files: Vec<(Arc<str>, Span)>,
}

impl Work {
    /// The parts that rows put into a flow. Findings about a part's own text go to the flow's report, on the part's file.
    pub(super) fn parts_of(&mut self, index: usize) -> Vec<RowParts> {
        let ids = step_ids(&self.found[index].node);
        let mut found = Vec::new();
        let bindings = self.catalog.bindings.clone();
        for row in &bindings.rows {
            // What a row leaves out, the default row says.
            let mut parts = bindings.default_row().map(|row| row.parts.clone()).unwrap_or_default();
            parts.extend(row.parts.iter().map(|(step, path)| (step.clone(), path.clone())));
            let mine = parts.iter().filter(|(step, _)| ids.contains(&***step));
            let mut of_row = RowParts { row: row.id.clone(), parts: BTreeMap::new(), files: Vec::new() };
            for (step, path) in mine {
                let Some(text) = self.files.get(&path.value).cloned() else { continue };
                let mut report = Report::new(path.value.clone());
                let part = read_part(&text, &mut report);
                self.found[index].report.absorb(report);
                if let Some(part) = part {
                    of_row.parts.insert(step.to_string(), part);
                    of_row.files.push((path.value.clone(), path.span));
                }
            }
            if !of_row.parts.is_empty() {
                found.push(of_row);
            }
        }
        found
    }

    /// Compiles the flow with the parts of each row in it.
    pub(super) fn variants(
        &mut self,
        index: usize,
        rows: &[RowParts],
        environment: &FlowEnvironment,
    ) -> (BTreeMap<Arc<str>, Arc<Flow>>, Vec<Definition>) {
        let (mut variants, mut definitions) = (BTreeMap::new(), Vec::new());
        for row in rows {
            let node = with_parts(&self.found[index].node, &row.parts);
            let mut report = Report::new(self.found[index].path.clone());
            let Some(definition) = Definition::read(&node, &mut report) else { continue };
            let flow = Flow::compile(&definition, environment, &mut report);
            self.tell(index, row, report);
            if let Some(mut flow) = flow {
                flow.row = Some(row.row.to_string());
                variants.insert(row.row.clone(), Arc::new(flow));
                definitions.push(definition);
            }
        }
        (variants, definitions)
    }

    /// What is wrong inside a part is told on the part's file; what the flow misses because of it, where the row names it.
    fn tell(&mut self, index: usize, row: &RowParts, report: Report) {
        let mut spans = Vec::new();
        row.parts.values().for_each(|part| gather(part, &mut spans));
        let flow = self.found[index].id.value.clone();
        let known: BTreeSet<String> = report_keys(&self.found[index].report);
        let Some(bind) = self.found.iter().position(|found| found.kind.key == "bind") else { return };
        for item in report.into_items() {
            if known.contains(&key(&item)) {
                continue;
            }
            let place = row.files.first().cloned();
            let Some((file, span)) = place else { continue };
            let inside = spans.iter().any(|place| holds(*place, item.span));
            let told = &mut self.found[if inside { index } else { bind }].report;
            let message = if inside {
                item.message.clone()
            } else {
                format!("with its part in place of a step, `{flow}` is not sound: {} (line {})", item.message, item.span.line)
            };
            let at = if inside { item.span } else { span };
            let added =
                if item.severity == Severity::Error { told.error(item.code, at, message) } else { told.warning(item.code, at, message) };
            added.hint = item.hint;
            if inside {
                added.file = file;
            }
        }
    }

    /// Steps that no flow has, and files that are not there.
    pub(super) fn lint_parts(&mut self) {
        let flows: Vec<BTreeSet<String>> =
            self.found.iter().filter(|found| found.kind.key == "flow").map(|found| step_ids(&found.node)).collect();
        let known: BTreeSet<&str> = flows.iter().flatten().map(String::as_str).collect();
        let rows = self.catalog.bindings.rows.clone();
        let files = self.files.clone();
        let mut findings: Vec<(&'static str, Span, String, Option<Hint>)> = Vec::new();
        for (step, path) in rows.iter().flat_map(|row| &row.parts) {
            if !known.contains(&**step) {
                let near = did_you_mean(step, known.iter().copied()).map(Hint::meant);
                findings.push(("unknown_step", path.span, format!("no flow has a step `{step}`"), near));
            }
            if files.get(&path.value).is_none() {
                let hint = Some("the path is relative to the project folder".into());
                findings.push(("unknown_file", path.span, format!("the project has no file `{}`", path.value), hint));
            }
        }
        if let Some(bind) = self.found.iter_mut().find(|found| found.kind.key == "bind") {
            for (code, span, message, hint) in findings {
                bind.report.error(code, span, message).at("bind").hint = hint;
            }
        }
    }
}

fn report_keys(report: &Report) -> BTreeSet<String> {
    report.items().iter().map(key).collect()
}

fn key(item: &Diagnostic) -> String {
    format!("{} {} {}", item.code, item.span.offset, item.message)
}

/// Whether a finding is at this place; one about an expression points into the middle of its text.
fn holds(place: Span, span: Span) -> bool {
    let into = span.offset.checked_sub(place.offset);
    span.line == place.line && into.is_some_and(|into| into <= place.length && span.column == place.column + into)
}

fn gather(node: &Node, spans: &mut Vec<Span>) {
    let length = if node.text().is_some() { node.span.length } else { 0 };
    spans.push(Span { length, ..node.span });
    node.items().iter().for_each(|item| gather(item, spans));
    for (key, value) in node.entries() {
        spans.push(Span { length: 0, ..key.span });
        gather(value, spans);
    }
}
