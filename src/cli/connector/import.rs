//! `waybill connector import`: a draft from a description of the system.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value as Json;

use super::super::exit::Exit;
use super::super::output::{self, Colour, OutputFormat};
use super::super::project_option::read;
use super::drafting::{unreadable, write};
use crate::domain::connector::draft::{curl, openapi};
use crate::domain::diagnostic::Report;
use crate::domain::text::files::Files;
use crate::domain::text::tree::parse;

/// Largest description read.
const BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Drafts a connector from a description: an OpenAPI file, or curl commands.
///
/// The draft has operations with arguments and shapes, an example for each, and a connection; what the description cannot
/// know (above all what makes a repeat of a write harmless) is listed and marked in the text. Secrets that stand in curl
/// commands become settings of the connection and are not copied. Nothing is sent, and nothing that is there is overwritten.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct ImportArgs {
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, Subcommand)]
enum From {
    /// From an OpenAPI description (2.0, 3.0, 3.1), JSON or YAML.
    Openapi {
        /// The file.
        file: PathBuf,
        /// Only operations of these names, paths or tags; may be repeated.
        #[arg(long, value_name = "NAME", value_delimiter = ',')]
        only: Vec<String>,
        #[command(flatten)]
        into: Into,
    },
    /// From curl commands, one operation each.
    Curl {
        /// The file, or `-` for standard input.
        file: String,
        /// What the first of them was answered: a JSON file from which the output is drafted. Repeated for the next ones.
        #[arg(long, value_name = "FILE")]
        answer: Vec<String>,
        #[command(flatten)]
        into: Into,
    },
}

#[derive(Debug, Args)]
struct Into {
    /// The connector's id.
    #[arg(long = "as", value_name = "ID")]
    id: String,
    /// The project folder it is written into.
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: PathBuf,
    /// Only show what would be written.
    #[arg(long)]
    dry_run: bool,
}

/// Imports.
pub fn run(args: &ImportArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let (draft, into) = match &args.from {
        From::Openapi { file, only, into } => {
            let from = file.file_name().map_or_else(|| "a file".into(), |name| name.to_string_lossy()).into_owned();
            (openapi::draft(&into.id, &from, &description(file)?, only).map_err(unreadable)?, into)
        }
        From::Curl { file, answer, into } => {
            let answers = answer.iter().map(|path| sample(path)).collect::<anyhow::Result<Vec<_>>>()?;
            (curl::draft(&into.id, &read("FILE", file)?, &answers).map_err(unreadable)?, into)
        }
    };
    write(&into.project, &draft.written(), into.dry_run, output)
}

/// A JSON file.
pub fn sample(path: &str) -> anyhow::Result<Json> {
    let wrong =
        |problem: serde_json::Error| Exit::usage(format!("`{path}` is not JSON: {problem}")).hint("an answer as the system gives it");
    Ok(serde_json::from_str(&read("--answer", path)?).map_err(wrong)?)
}

/// JSON, or YAML by our own reader: it has bounds, and it knows where a problem stands.
fn description(path: &Path) -> anyhow::Result<Json> {
    let name = path.display().to_string();
    let size = std::fs::metadata(path).map(|about| about.len()).unwrap_or_default();
    if size > BYTES_MAX {
        return Err(Exit::usage(format!("`{name}` has {size} bytes; at most {BYTES_MAX} are read")).into());
    }
    let text = read("FILE", &name)?;
    if text.trim_start().starts_with('{') {
        let wrong = |problem: serde_json::Error| Exit::usage(format!("`{name}` is not JSON: {problem}"));
        return Ok(serde_json::from_str(&text).map_err(wrong)?);
    }
    let mut report = Report::new(name.as_str());
    let node = parse(&text, &mut report);
    match node {
        Some(node) if !report.has_errors() => Ok(node.to_json()),
        _ => {
            let files: Files = [(name.as_str(), text.as_str())].into_iter().collect();
            let shown = output::findings(&report.into_items(), &files, Colour::Never);
            Err(Exit::usage(format!("`{name}` cannot be read\n{shown}")).hint("the same description as JSON is read too").into())
        }
    }
}
