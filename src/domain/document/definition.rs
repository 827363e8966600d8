//! The file `documents/<type>.yaml`.

use super::schema::{Schema, SchemaKind, read_schema};
use super::sensitive::Sensitive;
use crate::domain::diagnostic::{Hint, Report, Span, did_you_mean};
use crate::domain::text::files::Files;
use crate::domain::text::shape::{FORMAT, Field, ObjectShape, Shape, TITLE};
use crate::domain::text::title::Title;
use crate::domain::text::tree::{Node, parse};
use crate::domain::value::Type;
use indexmap::IndexMap;
use std::collections::HashSet;
use std::sync::Arc;

/// The shape of a document type.
pub static SHAPE: Shape = Shape::Object(&ObjectShape {
    name: "document",
    doc: "A document type: its business key, fields, statuses and the owners of its fields.",
    fields: &[
        FORMAT,
        Field::required("document", Shape::Id, "the id of the document type"),
        TITLE,
        Field::required("key", Shape::Text, "the field that is the business key, such as `number`"),
        Field::required("schema", Shape::Text, "path of the JSON Schema of its fields"),
        Field::required("statuses", Shape::List(&Shape::Id), "the statuses it may have, the first one being where it begins"),
        Field::optional("owners", Shape::Map(&Shape::Id), "field to the role whose word counts for it; another's change is drift"),
        Field::optional(
            "sensitive",
            Shape::List(&Shape::Text),
            "fields whose values are masked in every answer; who sees payloads may have them shown, with a reason that is audited",
        ),
        Field::optional(
            "sealed",
            Shape::Bool,
            "`true`: whatever its documents say lies sealed in the hub's database, and cannot be searched; the hub needs `store.master_keys`",
        ),
    ],
});

/// A document type.
#[derive(Clone, Debug)]
pub struct DocumentType {
    /// Its id.
    pub id: Arc<str>,
    /// What people see.
    pub title: Title,
    /// The field that is the business key.
    pub key: Arc<str>,
    /// Path of its schema file.
    pub schema_path: Arc<str>,
    /// Its fields.
    pub schema: Schema,
    /// The declared type of its content, for expressions and mappings.
    pub of: Type,
    /// The statuses it may have.
    pub statuses: Vec<Arc<str>>,
    /// Field path to the role whose word counts.
    pub owners: IndexMap<Arc<str>, Arc<str>>,
    /// Fields that are masked.
    pub sensitive: Sensitive,
    /// Where it says that its content is sealed in the database; none where it is not.
    pub sealed: Option<Span>,
}

impl DocumentType {
    /// Reads a tree that was checked against `SHAPE`.
    pub fn read(node: &Node, files: &Files, report: &mut Report) -> Option<DocumentType> {
        let id: Arc<str> = node.get("document")?.text()?.into();
        let statuses = read_statuses(node, report);
        let (schema_path, text) = files.referred(node.get("schema")?, report)?;
        let mut schema_report = Report::new(schema_path.clone());
        let schema = parse(&text, &mut schema_report).and_then(|tree| read_schema(&tree, &mut schema_report));
        let sound = !schema_report.has_errors();
        report.absorb(schema_report);
        let schema = schema.filter(|_| sound)?;
        let SchemaKind::Object { members, .. } = &schema.kind else {
            report.error("bad_schema", node.get("schema")?.span, "the schema of a document must describe an object");
            return None;
        };
        let key_node = node.get("key")?;
        let key: Arc<str> = key_node.text()?.into();
        check_key(&key, key_node, members, report);
        let owners = read_owners(node, &schema, report);
        let sensitive = Sensitive::read(node, &schema, &key, report);
        let sealed = node.get("sealed").filter(|node| node.bool() == Some(true)).map(|node| node.span);
        let of = schema.declared(&id);
        Some(DocumentType { title: Title::read(node.get("title")), id, key, schema_path, of, schema, statuses, owners, sensitive, sealed })
    }

    /// Whether this is one of its statuses.
    pub fn has_status(&self, status: &str) -> bool {
        self.statuses.iter().any(|known| &**known == status)
    }
}

fn read_statuses(node: &Node, report: &mut Report) -> Vec<Arc<str>> {
    let mut seen = HashSet::new();
    let list = node.get("statuses");
    let items = list.map(Node::items).unwrap_or_default();
    if let Some(list) = list.filter(|_| items.is_empty()) {
        report.error("wrong_type", list.span, "a document type needs at least one status").at("statuses");
    }
    for (index, item) in items.iter().enumerate() {
        if let Some(text) = item.text()
            && !seen.insert(text)
        {
            report.error("duplicate_key", item.span, format!("the status `{text}` stands twice")).at(format!("statuses[{index}]"));
        }
    }
    items.iter().filter_map(|item| item.text().map(Arc::from)).collect()
}

fn check_key(key: &str, node: &Node, members: &IndexMap<Arc<str>, super::schema::Member>, report: &mut Report) {
    let hint = match members.get(key) {
        Some(member) if matches!(member.schema.kind, SchemaKind::Text { .. }) && member.required => return,
        Some(member) if matches!(member.schema.kind, SchemaKind::Text { .. }) => "list it under `required` in the schema".into(),
        Some(_) => "a business key is text".into(),
        None => match did_you_mean(key, members.keys().map(AsRef::as_ref)) {
            Some(near) => Hint::meant(near),
            None => "name a field of the schema".into(),
        },
    };
    report.error("unknown_field", node.span, format!("`{key}` cannot be the business key")).hint(hint).at("key");
}

fn read_owners(node: &Node, schema: &Schema, report: &mut Report) -> IndexMap<Arc<str>, Arc<str>> {
    let mut owners = IndexMap::new();
    for (field, role) in node.get("owners").map(Node::entries).unwrap_or_default() {
        if schema.at(&field.text).is_none() {
            let names = schema.names();
            let diagnostic = report.error("unknown_field", field.span, format!("the schema has no field `{}`", field.text));
            diagnostic.path = "owners".to_owned();
            diagnostic.hint = did_you_mean(&field.text, names.iter().map(AsRef::as_ref)).map(Hint::meant);
        }
        if let Some(role) = role.text() {
            owners.insert(Arc::from(field.text.as_str()), Arc::from(role));
        }
    }
    owners
}
