//! Forms, and whether their mappings make what they say.

use super::compile::{Catalog, Work};
use crate::domain::diagnostic::{Hint, Report, Span, did_you_mean};
use crate::domain::expression::ScopeType;
use crate::domain::flow::FormInfo;
use crate::domain::flow::people::FieldRight;
use crate::domain::form::{Field, FieldKind, Form, Required, Right, START, person};
use crate::domain::mapping::{Becomes, Target};
use crate::domain::text::tree::{Key, Node};
use crate::domain::value::Type;
use crate::domain::vendor_form::VendorForm;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The names a form gives to its mapping, with their types.
pub fn names(form: &Form) -> ScopeType {
    ScopeType::default()
        .with("form", form.of.clone())
        .with("number", Type::Text)
        .with("submitter", person())
        .with("submitted_at", Type::Instant)
        .with("today", Type::Date)
}

impl Catalog {
    /// A form as flows see it: its rights by step, as rights to the fields of the document that its mapping makes of them.
    pub(super) fn form_info(&self, form: &Form) -> FormInfo {
        let mut rights: BTreeMap<String, Vec<(String, FieldRight)>> = BTreeMap::new();
        for field in form.fields() {
            for (step, right) in field.rights.iter().filter(|(step, _)| ***step != *START) {
                let becomes = self.becomes(form, field);
                let (paths, right) = match right {
                    Right::Hide => (becomes.part_of, FieldRight::Hide),
                    Right::Read => (becomes.part_of, FieldRight::Read),
                    Right::Edit if matches!(field.required, Required::Fixed(true)) => (becomes.alone, FieldRight::Required),
                    Right::Edit => (becomes.alone, FieldRight::Edit),
                };
                rights.entry(step.to_string()).or_default().extend(paths.into_iter().map(|path| (path, right)));
            }
        }
        FormInfo { document: form.document.to_string(), rights }
    }

    /// The fields of the document that a field of a form becomes.
    fn becomes(&self, form: &Form, field: &Field) -> Becomes {
        let Some(mapping) = self.mappings.get(&form.map) else { return Becomes::default() };
        let mut found = mapping.becomes(&format!("form.{}", field.id));
        if matches!(field.kind, FieldKind::Lines { .. }) {
            found.part_of.extend(mapping.becomes(&format!("form.sums.{}", field.id)).part_of);
        }
        found
    }

    /// The field of a form that a field of the document holds as it is, of the forms that begin a flow.
    pub fn form_field<'a>(&'a self, forms: impl IntoIterator<Item = &'a str>, path: &str) -> Option<&'a Field> {
        let forms = forms.into_iter().filter_map(|id| self.forms.get(id));
        forms.flat_map(|form| form.fields().map(move |field| (form, field))).find_map(|(form, field)| {
            let plain = !matches!(field.kind, FieldKind::Lines { .. });
            (plain && self.becomes(form, field).alone.contains(path)).then_some(field)
        })
    }
}

impl Work {
    pub(super) fn forms(&mut self) {
        self.catalog.forms = self.each("form", |found, _, catalog| Form::read(&found.node, &catalog.dictionaries, &mut found.report));
    }

    pub(super) fn vendor_forms(&mut self) {
        let named: Vec<Arc<str>> = self.ids("connector");
        self.catalog.vendor_forms = self.each("vendor_form", |found, _, catalog| {
            let connector = found.node.get("connector").and_then(Node::text).unwrap_or_default();
            // A connector that has errors of its own is there all the same.
            if !catalog.connectors.contains_key(connector) && named.iter().any(|known| **known == *connector) {
                return None;
            }
            VendorForm::read(&found.node, &catalog.connectors, &mut found.report)
        });
    }

    /// A form whose mapping makes something else, or takes what a form does not have, is refused here.
    pub(super) fn form_mappings(&mut self) {
        if self.from.is_some() {
            return;
        }
        let (documents, mappings) = (self.ids("document"), self.ids("mapping"));
        for index in 0..self.found.len() {
            let found = &self.found[index];
            let Some(form) = self.catalog.forms.get(&found.id.value).filter(|_| found.kind.key == "form").cloned() else { continue };
            self.named(index, "document", "document type", &form.document, &documents);
            if self.named(index, "map", "mapping", &form.map, &mappings) {
                self.form_mapping(index, &form);
                self.form_rights(index, &form);
            }
        }
    }

    fn named(&mut self, index: usize, key: &str, what: &str, name: &Arc<str>, known: &[Arc<str>]) -> bool {
        if known.contains(name) {
            return true;
        }
        let found = &mut self.found[index];
        let span = place(&found.node, key);
        let near = did_you_mean(name, known.iter().map(AsRef::as_ref)).map(Hint::meant);
        found.report.error("unknown_definition", span, format!("there is no {what} `{name}`")).at(key.to_owned()).hint = near;
        false
    }

    fn form_mapping(&mut self, index: usize, form: &Form) {
        let (Some(mapping), Some(source)) = (self.catalog.mappings.get(&form.map), self.catalog.mapping_sources.get(&form.map)) else {
            return;
        };
        let span = place(&self.found[index].node, "map");
        let report = &mut self.found[index].report;
        if mapping.target != Target::Document(form.document.clone()) {
            report.error("wrong_mapping", span, format!("this mapping does not make a `{}`", form.document)).at("map");
        }
        let given = names(form);
        for (name, wanted) in &source.inputs.names {
            match given.names.get(name) {
                Some(of) if of == wanted || *wanted == Type::Any => {}
                Some(of) => {
                    let message = format!("the mapping takes `{name}` as {}, but a form gives {}", wanted.name(), of.name());
                    report.error("expression_type", span, message).at("map");
                }
                None => {
                    let message = format!("the mapping takes `{name}`, which a form does not give");
                    report
                        .error("missing_input", span, message)
                        .hint("a form gives `form`, `number`, `submitter`, `submitted_at` and `today`")
                        .at("map");
                }
            }
        }
        if form.number.is_some() && !source.inputs.names.contains_key("number") {
            report
                .error("missing_input", span, "the form numbers its documents, but the mapping does not take `number`")
                .hint("add `number: string` to the mapping's inputs and write it into the key")
                .at("map");
        }
    }
}

impl Work {
    /// Rights name steps that ask people, of flows that the form begins, and fields that can be told apart in the document.
    fn form_rights(&mut self, index: usize, form: &Form) {
        if !self.catalog.mappings.contains_key(&form.map) {
            return;
        }
        let mut asking = BTreeSet::new();
        let mut others = BTreeSet::new();
        for flow in self.found.iter().filter(|found| found.kind.key == "flow" && begins_with(&found.node, &form.id)) {
            steps_of(&flow.node, &mut asking, &mut others);
        }
        let key = self.catalog.documents.get(&form.document).map(|kind| kind.key.to_string()).unwrap_or_default();
        let node = self.found[index].node.clone();
        let sections = node.get("sections").map(Node::items).unwrap_or_default();
        for written in sections.iter().flat_map(|section| section.get("fields").map(Node::items).unwrap_or_default()) {
            let id = written.get("id").and_then(Node::text).unwrap_or_default();
            let Some(field) = form.fields().find(|field| *field.id == *id) else { continue };
            let becomes = self.catalog.becomes(form, field);
            let report = &mut self.found[index].report;
            for (step, right) in written.get("rights").map(Node::entries).unwrap_or_default() {
                known_step(report, step, &form.id, &asking, &others);
                if step.text == START {
                    continue;
                }
                if right.text() == Some("edit") {
                    editable(report, right, id, &becomes, &key);
                } else if becomes.part_of.is_empty() {
                    let message = format!("the mapping `{}` makes nothing of `{id}`: no task shows it", form.map);
                    report.error("bad_value", right.span, message).hint("leave the right out");
                }
            }
            for line in written.get("fields").map(Node::items).unwrap_or_default() {
                for (step, _) in line.get("rights").map(Node::entries).unwrap_or_default().iter().filter(|(step, _)| step.text != START) {
                    let message = "at a later step a right is for a line table as a whole";
                    report.error("bad_value", step.span, message).hint(format!("give the right to `{id}`"));
                }
            }
        }
    }
}

fn known_step(report: &mut Report, step: &Key, form: &str, asking: &BTreeSet<String>, others: &BTreeSet<String>) {
    if step.text == START || asking.contains(&step.text) {
        return;
    }
    if others.contains(&step.text) {
        let message = format!("the step `{}` asks nobody: only tasks show fields", step.text);
        report.error("bad_value", step.span, message).hint("name an `approve` or `task` step");
        return;
    }
    let known = asking.iter().map(String::as_str).chain([START]);
    let near = did_you_mean(&step.text, known).map(Hint::meant);
    let message = format!("no flow that begins with the form `{form}` has a step `{}`", step.text);
    report.error("unknown_step", step.span, message).hint = near;
}

/// What is changed at a later step is changed in the document, so it must be one field there, and none that says which document it is.
fn editable(report: &mut Report, right: &Node, id: &str, becomes: &Becomes, key: &str) {
    if becomes.alone.is_empty() {
        let message = format!("`{id}` becomes no field of the document as it is, so nobody can change it at a later step");
        report.error("bad_value", right.span, message).hint("give the right to fields of the document: `fields` of the step");
        return;
    }
    let top = |path: &str| path.split('.').next().unwrap_or_default().to_owned();
    if let Some(path) = becomes.alone.iter().find(|path| ["source", "status", "requester", &top(key)].contains(&&*top(path))) {
        let message = format!("`{id}` becomes `{path}`, which says which document it is, whose, or where it stands: nobody may change it");
        report.error("bad_value", right.span, message).hint("let people read it, or hide it");
    }
}

fn begins_with(flow: &Node, form: &str) -> bool {
    let starts = flow.get("start").map(Node::items).unwrap_or_default();
    starts.iter().any(|start| start.get("form").and_then(Node::text) == Some(form))
}

/// Ids of steps that ask people, and of the others.
fn steps_of(node: &Node, asking: &mut BTreeSet<String>, others: &mut BTreeSet<String>) {
    if let Some(id) = node.get("id").and_then(Node::text) {
        let asks = node.get("approve").is_some() || node.get("task").is_some();
        if asks {
            asking.insert(id.to_owned())
        } else {
            others.insert(id.to_owned())
        };
    }
    node.items().iter().for_each(|item| steps_of(item, asking, others));
    node.entries().iter().for_each(|(_, value)| steps_of(value, asking, others));
}

fn place(node: &Node, key: &str) -> Span {
    node.get(key).map_or(node.span, |value| value.span)
}
