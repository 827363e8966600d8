//! `kind: token`: the answer gives what the next page is asked with; without it, it was the last.

use super::{PageError, PageState};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::reply::Reply;
use crate::domain::expression::{Cardinality, Path};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::{Map, Value};
use std::sync::Arc;

/// The shape.
pub static KIND: Kind = Kind {
    word: "token",
    doc: "The answer gives what the next page is asked with: `page.after.token` in the request, unset on the first page.",
    later: false,
    fields: &[
        Field::required("next", Shape::Path, "The token in the answer; the page was the last where it is absent, null or empty."),
        Field::optional("has_more", Shape::Path, "Whether there is more, for partners that give a token with the last page too."),
    ],
};

/// The answer gives what the next page is asked with.
#[derive(Debug)]
pub struct Token {
    next: Path,
    has_more: Option<Path>,
}

impl Token {
    pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Token> {
        let next = compiler.inside("next", |compiler| compiler.json_path(node.get("next")?))?;
        let has_more = match node.get("has_more") {
            Some(path) => Some(compiler.inside("has_more", |compiler| compiler.json_path(path))?),
            None => None,
        };
        Some(Token { next, has_more })
    }

    /// Rows do not count: a page may be short, or empty, with more behind it.
    pub(super) fn next(&self, state: &PageState, reply: &Reply) -> Result<Option<PageState>, PageError> {
        if let Some(path) = &self.has_more {
            match path.extract(&reply.body, Cardinality::Optional) {
                Ok(Value::Bool(true)) => {}
                Ok(Value::Bool(false) | Value::Unset | Value::Null) => return Ok(None),
                _ => return Err(PageError::Unreadable("whether there is more")),
            }
        }
        let token = self.next.extract(&reply.body, Cardinality::Optional).map_err(|_| PageError::Unreadable("the next token"))?;
        match &token {
            Value::Unset | Value::Null => return Ok(None),
            Value::Text(text) if text.is_empty() => return Ok(None),
            Value::Text(_) | Value::Int(_) => {}
            _ => return Err(PageError::Unreadable("the next token")),
        }
        let mut after = Map::with_capacity(1);
        after.insert(Arc::from("token"), token);
        let after = Value::Map(Arc::new(after));
        match after == state.after {
            true => Err(PageError::Loop(state.count)),
            false => Ok(Some(PageState { after, ..state.clone() })),
        }
    }
}
