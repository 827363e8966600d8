//! The compiled bindings.

use super::owner;
use super::rows::{Row, read_rows};
use super::values::{ValueDeclaration, read_declarations, type_of};
use crate::domain::diagnostic::{Hint, Report, did_you_mean};
use crate::domain::expression::{Expression, Problem, ScopeType};
use crate::domain::flow::environment::Person;
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};
use indexmap::IndexMap;
use std::sync::Arc;

/// Which connection plays which role, and the values flows take.
#[derive(Clone, Debug, Default)]
pub struct Bindings {
    /// Rows in the order they are tried; the default row is among them.
    pub rows: Vec<Row>,
    /// Declared values.
    pub values: IndexMap<Arc<str>, ValueDeclaration>,
    /// Whose the messages are of connections that name no owner.
    pub owner: Option<Person>,
    /// The condition of a row by document type; rows do not hold for types that their condition does not fit.
    pub(super) conditions: Vec<Condition>,
}

/// The condition of one row.
#[derive(Clone, Debug, Default)]
pub(super) struct Condition {
    /// Compiled, by document type.
    pub by_type: IndexMap<Arc<str>, Expression>,
    /// Why it fits no type at all.
    unfit: Vec<Problem>,
}

impl Bindings {
    /// Reads a tree that was checked against `BINDINGS`; conditions are compiled for each of these document types.
    pub fn read(node: &Node, documents: &[(Arc<str>, Type)], report: &mut Report) -> Bindings {
        let values = read_declarations(node.get("values"), report);
        let rows = read_rows(node, &values, report);
        let conditions = rows.iter().map(|row| compile(row, documents)).collect();
        Bindings { rows, values, owner: owner::read(node.get("owner")), conditions }
    }

    /// Checks what the rows refer to, and that every condition fits some document type. Only the whole project can tell:
    /// a flow version keeps no more of it than it needs.
    pub fn lint(&self, connections: &[Arc<str>], mappings: &[Arc<str>], report: &mut Report) {
        for (index, (row, condition)) in self.rows.iter().zip(&self.conditions).enumerate() {
            lint_references(index, row, connections, mappings, report);
            let Some(node) = &row.when else { continue };
            for problem in &condition.unfit {
                let span = node.part(problem.offset, problem.length);
                let diagnostic = report.error(problem.code, span, problem.message.clone()).at(format!("bind[{index}].when"));
                diagnostic.hint.clone_from(&problem.hint);
            }
        }
    }

    /// The type of the name `values` in expressions.
    pub fn values_type(&self) -> Type {
        type_of(&self.values)
    }

    /// The values where no other row than the default holds.
    pub fn default_values(&self) -> Value {
        match self.default_row() {
            Some(row) => self.values_of(row, row),
            None => Value::Map(Arc::new(self.values.iter().map(|(name, declared)| (name.clone(), declared.value.clone())).collect())),
        }
    }

    /// Every connection that plays a role in some row.
    pub fn connections_of(&self, role: &str) -> Vec<Arc<str>> {
        let mut found: Vec<Arc<str>> = Vec::new();
        for connection in self.rows.iter().filter_map(|row| row.roles.get(role)) {
            if !found.contains(&connection.value) {
                found.push(connection.value.clone());
            }
        }
        found
    }

    /// Every role that a connection plays in some row: an event of the connection is one of these roles' events.
    pub fn roles_of(&self, connection: &str) -> Vec<Arc<str>> {
        let mut found: Vec<Arc<str>> = Vec::new();
        for (role, bound) in self.rows.iter().flat_map(|row| &row.roles) {
            if *bound.value == *connection && !found.contains(role) {
                found.push(role.clone());
            }
        }
        found
    }

    /// The row that holds where no other does.
    pub fn default_row(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.default)
    }
}

fn lint_references(index: usize, row: &Row, connections: &[Arc<str>], mappings: &[Arc<str>], report: &mut Report) {
    for (key, what, entries, ids) in [("roles", "connection", &row.roles, connections), ("maps", "mapping", &row.maps, mappings)] {
        for (name, target) in entries.iter().filter(|(_, target)| !ids.contains(&target.value)) {
            let near = did_you_mean(&target.value, ids.iter().map(AsRef::as_ref)).map(Hint::meant);
            let message = format!("there is no {what} `{}`", target.value);
            let diagnostic = report.error("unknown_definition", target.span, message).at(format!("bind[{index}].{key}.{name}"));
            diagnostic.hint = near;
        }
    }
}

/// Compiles a condition for every document type it fits.
fn compile(row: &Row, documents: &[(Arc<str>, Type)]) -> Condition {
    let mut condition = Condition::default();
    let Some(source) = row.when.as_ref().and_then(Node::text) else { return condition };
    for (kind, of) in documents {
        match Expression::compile(source, &ScopeType::default().with("doc", of.clone())) {
            Ok(expression) => {
                condition.by_type.insert(kind.clone(), expression);
            }
            Err(problems) if condition.unfit.is_empty() => condition.unfit = problems,
            Err(_) => {}
        }
    }
    if !condition.by_type.is_empty() {
        condition.unfit.clear();
    }
    condition
}
