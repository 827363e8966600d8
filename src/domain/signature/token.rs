//! `kind: token`: a shared secret sent as it is, in a header or in the query. It proves the sender, not the content.

use super::{Received, Refused, Verified};
use crate::domain::diagnostic::Span;
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// The shape.
pub static KIND: Kind = Kind {
    word: "token",
    doc: "A shared secret in a header or in the query.",
    later: false,
    fields: &[
        Field::optional("header", Shape::Text, "The header it stands in."),
        Field::optional("prefix", Shape::Text, "What stands before it, such as `Bearer `."),
        Field::optional("query", Shape::Text, "The query parameter it stands in."),
    ],
};

/// A shared secret sent as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    place: Place,
    prefix: Arc<str>,
}

#[derive(Clone, Debug, PartialEq)]
enum Place {
    Header(Arc<str>),
    Query(Arc<str>),
}

impl Token {
    pub(super) fn compile(node: &Node, problem: &mut dyn FnMut(Span, &'static str)) -> Option<Token> {
        let text = |key: &str| node.get(key).and_then(Node::text);
        let place = match (text("header"), text("query")) {
            (Some(header), None) => Place::Header(Arc::from(header)),
            (None, Some(query)) => Place::Query(Arc::from(query)),
            _ => {
                problem(node.span, "a token stands in one place: `header` or `query`");
                return None;
            }
        };
        Some(Token { place, prefix: Arc::from(text("prefix").unwrap_or_default()) })
    }

    pub(super) fn verify(&self, received: &Received<'_>, secrets: &[&str]) -> Result<Verified, Refused> {
        let sent = match &self.place {
            Place::Header(name) => received.header(name)?,
            Place::Query(name) => {
                let mut found = received.query.iter().filter(|(known, _)| known == name.as_ref()).map(|(_, value)| value.as_str());
                let first = found.next();
                if found.next().is_some() {
                    return Err(Refused::DuplicateHeader);
                }
                first
            }
        };
        let sent = sent.and_then(|sent| sent.strip_prefix(self.prefix.trim_start())).ok_or(Refused::MissingSignature)?;
        if sent.is_empty() {
            return Err(Refused::MissingSignature);
        }
        let fits = |secret: &&str| !secret.is_empty() && bool::from(secret.as_bytes().ct_eq(sent.as_bytes()));
        match secrets.iter().position(fits) {
            Some(secret) => Ok(Verified { message_id: None, secret, ..Verified::default() }),
            None => Err(Refused::BadSignature),
        }
    }
}
