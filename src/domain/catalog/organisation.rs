//! Sources of the directory, held against the connections and reads they name.

use super::compile::{Catalog, Work};
use crate::domain::connector::{Effect, Operation};
use crate::domain::diagnostic::{Hint, Span, did_you_mean};
use crate::domain::directory::{Directory, Source};
use crate::domain::value::Type;
use std::sync::Arc;

impl Catalog {
    /// The same project with the people of today.
    #[must_use]
    pub fn with_directory(&self, directory: Arc<Directory>) -> Catalog {
        let flows = self.flows.iter().map(|(id, version)| (id.clone(), Arc::new(version.with_directory(directory.clone()))));
        Catalog { flows: flows.collect(), directory, ..self.clone() }
    }
}

impl Work {
    /// Each source has a connection, and this the reads that are asked.
    pub(super) fn organisation_sources(&mut self) {
        if self.from.is_some() {
            return;
        }
        let Some(index) = self.found.iter().position(|found| found.kind.key == "directory") else { return };
        let connections = self.ids("connection");
        for source in self.catalog.directory.sources.clone() {
            if !connections.contains(&source.connection) {
                let near = did_you_mean(&source.connection, connections.iter().map(AsRef::as_ref));
                let hint = near.map(Hint::meant);
                let message = format!("there is no connection `{}`", source.connection);
                self.found[index].report.error("unknown_definition", source.span, message).at("sources.connection").hint = hint;
                continue;
            }
            self.source_read(index, &source, &source.people, ("people", "department"));
            if let Some(departments) = &source.departments {
                self.source_read(index, &source, departments, ("departments", "parent"));
            }
        }
    }

    /// `gives` is what the read must list, `asks` the one thing it may want to be given.
    fn source_read(&mut self, index: usize, source: &Source, name: &str, (gives, asks): (&str, &str)) {
        let connection = self.catalog.connections.get(&source.connection);
        // A connector with errors of its own is told of where it stands.
        let Some(connector) = connection.and_then(|connection| self.catalog.connectors.get(&connection.connector)).cloned() else { return };
        let span: Span = source.span;
        let report = &mut self.found[index].report;
        let Some(operation) = connector.operation(name) else {
            let near = did_you_mean(name, connector.operations.keys().map(AsRef::as_ref)).map(Hint::meant);
            let message = format!("`{}` has no operation `{name}`", source.connection);
            report.error("unknown_definition", span, message).at(format!("sources.{gives}")).hint = near;
            return;
        };
        if let Some(why) = unfit(operation, gives, asks) {
            report.error("bad_value", span, format!("`{name}` of `{}` {why}", source.connection)).at(format!("sources.{gives}"));
        }
    }
}

/// Why a read cannot list what is wanted.
fn unfit(operation: &Operation, gives: &str, asks: &str) -> Option<String> {
    if operation.effect != Effect::Read {
        return Some("changes something; who works here is read".to_owned());
    }
    let mut others = operation.input.fields.iter().filter(|(name, field)| field.required && ***name != *asks);
    if let Some((name, _)) = others.next() {
        return Some(format!("wants `{name}`, and is given `{asks}` at most"));
    }
    let listed = operation.output.of.fields.get(gives).map(|field| &field.of);
    let entry = match listed {
        Some(Type::List(entry, _)) => Some(&**entry),
        _ => None,
    };
    match entry {
        Some(Type::Object(entry)) if entry.fields.contains_key("id") => None,
        _ => Some(format!("does not give `{gives}`, a list of mappings with `id`")),
    }
}
