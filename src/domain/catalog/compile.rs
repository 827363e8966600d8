//! Compiles all definitions of a project in the order of their dependencies; every problem of every file at once.

use super::cross::lint_connector;
use super::definition::Definition;
use super::flow_version::FlowVersion;
use super::mappings::MappingSource;
use super::sources::{Found, Project, find};
use super::version::{Bundle, VersionId};
use crate::domain::binding::{Bindings, Connection, owner};
use crate::domain::calendar::Calendar;
use crate::domain::connector::{self, Connector};
use crate::domain::diagnostic::{Diagnostic, Hint, Report, Severity, did_you_mean};
use crate::domain::dictionary::Dictionary;
use crate::domain::directory::Directory;
use crate::domain::document::DocumentType;
use crate::domain::flow::StartOn;
use crate::domain::flow::cases::Case;
use crate::domain::form::Form;
use crate::domain::mapping::Mapping;
use crate::domain::notice::{Channel, NoticeText};
use crate::domain::table::Table;
use crate::domain::text::files::Files;
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};
use crate::domain::vendor_form::VendorForm;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every definition of a project, compiled. Immutable; a change of the texts makes a new one.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// The texts it was compiled from.
    pub files: Arc<Files>,
    /// Document types by id.
    pub documents: BTreeMap<Arc<str>, Arc<DocumentType>>,
    /// Calendars by id.
    pub calendars: BTreeMap<Arc<str>, Arc<Calendar>>,
    /// People.
    pub directory: Arc<Directory>,
    /// Connectors by id.
    pub connectors: BTreeMap<Arc<str>, Arc<Connector>>,
    /// Connections by id.
    pub connections: BTreeMap<Arc<str>, Arc<Connection>>,
    /// Bindings.
    pub bindings: Arc<Bindings>,
    /// Notice templates by id.
    pub notices: BTreeMap<Arc<str>, Arc<NoticeText>>,
    /// Channels of notices by id.
    pub channels: BTreeMap<Arc<str>, Arc<Channel>>,
    /// Dictionaries by id.
    pub dictionaries: BTreeMap<Arc<str>, Arc<Dictionary>>,
    /// By connection, the dictionary from what people are called there to who they are here; none where they are called as here.
    pub people_there: BTreeMap<Arc<str>, Arc<Dictionary>>,
    /// Decision tables by id.
    pub tables: BTreeMap<Arc<str>, Arc<Table>>,
    /// Forms by id.
    pub forms: BTreeMap<Arc<str>, Arc<Form>>,
    /// Vendor forms by id.
    pub vendor_forms: BTreeMap<Arc<str>, Arc<VendorForm>>,
    /// Mappings by id.
    pub mappings: BTreeMap<Arc<str>, Arc<Mapping>>,
    /// What each mapping was compiled from.
    pub mapping_sources: BTreeMap<Arc<str>, Arc<MappingSource>>,
    /// Flows by id, each as the version that is in force.
    pub flows: BTreeMap<Arc<str>, Arc<FlowVersion>>,
    /// Tests of flows.
    pub flow_cases: Vec<Case>,
    /// All definitions as text, by kind and id.
    pub definitions: Vec<Definition>,
}

impl Catalog {
    /// Compiles a project. The catalog holds what is sound; it must not be put in force while there are errors.
    pub fn compile(files: Files) -> (Catalog, Vec<Diagnostic>) {
        compile(files, None)
    }

    /// The flows that an event of a connection may start: those with a start on a role that the connection plays in
    /// some row of the bindings.
    pub fn started_by(&self, connection: &str, event: &str) -> Vec<Arc<FlowVersion>> {
        let roles = self.bindings.roles_of(connection);
        let heard = |on: &StartOn| match on {
            StartOn::Event { role, event: name } => name == event && roles.iter().any(|known| **known == **role),
            _ => false,
        };
        let starts = |version: &FlowVersion| version.flow.starts.iter().any(|start| heard(&start.on));
        self.flows.values().filter(|version| starts(version)).cloned().collect()
    }

    /// The flows that something of the hub itself may start: a form, the API, a document made by a flow.
    pub fn started_here(&self, event: &str) -> Vec<Arc<FlowVersion>> {
        let starts = |version: &FlowVersion| version.flow.starts.iter().any(|start| start.on.event_of_hub().as_deref() == Some(event));
        self.flows.values().filter(|version| starts(version)).cloned().collect()
    }

    /// Who works here, of those that a connection's system names so on a day.
    pub fn people_of(&self, connection: &str, named: &[String], on: Date) -> Vec<String> {
        let dictionary = self.people_there.get(connection);
        let ours = |theirs: &String| match dictionary {
            Some(dictionary) => dictionary.lookup(&Value::text(theirs.as_str()), Some(on)).ok()?.as_text().map(str::to_owned),
            None => Some(theirs.clone()),
        };
        named.iter().filter_map(ours).filter(|person| self.directory.works_here(person)).collect()
    }

    /// A flow version that is in force.
    pub fn version(&self, id: &VersionId) -> Option<&Arc<FlowVersion>> {
        self.flows.values().find(|version| version.id == *id)
    }

    /// A definition as text.
    pub fn definition(&self, kind: &str, id: &str) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.kind == kind && *definition.id == *id)
    }
}

/// Compiles a project, or what a bundle holds of one.
pub(super) fn compile(files: Files, from: Option<Arc<Bundle>>) -> (Catalog, Vec<Diagnostic>) {
    let files = Arc::new(files);
    let Project { found, unread, lost } = find(&files);
    let mut work = Work { files: files.clone(), found, lost, catalog: Catalog { files, ..Catalog::default() }, from };
    work.documents();
    work.dictionaries();
    work.calendars();
    work.tables();
    work.people();
    work.notices();
    work.connectors();
    work.connections();
    work.organisation_sources();
    work.bindings();
    work.forms();
    work.vendor_forms();
    work.mappings();
    work.lint_overrides();
    work.form_mappings();
    work.channels();
    work.flows();
    work.flow_cases();
    work.lint_cases();
    work.definitions();
    let mut diagnostics: Vec<Diagnostic> = unread.into_iter().flat_map(Report::into_items).collect();
    diagnostics.extend(work.found.into_iter().flat_map(|found| found.report.into_items()));
    diagnostics.sort_by(|one, two| (&one.file, one.span.offset).cmp(&(&two.file, two.span.offset)));
    // A table or schema that two definitions refer to is reported once.
    diagnostics.dedup();
    (work.catalog, diagnostics)
}

/// The files of documents that a flow test names: what it starts with, and revisions on the way.
pub(super) fn documents(test: &Node) -> impl Iterator<Item = &Node> {
    let script = test.get("script").map(Node::items).unwrap_or_default();
    test.get("given").into_iter().chain(script).filter_map(|item| item.get("document"))
}

/// Whether findings keep a project from being put in force.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// The compilation at hand.
pub(super) struct Work {
    pub files: Arc<Files>,
    pub found: Vec<Found>,
    /// Kinds and ids that unreadable files probably define.
    pub lost: Vec<(&'static str, Arc<str>)>,
    pub catalog: Catalog,
    /// The bundle it is read from, when it is not a whole project: references out of it are then not checked.
    pub from: Option<Arc<Bundle>>,
}

impl Work {
    /// Reads every sound definition of a kind; `read` may refuse it by giving nothing.
    pub(super) fn each<T>(
        &mut self,
        kind: &str,
        mut read: impl FnMut(&mut Found, &Files, &Catalog) -> Option<T>,
    ) -> BTreeMap<Arc<str>, Arc<T>> {
        let mut compiled = BTreeMap::new();
        for found in self.found.iter_mut().filter(|found| found.kind.key == kind && found.sound) {
            match read(found, &self.files, &self.catalog) {
                Some(definition) => drop(compiled.insert(found.id.value.clone(), Arc::new(definition))),
                None => found.sound = false,
            }
            // What was read helps to check others, but nothing may rest on it.
            found.sound &= !found.report.has_errors();
        }
        compiled
    }

    /// Every id of a kind, of definitions with errors too.
    pub(super) fn ids(&self, kind: &str) -> Vec<Arc<str>> {
        let found = self.found.iter().map(|found| (found.kind.key, &found.id.value));
        let all = found.chain(self.lost.iter().map(|(kind, id)| (*kind, id)));
        all.filter(|(known, _)| *known == kind).map(|(_, id)| id.clone()).collect()
    }

    /// Whether what a definition of this kind says cannot be relied on.
    pub(super) fn is_shaky(&self, kind: &str) -> bool {
        let has_errors = |found: &Found| found.kind.key == kind && found.report.has_errors();
        self.found.iter().any(has_errors) || self.lost.iter().any(|(lost, _)| *lost == kind)
    }

    fn documents(&mut self) {
        self.catalog.documents = self.each("document", |found, files, _| DocumentType::read(&found.node, files, &mut found.report));
    }

    fn dictionaries(&mut self) {
        self.catalog.dictionaries = self.each("dictionary", |found, files, _| Dictionary::read(&found.node, files, &mut found.report));
    }

    fn calendars(&mut self) {
        self.catalog.calendars = self.each("calendar", |found, files, _| Calendar::read(&found.node, files, &mut found.report));
    }

    fn tables(&mut self) {
        self.catalog.tables = self.each("table", |found, _, _| Table::read(&found.node, &mut found.report));
    }

    fn people(&mut self) {
        let mut read =
            self.each("directory", |found, files, catalog| Directory::read(&found.node, files, &catalog.calendars, &mut found.report));
        let mut directories = self.found.iter_mut().filter(|found| found.kind.key == "directory");
        if let (Some(first), Some(second)) = (directories.next().map(|found| found.path.clone()), directories.next()) {
            let message = format!("the project already has a directory in `{first}`");
            second.report.error("duplicate_definition", second.id.span, message).hint("put all people into one directory");
        }
        if let Some((_, directory)) = read.pop_first() {
            self.catalog.directory = directory;
        }
    }

    fn notices(&mut self) {
        self.catalog.notices = self.each("template", |found, _, _| NoticeText::read(&found.node));
    }

    fn connectors(&mut self) {
        let (documents, mappings, whole) = (self.ids("document"), self.ids("mapping"), self.from.is_none());
        self.catalog.connectors = self.each("connector", |found, _, catalog| {
            let connector = connector::read(&found.node, &mut found.report);
            if whole && connector.is_some() {
                lint_connector(found, catalog, &documents, &mappings);
            }
            connector
        });
    }

    fn connections(&mut self) {
        let named: Vec<Arc<str>> = self.ids("connector");
        let (people, dictionaries, whole) = (self.people_are_known(), self.ids("dictionary"), self.from.is_none());
        let mut people_there = BTreeMap::new();
        self.catalog.connections = self.each("connection", |found, _, catalog| {
            let connection = Connection::read(&found.node, &mut found.report)?;
            if people {
                owner::lint(found.node.get("owner"), &catalog.directory, &mut found.report);
            }
            match catalog.connectors.get(&connection.connector) {
                Some(connector) => connection.fit(&found.node, &connector.settings, &mut found.report),
                // A connector that has errors of its own is there all the same.
                None if named.contains(&connection.connector) => {}
                None => {
                    let wanted = &connection.connector;
                    let near = did_you_mean(wanted, catalog.connectors.keys().map(AsRef::as_ref)).map(Hint::meant);
                    let message = format!("there is no connector `{wanted}`");
                    found.report.error("unknown_definition", connection.connector_span, message).at("connector").hint = near;
                }
            }
            if let Some((named, span)) = connection.people.as_ref().filter(|(named, _)| whole && !dictionaries.contains(named)) {
                let near = did_you_mean(named, dictionaries.iter().map(AsRef::as_ref)).map(Hint::meant);
                found.report.error("unknown_definition", *span, format!("there is no dictionary `{named}`")).at("people").hint = near;
            }
            if let Some((named, span)) = &connection.people
                && let Some(dictionary) = catalog.dictionaries.get(named)
            {
                match dictionary.reversed() {
                    Ok(reversed) => drop(people_there.insert(found.id.value.clone(), Arc::new(reversed))),
                    Err(code) => {
                        let message = format!("two people of `{named}` are called `{code}`, so nobody can tell whom it means");
                        found.report.error("overlapping_rows", *span, message).at("people");
                    }
                }
            }
            Some(connection)
        });
        self.catalog.people_there = people_there;
    }

    /// Whether it can be said who is missing: a bundle holds no people, a directory with errors not all of them.
    fn people_are_known(&self) -> bool {
        self.from.is_none() && !self.is_shaky("directory")
    }

    fn bindings(&mut self) {
        let (connections, mappings, whole) = (self.ids("connection"), self.ids("mapping"), self.from.is_none());
        let people = self.people_are_known();
        let read = self.each("bind", |found, _, catalog| {
            let documents: Vec<(Arc<str>, Type)> = catalog.documents.iter().map(|(id, kind)| (id.clone(), kind.of.clone())).collect();
            let bindings = Bindings::read(&found.node, &documents, &mut found.report);
            if whole {
                bindings.lint(&connections, &mappings, &mut found.report);
            }
            if people {
                owner::lint(found.node.get("owner"), &catalog.directory, &mut found.report);
            }
            Some(bindings)
        });
        if let Some(bindings) = read.into_values().next() {
            self.catalog.bindings = bindings;
        }
    }

    fn flow_cases(&mut self) {
        let flows = self.ids("flow");
        for found in self.found.iter_mut().filter(|found| found.kind.key == "test") {
            let Some(case) = Case::read(&found.node, &mut found.report).filter(|_| found.sound) else {
                found.sound = false;
                continue;
            };
            if !flows.iter().any(|known| **known == *case.flow.value) {
                let near = did_you_mean(&case.flow.value, flows.iter().map(AsRef::as_ref)).map(Hint::meant);
                let message = format!("there is no flow `{}`", case.flow.value);
                found.report.error("unknown_definition", case.flow.span, message).at("flow").hint = near;
            }
            for document in documents(&found.node) {
                self.files.referred(document, &mut found.report);
            }
            self.catalog.flow_cases.push(case);
        }
    }

    /// The other files a definition is made of.
    pub(super) fn refers(&self, found: &Found) -> Vec<Arc<str>> {
        let id = &found.id.value;
        let refers = match found.kind.key {
            "document" => self.catalog.documents.get(id).map(|kind| vec![kind.schema_path.clone()]),
            "dictionary" => self.catalog.dictionaries.get(id).map(|dictionary| dictionary.table.iter().cloned().collect()),
            "calendar" => self.catalog.calendars.get(id).map(|calendar| calendar.tables.clone()),
            "directory" => Some(self.catalog.directory.tables.clone()),
            "bind" => Some(self.catalog.bindings.rows.iter().flat_map(|row| row.parts.values()).map(|path| path.value.clone()).collect()),
            _ => None,
        };
        refers.unwrap_or_default()
    }

    fn definitions(&mut self) {
        for found in self.found.iter().filter(|found| found.sound && found.kind.key != "test") {
            let refers = self.refers(found);
            let definition = Definition::new(found.kind.key, found.id.value.clone(), found.path.clone(), refers, &self.files);
            self.catalog.definitions.push(definition);
        }
    }
}
