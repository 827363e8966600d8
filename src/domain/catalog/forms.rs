//! Forms, and whether their mappings make what they say.

use super::compile::Work;
use crate::domain::diagnostic::{Span, did_you_mean};
use crate::domain::expression::ScopeType;
use crate::domain::form::{Form, person};
use crate::domain::mapping::Target;
use crate::domain::text::tree::Node;
use crate::domain::value::Type;
use crate::domain::vendor_form::VendorForm;
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
            }
        }
    }

    fn named(&mut self, index: usize, key: &str, what: &str, name: &Arc<str>, known: &[Arc<str>]) -> bool {
        if known.contains(name) {
            return true;
        }
        let found = &mut self.found[index];
        let span = place(&found.node, key);
        let near = did_you_mean(name, known.iter().map(AsRef::as_ref)).map(|near| format!("did you mean `{near}`?"));
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

fn place(node: &Node, key: &str) -> Span {
    node.get(key).map_or(node.span, |value| value.span)
}
