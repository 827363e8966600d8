//! A vendor form as written, checked against the layout that its connector declares.

use crate::domain::connector::Connector;
use crate::domain::connector::forms::FormLayout;
use crate::domain::diagnostic::{Hint, Report, Span, Spanned, did_you_mean};
use crate::domain::text::title::Title;
use crate::domain::text::tree::Node;
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A template at a vendor.
#[derive(Clone, Debug)]
pub struct VendorForm {
    /// Its id.
    pub id: Arc<str>,
    /// What people see.
    pub title: Title,
    /// The connector of the vendor.
    pub connector: Arc<Connector>,
    /// The operation that sends it.
    pub operation: Arc<str>,
    /// Settings that say which template it is.
    pub template: IndexMap<Arc<str>, Spanned<Arc<str>>>,
    /// Its fields.
    pub fields: Vec<VendorField>,
}

/// A field of the template.
#[derive(Clone, Debug)]
pub struct VendorField {
    /// What a mapping calls it.
    pub id: Arc<str>,
    /// The vendor's word for its kind.
    pub kind: Arc<str>,
    /// Whether it must be filled.
    pub required: bool,
    /// Longest text, characters.
    pub max_length: Option<u32>,
    /// The connector fills it.
    pub by_connector: bool,
    /// The columns of a detail table.
    pub columns: Vec<VendorField>,
}

impl VendorForm {
    /// Reads a tree that was checked against `SHAPE`.
    pub fn read(node: &Node, connectors: &BTreeMap<Arc<str>, Arc<Connector>>, report: &mut Report) -> Option<VendorForm> {
        let connector = named_connector(node, connectors, report)?;
        let operation: Arc<str> = node.get("operation")?.text()?.into();
        let Some(layout) = connector.forms.get(&operation) else {
            let written = node.get("operation")?;
            let message = format!("`{}` does not say how a form of `{operation}` is written", connector.id);
            report
                .error("unknown_definition", written.span, message)
                .hint("add the operation to `forms:` of the connector")
                .at("operation");
            return None;
        };
        let written = node.get("template").map(Node::entries).unwrap_or_default().iter();
        let template = written
            .filter_map(|(key, value)| {
                if !connector.settings.fields.contains_key(key.text.as_str()) {
                    let near = did_you_mean(&key.text, connector.settings.fields.keys().map(AsRef::as_ref));
                    let message = format!("`{}` has no setting `{}`", connector.id, key.text);
                    let hint = near.map(Hint::meant);
                    report.error("unknown_setting", key.span, message).at(format!("template.{}", key.text)).hint = hint;
                    return None;
                }
                Some((Arc::from(key.text.as_str()), Spanned::new(Arc::from(value.text()?), value.span)))
            })
            .collect();
        let fields = read_fields(node.get("fields"), layout, "fields", report);
        Some(VendorForm {
            id: node.get("vendor_form")?.text()?.into(),
            title: Title::read(node.get("title")),
            operation,
            template,
            fields,
            connector: connector.clone(),
        })
    }

    /// How it is written.
    pub fn layout(&self) -> Option<&FormLayout> {
        self.connector.forms.get(&self.operation)
    }
}

fn named_connector<'c>(node: &Node, connectors: &'c BTreeMap<Arc<str>, Arc<Connector>>, report: &mut Report) -> Option<&'c Arc<Connector>> {
    let written = node.get("connector")?;
    let name = written.text()?;
    let found = connectors.get(name);
    if found.is_none() {
        let near = did_you_mean(name, connectors.keys().map(AsRef::as_ref)).map(Hint::meant);
        report.error("unknown_definition", written.span, format!("there is no connector `{name}`")).at("connector").hint = near;
    }
    found
}

fn read_fields(node: Option<&Node>, layout: &FormLayout, path: &str, report: &mut Report) -> Vec<VendorField> {
    let mut fields: Vec<VendorField> = Vec::new();
    for (index, item) in node.map(Node::items).unwrap_or_default().iter().enumerate() {
        let path = format!("{path}[{index}]");
        let Some(field) = read_field(item, layout, &path, report) else { continue };
        if fields.iter().any(|other| other.id == field.id) {
            let span = item.get("id").map_or(item.span, |id| id.span);
            let hint = "a vendor finds fields by them: rename one of the two over there";
            report.error("duplicate_key", span, format!("`{}` is there twice", field.id)).hint(hint).at(format!("{path}.id"));
            continue;
        }
        fields.push(field);
    }
    fields
}

fn read_field(node: &Node, layout: &FormLayout, path: &str, report: &mut Report) -> Option<VendorField> {
    let flag = |key: &str| node.get(key).and_then(Node::bool).unwrap_or(false);
    let written = node.get("kind")?;
    let kind: Arc<str> = written.text()?.into();
    let Some(known) = layout.kinds.get(&kind) else {
        let near = did_you_mean(&kind, layout.kinds.keys().map(AsRef::as_ref)).map(Hint::meant);
        let message = format!("the connector knows no kind of field `{kind}`");
        let hint = near.unwrap_or_else(|| {
            format!("it knows {}; add others to its `forms`", layout.kinds.keys().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")).into()
        });
        report.error("bad_word", written.span, message).hint(hint).at(format!("{path}.kind"));
        return None;
    };
    let max_length = node.get("max_length").and_then(Node::int).and_then(|length| u32::try_from(length).ok()).filter(|length| *length > 0);
    let columns = read_fields(node.get("fields"), layout, &format!("{path}.fields"), report);
    let at: Span = node.get("fields").map_or(written.span, |fields| fields.span);
    if known.table && columns.is_empty() {
        report.error("missing_key", at, format!("`{kind}` is a detail table, but no columns are given")).hint("add `fields`").at(path);
    }
    if !known.table && node.get("fields").is_some() {
        report.error("bad_value", at, format!("`{kind}` is no detail table and has no columns")).hint("leave `fields` out").at(path);
    }
    Some(VendorField {
        id: node.get("id")?.text()?.into(),
        kind,
        required: flag("required"),
        max_length,
        by_connector: node.get("by").and_then(Node::text) == Some("connector"),
        columns,
    })
}
