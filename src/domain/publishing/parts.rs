//! The parts of a definition that people think in: steps of a flow, rules of a mapping, operations of a connector.
//!
//! One rule for all kinds: a list's item that names itself is a part, and so is an entry of the sections that a kind
//! lists; whatever is not inside a part belongs to the definition as a whole.

use crate::domain::diagnostic::{Report, Span};
use crate::domain::text::tree::{Node, NodeKind, parse};
use serde_json::Value as Json;
use std::collections::HashMap;

/// One part.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its name within the definition; empty for the definition as a whole.
    pub name: String,
    /// What it is: the step's kind, the section, `rule`.
    pub what: String,
    /// The part around it; empty at the top.
    pub parent: String,
    /// Where it begins.
    pub span: Span,
    /// Its own keys, without the parts inside it.
    pub fields: Vec<(String, Json)>,
}

/// How the parts of one kind are named.
struct Naming {
    kind: &'static str,
    /// The key by which an item of a list names itself.
    key: &'static str,
    /// Whether names are unique in the whole definition, so that a part can be followed to another place.
    global: bool,
    /// Top-level keys whose entries are parts.
    sections: &'static [&'static str],
}

static NAMINGS: &[Naming] = &[
    Naming { kind: "flow", key: "id", global: true, sections: &[] },
    Naming { kind: "mapping", key: "to", global: false, sections: &[] },
    Naming { kind: "dictionary", key: "from", global: false, sections: &[] },
    Naming { kind: "connector", key: "id", global: false, sections: &["settings", "operations", "webhooks", "streams", "events"] },
    Naming { kind: "bind", key: "id", global: false, sections: &["values"] },
];
static OTHERS: Naming = Naming { kind: "", key: "id", global: false, sections: &[] };

/// The parts of a definition, the whole first, in the order of the text; none when it is no YAML of keys.
pub fn parts(kind: &str, text: &str) -> Vec<Part> {
    let naming = NAMINGS.iter().find(|naming| naming.kind == kind).unwrap_or(&OTHERS);
    let mut report = Report::new(kind);
    let Some(node) = parse(text, &mut report).filter(|node| !report.has_errors() && matches!(node.kind, NodeKind::Map(_))) else {
        return Vec::new();
    };
    let mut gather = Gather { naming, parts: Vec::new(), seen: HashMap::new() };
    gather.part(String::new(), "definition".to_owned(), "", &node);
    gather.parts
}

struct Gather {
    naming: &'static Naming,
    parts: Vec<Part>,
    /// How often a name was seen: two rules may write one target.
    seen: HashMap<String, u32>,
}

impl Gather {
    fn part(&mut self, name: String, what: String, parent: &str, node: &Node) {
        let times = self.seen.entry(name.clone()).or_default();
        *times += 1;
        let name = if *times > 1 { format!("{name} ({times})") } else { name };
        let at = self.parts.len();
        self.parts.push(Part { name: name.clone(), what, parent: parent.to_owned(), span: node.span, fields: Vec::new() });
        let mut fields = Vec::new();
        for (key, value) in node.entries() {
            if at == 0 && self.naming.sections.contains(&key.text.as_str()) {
                for (entry, node) in value.entries() {
                    self.part(format!("{}.{}", key.text, entry.text), key.text.clone(), "", node);
                }
                continue;
            }
            if let Some(own) = self.own(value, &name, &key.text) {
                fields.push((key.text.clone(), own));
            }
        }
        // A mapping's keys were gathered above; asking for it as a value would make it its own part for ever.
        if !matches!(node.kind, NodeKind::Map(_))
            && let Some(value) = self.own(node, &name, "")
        {
            fields.push((String::new(), value));
        }
        self.parts[at].fields = fields;
    }

    /// A value without the parts inside it, which are gathered; none when nothing is left of it.
    fn own(&mut self, node: &Node, parent: &str, under: &str) -> Option<Json> {
        match &node.kind {
            NodeKind::Scalar { .. } => Some(node.to_json()),
            NodeKind::List(items) => {
                let mut own = Vec::new();
                for item in items {
                    match self.name(item, parent) {
                        Some(name) => self.part(name, self.what(item, under), parent, item),
                        None => own.extend(self.own(item, parent, under)),
                    }
                }
                (!own.is_empty() || items.is_empty()).then_some(Json::Array(own))
            }
            NodeKind::Map(_) if self.naming.global && self.name(node, parent).is_some() => {
                let name = self.name(node, parent)?;
                self.part(name, self.what(node, under), parent, node);
                None
            }
            NodeKind::Map(entries) => {
                let own: serde_json::Map<String, Json> =
                    entries.iter().filter_map(|(key, value)| Some((key.text.clone(), self.own(value, parent, &key.text)?))).collect();
                (!own.is_empty() || entries.is_empty()).then_some(Json::Object(own))
            }
        }
    }

    fn name(&self, node: &Node, parent: &str) -> Option<String> {
        let name = node.get(self.naming.key)?.text()?;
        // An event's link or a script's item may have a key of the same name; a part has more than that.
        if node.entries().len() < 2 {
            return None;
        }
        Some(if self.naming.global || parent.is_empty() { name.to_owned() } else { format!("{parent} / {name}") })
    }

    /// The first key that is not common to all kinds of steps; else where it stands.
    fn what(&self, node: &Node, under: &str) -> String {
        if self.naming.kind == "mapping" {
            return "rule".to_owned();
        }
        let words = crate::domain::flow::steps::WORDS.iter().map(|word| word.key);
        let found = (self.naming.kind == "flow").then(|| words.into_iter().find(|word| node.get(word).is_some())).flatten();
        match found {
            Some(word) => word.to_owned(),
            None => match under {
                "branches" | "otherwise" => "branch".to_owned(),
                other => other.trim_end_matches('s').to_owned(),
            },
        }
    }
}
