//! `as:` in a connector: the value formats of `domain::format`, several applied one after the other when writing.

use super::compiler::Compiler;
use crate::domain::format::{self, Direction};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::Value;

pub use crate::domain::format::FormatError;

/// Compiled formats.
#[derive(Clone, Debug, PartialEq)]
pub struct Format(Vec<format::Format>);

impl Format {
    /// Compiles `as:`; checks the shape first, since it stands inside free trees.
    pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Format> {
        match &node.kind {
            NodeKind::List(items) => {
                let each = |(index, item)| compiler.inside(&format!("[{index}]"), |compiler| check(item, compiler));
                items.iter().enumerate().map(each).collect::<Vec<_>>().into_iter().collect::<Option<()>>()?;
            }
            _ => check(node, compiler)?,
        }
        let formats = compiler.reporting(|report, path| format::Format::compile(node, report, path))?;
        if formats.iter().any(format::Format::needs_currency) {
            compiler
                .error("bad_value", node.span, "a connector does not know the currency of an amount")
                .hint("write the number of digits, or leave this to the mapping");
            return None;
        }
        Some(Format(formats))
    }

    /// Writes a value for the partner.
    ///
    /// # Errors
    /// When the value is of another kind than the format takes.
    pub fn write(&self, value: &Value) -> Result<Value, FormatError> {
        self.0.iter().try_fold(value.clone(), |value, format| format.convert(&value, Direction::Write, None))
    }

    /// Reads what a partner wrote.
    ///
    /// # Errors
    /// When it is not in this format.
    pub fn read(&self, value: &Value) -> Result<Value, FormatError> {
        self.0.iter().rev().try_fold(value.clone(), |value, format| match format {
            // A JSON number is read as the declared type says, which may well be a whole one.
            format::Format::Number => Ok(value),
            format => format.convert(&value, Direction::Read, None),
        })
    }
}

/// Not through `Either`: a wrong word deserves the list of words.
fn check(node: &Node, compiler: &mut Compiler<'_>) -> Option<()> {
    compiler.shape(node, if node.text().is_some() { &format::WORD } else { &format::VARIANT })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::diagnostic::Report;
    use crate::domain::text::tree::parse;

    fn compile(text: &str) -> Result<Format, Vec<(&'static str, String)>> {
        let mut report = Report::new("x.yaml");
        let node = parse(&format!("as: {text}"), &mut report).unwrap();
        let found = Compiler::new(&mut report).inside("as", |compiler| Format::compile(node.get("as").unwrap(), compiler));
        found.ok_or_else(|| report.into_items().into_iter().map(|item| (item.code, item.path)).collect())
    }

    #[test]
    fn several_formats_are_written_in_order_and_read_backwards() {
        let format = compile("[{decimal: {scale: 2}}, {tagged: {__class__: Decimal}, under: decimal}]").unwrap();
        let written = format.write(&Value::text("5")).unwrap();
        assert_eq!(written.to_json().to_string(), r#"{"__class__":"Decimal","decimal":"5.00"}"#);
        let read = format.read(&written.to_json().to_string().parse().unwrap()).unwrap();
        assert_eq!(read, Value::Decimal("5.00".parse().unwrap()));
    }

    #[test]
    fn a_number_is_written_exactly_and_read_as_it_came() {
        let format = compile("number").unwrap();
        let amount = Value::Decimal("12345678901234567.89".parse().unwrap());
        assert_eq!(format.write(&amount).unwrap().to_json().to_string(), "12345678901234567.89");
        assert_eq!(format.read(&Value::Int(7)).unwrap(), Value::Int(7));
        assert!(format.write(&Value::text("five")).is_err());
    }

    #[test]
    fn nothing_is_no_value_to_convert() {
        let format = compile("{date: yyyy-MM-dd}").unwrap();
        assert_eq!(format.write(&Value::Null), Ok(Value::Null));
        assert_eq!(format.read(&Value::Unset), Ok(Value::Unset));
    }

    #[test]
    fn findings_name_their_place() {
        for (text, code, path) in [
            ("milliseconds", "bad_word", "as"),
            ("{date: YYYY}", "bad_value", "as.date"),
            ("[base64, {decimal: {}}]", "missing_key", "as[1].decimal"),
            ("{decimal: {scale: currency}}", "bad_value", "as"),
        ] {
            assert_eq!(compile(text).unwrap_err(), [(code, path.to_owned())], "{text}");
        }
    }
}
