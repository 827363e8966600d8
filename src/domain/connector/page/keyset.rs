//! `kind: keyset`: the rows after the last one seen, by its own values.

use super::{End, PageError, PageState};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::reply::Reply;
use crate::domain::expression::{Cardinality, Path};
use crate::domain::text::shape::{Field, Kind, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::{Map, Value};
use std::sync::Arc;

static KEY: ObjectShape = ObjectShape {
    name: "keyset_key",
    doc: "One value of the last row.",
    fields: &[Field::required("from", Shape::Path, "A JSONPath on the body; the last of what it finds counts.")],
};

/// The shape.
pub static KIND: Kind = Kind {
    word: "keyset",
    doc: "The rows after the last one seen: `page.after.NAME` in the request, unset on the first page.",
    later: false,
    fields: &[
        Field::required("keys", Shape::IdMap(&Shape::Object(&KEY)), "The values of the last row that the next page starts after."),
        Field::optional("end", End::SHAPE, "Which page is the last."),
    ],
};

/// The rows after the last one seen.
#[derive(Debug)]
pub struct Keyset {
    keys: Vec<(Arc<str>, Path)>,
    end: End,
}

impl Keyset {
    pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Keyset> {
        let entries = node.get("keys")?.entries();
        let keys: Vec<_> = entries
            .iter()
            .filter_map(|(name, key)| {
                let path = compiler.inside(&format!("keys.{}", name.text), |compiler| compiler.json_path(key.get("from")?))?;
                Some((Arc::from(name.text.as_str()), path))
            })
            .collect();
        let end = End::compile(node, compiler)?;
        (keys.len() == entries.len()).then_some(Keyset { keys, end })
    }

    pub(super) fn next(&self, state: &PageState, reply: &Reply, count: usize) -> Result<Option<PageState>, PageError> {
        if self.end.is_last(state, reply, 0, i64::from(state.count), count)? {
            return Ok(None);
        }
        let mut after = Map::with_capacity(self.keys.len());
        for (name, path) in &self.keys {
            let found = path.extract(&reply.body, Cardinality::Many).ok();
            let last = match &found {
                Some(Value::List(items)) => items.last().cloned(),
                _ => None,
            };
            after.insert(name.clone(), last.ok_or(PageError::Unreadable("a key of the last row"))?);
        }
        let after = Value::Map(Arc::new(after));
        if after == state.after {
            return Err(PageError::Loop(state.count));
        }
        Ok(Some(PageState { after, ..state.clone() }))
    }
}
