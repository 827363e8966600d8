//! Looking up what a step names, and compiling its expressions, with problems in their place.

use super::Compiler;
use crate::domain::diagnostic::{Report, Span};
use crate::domain::expression::{Expression, Place, Problem, ScopeType, Template};
use crate::domain::flow::definition::split;
use crate::domain::flow::environment::{ConnectorInfo, EventInfo, MappingInfo, OperationInfo};
use crate::domain::flow::event::Outcome;
use crate::domain::flow::flow::Condition;
use crate::domain::flow::instance::State;
use crate::domain::flow::scope::Needs;
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::{ObjectType, Type};
use std::sync::Arc;

/// An operation as a step names it, with what all its connections have in common.
pub struct Operation {
    /// The role.
    pub role: String,
    /// The operation.
    pub name: String,
    /// What is common to all connections that play the role: output, reverse.
    pub info: OperationInfo,
}

impl<'a> Compiler<'a> {
    /// Compiles an expression; none when it is not sound.
    pub fn expression(&mut self, node: &Node, scope: &ScopeType) -> Option<Condition> {
        let text = node.text()?;
        match Expression::compile(text, scope) {
            Ok(expression) => {
                self.check_words(node, &expression, scope);
                let tables = self.tables_in(expression.references());
                Some(Condition { needs: Needs::of(text), tables, expression })
            }
            Err(problems) => {
                report_problems(self.report, node, problems);
                None
            }
        }
    }

    /// What is compared with a closed vocabulary must be a word of it: a condition with a word misspelt never holds.
    fn check_words(&mut self, node: &Node, expression: &Expression, scope: &ScopeType) {
        for (path, word) in expression.compared() {
            let (what, known): (&str, Vec<String>) = match path.as_str() {
                "doc.status" => ("status", self.statuses_of(scope)),
                _ if path == "event.outcome" || (path.starts_with("steps.") && path.ends_with(".outcome")) => {
                    ("outcome", Outcome::ALL.iter().map(|outcome| outcome.word().to_owned()).collect())
                }
                _ if path.starts_with("steps.") && path.ends_with(".state") && path.split('.').count() == 3 => {
                    ("state of a step", State::WORDS.iter().map(ToString::to_string).collect())
                }
                _ => continue,
            };
            if !known.is_empty() && known.iter().all(|one| one != word) {
                self.unknown(what, word, node.span, known.iter());
            }
        }
    }

    /// The statuses of the document that `doc` is here.
    fn statuses_of(&self, scope: &ScopeType) -> Vec<String> {
        let Some(Type::Object(object)) = scope.names.get("doc") else { return Vec::new() };
        self.env.documents.get(&*object.name).map(|document| document.statuses.clone()).unwrap_or_default()
    }

    /// Compiles an expression that must be true or false.
    pub fn condition(&mut self, node: &Node, scope: &ScopeType) -> Option<Condition> {
        let condition = self.expression(node, scope)?;
        match condition.expression.result_type() {
            Type::Bool | Type::Any => Some(condition),
            other => {
                let message = format!("this gives {}, but `true` or `false` is wanted", other.name());
                self.report.error("expression_type", node.span, message);
                None
            }
        }
    }

    /// Compiles a plain text template.
    pub fn template(&mut self, node: &Node, scope: &ScopeType) -> Option<Template> {
        match Template::compile(node.text()?, Place::Plain, scope) {
            Ok(template) => {
                self.tables_named(node.text()?);
                Some(template)
            }
            Err(problems) => {
                report_problems(self.report, node, problems);
                None
            }
        }
    }

    fn connectors(&mut self, role: &str, span: Span) -> Option<&'a [Arc<ConnectorInfo>]> {
        let env = self.env;
        match env.roles.get(role) {
            Some(connectors) if !connectors.is_empty() => Some(connectors.as_slice()),
            _ => {
                self.unknown("role", role, span, env.roles.keys());
                None
            }
        }
    }

    /// The operation `role.name`, checked against every connection that plays the role.
    pub fn operation(&mut self, node: &Node) -> Option<Operation> {
        let (role, name) = self.reference(node)?;
        let connectors = self.connectors(&role, node.span)?;
        let mut found: Vec<&OperationInfo> = Vec::new();
        for connector in connectors {
            match connector.operations.get(&name) {
                Some(operation) => found.push(operation),
                None => {
                    let what = format!("operation of `{}`", connector.connector);
                    self.unknown(&what, &name, node.span, connector.operations.keys());
                }
            }
        }
        let info = common_operation(&found)?;
        (found.len() == connectors.len()).then_some(Operation { role, name, info })
    }

    /// The event `role.name`, checked against every connection that plays the role.
    pub fn event(&mut self, node: &Node) -> Option<(String, String, EventInfo)> {
        let (role, name) = self.reference(node)?;
        let connectors = self.connectors(&role, node.span)?;
        let mut found: Vec<&EventInfo> = Vec::new();
        for connector in connectors {
            match connector.events.get(&name) {
                Some(event) => found.push(event),
                None => {
                    let what = format!("event of `{}`", connector.connector);
                    self.unknown(&what, &name, node.span, connector.events.keys());
                }
            }
        }
        let first = *found.first()?;
        let output = common(&found.iter().map(|event| &event.output).collect::<Vec<_>>());
        let info = EventInfo { output, outcomes: found.iter().all(|event| event.outcomes), document: first.document.clone() };
        (found.len() == connectors.len()).then_some((role, name, info))
    }

    /// Whether every connection of a role says it can do something.
    pub fn all_can(&self, role: &str, can: impl Fn(&ConnectorInfo) -> bool) -> bool {
        self.env.roles.get(role).is_some_and(|connectors| connectors.iter().all(|connector| can(connector)))
    }

    fn reference(&mut self, node: &Node) -> Option<(String, String)> {
        let text = node.text()?;
        let Some((role, name)) = split(text) else {
            self.report
                .error("wrong_type", node.span, format!("`{text}` is not of the form `role.name`"))
                .hint("name the role and, after a dot, what of it");
            return None;
        };
        Some((role.to_owned(), name.to_owned()))
    }

    /// The mapping under `map`.
    pub fn mapping(&mut self, node: &Node) -> Option<(String, &'a MappingInfo)> {
        let name = node.text()?;
        let env = self.env;
        match env.mappings.get(name) {
            Some(mapping) => Some((name.to_owned(), mapping)),
            None => {
                self.unknown("mapping", name, node.span, env.mappings.keys());
                None
            }
        }
    }

    /// Checks that a step gives a mapping what it takes.
    pub fn mapping_inputs(&mut self, node: &Node, mapping: &MappingInfo, scope: &ScopeType) {
        for (name, wanted) in &mapping.inputs {
            let Some(given) = scope.names.get(name) else {
                self.report
                    .error("missing_input", node.span, format!("the mapping takes `{name}`, which this step does not give"))
                    .hint(format!("add `with: {{{name}: …}}`"));
                continue;
            };
            if !fits(given, wanted) {
                let message = format!("the mapping takes `{name}` as {}, but this step gives {}", wanted.name(), given.name());
                self.report.error("expression_type", node.span, message);
            }
        }
    }
}

/// Whether a value of type `given` may stand where `wanted` is declared.
pub fn fits(given: &Type, wanted: &Type) -> bool {
    match (given, wanted) {
        (Type::Any, _) | (_, Type::Any) => true,
        (Type::Object(given), Type::Object(wanted)) if given.name == wanted.name => true,
        (Type::Object(given), Type::Object(wanted)) => wanted.fields.iter().all(|(name, field)| match given.fields.get(name) {
            Some(known) => fits(&known.of, &field.of),
            None => !field.required || given.open,
        }),
        (Type::Object(_), Type::Map(_)) | (Type::Map(_), Type::Object(_)) => true,
        (Type::List(given, _), Type::List(wanted, _)) | (Type::Map(given), Type::Map(wanted)) => fits(given, wanted),
        (Type::Decimal { .. }, Type::Decimal { .. }) | (Type::Int, Type::Decimal { .. } | Type::Text) => true,
        (Type::Decimal { .. } | Type::Date | Type::Instant, Type::Text) => true,
        (given, wanted) => given == wanted,
    }
}

/// What several types have in common: fields that all have with the same type.
pub(in crate::domain::flow) fn common(types: &[&Type]) -> Type {
    let Some((first, rest)) = types.split_first() else { return Type::Any };
    if rest.iter().all(|other| other == first) {
        return (*first).clone();
    }
    let Type::Object(object) = first else { return Type::Any };
    let mut shared = ObjectType { name: object.name.clone(), fields: object.fields.clone(), open: object.open };
    shared.fields.retain(|name, field| {
        rest.iter().all(|other| match other {
            Type::Object(other) => other.fields.get(name).is_some_and(|known| known.of == field.of),
            _ => false,
        })
    });
    Type::Object(Arc::new(shared))
}

fn common_operation(found: &[&OperationInfo]) -> Option<OperationInfo> {
    let first = *found.first()?;
    let every_reverse = found.iter().all(|operation| operation.reverse.is_some());
    Some(OperationInfo {
        write: found.iter().any(|operation| operation.write),
        input: first.input.clone(),
        output: common(&found.iter().map(|operation| &operation.output).collect::<Vec<_>>()),
        reverse: first.reverse.clone().filter(|_| every_reverse),
        idempotency: first.idempotency.clone(),
        says_absence: found.iter().all(|operation| operation.says_absence),
    })
}

/// Problems of an expression at their place in the file.
fn report_problems(report: &mut Report, node: &Node, problems: Vec<Problem>) {
    let quote = u32::from(matches!(&node.kind, NodeKind::Scalar { quoted: true, .. }));
    for problem in problems {
        let span = node.span.part(problem.offset + quote, problem.length);
        report.error(problem.code, span, problem.message).hint = problem.hint;
    }
}
