//! The file `dictionaries/<id>.yaml`.

use super::rows;
use crate::domain::diagnostic::Report;
use crate::domain::text::files::Files;
use crate::domain::text::shape::{FORMAT, Field, ObjectShape, Shape, TITLE};
use crate::domain::text::title::Title;
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use indexmap::IndexMap;
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::sync::Arc;

/// The shape of a dictionary.
pub static SHAPE: Shape = Shape::Object(&ObjectShape {
    name: "dictionary",
    doc: "A code table from our values to a connector's.",
    fields: &[
        FORMAT,
        Field::required("dictionary", Shape::Id, "the id of the dictionary"),
        TITLE,
        Field::optional("to", Shape::Id, "the connector whose codes these are"),
        Field::optional(
            "missing",
            Shape::Word(&["exception", "keep", "empty", "default"]),
            "what happens to a value without a row: `exception` (as when left out) stops, `keep` keeps the value, `empty` leaves the target out, `default` takes the default",
        ),
        Field::optional("default", Shape::Any, "the code of values without a row, with `missing: default`"),
        Field::optional("rows", Shape::List(&Shape::Object(&ROW)), "the rows"),
        Field::optional("table", Shape::Text, "path of a CSV file with the columns from, to and, if wanted, name, valid_from, valid_to"),
    ],
});

static ROW: ObjectShape = ObjectShape {
    name: "dictionary_row",
    doc: "One row: our value and the connector's.",
    fields: &[
        Field::required("from", Shape::Text, "our value"),
        Field::required("to", Shape::Text, "the connector's"),
        Field::optional("name", Shape::Title, "what people see"),
        Field::optional("valid_from", Shape::Text, "the first day on which the row holds"),
        Field::optional("valid_to", Shape::Text, "the last day on which the row holds"),
    ],
};

/// What happens to a value without a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Missing {
    /// It stops the document: someone must add the row.
    #[default]
    Exception,
    /// The value stays as it is.
    Keep,
    /// The target is left out.
    Empty,
    /// This code is taken.
    Default(Value),
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Our value.
    pub from: Arc<str>,
    /// The connector's.
    pub to: Value,
    /// What people see.
    pub name: Title,
    /// First day on which it holds.
    pub valid_from: Option<Date>,
    /// Last day on which it holds.
    pub valid_to: Option<Date>,
}

impl Row {
    /// Whether it holds for a time only.
    pub fn is_dated(&self) -> bool {
        self.valid_from.is_some() || self.valid_to.is_some()
    }
}

/// A compiled dictionary.
#[derive(Clone, Debug)]
pub struct Dictionary {
    /// Its id.
    pub id: Arc<str>,
    /// What people see.
    pub title: Title,
    /// The connector whose codes these are.
    pub to: Option<Arc<str>>,
    /// What happens to a value without a row.
    pub missing: Missing,
    /// The CSV file it was read from, for its content hash.
    pub table: Option<Arc<str>>,
    pub(super) rows: IndexMap<Arc<str>, Vec<Row>>,
    /// Rows whose `from` is a number, by that number: `13`, `13.0` and `"13"` are one tax rate.
    pub(super) numbers: HashMap<Decimal, Arc<str>>,
}

impl Dictionary {
    /// Reads a tree that was checked against `SHAPE`.
    pub fn read(node: &Node, files: &Files, report: &mut Report) -> Option<Dictionary> {
        let id: Arc<str> = node.get("dictionary")?.text()?.into();
        let missing = read_missing(node, report);
        let mut read = rows::from_list(node.get("rows").map(Node::items).unwrap_or_default(), report);
        let mut table = None;
        if let Some(named) = node.get("table") {
            let (path, text) = files.referred(named, report)?;
            read.extend(rows::from_table(&path, &text, report));
            table = Some(path);
        }
        if node.get("rows").is_none() && node.get("table").is_none() {
            report.error("missing_key", node.span, "a dictionary needs `rows` or a `table`").hint("add `rows:`");
        }
        rows::contradictions(&read, report);
        let read = read.into_iter().map(|placed| placed.row);
        let to = node.get("to").and_then(Node::text).map(Arc::from);
        Some(Dictionary::new(id, Title::read(node.get("title")), to, missing, table, read))
    }

    pub(super) fn new(
        id: Arc<str>,
        title: Title,
        to: Option<Arc<str>>,
        missing: Missing,
        table: Option<Arc<str>>,
        read: impl Iterator<Item = Row>,
    ) -> Dictionary {
        let mut rows: IndexMap<Arc<str>, Vec<Row>> = IndexMap::new();
        let mut numbers = HashMap::new();
        for row in read {
            if let Some(number) = crate::domain::text::units::decimal(&row.from) {
                numbers.entry(number.normalize()).or_insert_with(|| row.from.clone());
            }
            rows.entry(row.from.clone()).or_default().push(row);
        }
        Dictionary { id, title, to, missing, table, rows, numbers }
    }

    /// The rows, in the order of the file.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values().flatten()
    }

    /// Whether some row holds for a time only, so that a lookup needs a date.
    pub fn needs_date(&self) -> bool {
        self.rows().any(Row::is_dated)
    }
}

fn read_missing(node: &Node, report: &mut Report) -> Missing {
    let default = node.get("default");
    let word = node.get("missing").and_then(Node::text);
    match (word, default) {
        (Some("keep"), None) => Missing::Keep,
        (Some("empty"), None) => Missing::Empty,
        (Some("default") | None, Some(value)) => Missing::Default(Value::from_json(&value.to_json())),
        (Some("default"), None) => {
            report.error("missing_key", node.span, "`default` is missing").hint("write the code that values without a row get");
            Missing::Exception
        }
        (Some(other), Some(value)) => {
            let message = format!("`default` has no effect with `missing: {other}`");
            report.error("wrong_type", value.span, message).hint("write `missing: default`, or remove `default`");
            Missing::Exception
        }
        _ => Missing::Exception,
    }
}
