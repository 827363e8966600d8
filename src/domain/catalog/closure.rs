//! Which definitions a flow needs: those it names, those that these name, and so on.
//!
//! A name is any word that stands in a value. That takes in too much rather than too little (a title that happens to
//! hold the id of a dictionary), which costs a few bytes and never a meaning.

use super::sources::Found;
use crate::domain::binding::Bindings;
use crate::domain::text::tree::{Node, NodeKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Kinds that belong to a flow version when they are named.
const NAMED: &[&str] = &["document", "mapping", "dictionary", "calendar", "template", "table", "form", "vendor_form"];

/// What a flow version is made of.
pub struct Closure {
    /// Indices of the definitions found, the flow's and the bindings' included.
    pub found: Vec<usize>,
    /// Connection to connector, for every connection that can play one of its roles.
    pub connections: BTreeMap<String, String>,
    /// Every word it names.
    words: BTreeSet<String>,
}

/// Gathers what the flow at index `flow` needs.
pub fn closure(flow: usize, found: &[Found], bindings: &Bindings, connectors: &BTreeMap<Arc<str>, Arc<str>>, more: &[&Node]) -> Closure {
    let mut closure = Closure { found: vec![flow], connections: BTreeMap::new(), words: BTreeSet::new() };
    add_words(&found[flow].node, &mut closure.words);
    more.iter().for_each(|node| add_words(node, &mut closure.words));
    for row in &bindings.rows {
        closure.words.extend(row.maps.values().map(|target| target.value.to_string()));
    }
    // Flows that are steps of it are in it for what they take and give; by their id alone, since a flow is often called as its document.
    let mut steps: BTreeSet<String> = super::flows::subflows(&found[flow].node);
    more.iter().for_each(|node| steps.extend(super::flows::subflows(node)));
    let wanted = |one: &Found, words: &BTreeSet<String>, steps: &BTreeSet<String>| match one.kind.key {
        "flow" => steps.contains(&*one.id.value),
        // Which of them somebody has, the directory says, and that may change while an instance runs.
        "channel" => true,
        kind => NAMED.contains(&kind) && words.contains(&*one.id.value),
    };
    loop {
        let more: Vec<usize> =
            (0..found.len()).filter(|index| !closure.found.contains(index) && wanted(&found[*index], &closure.words, &steps)).collect();
        if more.is_empty() {
            break;
        }
        for index in more {
            add_words(&found[index].node, &mut closure.words);
            steps.extend(super::flows::subflows(&found[index].node));
            closure.found.push(index);
        }
    }
    for (role, connection) in bindings.rows.iter().flat_map(|row| &row.roles) {
        if let Some(connector) = connectors.get(&connection.value).filter(|_| closure.words.contains(&**role)) {
            closure.connections.insert(connection.value.to_string(), connector.to_string());
        }
    }
    let spoken = |one: &Found, closure: &Closure| {
        one.kind.key == "bind"
            || one.kind.key == "connector"
                && (closure.words.contains(&*one.id.value) || closure.connections.values().any(|connector| **connector == *one.id.value))
    };
    let more: Vec<usize> = (0..found.len()).filter(|index| spoken(&found[*index], &closure)).collect();
    closure.found.extend(more);
    closure
}

impl Closure {
    /// Whether a word is named anywhere.
    pub fn names(&self, word: &str) -> bool {
        self.words.contains(word)
    }
}

fn add_words(node: &Node, words: &mut BTreeSet<String>) {
    match &node.kind {
        NodeKind::Scalar { text, .. } => {
            let parts = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|part| !part.is_empty());
            for part in parts {
                if !words.contains(part) {
                    words.insert(part.to_owned());
                }
            }
        }
        NodeKind::List(items) => items.iter().for_each(|item| add_words(item, words)),
        NodeKind::Map(entries) => entries.iter().for_each(|(_, value)| add_words(value, words)),
    }
}
