//! `with:`: what one call hands to another, by name, each an expression.

use super::compiler::Compiler;
use super::types;
use crate::domain::expression::{Budget, EvaluateError, Expression, Scope, ScopeType};
use crate::domain::text::tree::Node;
use crate::domain::value::{Map, ObjectType, Value};
use indexmap::IndexMap;
use std::sync::Arc;

/// Named expressions.
#[derive(Debug, Default)]
pub struct Arguments {
    entries: IndexMap<Arc<str>, Expression>,
}

impl Arguments {
    /// The names that are handed over.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(AsRef::as_ref)
    }

    /// Compiles `with:` against the input of the operation it is for. `reference` may be left out: the hub fills it.
    pub(super) fn compile(
        node: Option<&Node>,
        place: &Node,
        target: &ObjectType,
        scope: &ScopeType,
        compiler: &mut Compiler<'_>,
    ) -> Arguments {
        Arguments::compile_beside_all(node, place, target, &["reference"], scope, compiler)
    }

    /// The same where several arguments come from elsewhere.
    pub(super) fn compile_beside_all(
        node: Option<&Node>,
        place: &Node,
        target: &ObjectType,
        elsewhere: &[&str],
        scope: &ScopeType,
        compiler: &mut Compiler<'_>,
    ) -> Arguments {
        let mut entries = IndexMap::new();
        for (key, value) in node.map(Node::entries).unwrap_or_default() {
            compiler.inside(&format!("with.{}", key.text), |compiler| match target.fields.get(key.text.as_str()) {
                Some(field) => {
                    if let Some(expression) = compiler.typed(value, scope, &field.of) {
                        entries.insert(Arc::from(key.text.as_str()), expression);
                    }
                }
                None => compiler.unknown_field(key.span, &key.text, target),
            });
        }
        for (name, _) in target
            .fields
            .iter()
            .filter(|(name, field)| field.required && name.as_ref() != "reference" && !elsewhere.contains(&name.as_ref()))
        {
            if node.is_none_or(|node| node.get(name).is_none()) {
                compiler.error("missing_key", node.unwrap_or(place).span, format!("`with` does not give `{name}`")).hint(format!(
                    "`{}` takes {}",
                    target.name,
                    types::names(target)
                ));
            }
        }
        Arguments { entries }
    }

    /// Whether an argument is built from this name.
    pub fn sees(&self, name: &str) -> bool {
        let is_it = |path: &str| path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        self.entries.values().any(|expression| expression.references().iter().any(|path| is_it(path)))
    }

    /// Evaluates all; unset results are left out.
    ///
    /// # Errors
    /// When an expression fails.
    pub fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, EvaluateError> {
        let mut map = Map::with_capacity(self.entries.len());
        let mut budget = Budget::default();
        for (name, expression) in &self.entries {
            let value = expression.evaluate(scope, &mut budget)?;
            if !value.is_unset() {
                map.insert(name.clone(), value);
            }
        }
        Ok(Value::Map(Arc::new(map)))
    }
}
