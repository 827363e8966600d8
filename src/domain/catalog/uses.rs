//! Which definition names which, as far as the texts tell: for lists that say who would feel a change.

use super::compile::Catalog;
use super::kinds::KINDS;
use crate::domain::diagnostic::Report;
use crate::domain::text::tree::{Node, NodeKind, parse};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A definition's kind and id.
pub type Name = (&'static str, Arc<str>);

/// Each definition with those that it names: a value that is the id, or begins with the id and a dot.
pub fn uses(catalog: &Catalog) -> BTreeMap<Name, BTreeSet<Name>> {
    let named = |kind: &str| KINDS.iter().any(|known| known.key == kind && known.has_id());
    let mut ids: BTreeMap<&str, Vec<Name>> = BTreeMap::new();
    for definition in catalog.definitions.iter().filter(|definition| named(definition.kind)) {
        ids.entry(&definition.id).or_default().push((definition.kind, definition.id.clone()));
    }
    let mut found = BTreeMap::new();
    for definition in &catalog.definitions {
        let me = (definition.kind, definition.id.clone());
        let text = catalog.files.get(&definition.path).map_or("", |text| text);
        let mut mine = BTreeSet::new();
        if let Some(node) = parse(text, &mut Report::new(definition.path.clone())) {
            add(&node, &ids, &mut mine);
        }
        mine.remove(&me);
        found.insert(me, mine);
    }
    found
}

fn add(node: &Node, ids: &BTreeMap<&str, Vec<Name>>, found: &mut BTreeSet<Name>) {
    match &node.kind {
        NodeKind::Scalar { text, .. } => {
            let head = text.split('.').next().unwrap_or_default();
            found.extend(ids.get(head).into_iter().flatten().cloned());
        }
        NodeKind::List(items) => items.iter().for_each(|item| add(item, ids, found)),
        NodeKind::Map(entries) => entries.iter().for_each(|(_, value)| add(value, ids, found)),
    }
}
