//! The texts of a project by path: definitions and what they refer to (schemas, tables, samples).

use super::tree::Node;
use crate::domain::diagnostic::{Hint, Report, did_you_mean};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Texts by path. Paths are relative to the project folder, with `/` between the parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Files {
    texts: BTreeMap<Arc<str>, Arc<str>>,
}

impl Files {
    /// Adds or replaces a text.
    pub fn insert(&mut self, path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) {
        self.texts.insert(path.into(), text.into());
    }

    /// The text of a path.
    pub fn get(&self, path: &str) -> Option<&Arc<str>> {
        self.texts.get(path)
    }

    /// Texts in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<str>)> {
        self.texts.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The file that `node` names, or a finding that it is not there.
    pub fn referred(&self, node: &Node, report: &mut Report) -> Option<(Arc<str>, Arc<str>)> {
        let path = node.text()?;
        if let Some((path, text)) = self.texts.get_key_value(path) {
            return Some((path.clone(), text.clone()));
        }
        let diagnostic = report.error("unknown_file", node.span, format!("the project has no file `{}`", super::parse::short(path)));
        let hint = match did_you_mean(path, self.texts.keys().map(AsRef::as_ref)) {
            Some(near) => Hint::meant(near),
            None => "the path is relative to the project folder".into(),
        };
        diagnostic.hint(hint);
        None
    }
}

impl<P: Into<Arc<str>>, T: Into<Arc<str>>> FromIterator<(P, T)> for Files {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(items: I) -> Self {
        Files { texts: items.into_iter().map(|(path, text)| (path.into(), text.into())).collect() }
    }
}
