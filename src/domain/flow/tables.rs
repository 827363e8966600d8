//! Decision tables as flows use them: the inputs compiled for the flow's document, decided when an expression looks.

use crate::domain::expression::{Budget, EvaluateError, Expression, Scope};
use crate::domain::table::{Decision, Table};
use crate::domain::value::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The tables a flow uses, by id.
pub type Tables = BTreeMap<String, TableUse>;

/// One table as one flow uses it.
#[derive(Clone, Debug)]
pub struct TableUse {
    /// The table.
    pub table: Arc<Table>,
    /// The expressions of its inputs, in their order.
    pub inputs: Vec<Expression>,
}

impl TableUse {
    /// The values of its inputs.
    ///
    /// # Errors
    /// When an expression fails, or an amount is in another currency than the table.
    pub fn values(&self, scope: &Scope<'_>) -> Result<Vec<Value>, EvaluateError> {
        let mut values = Vec::with_capacity(self.inputs.len());
        for expression in &self.inputs {
            let value = expression.evaluate(scope, &mut Budget::default())?;
            let known = !matches!(value, Value::Unset | Value::Null);
            if let (true, Some(wanted), Some(found)) = (known, &self.table.currency, expression.currency(scope))
                && *wanted != found
            {
                return Err(EvaluateError::Currency(found.to_string(), wanted.to_string()));
            }
            values.push(value);
        }
        Ok(values)
    }

    /// Decides for these values.
    ///
    /// # Errors
    /// When the table cannot decide.
    pub fn decide(&self, values: &[Value]) -> Result<Decision, EvaluateError> {
        let failed =
            |error: crate::domain::table::TableError| EvaluateError::Table { table: self.table.id.to_string(), reason: error.to_string() };
        self.table.decide(values).map_err(failed)
    }
}

/// Adds the name `tables` with the decisions of these tables, made by what `own` holds.
///
/// # Errors
/// When a table cannot decide.
pub fn sight<'s>(tables: &Tables, wanted: &[String], scope: Scope<'s>, own: &Scope<'_>) -> Result<Scope<'s>, EvaluateError> {
    if wanted.is_empty() {
        return Ok(scope);
    }
    let mut decided = Vec::with_capacity(wanted.len());
    for id in wanted {
        let Some(one) = tables.get(id) else { continue };
        decided.push((id.as_str(), one.decide(&one.values(own)?)?.value));
    }
    Ok(scope.with("tables", Value::map(decided)))
}
