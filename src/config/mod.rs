//! Process configuration: defaults, then the file, then `WAYBILL_…` variables, read once into typed sections.
//!
//! Owns the shape, reading and validation of `config/waybill.yaml`, one file per section. Sections are plain data:
//! components do not read them; `cli` hands each component its options. Definitions (connectors, flows …) are not
//! configuration and are read elsewhere.

mod apps;
mod engine;
mod environment;
mod gateway;
mod identity;
mod mail;
mod outside;
mod project;
mod quotas;
mod range;
mod retention;
mod server;
mod store;
mod telemetry;
mod transport;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use apps::AppSignIn;
pub use engine::Engine;
pub use gateway::Gateway;
pub use identity::IdentityProvider;
pub use mail::Mail;
pub use project::Project;
pub use quotas::Quotas;
pub use retention::Retention;
pub use server::{Server, TOKEN_CHARACTERS_GOOD, Token};
pub use store::Store;
pub use telemetry::{Telemetry, Traces};
pub use transport::{RabbitMq, Transport};

use crate::domain::diagnostic::{Diagnostic, Report, Severity};
use crate::domain::text::shape::{self, Field, ObjectShape, Shape};
use crate::domain::text::tree::{self, Node};

/// The defaults, commented: the file that the product ships and the reference of every option.
pub const DEFAULTS: &str = include_str!("../../config/waybill.yaml");

/// The whole file.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "configuration",
    doc: "Process configuration of one hub.",
    fields: &[
        Field::required("format", Shape::Word(&["1"]), "Version of this file's form: `1`."),
        Field::optional("server", Shape::Object(&server::SHAPE), "The HTTP door."),
        Field::optional("store", Shape::Object(&store::SHAPE), "Where everything durable is kept."),
        Field::optional("transport", Shape::Tagged(&transport::SHAPE), "How work reaches workers."),
        Field::optional("engine", Shape::Object(&engine::SHAPE), "Batches, leases and polls."),
        Field::optional("gateway", Shape::Object(&gateway::SHAPE), "Limits of calls to partners."),
        Field::optional("mail", Shape::Object(&mail::SHAPE), "How notices leave as mail."),
        Field::optional("retention", Shape::Object(&retention::SHAPE), "How long payloads and attempts are kept."),
        Field::optional("quotas", Shape::Object(&quotas::SHAPE), "How much one tenant may take."),
        Field::optional("project", Shape::Object(&project::SHAPE), "Where the definitions are."),
        Field::optional("telemetry", Shape::Object(&telemetry::SHAPE), "Logs and traces."),
    ],
};

/// The configuration of one process.
#[derive(Clone, Debug)]
pub struct Config {
    /// The HTTP door.
    pub server: Server,
    /// Where everything durable is kept.
    pub store: Store,
    /// How work reaches workers.
    pub transport: Transport,
    /// Batches, leases and polls.
    pub engine: Engine,
    /// Limits of calls to partners.
    pub gateway: Gateway,
    /// How notices leave as mail.
    pub mail: Mail,
    /// How long payloads and attempts are kept.
    pub retention: Retention,
    /// How much one tenant may take.
    pub quotas: Quotas,
    /// Where the definitions are.
    pub project: Project,
    /// Logs and traces.
    pub telemetry: Telemetry,
}

/// A configuration that was read, and what is worth saying about it.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration; none when a finding is an error.
    pub config: Option<Config>,
    /// Every finding of the file and the environment.
    pub findings: Vec<Diagnostic>,
}

/// What sections read from: the merged tree, with where relative paths and secrets are looked for.
pub(crate) struct Source<'a> {
    /// The section's name, for the path in findings.
    section: &'static str,
    /// The section as written; none when it is left out.
    node: Option<&'a Node>,
    /// The same section of the defaults, where every option stands.
    defaults: &'a Node,
    /// The folder relative paths start from.
    base: &'a Path,
}

/// Reads a configuration file with the process's environment. A missing file is an error, no file at all is not.
pub fn load(file: Option<&Path>) -> Loaded {
    let environment: BTreeMap<String, String> = std::env::vars().filter(|(name, _)| name.starts_with(environment::PREFIX)).collect();
    let Some(file) = file else {
        return read("(defaults)", DEFAULTS, Path::new("."), &environment);
    };
    let base = file.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    match std::fs::read_to_string(file) {
        Ok(text) => read(&file.display().to_string(), &text, &base, &environment),
        Err(error) => {
            let mut report = Report::new(file.display().to_string());
            report
                .error("unknown_file", Default::default(), format!("the configuration cannot be read: {error}"))
                .hint("name the file with `--config`, or leave it out to run on the defaults");
            Loaded { config: None, findings: report.into_items() }
        }
    }
}

/// Reads a configuration from its text and the given variables; relative paths start from `base`.
pub fn read(name: &str, text: &str, base: &Path, environment: &BTreeMap<String, String>) -> Loaded {
    let mut report = Report::new(Arc::from(name));
    let mut variables = Report::new(Arc::from("environment"));
    let tree = tree::parse(text, &mut report);
    if let Some(tree) = &tree {
        shape::check(tree, &Shape::Object(&SHAPE), &mut report);
    }
    let merged = tree.map(|tree| environment::merge(tree, environment, &SHAPE, &mut variables));
    let config = match merged {
        Some(tree) if !report.has_errors() && !variables.has_errors() => Some(build(&tree, base, &mut report)),
        _ => None,
    };
    let mut findings = report.into_items();
    findings.extend(variables.into_items());
    let broken = findings.iter().any(|finding| finding.severity == Severity::Error);
    Loaded { config: if broken { None } else { config }, findings }
}

fn build(tree: &Node, base: &Path, report: &mut Report) -> Config {
    let defaults = defaults();
    let section =
        |name: &'static str| Source { section: name, node: tree.get(name), defaults: defaults.get(name).unwrap_or(&defaults), base };
    Config {
        server: Server::read(&section("server"), report),
        store: Store::read(&section("store"), report),
        transport: Transport::read(&section("transport"), report),
        engine: Engine::read(&section("engine"), report),
        gateway: Gateway::read(&section("gateway"), report),
        mail: Mail::read(&section("mail"), report),
        retention: Retention::read(&section("retention"), report),
        quotas: Quotas::read(&section("quotas"), report),
        project: Project::read(&section("project"), report),
        telemetry: Telemetry::read(&section("telemetry"), report),
    }
}

/// The shipped defaults as a tree. A test proves that they parse and hold every option; were they broken, every option
/// would be missing and `range` would report it.
fn defaults() -> Node {
    let empty = Node { span: Default::default(), kind: tree::NodeKind::Map(Vec::new()) };
    tree::parse(DEFAULTS, &mut Report::new("(defaults)")).unwrap_or(empty)
}

impl<'a> Source<'a> {
    /// The option as written, else its default.
    fn get(&self, name: &str) -> Option<&'a Node> {
        self.node.and_then(|node| node.get(name)).or_else(|| self.defaults.get(name))
    }

    fn text(&self, name: &str) -> String {
        self.get(name).and_then(Node::text).unwrap_or_default().to_owned()
    }

    fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(Node::bool).unwrap_or_default()
    }

    /// A path; relative ones start from the folder of the configuration file.
    fn path(&self, name: &str) -> PathBuf {
        self.base.join(self.text(name))
    }

    /// A list of paths.
    fn paths(&self, name: &str) -> Vec<PathBuf> {
        let items = self.get(name).map(Node::items).unwrap_or_default();
        items.iter().filter_map(Node::text).map(|text| self.base.join(text)).collect()
    }
}

#[cfg(test)]
mod tests;
