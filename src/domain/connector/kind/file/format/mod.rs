//! `as:` of a file that is read: what is in it, one file a format. What comes of it is one JSON value.

mod csv;
mod excel;
mod json;
mod text;
mod xml;

use crate::domain::connector::compiler::Compiler;
use crate::domain::text::shape::{Kind, Shape, TaggedShape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use serde_json::Value as Json;

/// Rows read from one file at most.
const ROWS_MAX: usize = 50_000;
/// Cells of one row at most.
const COLUMNS_MAX: usize = 500;

/// Options by name.
type Options = Vec<(&'static str, Value)>;

/// One format.
pub struct Format {
    shape: Kind,
    /// The options as a job carries them; none when they cannot be meant, which the report says.
    compile: fn(&Node, &mut Compiler<'_>) -> Option<Options>,
    /// Reads a file; the words say what is wrong with it, and where.
    read: fn(&[u8], &Json) -> Result<Json, String>,
}

/// The formats there are.
pub static FORMATS: [&Format; 5] = [&csv::FORMAT, &json::FORMAT, &xml::FORMAT, &excel::FORMAT, &text::FORMAT];

static KINDS: [&Kind; FORMATS.len()] = {
    let mut kinds = [&FORMATS[0].shape; FORMATS.len()];
    let mut at = 0;
    while at < kinds.len() {
        kinds[at] = &FORMATS[at].shape;
        at += 1;
    }
    kinds
};

static TAGGED: TaggedShape =
    TaggedShape { name: "file_format", doc: "What is in a file.", tag: "kind", default: None, common: &[], kinds: &KINDS };

/// The shape of `as:`.
pub(super) const SHAPE: Shape = Shape::Tagged(&TAGGED);

/// Compiles `as:` to what a job carries.
pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Value> {
    let word = node.get("kind").and_then(Node::text)?;
    let format = FORMATS.iter().find(|format| format.shape.word == word)?;
    let mut members = vec![("kind", Value::text(format.shape.word))];
    members.extend((format.compile)(node, compiler)?);
    Some(Value::map(members))
}

/// Reads a file as the job says.
///
/// # Errors
/// What is wrong with it, and where.
pub fn read(bytes: &[u8], how: &Json) -> Result<Json, String> {
    let word = how["kind"].as_str().unwrap_or_default();
    let format = FORMATS.iter().find(|format| format.shape.word == word).ok_or_else(|| format!("`{word}` is no format"))?;
    (format.read)(bytes, how)
}

/// `encoding:` as a job carries it.
fn encoding(node: &Node) -> Options {
    node.get("encoding").and_then(Node::text).map(|word| ("encoding", Value::text(word))).into_iter().collect()
}

/// Rows of cells as mappings under their head.
struct Table {
    head: Vec<String>,
    rows: Vec<Json>,
}

impl Table {
    fn new(head: Vec<String>) -> Result<Table, String> {
        if head.len() > COLUMNS_MAX {
            return Err(format!("there are {} columns; at most {COLUMNS_MAX} are read", head.len()));
        }
        for (index, name) in head.iter().enumerate() {
            if name.trim().is_empty() {
                return Err(format!("column {} has no name in the head", index + 1));
            }
            if head[..index].contains(name) {
                return Err(format!("the column `{name}` stands twice in the head"));
            }
        }
        Ok(Table { head, rows: Vec::new() })
    }

    fn push(&mut self, line: u64, cells: Vec<Json>) -> Result<(), String> {
        if cells.len() != self.head.len() {
            return Err(format!("line {line} has {} cells where the head has {}", cells.len(), self.head.len()));
        }
        if self.rows.len() >= ROWS_MAX {
            return Err(format!("there are more than {ROWS_MAX} rows"));
        }
        self.rows.push(Json::Object(self.head.iter().cloned().zip(cells).collect()));
        Ok(())
    }

    fn json(self) -> Json {
        Json::Array(self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(how: Json, text: &str, expected: Result<Json, &str>) {
        match (read(text.as_bytes(), &how), expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{how} {text}"),
            (Err(found), Err(part)) => assert!(found.contains(part), "{how} {text}: {found}"),
            (found, expected) => panic!("{how} {text}: {found:?}, not {expected:?}"),
        }
    }

    #[test]
    fn files_are_read_as_they_are_declared() {
        let csv = || json!({"kind": "csv", "separator": ","});
        check(csv(), "\u{feff}no,amount\r\nPO-1,\"1,000.50\"\r\n", Ok(json!([{"no": "PO-1", "amount": "1,000.50"}])));
        check(csv(), "no,text\nPO-1,\"two\nlines \"\"q\"\"\"\n", Ok(json!([{"no": "PO-1", "text": "two\nlines \"q\""}])));
        check(csv(), "no,amount\nPO-1\n", Err("line 2 has 1 cells where the head has 2"));
        check(csv(), "no,amount\nPO-1,1\nPO-2,1,2\n", Err("line 3 has 3 cells"));
        check(csv(), "no,text\nPO-1,\"half of", Err("line 2 begins a cell in quotes that does not end"));
        check(csv(), "no,size\nPO-1,5\" pipe\n", Ok(json!([{"no": "PO-1", "size": "5\" pipe"}])));
        check(csv(), "no,no\n1,2\n", Err("stands twice"));
        check(csv(), "no,\n1,2\n", Err("column 2 has no name"));
        check(csv(), "", Err("empty"));
        check(csv(), "no\n", Ok(json!([])));
        check(json!({"kind": "csv", "separator": ";", "columns": ["a", "b"]}), "1;2\n", Ok(json!([{"a": "1", "b": "2"}])));
        assert_eq!(read(b"{\"n\": 1.50}", &json!({"kind": "json"})).unwrap()["n"].to_string(), "1.50", "numbers keep their digits");
        check(json!({"kind": "json"}), "{\"n\": ", Err("line 1"));
        check(json!({"kind": "json"}), &"[".repeat(10_000), Err(""));
        check(json!({"kind": "xml"}), "<o><n>1</n></o>", Ok(json!({"o": {"n": "1"}})));
        let bomb = "<!DOCTYPE o [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><o>&b;</o>";
        check(json!({"kind": "xml"}), bomb, Err(""));
        check(json!({"kind": "text"}), "a\n", Ok(json!("a\n")));
        assert!(read(b"no\n\xd6\xd0\n", &csv()).unwrap_err().contains("line 2 is not UTF-8"));
        assert!(read(b"no zip", &json!({"kind": "excel"})).is_err());
    }
}
