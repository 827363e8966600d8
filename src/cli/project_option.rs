//! `--project`: the definitions a subcommand works on, compiled; findings are shown only when they stand in its way.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::exit::{self, Exit};
use super::output::{self, Colour};
use crate::app::load::load;
use crate::domain::catalog::Catalog;
use crate::domain::diagnostic::{Diagnostic, did_you_mean};

/// Which project.
#[derive(Debug, Args)]
pub struct ProjectOption {
    /// The project folder, which holds connectors/ mappings/ flows/ config/ …
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub project: PathBuf,
}

/// A project's sound definitions, and what was found about the others.
pub struct Project {
    /// What is sound.
    pub catalog: Catalog,
    findings: Vec<Diagnostic>,
}

impl ProjectOption {
    /// Reads and compiles it. Errors in definitions that nobody asks for do not matter here.
    pub fn load(&self) -> anyhow::Result<Project> {
        let (files, mut findings) = load(&self.project).map_err(|error| exit::usage(error.into()))?;
        let (catalog, found) = Catalog::compile(files);
        findings.extend(found);
        Ok(Project { catalog, findings })
    }
}

impl Project {
    /// The last words when there is no sound definition of this kind and name: its findings when it has errors, else the
    /// nearest name.
    pub fn missing<'n>(&self, kind: &str, name: &str, known: impl Iterator<Item = &'n str>) -> anyhow::Error {
        let broken = self.findings.iter().any(|finding| finding.severity == crate::domain::diagnostic::Severity::Error);
        let known: Vec<&str> = known.collect();
        let near = did_you_mean(name, known.iter().copied());
        if broken && near.is_none() {
            let shown = output::findings(&self.findings, &self.catalog.files, Colour::Never);
            // Nobody is left to tell when standard error is gone.
            let _ = std::io::stderr().lock().write_all(shown.as_bytes());
            return Exit::failed(format!("there is no sound {kind} `{name}`, and the project has {}", output::counts(&self.findings)))
                .into();
        }
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("the project has no {kind}s; is `--project` the right folder?"),
            None => format!("known here: {}", known.join(", ")),
        };
        Exit::usage(format!("there is no {kind} `{name}`")).hint(hint).into()
    }
}

/// JSON from an argument: the text itself, `@FILE`, or `-` for standard input.
pub fn json_argument(what: &str, argument: &str) -> anyhow::Result<serde_json::Value> {
    let (from, text) = match argument.strip_prefix('@') {
        Some(path) => (path, read(what, path)?),
        None if argument == "-" => ("standard input", read(what, "-")?),
        None => (what, argument.to_owned()),
    };
    let wrong = |problem: serde_json::Error| {
        Exit::usage(format!("`{from}` is not JSON: {problem}")).hint(format!("{what} takes JSON, `@FILE`, or `-` for standard input"))
    };
    Ok(serde_json::from_str(&text).map_err(wrong)?)
}

/// The text of a file, or of standard input for `-`.
pub fn read(what: &str, path: &str) -> anyhow::Result<String> {
    let text = if path == "-" { std::io::read_to_string(std::io::stdin().lock()) } else { std::fs::read_to_string(path) };
    Ok(text.map_err(|error| Exit::usage(format!("{what}: `{path}` cannot be read: {error}")))?)
}
