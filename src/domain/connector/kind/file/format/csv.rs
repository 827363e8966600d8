//! `kind: csv`: cells between separators; every cell is text, so that numbers keep their digits.

use super::super::encoding;
use super::super::write::separator;
use super::{Format, Options, Table};
use crate::domain::connector::compiler::Compiler;
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use serde_json::Value as Json;

pub(super) static FORMAT: Format = Format {
    shape: Kind {
        word: "csv",
        doc: "Rows of cells, each row a mapping under the names of the head.",
        later: false,
        fields: &[
            encoding::READ,
            Field::optional("separator", Shape::Text, "The letter between cells, or `tab`; a comma."),
            Field::optional(
                "columns",
                Shape::List(&Shape::Text),
                "The names of the columns, for files whose first line does not name them.",
            ),
        ],
    },
    compile,
    read,
};

fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Options> {
    let mut options = vec![("separator", Value::text(char::from(separator(node, compiler)?).to_string()))];
    if let Some(columns) = node.get("columns") {
        options.push(("columns", Value::list(columns.items().iter().filter_map(Node::text).map(Value::text))));
    }
    options.extend(super::encoding(node));
    Some(options)
}

fn read(bytes: &[u8], how: &Json) -> Result<Json, String> {
    let text = encoding::decode(bytes, how)?;
    let text = text.as_ref();
    let separator = how["separator"].as_str().and_then(|text| text.bytes().next()).unwrap_or(b',');
    if let Some(line) = broken_off(text, separator) {
        return Err(format!("line {line} begins a cell in quotes that does not end: the file breaks off, or a quote is not doubled"));
    }
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records();
    let head: Vec<String> = match how["columns"].as_array() {
        Some(columns) => columns.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        None => match records.next() {
            Some(Ok(record)) => record.iter().map(|name| name.trim().to_owned()).collect(),
            Some(Err(error)) => return Err(error.to_string()),
            None => return Err("the file is empty: not even a head".to_owned()),
        },
    };
    let mut table = Table::new(head)?;
    for record in records {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        table.push(line, record.iter().map(Json::from).collect())?;
    }
    Ok(table.json())
}

/// The line of a quoted cell that goes on to the end of the file: the reader would take it for whole.
fn broken_off(text: &str, separator: u8) -> Option<u64> {
    let (mut line, mut begins, mut open) = (1, true, None);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match open {
            None if byte == b'"' && begins => open = Some(line),
            None => begins = byte == separator || byte == b'\n' || byte == b'\r',
            // A doubled quote stands for one; a single one ends the cell.
            Some(_) if byte == b'"' && bytes.peek() == Some(&b'"') => drop(bytes.next()),
            Some(_) if byte == b'"' => (open, begins) = (None, false),
            Some(_) => {}
        }
        line += u64::from(byte == b'\n');
    }
    open
}
