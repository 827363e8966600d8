//! Compiles mappings: finds the declared types of their inputs and of what they make.

use super::compile::Work;
use super::sources::Found;
use crate::domain::diagnostic::{Hint, Spanned, did_you_mean};
use crate::domain::expression::{Scope, ScopeType};
use crate::domain::flow::environment::{MappingInfo, MappingTarget};
use crate::domain::mapping::{Definition, InputType, Mapping, Target, VALUES, read_inputs};
use crate::domain::value::{Type, Value};
use crate::domain::vendor_form::{lint_mapping, lint_settings};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a mapping was compiled from: for its cases and for flows.
#[derive(Clone, Debug)]
pub struct MappingSource {
    /// The mapping as written.
    pub definition: Definition,
    /// The types of its inputs.
    pub inputs: ScopeType,
    /// What it sees of the bindings; none where it is applied before there is a binding.
    pub values: Option<SeenValues>,
}

/// The `values` of the bindings, as mappings see them.
#[derive(Clone, Debug)]
pub struct SeenValues {
    /// Their type.
    pub of: Type,
    /// What they are where nothing else is said.
    pub usual: Value,
}

impl MappingSource {
    /// What it can be given for an example: its inputs, and `values`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let values = self.values.as_ref().map(|_| VALUES);
        self.inputs.names.keys().map(String::as_str).chain(values)
    }

    /// What it sees, from JSON that holds a member for each input; of `values` those that are to be others than usual.
    ///
    /// # Errors
    /// In words, which of them does not fit and how.
    pub fn read(&self, inputs: &Json) -> Result<Scope<'_>, String> {
        let mut scope = read_inputs(&self.inputs, inputs)?;
        if let Some(values) = &self.values {
            scope.set(VALUES, values.with(inputs.get(VALUES))?);
        }
        Ok(scope)
    }
}

impl SeenValues {
    fn with(&self, given: Option<&Json>) -> Result<Value, String> {
        let Some(given) = given else { return Ok(self.usual.clone()) };
        let given = self.of.read(&Value::from_json(given)).map_err(|error| format!("`{VALUES}`: {error}"))?;
        let (Value::Map(usual), Value::Map(given)) = (&self.usual, &given) else { return Ok(self.usual.clone()) };
        let mut values = usual.as_ref().clone();
        values.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
        Ok(Value::Map(Arc::new(values)))
    }
}

/// Why a type is not known: it was reported here, or what it stands on has errors of its own.
struct NoType;

impl Work {
    pub(super) fn mappings(&mut self) {
        let broken = self.broken();
        for index in 0..self.found.len() {
            if self.found[index].kind.key == "mapping" && self.found[index].sound && self.mapping(index, &broken).is_none() {
                self.found[index].sound = false;
            }
        }
    }

    fn mapping(&mut self, index: usize, broken: &BTreeSet<Arc<str>>) -> Option<()> {
        let found = &mut self.found[index];
        let definition = Definition::read(&found.node, &mut found.report)?;
        let mut inputs = ScopeType::default();
        let mut known = true;
        for (name, input) in &definition.inputs {
            match self.input_type(index, input, broken) {
                Ok(of) => inputs = inputs.with(name, of),
                Err(NoType) => known = false,
            }
        }
        let to = self.target_type(index, &definition, broken).ok()?;
        if !known || self.lookups(index).iter().any(|dictionary| broken.contains(dictionary.as_str())) {
            return None;
        }
        let values = definition.sees_values().then(|| self.seen_values());
        let seen = values.iter().fold(inputs.clone(), |seen, values| seen.with(VALUES, values.of.clone()));
        let found = &mut self.found[index];
        let mapping = Mapping::compile(&definition, &seen, &to, &self.catalog.dictionaries, &mut found.report)?;
        if let Some(form) = definition.form.as_ref().and_then(|form| self.catalog.vendor_forms.get(&form.value)) {
            lint_mapping(form, &mapping, &mut found.report);
            found.sound &= !found.report.has_errors();
        }
        self.catalog.mapping_sources.insert(mapping.id.clone(), Arc::new(MappingSource { definition, inputs, values }));
        self.catalog.mappings.insert(mapping.id.clone(), Arc::new(mapping));
        Some(())
    }

    fn seen_values(&self) -> SeenValues {
        let bindings = &self.catalog.bindings;
        // Of bindings with errors nothing can be said, and what a mapping sees of them is not its own mistake.
        let of = if self.bindings_are_broken() { Type::Any } else { bindings.values_type() };
        SeenValues { of, usual: bindings.default_values() }
    }

    fn input_type(&mut self, index: usize, input: &Spanned<InputType>, broken: &BTreeSet<Arc<str>>) -> Result<Type, NoType> {
        match &input.value {
            InputType::Plain(of) => Ok(of.clone()),
            InputType::Document(id) => self.document_type(index, &Spanned::new(id.clone(), input.span), broken),
            InputType::Form(id) | InputType::Submitter(id) => match self.catalog.forms.get(id) {
                Some(form) if matches!(input.value, InputType::Form(_)) => Ok(form.of.clone()),
                Some(_) => Ok(crate::domain::form::person()),
                None => {
                    if !broken.contains(id) {
                        let known: Vec<Arc<str>> = self.catalog.forms.keys().cloned().collect();
                        let named = Spanned::new(id.clone(), input.span);
                        unknown(&mut self.found[index], &format!("there is no form `{id}`"), &named, &known);
                    }
                    Err(NoType)
                }
            },
            InputType::Output { connector, operation } => {
                let names = || self.catalog.connectors.get(connector).map(|connector| connector.operations.keys().cloned().collect());
                let found = self.catalog.connectors.get(connector).and_then(|connector| connector.operation(operation));
                match found.map(crate::domain::connector::Operation::output_type) {
                    Some(of) => Ok(of),
                    None => Err(self.unknown_part(index, connector, "operation", operation, names(), input, broken)),
                }
            }
            InputType::Event { connector, event } => {
                let known = self.catalog.connectors.get(connector);
                match known.filter(|known| known.event(event).is_some() || known.stream(event).is_some()) {
                    Some(_) => Ok(Type::Any),
                    None => {
                        let names = known.map(|known| known.events.keys().chain(known.streams.keys()).cloned().collect());
                        Err(self.unknown_part(index, connector, "event", event, names, input, broken))
                    }
                }
            }
        }
    }

    fn document_type(&mut self, index: usize, id: &Spanned<Arc<str>>, broken: &BTreeSet<Arc<str>>) -> Result<Type, NoType> {
        if let Some(kind) = self.catalog.documents.get(&id.value) {
            return Ok(kind.of.clone());
        }
        if !broken.contains(&id.value) {
            let known: Vec<Arc<str>> = self.catalog.documents.keys().cloned().collect();
            unknown(&mut self.found[index], &format!("there is no document type `{}`", id.value), id, &known);
        }
        Err(NoType)
    }

    #[expect(clippy::too_many_arguments, reason = "one finding about one name of one connector")]
    fn unknown_part<T>(
        &mut self,
        index: usize,
        connector: &Arc<str>,
        what: &str,
        name: &Arc<str>,
        names: Option<Vec<Arc<str>>>,
        input: &Spanned<T>,
        broken: &BTreeSet<Arc<str>>,
    ) -> NoType {
        let named = |value: &Arc<str>| Spanned::new(value.clone(), input.span);
        match names {
            Some(names) => {
                let message = format!("the connector `{connector}` has no {what} `{name}`");
                unknown(&mut self.found[index], &message, &named(name), &names);
            }
            None if broken.contains(connector) => {}
            None => {
                let known: Vec<Arc<str>> = self.catalog.connectors.keys().cloned().collect();
                unknown(&mut self.found[index], &format!("there is no connector `{connector}`"), &named(connector), &known);
            }
        }
        NoType
    }

    fn target_type(&mut self, index: usize, definition: &Definition, broken: &BTreeSet<Arc<str>>) -> Result<Type, NoType> {
        match &definition.target.value {
            Target::Document(id) => self.document_type(index, &Spanned::new(id.clone(), definition.target.span), broken),
            Target::Operation { role, operation } => {
                let Some((connection, connector)) = self.connector_for(&definition.id, role) else {
                    if !self.shaky_roles().contains(&**role) && !self.bindings_are_broken() {
                        let message = format!("no row of the bindings gives the role `{role}` a connection");
                        let report = &mut self.found[index].report;
                        report
                            .error("unbound_role", definition.target.span, message)
                            .hint("add the role to the default row")
                            .at("to.operation");
                    }
                    return Err(NoType);
                };
                if let Some(form) = &definition.form {
                    return self.form_type(index, form, (&connection, &connector), operation, broken);
                }
                let operations = self.catalog.connectors.get(&connector).map(|connector| &connector.operations);
                match operations.and_then(|operations| operations.get(operation)) {
                    Some(operation) => Ok(operation.input_type()),
                    None => {
                        let names = operations.map(|operations| operations.keys().cloned().collect());
                        Err(self.unknown_part(index, &connector, "operation", operation, names, &definition.target, broken))
                    }
                }
            }
        }
    }

    /// What a mapping that names a form writes: the input of the operation with the form's own fields in it.
    fn form_type(
        &mut self,
        index: usize,
        named: &Spanned<Arc<str>>,
        (connection, connector): (&Arc<str>, &Arc<str>),
        operation: &Arc<str>,
        broken: &BTreeSet<Arc<str>>,
    ) -> Result<Type, NoType> {
        let Some(form) = self.catalog.vendor_forms.get(&named.value).cloned() else {
            if !broken.contains(&named.value) {
                let known: Vec<Arc<str>> = self.catalog.vendor_forms.keys().cloned().collect();
                unknown(&mut self.found[index], &format!("there is no vendor form `{}`", named.value), named, &known);
            }
            return Err(NoType);
        };
        let report = &mut self.found[index].report;
        if form.connector.id != *connector || form.operation != *operation {
            let message = format!(
                "`{}` is a form of `{}.{}`, but this writes to `{connector}.{operation}`",
                form.id, form.connector.id, form.operation
            );
            report.error("bad_value", named.span, message).hint("name a form of that connector and operation").at("to.form");
            return Err(NoType);
        }
        // A bundle knows no connection's settings.
        if let Some(connection) = self.catalog.connections.get(connection) {
            lint_settings(&form, connection, named.span, report);
        }
        form.input_type().ok_or(NoType)
    }

    /// The connection and connector a mapping writes to: those of the row which puts the mapping in another's place, else the
    /// default's.
    fn connector_for(&self, mapping: &Arc<str>, role: &str) -> Option<(Arc<str>, Arc<str>)> {
        let bindings = &self.catalog.bindings;
        let overriding = bindings.rows.iter().find(|row| row.maps.values().any(|target| target.value == *mapping));
        let rows = overriding.into_iter().chain(bindings.default_row()).chain(&bindings.rows);
        let spoken = self.connectors_of_connections();
        let connector = |row: &crate::domain::binding::Row| {
            let connection = &row.roles.get(role)?.value;
            Some((connection.clone(), spoken.get(connection)?.clone()))
        };
        rows.into_iter().find_map(connector)
    }

    /// The dictionaries a mapping names.
    fn lookups(&self, index: usize) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        gather(&self.found[index].node, &mut found);
        found
    }

    /// A mapping as flows see it.
    pub(super) fn mapping_info(&self, id: &Arc<str>) -> Option<MappingInfo> {
        let (mapping, source) = (self.catalog.mappings.get(id)?, self.catalog.mapping_sources.get(id)?);
        let target = match &mapping.target {
            Target::Operation { role, operation } => MappingTarget::Operation(format!("{role}.{operation}")),
            Target::Document(kind) => MappingTarget::Document(kind.to_string()),
        };
        let fills = mapping.fills().iter().map(ToString::to_string).collect();
        Some(MappingInfo { inputs: source.inputs.names.clone(), target, fills })
    }
}

fn unknown(found: &mut Found, message: &str, name: &Spanned<Arc<str>>, known: &[Arc<str>]) {
    let near = did_you_mean(&name.value, known.iter().map(AsRef::as_ref)).map(Hint::meant);
    found.report.error("unknown_definition", name.span, message).hint = near;
}

fn gather(node: &crate::domain::text::tree::Node, found: &mut BTreeSet<String>) {
    node.items().iter().for_each(|item| gather(item, found));
    for (key, value) in node.entries() {
        match value.text() {
            Some(text) if key.text == "lookup" || key.text == "dictionary" => drop(found.insert(text.to_owned())),
            _ => gather(value, found),
        }
    }
}
