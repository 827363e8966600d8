//! `by: key`: the request itself carries the key to where it can stand only once: a unique column, the name of a file, a
//! message id that the receiver keeps.

use super::{Around, Idempotency, carries};
use crate::domain::connector::compiler::Compiler;
use crate::domain::text::shape::Kind;
use crate::domain::text::tree::Node;

/// The shape.
pub static KIND: Kind = Kind {
    word: "key",
    doc: "The request carries `attempt.key` or `reference` to a place where it can stand only once.",
    later: false,
    fields: &[],
};

pub(super) fn compile(node: &Node, around: &Around<'_>, compiler: &mut Compiler<'_>) -> Option<Idempotency> {
    // Of a batch each item has its own: the rest of a request that was answered in part goes out again among others.
    let carrier = if around.item.is_some() { around.written_item } else { around.request };
    if !carrier.is_some_and(|carrier| carries(carrier, "attempt.key") || carries(carrier, "reference")) {
        compiler
            .error("missing_key", node.span, "the request carries neither `attempt.key` nor `reference`, so nothing tells a repeat")
            .hint(match around.item {
                Some(_) => "hand `{value: attempt.key}` over in `batch.item`, where it is each item's own",
                None => "hand `{value: attempt.key}` over in the request",
            });
        return None;
    }
    Some(Idempotency::Key)
}
