//! What sets a flow going.

use super::flow::{Condition, Flow};
use super::scope::initial_scope;
use super::tables::sight;
use super::{Binding, DocumentFacts};
use crate::domain::expression::{Budget, EvaluateError};
use crate::domain::value::Value;

/// The source of documents that are made here, and the connection such documents are heard by.
pub const HUB: &str = "hub";

/// One start.
#[derive(Clone, Debug)]
pub struct Start {
    /// What sets the flow going.
    pub on: StartOn,
    /// Only documents for which this holds.
    pub when: Option<Condition>,
}

/// What sets a flow going.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartOn {
    /// A document heard by an event of the connection in a role.
    Event {
        /// The role whose connection tells.
        role: String,
        /// Its event.
        event: String,
    },
    /// A form that a person filled.
    Form(String),
    /// A call of the API.
    Api,
    /// A `create` step with this `link` made the document.
    Created(String),
    /// A step of another flow.
    Subflow,
}

impl StartOn {
    /// The role it is heard by, for starts by events.
    pub fn role(&self) -> Option<&str> {
        match self {
            StartOn::Event { role, .. } => Some(role),
            _ => None,
        }
    }

    /// The name under which the hub itself tells of it; none for events of partners and for subflows, which their parent
    /// begins.
    pub fn event_of_hub(&self) -> Option<String> {
        match self {
            StartOn::Form(form) => Some(format!("form/{form}")),
            StartOn::Api => Some("api".to_owned()),
            StartOn::Created(relation) => Some(format!("created/{relation}")),
            StartOn::Event { .. } | StartOn::Subflow => None,
        }
    }
}

impl Flow {
    /// Whether one of the starts that `fits` holds for this document.
    ///
    /// # Errors
    /// When its condition cannot be evaluated.
    pub fn starts_where(
        &self,
        fits: impl Fn(&StartOn) -> bool,
        document: &DocumentFacts,
        initiator: &Value,
        binding: &Binding,
    ) -> Result<bool, EvaluateError> {
        for start in self.starts.iter().filter(|start| fits(&start.on)) {
            let Some(when) = &start.when else { return Ok(true) };
            let scope = initial_scope(document, initiator, binding);
            let scope = sight(&self.tables, &when.tables, scope.clone(), &scope)?;
            if when.expression.holds(&scope, &mut Budget::default())? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a document heard by `event` of the connection in `role` starts this flow.
    ///
    /// # Errors
    /// When the condition of a start cannot be evaluated.
    pub fn starts(
        &self,
        role: &str,
        event: &str,
        document: &DocumentFacts,
        initiator: &Value,
        binding: &Binding,
    ) -> Result<bool, EvaluateError> {
        let fits = |on: &StartOn| matches!(on, StartOn::Event { role: of, event: name } if of == role && name == event);
        self.starts_where(fits, document, initiator, binding)
    }
}
