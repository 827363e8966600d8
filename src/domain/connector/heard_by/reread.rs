//! `{reread: open_links, every: […]}`: what instances wait for is read again, in case every other way stayed silent.

use super::HeardBy;
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::request::plain_millis;
use crate::domain::connector::stream::EVERY_MIN_MILLIS;
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use std::sync::Arc;

/// The shape.
pub static VARIANT: Variant = Variant {
    key: Field::required("reread", Shape::Word(&["open_links"]), "What is read again."),
    fields: &[Field::required("every", Shape::List(&Shape::Duration), "The waits between readings, growing; the last repeats.")],
};

pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<(HeardBy, Vec<Arc<str>>)> {
    let every = node.get("every")?;
    let every_millis: Vec<u64> = every.items().iter().filter_map(|item| plain_millis(Some(item), compiler)).collect();
    if every_millis.is_empty() || every_millis.iter().any(|millis| *millis < EVERY_MIN_MILLIS) {
        compiler.error("bad_value", every.span, "`every` needs at least one wait, none of them less than `1s`");
        return None;
    }
    Some((HeardBy::Reread { every_millis }, vec![Arc::from("id")]))
}
