//! `{group: $, by: [id, number], into: lines}`: rows that repeat their head on every line become documents with lines.
//!
//! Only rows of one answer meet: where pages may cut a document, ask for heads and fetch each document by itself.

use super::rows::names;
use crate::domain::connector::compiler::Compiler;
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::{Map, Value};
use indexmap::IndexMap;
use std::sync::Arc;

pub(super) static VARIANT: Variant = Variant {
    key: Field::required("group", Shape::Path, "where a list of rows is that repeat their head"),
    fields: &[
        Field::required("by", Shape::List(&Shape::Text), "the members that make the head"),
        Field::required("into", Shape::Text, "the name of the list of what is left of the rows"),
    ],
};

/// What makes the head, and where the lines go.
#[derive(Debug)]
pub(super) struct Group {
    by: Vec<Arc<str>>,
    into: Arc<str>,
}

impl Group {
    pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Group> {
        let by = names(node, "by", compiler)?;
        let into = node.get("into")?;
        let name: Arc<str> = Arc::from(into.text()?);
        if by.contains(&name) {
            compiler.inside("into", |compiler| {
                compiler.error("duplicate_key", into.span, format!("`{name}` is part of the head as well"));
            });
            return None;
        }
        Some(Group { by, into: name })
    }

    /// Heads in the order in which they first come. A row that is no mapping makes the whole something else: left alone.
    pub(super) fn apply(&self, value: &Value) -> Option<Value> {
        let Value::List(rows) = value else { return None };
        let mut groups: IndexMap<String, (Map, Vec<Value>)> = IndexMap::new();
        for row in rows.iter() {
            let Value::Map(row) = row else { return None };
            let mut head = Map::with_capacity(self.by.len() + 1);
            let mut line = Map::with_capacity(row.len());
            for (name, cell) in row.iter() {
                let part = if self.by.contains(name) { &mut head } else { &mut line };
                part.insert(name.clone(), cell.clone());
            }
            let key = Value::Map(Arc::new(head.clone())).to_json_text();
            groups.entry(key).or_insert_with(|| (head, Vec::new())).1.push(Value::Map(Arc::new(line)));
        }
        Some(Value::list(groups.into_values().map(|(mut head, lines)| {
            head.insert(self.into.clone(), Value::list(lines));
            Value::Map(Arc::new(head))
        })))
    }
}
