//! `kind: page`: the first, second, third page.

use super::{End, PageError, PageState};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::reply::Reply;
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;

/// The shape.
pub static KIND: Kind = Kind {
    word: "page",
    doc: "Pages by number, `page.number`.",
    later: false,
    fields: &[
        Field::optional("first", Shape::Int, "The number of the first page: 1, or 0."),
        Field::optional("end", End::SHAPE, "Which page is the last."),
    ],
};

/// Pages by number.
#[derive(Debug)]
pub struct Number {
    pub(super) first: i64,
    end: End,
}

impl Number {
    pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Number> {
        Some(Number { first: node.get("first").and_then(Node::int).unwrap_or(1), end: End::compile(node, compiler)? })
    }

    pub(super) fn next(&self, state: &PageState, reply: &Reply, count: usize) -> Result<Option<PageState>, PageError> {
        let nth = state.number - self.first + 1;
        let before = (nth - 1).saturating_mul(state.size);
        if self.end.is_last(state, reply, before, nth, count)? {
            return Ok(None);
        }
        Ok(Some(PageState { number: state.number.saturating_add(1), ..state.clone() }))
    }
}
