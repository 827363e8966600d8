//! `kind: offset`: so many rows from row so-and-so on.

use super::{End, PageError, PageState};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::reply::Reply;
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;

/// The shape.
pub static KIND: Kind = Kind {
    word: "offset",
    doc: "Rows from `page.offset` on.",
    later: false,
    fields: &[
        Field::optional("first", Shape::Int, "The offset of the first row: 0, or 1 for partners that count from one."),
        Field::optional("end", End::SHAPE, "Which page is the last."),
    ],
};

/// Rows from an offset on.
#[derive(Debug)]
pub struct Offset {
    pub(super) first: i64,
    end: End,
}

impl Offset {
    pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Offset> {
        Some(Offset { first: node.get("first").and_then(Node::int).unwrap_or(0), end: End::compile(node, compiler)? })
    }

    /// Advances by the rows that came, not by those asked for: a partner may cap the size lower than we ask.
    pub(super) fn next(&self, state: &PageState, reply: &Reply, count: usize) -> Result<Option<PageState>, PageError> {
        let before = state.offset - self.first;
        if self.end.is_last(state, reply, before, i64::from(state.count), count)? {
            return Ok(None);
        }
        let offset = state.offset.saturating_add(i64::try_from(count).unwrap_or(i64::MAX));
        Ok(Some(PageState { offset, ..state.clone() }))
    }
}
