//! The names and types that expressions of a flow see.

use super::Compiler;
use crate::domain::expression::ScopeType;
use crate::domain::text::tree::Node;
use crate::domain::value::{ObjectType, Type, TypeField};
use indexmap::IndexMap;
use std::sync::Arc;

/// An object type with optional fields.
pub(in crate::domain::flow) fn object(name: &str, fields: impl IntoIterator<Item = (String, Type)>) -> Type {
    let fields: IndexMap<Arc<str>, TypeField> =
        fields.into_iter().map(|(name, of)| (Arc::from(name), TypeField { of, required: false, max_length: None })).collect();
    Type::Object(Arc::new(ObjectType { name: Arc::from(name), fields, open: false }))
}

/// The type of `event`.
fn event_type(output: Type) -> Type {
    object("event", [("outcome".to_owned(), Type::Text), ("external_id".to_owned(), Type::Text), ("output".to_owned(), output)])
}

/// The type of `event.output` where a drift is reacted to.
pub(super) fn drift_output() -> Type {
    object("drift", ["field", "ours", "theirs"].map(|name| (name.to_owned(), Type::Text)))
}

impl Compiler<'_> {
    /// What the `when` of a start sees.
    pub(super) fn start_scope(&self) -> ScopeType {
        let values = object("values", self.env.values.iter().map(|(name, of)| (name.to_string(), of.clone())));
        let tables = object("tables", self.env.tables.iter().map(|(id, table)| (id.clone(), table.result_type())));
        let person = ["id", "name", "email"].map(|name| (name.to_owned(), Type::Text));
        ScopeType::default()
            .with("doc", self.document.map_or(Type::Any, |document| document.of.clone()))
            .with("revision", Type::Int)
            .with("initiator", object("initiator", person))
            .with("values", values)
            .with("tables", tables)
            .with("input", object("input", self.inputs.iter().cloned()))
    }

    /// What the expressions of a step see, without its own `with` names.
    pub(super) fn step_scope(&mut self, index: usize, document: &str) -> ScopeType {
        let error = object("error", ["class", "cause", "message"].map(|name| (name.to_owned(), Type::Text)));
        let heard = self.heard();
        let written = self.declared.iter().zip(heard).filter(|(declared, _)| !declared.id.contains('.'));
        let steps = written.map(|(declared, heard)| {
            let fields = [
                ("state".to_owned(), Type::Text),
                ("outcome".to_owned(), Type::Text),
                ("output".to_owned(), declared.output.clone()),
                ("error".to_owned(), error.clone()),
            ];
            let heard = heard.map(|heard| ("heard".to_owned(), heard));
            (declared.id.clone(), object(&declared.id, fields.into_iter().chain(heard)))
        });
        let mut scope = self.start_scope().with("steps", object("steps", steps));
        if let Some(info) = self.env.documents.get(document) {
            scope = scope.with("doc", info.of.clone());
        }
        self.surrounding(index, scope)
    }

    /// What the event says that each step awaits, by the place of the step.
    fn heard(&mut self) -> Vec<Option<Type>> {
        let events: Vec<Option<&Node>> =
            self.declared.iter().map(|declared| declared.node.get("await").and_then(|awaits| awaits.get("event"))).collect();
        let said = |compiler: &mut Self, event| compiler.quiet(|compiler| compiler.event(event)).map(|(_, _, info)| info.output);
        events.into_iter().map(|event| event.and_then(|event| said(self, event))).collect()
    }

    /// Loop names and the event of the reaction around a step.
    fn surrounding(&mut self, index: usize, mut scope: ScopeType) -> ScopeType {
        let mut around = Vec::new();
        let mut at = Some(index);
        while let Some(current) = at {
            around.push(current);
            at = self.declared[current].parent;
        }
        for current in around.into_iter().rev() {
            let node = self.declared[current].node;
            if self.declared[current].frame.is_some() {
                if let Some(event) = node.get("event").and_then(|event| self.quiet(|compiler| compiler.event(event))) {
                    scope = scope.with("event", event_type(event.2.output));
                } else if node.get("drift").is_some() {
                    scope = scope.with("event", event_type(drift_output()));
                }
            } else if let Some(list) = node.get("each").filter(|_| current != index) {
                let item = self.quiet(|compiler| compiler.expression(list, &scope)).map(|list| item_of(list.expression.result_type()));
                let name = node.get("as").and_then(Node::text).unwrap_or("item");
                scope = scope.with(name, item.unwrap_or(Type::Any));
            }
        }
        scope
    }

    /// Works without reporting: the same place reports when it is compiled itself.
    fn quiet<T>(&mut self, work: impl FnOnce(&mut Compiler<'_>) -> T) -> T {
        let mut report = crate::domain::diagnostic::Report::new(self.report.file());
        let mut compiler = Compiler {
            env: self.env,
            report: &mut report,
            document: self.document,
            document_kind: self.document_kind,
            declared: Vec::new(),
            blocks: Vec::new(),
            by_id: std::collections::HashMap::new(),
            tables: std::collections::BTreeSet::new(),
            inputs: self.inputs.clone(),
            always_subflow: self.always_subflow,
            may_be_subflow: self.may_be_subflow,
            flow_calendar: self.flow_calendar.clone(),
            clock: self.clock.clone(),
            working_days: std::collections::BTreeMap::new(),
        };
        work(&mut compiler)
    }

    /// Whether a field says which document it is, whose, or where it stands: no flow assigns those.
    pub(in crate::domain::flow) fn is_identity(&self, path: &str) -> bool {
        let top = |path: &str| path.split('.').next().map(str::to_owned);
        let key = self.document.and_then(|document| top(&document.key));
        top(path).is_some_and(|field| Some(&field) == key.as_ref() || ["source", "status"].contains(&field.as_str()))
    }

    /// The document type a step is about: the flow's, or under `for:` the linked one.
    pub(super) fn document_of(&mut self, index: usize) -> String {
        let node = self.declared[index].node;
        let Some(about) = node.get("for") else { return self.document_kind.to_owned() };
        let name = about.text().unwrap_or_default();
        let made = self.by_id.get(name).and_then(|index| self.declared[*index].node.get("create")).and_then(Node::text);
        match made {
            Some(kind) => kind.to_owned(),
            None => {
                self.report
                    .error("unknown_step", about.span, format!("there is no `create` step `{name}`"))
                    .hint("`for` names the step that made the document");
                self.document_kind.to_owned()
            }
        }
    }
}

fn item_of(list: &Type) -> Type {
    match list {
        Type::List(item, _) => (**item).clone(),
        _ => Type::Any,
    }
}
