//! `as: {bool: {yes: "Y", no: "N"}}`: the words of true and false.

use super::FormatError;
use crate::domain::expression::print;
use crate::domain::text::shape::{Field, ObjectShape, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;

static OBJECT: ObjectShape = ObjectShape {
    name: "bool_format",
    doc: "The words of true and false.",
    fields: &[Field::required("yes", Shape::Text, "how true is written"), Field::required("no", Shape::Text, "how false is written")],
};

pub(super) static VARIANT: Variant =
    Variant { key: Field::required("bool", Shape::Object(&OBJECT), "the words of true and false"), fields: &[] };

/// The words of true and false, as written: a plain `1` is a number, a quoted one text.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    yes: Value,
    no: Value,
}

impl Words {
    pub(super) fn compile(node: &Node) -> Option<Words> {
        let node = node.get("bool")?;
        let word = |key: &str| Some(Value::from_json(&node.get(key)?.to_json()));
        Some(Words { yes: word("yes")?, no: word("no")? })
    }

    pub(super) fn write(&self, value: &Value) -> Result<Value, FormatError> {
        match value {
            Value::Bool(true) => Ok(self.yes.clone()),
            Value::Bool(false) => Ok(self.no.clone()),
            other => Err(FormatError::kind("true or false", other)),
        }
    }

    /// Reads either word, as text or number.
    pub(super) fn read(&self, value: &Value) -> Result<Value, FormatError> {
        let text = print(value);
        let is = |word: &Value| text.is_some() && text == print(word);
        match (is(&self.yes), is(&self.no)) {
            (true, _) => Ok(Value::Bool(true)),
            (_, true) => Ok(Value::Bool(false)),
            _ => Err(FormatError::Kind { wanted: "one of the two declared words", found: "another" }),
        }
    }
}
