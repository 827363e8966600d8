//! What people see instead of an id: one text, or texts by language.

use super::tree::{Node, NodeKind};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A title by language; the language of a single text is `""`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Title {
    texts: IndexMap<String, String>,
}

impl Title {
    /// Reads a `Shape::Title`; what is not there is an empty title.
    pub fn read(node: Option<&Node>) -> Title {
        let Some(node) = node else { return Title::default() };
        let texts = match &node.kind {
            NodeKind::Map(entries) => {
                entries.iter().filter_map(|(key, value)| Some((key.text.clone(), value.text()?.to_owned()))).collect()
            }
            _ => node.text().map(|text| (String::new(), text.to_owned())).into_iter().collect(),
        };
        Title { texts }
    }

    /// A single text, of no language.
    pub fn plain(text: impl Into<String>) -> Title {
        Title { texts: IndexMap::from([(String::new(), text.into())]) }
    }

    /// The text in a language, else in English, else any; none when there is no title.
    pub fn get(&self, language: &str) -> Option<&str> {
        let first = || self.texts.values().next();
        self.texts.get(language).or_else(|| self.texts.get("en")).or_else(first).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::diagnostic::Report;

    #[test]
    fn a_missing_language_falls_back() {
        let read = |text: &str| {
            let node = super::super::tree::parse(text, &mut Report::new("x.yaml")).unwrap();
            Title::read(node.get("title"))
        };
        for (text, language, wanted) in [
            ("title: {en: Order, zh: 订单}", "zh", Some("订单")),
            ("title: {en: Order, zh: 订单}", "de", Some("Order")),
            ("title: {zh: 订单}", "de", Some("订单")),
            ("title: Order", "zh", Some("Order")),
            ("other: 1", "zh", None),
        ] {
            assert_eq!(read(text).get(language), wanted, "{text}");
        }
    }
}
