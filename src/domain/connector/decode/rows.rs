//! `{rows: $, columns: [id, number]}`: rows of bare cells become mappings.
//!
//! A row with another number of cells stays as it is: partners put errors into such lists.

use crate::domain::connector::compiler::Compiler;
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::{Map, Value};
use std::sync::Arc;

pub(super) static VARIANT: Variant = Variant {
    key: Field::required("rows", Shape::Path, "where a list of lists of cells is; each becomes a mapping"),
    fields: &[Field::required("columns", Shape::List(&Shape::Text), "the names of the cells, in order")],
};

/// Names of cells.
#[derive(Debug)]
pub(super) struct Rows {
    columns: Vec<Arc<str>>,
}

impl Rows {
    pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Rows> {
        let columns = names(node, "columns", compiler)?;
        Some(Rows { columns })
    }

    pub(super) fn apply(&self, value: &Value) -> Option<Value> {
        let Value::List(rows) = value else { return None };
        Some(Value::list(rows.iter().map(|row| self.row(row))))
    }

    fn row(&self, row: &Value) -> Value {
        match row {
            Value::List(cells) if cells.len() == self.columns.len() => {
                let named: Map = self.columns.iter().cloned().zip(cells.iter().cloned()).collect();
                Value::Map(Arc::new(named))
            }
            other => other.clone(),
        }
    }
}

/// A list of names, each once.
pub(super) fn names(node: &Node, key: &str, compiler: &mut Compiler<'_>) -> Option<Vec<Arc<str>>> {
    let items = node.get(key)?.items();
    let mut names: Vec<Arc<str>> = Vec::with_capacity(items.len());
    for item in items {
        let name = item.text()?;
        if names.iter().any(|known| known.as_ref() == name) {
            compiler.inside(key, |compiler| {
                compiler.error("duplicate_key", item.span, format!("`{name}` stands twice"));
            });
            return None;
        }
        names.push(Arc::from(name));
    }
    if names.is_empty() {
        compiler.inside(key, |compiler| {
            compiler.error("missing_key", node.span, "there are no names");
        });
        return None;
    }
    Some(names)
}
