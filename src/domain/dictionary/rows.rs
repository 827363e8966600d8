//! Reading rows from the file itself or from CSV, and the lint of rows that contradict each other.

use super::definition::Row;
use crate::domain::diagnostic::{Report, Span};
use crate::domain::text::title::Title;
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows of one dictionary; people of the largest company fit ten times.
const ROWS_MAX: usize = 200_000;

/// A row and where it stands.
pub(super) struct Placed {
    pub row: Row,
    file: Arc<str>,
    span: Span,
}

/// The rows written in the definition.
pub(super) fn from_list(items: &[Node], report: &mut Report) -> Vec<Placed> {
    let file = report.file();
    items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| {
            let mut date = |key: &str| {
                let node = item.get(key)?;
                let parsed = node.text().and_then(read_date);
                if parsed.is_none() {
                    let diagnostic = report.error("bad_value", node.span, "a date such as `2026-01-31` is wanted here");
                    diagnostic.path = format!("rows[{index}].{key}");
                }
                parsed
            };
            let (valid_from, valid_to) = (date("valid_from"), date("valid_to"));
            let from: Arc<str> = item.get("from")?.text()?.into();
            let to = Value::text(item.get("to")?.text()?);
            let row = Row { from, to, name: Title::read(item.get("name")), valid_from, valid_to };
            Some(Placed { row, file: file.clone(), span: item.span })
        })
        .collect()
}

/// The rows of a CSV file; findings name its lines.
pub(super) fn from_table(path: &Arc<str>, text: &str, report: &mut Report) -> Vec<Placed> {
    let mut own = Report::new(path.clone());
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header: Vec<String> = reader.headers().map(|header| header.iter().map(str::to_owned).collect()).unwrap_or_default();
    let known = ["from", "to", "name", "valid_from", "valid_to"];
    for name in header.iter().filter(|name| !known.contains(&name.as_str())) {
        own.error("unknown_key", line(1), format!("the column `{name}` is not known here"))
            .hint(format!("known here: {}", known.join(", ")));
    }
    let column = |name: &str| header.iter().position(|known| known == name);
    let mut rows = Vec::new();
    let (Some(from), Some(to)) = (column("from"), column("to")) else {
        own.error("bad_table", line(1), "the table's first line names its columns").hint("write `from,to`");
        report.absorb(own);
        return rows;
    };
    for (index, record) in reader.records().enumerate() {
        let Ok(record) = record else {
            own.error("bad_table", line(index + 2), "this line is not valid CSV, or has more or fewer columns than the first");
            break;
        };
        let at = line(record.position().map_or(index + 2, |position| usize::try_from(position.line()).unwrap_or(usize::MAX)));
        if index >= ROWS_MAX {
            own.error("too_large", at, format!("the table has more than {ROWS_MAX} rows"));
            break;
        }
        let text = |column: usize| record.get(column).filter(|text| !text.is_empty());
        let mut date = |name: &str| {
            let written = text(column(name)?)?;
            let parsed = read_date(written);
            if parsed.is_none() {
                own.error("bad_table", at, format!("`{name}` is a date such as `2026-01-31`"));
            }
            parsed
        };
        let (valid_from, valid_to) = (date("valid_from"), date("valid_to"));
        let (Some(from), Some(to)) = (text(from), text(to)) else {
            own.error("bad_table", at, "`from` and `to` must not be empty");
            continue;
        };
        let row = Row { from: Arc::from(from), to: Value::text(to), name: Title::default(), valid_from, valid_to };
        rows.push(Placed { row, file: path.clone(), span: at });
    }
    report.absorb(own);
    rows
}

/// Rows of one value that hold on the same day, and rows that never hold.
pub(super) fn contradictions(rows: &[Placed], report: &mut Report) {
    let mut by_value: HashMap<&str, Vec<&Placed>> = HashMap::new();
    for placed in rows {
        let row = &placed.row;
        if matches!((row.valid_from, row.valid_to), (Some(from), Some(to)) if to < from) {
            found(placed, report, format!("the row of `{}` ends before it begins", row.from), "swap the two dates");
        }
        let earlier = by_value.entry(&row.from).or_default();
        if earlier.iter().any(|other| overlap(&other.row, row)) {
            let hint = "end the earlier row with `valid_to`, or remove one of the two";
            found(placed, report, format!("two rows of `{}` hold on the same day", row.from), hint);
        }
        earlier.push(placed);
    }
}

fn found(placed: &Placed, report: &mut Report, message: String, hint: &str) {
    let mut own = Report::new(placed.file.clone());
    own.error("overlapping_rows", placed.span, message).hint(hint);
    report.absorb(own);
}

fn overlap(one: &Row, two: &Row) -> bool {
    let starts_after = |one: &Row, two: &Row| matches!((one.valid_from, two.valid_to), (Some(from), Some(to)) if from > to);
    !starts_after(one, two) && !starts_after(two, one)
}

fn read_date(text: &str) -> Option<Date> {
    Some(text).filter(|text| text.len() == 10).and_then(|text| text.parse().ok())
}

fn line(number: usize) -> Span {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    Span { line: number, column: 1, offset: number, length: 1 }
}
