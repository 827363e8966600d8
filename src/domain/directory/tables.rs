//! A list of the directory as a CSV table: the columns are the keys of the list's items.

use super::definition::Row;
use crate::domain::diagnostic::{Hint, Report, Span, did_you_mean};
use crate::domain::text::shape::ObjectShape;
use crate::domain::text::tree::{Key, Node, NodeKind};
use std::borrow::Cow;
use std::sync::Arc;

/// Rows of one table; the largest company this is made for has a tenth of it.
const ROWS_MAX: usize = 200_000;

/// Reads a table; findings name lines of its own file.
pub fn read_rows<'a>(path: &Arc<str>, text: &str, shape: &'static ObjectShape, report: &mut Report) -> Vec<Row<'a>> {
    let mut own = Report::new(path.clone());
    let rows = Table { path, shape }.read(text, &mut own);
    report.absorb(own);
    rows
}

struct Table<'p> {
    path: &'p Arc<str>,
    shape: &'static ObjectShape,
}

impl Table<'_> {
    fn read<'a>(&self, text: &str, report: &mut Report) -> Vec<Row<'a>> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let header: Vec<String> = match reader.headers() {
            Ok(header) => header.iter().map(str::to_owned).collect(),
            Err(_) => Vec::new(),
        };
        if !self.columns(&header, report) {
            return Vec::new();
        }
        let mut rows = Vec::new();
        for (index, record) in reader.records().enumerate() {
            let Ok(record) = record else {
                report.error("bad_table", line(index + 2), "this line has another number of cells than the first one");
                continue;
            };
            if index >= ROWS_MAX {
                report.error("too_large", line(index + 2), format!("the table has more than {ROWS_MAX} rows"));
                break;
            }
            let span = line(record.position().map_or(index + 2, |position| usize::try_from(position.line()).unwrap_or(usize::MAX)));
            for field in self.shape.fields.iter().filter(|field| field.required) {
                let cell = header.iter().position(|name| name == field.name).and_then(|at| record.get(at));
                if cell.is_none_or(str::is_empty) {
                    report.error("bad_table", span, format!("`{}` is empty", field.name));
                }
            }
            rows.push(Row { file: self.path.clone(), span, cells: Cow::Owned(node(&header, &record, span)) });
        }
        rows
    }

    fn columns(&self, header: &[String], report: &mut Report) -> bool {
        let names = || self.shape.fields.iter().map(|field| field.name);
        for name in header.iter().filter(|name| !names().any(|known| known == **name)) {
            let diagnostic = report.error("unknown_key", line(1), format!("the column `{name}` is not known here"));
            diagnostic.hint = did_you_mean(name, names()).map(Hint::meant);
        }
        let missing: Vec<&str> = self
            .shape
            .fields
            .iter()
            .filter(|field| field.required && !header.iter().any(|name| name == field.name))
            .map(|field| field.name)
            .collect();
        if !missing.is_empty() {
            report.error("bad_table", line(1), format!("the table has no column `{}`", missing.join("`, `")));
        }
        missing.is_empty()
    }
}

fn node(header: &[String], record: &csv::StringRecord, span: Span) -> Node {
    let cell = |text: &str| Node { span, kind: NodeKind::Scalar { text: text.to_owned(), quoted: true } };
    let filled = header.iter().zip(record).filter(|(_, text)| !text.is_empty());
    Node { span, kind: NodeKind::Map(filled.map(|(name, text)| (Key { text: name.clone(), span }, cell(text))).collect()) }
}

fn line(number: usize) -> Span {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    Span { line: number, column: 1, offset: number, length: 1 }
}
