//! Examples beside a table: for these inputs, this is decided.

use super::definition::Table;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use std::sync::Arc;

/// The shape of an example.
pub static CASE: ObjectShape = ObjectShape {
    name: "table_test",
    doc: "An example: for these inputs, this is decided.",
    fields: &[
        Field::required("name", Shape::Text, "what it shows"),
        Field::required("given", Shape::IdMap(&Shape::Any), "the inputs; one that is left out is not known"),
        Field::required(
            "expect",
            Shape::Either(&[Shape::Word(&["nothing"]), Shape::Any]),
            "what is decided: a mapping (with `collect` a list of them), or `nothing`",
        ),
    ],
};

/// An example.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it shows.
    pub name: Arc<str>,
    given: Node,
    expect: Node,
}

impl Case {
    pub(super) fn read(node: &Node) -> Option<Case> {
        Some(Case { name: node.get("name")?.text()?.into(), given: node.get("given")?.clone(), expect: node.get("expect")?.clone() })
    }
}

/// Runs one example; the error says what differs.
pub fn run_case(table: &Table, case: &Case) -> Result<(), String> {
    let mut values = Vec::new();
    for input in &table.inputs {
        let given = case.given.get(&input.name).map_or(Value::Unset, |given| Value::from_json(&given.to_json()));
        let of = input.of(None);
        values.push(of.read(&given).map_err(|error| format!("input `{}`: {error}", input.name))?);
    }
    if let Some((unknown, _)) = case.given.entries().iter().find(|(name, _)| table.inputs.iter().all(|input| *input.name != *name.text)) {
        return Err(format!("the table has no input `{}`", unknown.text));
    }
    let decision = table.decide(&values).map_err(|error| error.to_string())?;
    let expected = match case.expect.text() {
        Some("nothing") => Value::Unset,
        _ => Value::from_json(&case.expect.to_json()),
    };
    let expected = table.result_type().read(&expected).map_err(|error| format!("`expect`: {error}"))?;
    if decision.value == expected {
        return Ok(());
    }
    let shown = |value: &Value| if value.is_unset() { "nothing".to_owned() } else { value.to_json_text() };
    let rows: Vec<String> = decision.rows.iter().map(ToString::to_string).collect();
    let by = if rows.is_empty() { "no row holds".to_owned() } else { format!("by row {}", rows.join(", ")) };
    Err(format!("{} is decided ({by}), but {} is expected", shown(&decision.value), shown(&expected)))
}
