//! Which row holds for a document, and what it comes to together with the default row.

use super::bindings::Bindings;
use super::rows::Row;
use crate::domain::diagnostic::Spanned;
use crate::domain::expression::{Budget, EvaluateError, Scope};
use crate::domain::value::Value;
use indexmap::IndexMap;
use std::sync::Arc;

/// What the bindings come to for one document; an instance keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// The row that holds.
    pub row: Arc<str>,
    /// Role to connection.
    pub roles: IndexMap<Arc<str>, Arc<str>>,
    /// Mapping in the flow to the one used instead.
    pub maps: IndexMap<Arc<str>, Arc<str>>,
    /// The typed `values`, a mapping.
    pub values: Value,
}

/// Why a document cannot be bound: somebody has to look, since a guess would write into the wrong company's books.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BindError {
    /// There is no default row (`check` refuses such bindings).
    #[error("no row of the bindings holds")]
    NoRow,
    /// A role has no connection.
    #[error("the row `{row}` of the bindings gives no connection to the role `{role}`")]
    NoConnection {
        /// The row that holds.
        row: Arc<str>,
        /// The role.
        role: Arc<str>,
    },
    /// The condition of a row fails.
    #[error("the condition of the row `{row}` of the bindings cannot be evaluated")]
    Condition {
        /// The row.
        row: Arc<str>,
        /// Why.
        #[source]
        source: EvaluateError,
    },
}

impl Bindings {
    /// Binds a document of this type for a flow that uses these roles.
    pub fn resolve(&self, document_type: &str, document: &Value, roles: &[Arc<str>]) -> Result<Bound, BindError> {
        let default = self.default_row().ok_or(BindError::NoRow)?;
        let row = self.holding(document_type, document)?.unwrap_or(default);
        let bound = Bound {
            row: row.id.clone(),
            roles: merged(&default.roles, &row.roles),
            maps: merged(&default.maps, &row.maps),
            values: self.values_of(default, row),
        };
        match roles.iter().find(|role| !bound.roles.contains_key(*role)) {
            Some(role) => Err(BindError::NoConnection { row: bound.row, role: role.clone() }),
            None => Ok(bound),
        }
    }

    fn holding(&self, document_type: &str, document: &Value) -> Result<Option<&Row>, BindError> {
        for (row, condition) in self.rows.iter().zip(&self.conditions) {
            let Some(condition) = condition.by_type.get(document_type) else { continue };
            let scope = Scope::default().with("doc", document.clone());
            let holds = condition.holds(&scope, &mut Budget::default());
            if holds.map_err(|source| BindError::Condition { row: row.id.clone(), source })? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    pub(super) fn values_of(&self, default: &Row, row: &Row) -> Value {
        let value = |(name, declared): (&Arc<str>, &super::ValueDeclaration)| {
            let own = row.values.get(name).or_else(|| default.values.get(name));
            (name.clone(), own.unwrap_or(&declared.value).clone())
        };
        Value::Map(Arc::new(self.values.iter().map(value).collect()))
    }
}

fn merged(default: &IndexMap<Arc<str>, Spanned<Arc<str>>>, own: &IndexMap<Arc<str>, Spanned<Arc<str>>>) -> IndexMap<Arc<str>, Arc<str>> {
    default.iter().chain(own).map(|(name, target)| (name.clone(), target.value.clone())).collect()
}
