//! Which targets are written: twice, or not at all though they are needed.

use super::target;
use crate::domain::value::{ObjectType, Type};
use indexmap::IndexMap;
use std::sync::Arc;

/// The targets written below one mapping.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    members: IndexMap<Arc<str>, Coverage>,
    /// Written as a whole: always, or under a condition.
    whole: Option<Certainty>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certainty {
    Always,
    Conditional,
}

impl Coverage {
    /// Notes that a path is written; false when it was written already, or lies inside or around what was.
    pub fn write(&mut self, parts: &[Arc<str>], certainty: Certainty) -> bool {
        let Some((first, rest)) = parts.split_first() else {
            let twice =
                !self.members.is_empty() || matches!((self.whole, certainty), (Some(Certainty::Always), _) | (Some(_), Certainty::Always));
            self.whole = Some(certainty);
            return !twice;
        };
        if self.whole.is_some() {
            return false;
        }
        self.members.entry(first.clone()).or_default().write(rest, certainty)
    }

    /// Required fields that are not written, as paths.
    pub fn missing(&self, of: &Type, filled: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        if let Type::Object(object) = of {
            self.collect(object, filled, &mut Vec::new(), &mut found);
        }
        found
    }

    fn collect(&self, object: &ObjectType, filled: &[&str], path: &mut Vec<Arc<str>>, found: &mut Vec<String>) {
        for (name, field) in &object.fields {
            match self.members.get(name) {
                None if field.required && !filled.contains(&&**name) => {
                    path.push(name.clone());
                    found.push(target::write("", path));
                    path.pop();
                }
                Some(inner) if inner.whole.is_none() => {
                    if let Type::Object(inner_object) = &field.of {
                        path.push(name.clone());
                        inner.collect(inner_object, &[], path, found);
                        path.pop();
                    }
                }
                _ => {}
            }
        }
    }
}
