//! Compiles flows against the rest of the project, and gathers each with everything it needs into a version.

use super::closure::{Closure, closure};
use super::compile::Work;
use super::flow_version::{FlowVersion, Spoken};
use super::info;
use super::version::Bundle;
use crate::domain::diagnostic::{Diagnostic, Report};
use crate::domain::directory::Directory;
use crate::domain::expression::ScopeType;
use crate::domain::flow::environment::{DocumentInfo, FlowSignature};
use crate::domain::flow::{Definition, Flow, FlowEnvironment, signature};
use crate::domain::notice::{self, BUILT_IN, Notice};
use crate::domain::text::files::Files;
use crate::domain::text::tree::Node;
use crate::domain::value::{ObjectType, Type, TypeField};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Work {
    pub(super) fn flows(&mut self) {
        self.circles();
        if self.from.is_none() {
            self.lint_parts();
        }
        let environment = self.flow_environment();
        let broken = self.broken();
        for index in 0..self.found.len() {
            if self.found[index].kind.key != "flow" || !self.found[index].sound {
                continue;
            }
            match self.flow(index, &environment, &broken) {
                Some(version) => drop(self.catalog.flows.insert(self.found[index].id.value.clone(), Arc::new(version))),
                None => self.found[index].sound = false,
            }
        }
    }

    fn flow(&mut self, index: usize, environment: &FlowEnvironment, broken: &BTreeSet<Arc<str>>) -> Option<FlowVersion> {
        let found = &mut self.found[index];
        let definition = Definition::read(&found.node, &mut found.report)?;
        // What a flow stands on has errors of its own: whatever could be said of the flow would follow from them.
        let stands_on = definition.roles.iter().chain([&definition.document.value]);
        let shaky = self.shaky_roles();
        if self.bindings_are_broken() || stands_on.into_iter().any(|name| broken.contains(name.as_str()) || shaky.contains(name)) {
            return None;
        }
        let found = &mut self.found[index];
        let mut report = Report::new(found.path.clone());
        let flow = Flow::compile(&definition, environment, &mut report);
        found.report.absorb(report.without(|item| excused(item, broken)));
        let flow = Arc::new(flow?);
        let rows = self.parts_of(index);
        let (variants, with_parts) = self.variants(index, &rows, environment);
        let definition = with_parts.iter().fold(definition, Definition::and);
        let spoken = self.connectors_of_connections();
        let more: Vec<&Node> = with_parts.iter().map(|one| &one.node).collect();
        let closure = closure(index, &self.found, &self.catalog.bindings, &spoken, &more);
        let notices = self.notices_of(&definition, environment);
        let bundle = self.bundle(index, &closure);
        let version = self.version(flow, &definition, &closure, notices, bundle);
        Some(FlowVersion { variants, ..version })
    }

    fn version(
        &self,
        flow: Arc<Flow>,
        definition: &Definition,
        closure: &Closure,
        notices: BTreeMap<Arc<str>, Notice>,
        bundle: Arc<Bundle>,
    ) -> FlowVersion {
        let catalog = &self.catalog;
        let spoken = |(connection, connector): (&String, &String)| {
            let connector = catalog.connectors.get(connector.as_str())?.clone();
            let info = Arc::new(info::of_connector(connection, &connector));
            Some((Arc::from(connection.as_str()), Spoken { connector, info }))
        };
        // A role that only channels speak to is bound with the rest.
        let channels: BTreeMap<_, _> = catalog.channels.iter().map(|(id, channel)| (id.clone(), channel.clone())).collect();
        let own = |role: &Arc<str>| definition.roles.iter().any(|known| **known == **role);
        let further: BTreeSet<Arc<str>> = channels.values().map(|channel| channel.role.clone()).filter(|role| !own(role)).collect();
        FlowVersion {
            id: bundle.id(),
            channels,
            flow,
            variants: BTreeMap::new(),
            roles: definition.roles.iter().map(|role| Arc::from(role.as_str())).chain(further).collect(),
            documents: named(&catalog.documents, closure),
            calendars: named(&catalog.calendars, closure),
            mappings: named(&catalog.mappings, closure),
            bindings: catalog.bindings.clone(),
            connectors: closure.connections.iter().filter_map(spoken).collect(),
            notices,
            directory: catalog.directory.clone(),
            bundle,
        }
    }

    /// The texts of the version; a version that was read from a bundle keeps that one.
    fn bundle(&self, index: usize, closure: &Closure) -> Arc<Bundle> {
        if let Some(bundle) = &self.from {
            return bundle.clone();
        }
        let mut files = Files::default();
        for found in closure.found.iter().map(|index| &self.found[*index]) {
            for path in std::iter::once(found.path.clone()).chain(self.refers(found)) {
                if let Some(text) = self.files.get(&path) {
                    files.insert(path, text.clone());
                }
            }
        }
        let roles = self.people_roles().into_iter().filter(|role| closure.names(role));
        Arc::new(Bundle {
            flow: self.found[index].id.value.to_string(),
            files,
            connections: closure.connections.clone(),
            people_roles: roles.collect(),
        })
    }

    fn people_roles(&self) -> BTreeSet<String> {
        match &self.from {
            Some(bundle) => bundle.people_roles.clone(),
            None => {
                let known = self.catalog.directory.roles.iter().map(|grant| grant.role.to_string());
                // A directory with errors cannot tell who is missing.
                let named = self.found.iter().filter(|found| found.kind.key == "flow" && self.is_shaky("directory"));
                known.chain(named.flat_map(|found| roles_named(&found.node))).collect()
            }
        }
    }

    /// Roles that nobody has who works here. What was published knows nothing of who works here now.
    fn vacant_roles(&self) -> BTreeSet<String> {
        let directory = &self.catalog.directory;
        // Whom connected systems know is not known here.
        if self.from.is_some() || self.is_shaky("directory") || !directory.sources.is_empty() {
            return BTreeSet::new();
        }
        let held = |role: &str| {
            let grants = directory.roles.iter().filter(|grant| &*grant.role == role);
            grants.flat_map(|grant| &grant.users).any(|user| directory.works_here(user))
        };
        self.people_roles().into_iter().filter(|role| !held(role)).collect()
    }

    /// Connection to connector: as the project has it, or as it was when the bundle was made.
    pub(super) fn connectors_of_connections(&self) -> BTreeMap<Arc<str>, Arc<str>> {
        match &self.from {
            Some(bundle) => {
                bundle.connections.iter().map(|(connection, connector)| (connection.as_str().into(), connector.as_str().into())).collect()
            }
            None => {
                let connections = self.catalog.connections.iter();
                connections.map(|(id, connection)| (id.clone(), connection.connector.clone())).collect()
            }
        }
    }

    /// Whether the bindings have errors, so that nothing can be said of roles.
    pub(super) fn bindings_are_broken(&self) -> bool {
        self.is_shaky("bind")
    }

    /// Roles that cannot be judged, because a connection or connector that plays them has errors.
    pub(super) fn shaky_roles(&self) -> BTreeSet<String> {
        let spoken = self.connectors_of_connections();
        let sound = |connection: &Arc<str>| spoken.get(connection).is_some_and(|connector| self.catalog.connectors.contains_key(connector));
        let rows = || self.catalog.bindings.rows.iter().flat_map(|row| &row.roles);
        let shaky = rows().filter(|(_, connection)| !sound(&connection.value));
        shaky.map(|(role, _)| role.to_string()).collect()
    }

    /// Ids of definitions that are there but have errors.
    pub(super) fn broken(&self) -> BTreeSet<Arc<str>> {
        let found = self.found.iter().filter(|found| !found.sound).map(|found| &found.id.value);
        found.chain(self.lost.iter().map(|(_, id)| id)).cloned().collect()
    }

    /// What every flow is to others, those with errors too: whoever uses one of these is judged by what it says.
    fn signatures(&self) -> BTreeMap<String, FlowSignature> {
        let flows = self.found.iter().filter(|found| found.kind.key == "flow");
        flows.filter_map(|found| Some((found.id.value.to_string(), signature(&found.node)?))).collect()
    }

    /// Flows that are steps of each other in a circle would nest without end.
    fn circles(&mut self) {
        let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for found in self.found.iter().filter(|found| found.kind.key == "flow") {
            uses.insert(found.id.value.to_string(), subflows(&found.node));
        }
        for found in self.found.iter_mut().filter(|found| found.kind.key == "flow") {
            let id = found.id.value.to_string();
            let (mut seen, mut open) = (BTreeSet::new(), uses.get(&id).cloned().unwrap_or_default());
            while let Some(next) = open.pop_first() {
                if seen.insert(next.clone()) {
                    open.extend(uses.get(&next).into_iter().flatten().cloned());
                }
            }
            if seen.contains(&id) {
                let message = format!("`{id}` is a step of itself, directly or by other flows");
                found.report.error("cycle", found.id.span, message).hint("remove one of the `subflow` steps of the circle");
            }
        }
    }

    pub(super) fn flow_environment(&self) -> FlowEnvironment {
        let catalog = &self.catalog;
        let names = |centre: bool| {
            let fits = move |channel: &&Arc<notice::Channel>| (channel.tells == notice::Tells::Centre) == centre;
            catalog.channels.values().filter(fits).map(|channel| channel.id.to_string())
        };
        let mut environment = FlowEnvironment {
            values: catalog.bindings.values.iter().map(|(name, declared)| (name.clone(), declared.of.clone())).collect(),
            calendars: catalog.calendars.keys().map(ToString::to_string).collect(),
            people_roles: self.people_roles(),
            vacant_roles: self.vacant_roles(),
            templates: catalog.notices.keys().map(ToString::to_string).collect(),
            tables: catalog.tables.iter().map(|(id, table)| (id.to_string(), table.clone())).collect(),
            flows: self.signatures(),
            forms: catalog.forms.iter().map(|(id, form)| (id.to_string(), catalog.form_info(form))).collect(),
            channels: BUILT_IN.iter().map(ToString::to_string).chain(names(false)).collect(),
            centres: names(true).collect(),
            stored: self.from.is_some(),
            ..FlowEnvironment::default()
        };
        for (id, kind) in &catalog.documents {
            let statuses = kind.statuses.iter().map(ToString::to_string).collect();
            environment.documents.insert(id.to_string(), DocumentInfo { of: kind.of.clone(), key: kind.key.to_string(), statuses });
        }
        for id in catalog.mappings.keys() {
            environment.mappings.extend(self.mapping_info(id).map(|info| (id.to_string(), info)));
        }
        let spoken = self.connectors_of_connections();
        for (role, connection) in catalog.bindings.rows.iter().flat_map(|row| &row.roles) {
            let connector = spoken.get(&connection.value).and_then(|connector| catalog.connectors.get(connector));
            let infos = environment.roles.entry(role.to_string()).or_default();
            if let Some(connector) = connector.filter(|_| infos.iter().all(|info| info.connection != *connection.value)) {
                infos.push(Arc::new(info::of_connector(&connection.value, connector)));
            }
        }
        environment
    }

    /// The notices a flow sends, compiled for what its expressions see; findings go to the template's file.
    fn notices_of(&mut self, definition: &Definition, environment: &FlowEnvironment) -> BTreeMap<Arc<str>, Notice> {
        let document = environment.documents.get(&definition.document.value).map_or(Type::Any, |document| document.of.clone());
        let person = ["id", "name", "email"].map(|name| (Arc::from(name), TypeField { of: Type::Text, required: false, max_length: None }));
        let initiator = Type::Object(Arc::new(ObjectType { name: "initiator".into(), fields: person.into(), open: false }));
        let scope = ScopeType::default()
            .with("doc", document)
            .with("revision", Type::Int)
            .with("initiator", initiator)
            .with("values", self.catalog.bindings.values_type())
            .with("steps", Type::Map(Box::new(Type::Any)))
            .with("event", Type::Map(Box::new(Type::Any)))
            .with("notice", notice::value_type());
        let mut compiled = BTreeMap::new();
        for id in &definition.templates {
            let Some(notice) = self.catalog.notices.get(id.as_str()).cloned() else { continue };
            let Some(found) = self.found.iter_mut().find(|found| found.kind.key == "template" && *found.id.value == **id) else { continue };
            compiled.insert(notice.id.clone(), notice.compile(&scope, &mut found.report));
        }
        compiled
    }
}

/// A finding that only says that a definition with errors cannot be used.
fn excused(item: &Diagnostic, broken: &BTreeSet<Arc<str>>) -> bool {
    item.code == "unknown_definition" && broken.iter().any(|id| item.message.contains(&format!("`{id}`")))
}

/// The flows that are steps of a flow.
pub(super) fn subflows(node: &Node) -> BTreeSet<String> {
    let inside = node.items().iter().chain(node.entries().iter().map(|(_, value)| value)).flat_map(subflows);
    node.get("subflow").and_then(Node::text).filter(|text| *text != "true").map(str::to_owned).into_iter().chain(inside).collect()
}

fn roles_named(node: &Node) -> Vec<String> {
    let inside = node.items().iter().chain(node.entries().iter().map(|(_, value)| value)).flat_map(roles_named);
    node.get("role").and_then(Node::text).map(str::to_owned).into_iter().chain(inside).collect()
}

fn named<T>(all: &BTreeMap<Arc<str>, Arc<T>>, closure: &Closure) -> BTreeMap<Arc<str>, Arc<T>> {
    all.iter().filter(|(id, _)| closure.names(id)).map(|(id, one)| (id.clone(), one.clone())).collect()
}

impl Bundle {
    /// Compiles a stored version again.
    ///
    /// # Errors
    /// When this release cannot compile what an earlier one could, or the bundle was altered.
    pub fn compile(&self, directory: &Arc<Directory>) -> Result<FlowVersion, Vec<Diagnostic>> {
        let (catalog, diagnostics) = super::compile::compile(self.files.clone(), Some(Arc::new(self.clone())));
        match catalog.flows.get(self.flow.as_str()) {
            Some(version) => Ok(version.with_directory(directory.clone())),
            None => Err(diagnostics),
        }
    }
}
