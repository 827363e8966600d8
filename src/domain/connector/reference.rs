//! Partners whose field for our reference is short: an operation is given the reference that fits everything it is made of and
//! looked up with, so that what was written is found again as it stands there.

use super::compiler::Compiler;
use super::read::DeclaredOperation;
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, TypeField};
use indexmap::IndexMap;
use std::sync::Arc;

/// The argument that the hub fills.
pub const REFERENCE: &str = "reference";
/// Fewer characters (five bits each) do not tell the writes of years apart.
pub const LENGTH_MIN: u32 = 10;

/// Operations may be made of operations; deeper than they may nest there is a circle, which is reported elsewhere.
const DEPTH_MAX: u32 = 16;

/// A reference for a call by hand, of at most so many characters: named for its place where there is room. `drawn` is random
/// towards its end.
pub fn by_hand(prefix: &str, drawn: &str, most: Option<u32>) -> String {
    let tail = |count: usize| &drawn[drawn.len().saturating_sub(count)..];
    let named = format!("{prefix}-{}", tail(10));
    match most {
        Some(most) if named.len() > most as usize => tail((most as usize).min(12)).to_owned(),
        _ => named,
    }
}

/// Bounds the reference of each operation by what it calls, is looked up with and read back with.
pub(super) fn narrow(node: Option<&Node>, operations: &mut IndexMap<Arc<str>, DeclaredOperation>, compiler: &mut Compiler<'_>) {
    let entries = node.map(Node::entries).unwrap_or_default();
    let mut narrowed = Vec::new();
    for (key, operation) in entries {
        let name = key.text.as_str();
        let Some(declared) = operations.get(name) else { continue };
        let own = declared.input.fields.get(REFERENCE);
        if let Some(most) = own.and_then(|field| field.max_length).filter(|most| *most < LENGTH_MIN) {
            let place = operation.get("input").and_then(|input| input.get(REFERENCE)).map_or(operation.span, |field| field.span);
            let message = format!("{most} characters are too few for our reference, which would then name other writes too");
            compiler.inside(&format!("operations.{name}.input.{REFERENCE}"), |compiler| {
                compiler
                    .error("bad_value", place, message)
                    .hint(format!("from {LENGTH_MIN} characters on it is unique; with fewer, look the write up by what its input says"));
            });
        }
        let Some(most) = narrowest(name, entries, operations, 0) else { continue };
        match own {
            Some(field) if field.of == Type::Text => narrowed.push((Arc::<str>::from(name), most)),
            Some(_) => {}
            // Without one of its own it hands on a reference that was made for nobody's bounds.
            None => unbounded(name, operation, most, operations, compiler),
        }
    }
    for (name, most) in narrowed {
        let Some(declared) = operations.get_mut(&name) else { continue };
        let mut input = declared.input.as_ref().clone();
        if let Some(field) = input.fields.get_mut(REFERENCE) {
            *field = TypeField { max_length: Some(most), ..field.clone() };
        }
        declared.input = Arc::new(input);
    }
}

/// The smallest bound of an operation and of all that is handed its reference.
fn narrowest(
    name: &str,
    entries: &[(crate::domain::text::tree::Key, Node)],
    operations: &IndexMap<Arc<str>, DeclaredOperation>,
    depth: u32,
) -> Option<u32> {
    let declared = operations.get(name)?;
    let own = declared.input.fields.get(REFERENCE).and_then(|field| field.max_length);
    let node = entries.iter().find(|(key, _)| key.text == name).map(|(_, node)| node)?;
    if depth >= DEPTH_MAX {
        return own;
    }
    let others = handed_on(node).filter_map(|other| narrowest(other, entries, operations, depth + 1));
    others.chain(own).min()
}

/// The operations that get the reference of this one: its steps, its look-up, its read-back, unless another one is given to them.
fn handed_on(node: &Node) -> impl Iterator<Item = &str> {
    let steps = node.get("steps").map(Node::items).unwrap_or_default().iter().map(|step| (step, "call"));
    let asked = ["idempotency", "readback"].into_iter().filter_map(move |part| Some((node.get(part)?, "operation")));
    steps.chain(asked).filter(|(part, _)| is_ours(part)).filter_map(|(part, key)| part.get(key)?.text())
}

/// Whether what is called gets this operation's own reference.
fn is_ours(part: &Node) -> bool {
    let given = part.get("with").and_then(|with| with.get(REFERENCE)).and_then(Node::text);
    given.is_none_or(|given| given == REFERENCE || given == "input.reference")
}

fn unbounded(name: &str, operation: &Node, most: u32, operations: &IndexMap<Arc<str>, DeclaredOperation>, compiler: &mut Compiler<'_>) {
    let bounded = |other: &&str| {
        operations.get(*other).and_then(|other| other.input.fields.get(REFERENCE)).is_some_and(|field| field.max_length.is_some())
    };
    // What calls through others is told of at the one in between.
    let Some(called) = handed_on(operation).find(bounded) else { return };
    let message = format!("`{called}` holds {most} characters of our reference, but `{name}`, which hands it on, does not say so");
    compiler.inside(&format!("operations.{name}.input"), |compiler| {
        compiler
            .error("lossy_conversion", operation.span, message)
            .hint(format!("declare it here too: `reference: {{type: string, max_length: {most}}}`"));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_by_hand_fits_and_keeps_what_is_random() {
        let drawn = "0198e3a0b1c2d3e4f5a6b7c8d9e0f102";
        for (most, wanted) in [(None, "CLI-c8d9e0f102"), (Some(14), "CLI-c8d9e0f102"), (Some(13), "b7c8d9e0f102"), (Some(10), "c8d9e0f102")]
        {
            assert_eq!(by_hand("CLI", drawn, most), wanted, "{most:?}");
        }
    }
}
