//! What is written into a file: CSV, JSON, XML or text.

use crate::domain::connector::body::{self, RequestBody};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::request::{DraftBody, scalar_text};
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Scope, ScopeType};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use std::sync::Arc;

static CSV_OBJECT: ObjectShape = ObjectShape {
    name: "file_csv",
    doc: "Rows under a head.",
    fields: &[
        Field::required("columns", Shape::List(&Shape::Text), "The names of the columns, which are also those of the rows' members."),
        Field::required("rows", Shape::Any, "The rows: a list of mappings, such as `{each: input.lines, as: line, item: {…}}`."),
        Field::optional("separator", Shape::Text, "The letter between cells; a comma."),
        Field::optional("head", Shape::Bool, "Whether the first line names the columns; true."),
        Field::optional(
            "formulas",
            Shape::Word(&["escape", "keep"]),
            "What becomes of a text that a spreadsheet would take for a formula: a quote is put before it, or it stays; `escape`.",
        ),
    ],
};

pub(super) const CSV: Field = Field::optional("csv", Shape::Object(&CSV_OBJECT), "Rows of cells.");
pub(super) const JSON: Field = body::JSON;
pub(super) const XML: Field = body::XML;
pub(super) const TEXT: Field = body::TEXT;

/// What is written.
#[derive(Debug)]
pub(super) enum Content {
    Csv(Csv),
    Body(RequestBody),
}

/// Rows of cells.
#[derive(Debug)]
pub(super) struct Csv {
    columns: Vec<Arc<str>>,
    rows: Tree,
    separator: u8,
    head: bool,
    escape: bool,
}

impl Content {
    pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Content> {
        let Some(csv) = node.get("csv") else {
            return match RequestBody::compile(node, scope, compiler)? {
                RequestBody::Empty => {
                    compiler
                        .error("missing_key", node.span, "nothing says what is written")
                        .hint("add `csv`, `json`, `xml` or `body_text`");
                    None
                }
                body => Some(Content::Body(body)),
            };
        };
        if let Some(second) = ["json", "xml", "body_text"].iter().find_map(|key| node.get(key)) {
            compiler.error("wrong_type", second.span, "a file has one content").hint("keep one of them");
        }
        compiler.inside("csv", |compiler| Csv::compile(csv, scope, compiler)).map(Content::Csv)
    }

    pub(super) fn build(&self, scope: &Scope<'_>, payload: &Value, budget: &mut Budget) -> Result<String, BuildError> {
        let body = match self {
            Content::Csv(csv) => return csv.build(scope, payload, budget),
            Content::Body(body) => body.build(scope, payload, budget)?,
        };
        let why = "is no text";
        match body {
            DraftBody::Json(value) => Ok(value.to_json_text()),
            DraftBody::Bytes { bytes, .. } => {
                String::from_utf8(bytes).map_err(|_| BuildError::Invalid { place: "content".to_owned(), why })
            }
            DraftBody::Empty | DraftBody::Form(_) => Err(BuildError::Invalid { place: "content".to_owned(), why }),
        }
    }
}

/// The separator that is written: one letter of ASCII.
pub(super) fn separator(node: &Node, compiler: &mut Compiler<'_>) -> Option<u8> {
    let Some(written) = node.get("separator") else { return Some(b',') };
    match written.text().map(str::as_bytes) {
        Some([letter]) if !matches!(letter, b'"' | b'\r' | b'\n') => Some(*letter),
        Some(b"tab" | b"\\t") => Some(b'\t'),
        _ => {
            compiler.error("bad_value", written.span, "a separator is one letter, or `tab`");
            None
        }
    }
}

impl Csv {
    fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Csv> {
        let columns: Vec<Arc<str>> = node.get("columns")?.items().iter().filter_map(Node::text).map(Arc::from).collect();
        if columns.is_empty() {
            compiler.error("missing_key", node.span, "there are no columns");
        }
        Some(Csv {
            columns,
            rows: compiler.inside("rows", |compiler| Tree::compile(node.get("rows")?, scope, compiler))?,
            separator: separator(node, compiler)?,
            head: node.get("head").and_then(Node::bool).unwrap_or(true),
            escape: node.get("formulas").and_then(Node::text) != Some("keep"),
        })
    }

    fn build(&self, scope: &Scope<'_>, payload: &Value, budget: &mut Budget) -> Result<String, BuildError> {
        let invalid = |why| BuildError::Invalid { place: "csv.rows".to_owned(), why };
        let Value::List(rows) = self.rows.build(scope, payload, "csv.rows", budget)? else { return Err(invalid("is no list")) };
        let mut writer = csv::WriterBuilder::new().delimiter(self.separator).from_writer(Vec::new());
        let failed = |_| invalid("cannot be written");
        if self.head {
            writer.write_record(self.columns.iter().map(AsRef::as_ref)).map_err(failed)?;
        }
        for row in rows.iter() {
            let Value::Map(members) = row else { return Err(invalid("has a row that is no mapping")) };
            if members.keys().any(|name| !self.columns.contains(name)) {
                return Err(invalid("has a member that is no column"));
            }
            let mut cells = Vec::with_capacity(self.columns.len());
            for column in &self.columns {
                let value = row.member(column);
                let text = scalar_text(value, "csv.rows")?.unwrap_or_default();
                cells.push(if self.escape && is_formula(&text) { format!("'{text}") } else { text });
            }
            writer.write_record(cells).map_err(failed)?;
        }
        let bytes = writer.into_inner().map_err(|_| invalid("cannot be written"))?;
        String::from_utf8(bytes).map_err(|_| invalid("is no text"))
    }
}

/// Whether a spreadsheet would take the text for a formula; a number is none, whatever it begins with.
fn is_formula(text: &str) -> bool {
    let is_number = || text.strip_prefix(['-', '+']).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) && !is_number()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_told_from_numbers() {
        for text in ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1", "--1"] {
            assert!(is_formula(text), "{text}");
        }
        for text in ["", "1", "-1", "+1.50", "-0.00", "a=b", "PO-1", "'=1"] {
            assert!(!is_formula(text), "{text}");
        }
    }
}
