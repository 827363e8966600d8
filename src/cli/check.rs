//! `waybill check`: reads a project folder and shows every problem of every definition.

use super::config_option::ConfigOption;
use super::output::{self, Colour, OutputFormat};
use super::promises;
use crate::app::load::load;
use crate::domain::catalog::{Catalog, has_errors};
use crate::domain::diagnostic::Diagnostic;
use anyhow::Context;
use clap::Args;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Checks the definitions of a project: syntax, names, types, references, and what would go wrong at run time.
///
/// All problems of all files come in one go, each with file, line, column and a hint; `docs/errors/<code>.md` says more
/// about a code. Nothing is sent and nothing is stored.
///
/// Exit codes: 0 no errors (warnings may be shown), 1 errors, 2 the folder cannot be read.
///
/// Examples:
///   waybill check
///   waybill check path/to/project --output json
///   waybill check --on 2026-11-30              also: do the calendars reach far enough from that day?
///   waybill check --promises                   also: is each write safe to repeat, and why?
///   waybill check --config waybill.yaml        also: can a hub with this configuration seal what is marked `sealed`?
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct CheckArgs {
    /// The project folder, which holds connectors/ mappings/ flows/ config/ …
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Also warns of calendars whose tables end before what begins on this day may be due. `waybill doctor` asks for today.
    #[arg(long, value_name = "DATE")]
    on: Option<jiff::civil::Date>,
    /// Also lists what each connector promises of each of its writes. Writes that may duplicate are named either way.
    #[arg(long)]
    promises: bool,
    /// Also asks whether a hub with this configuration file can take the project: document types that are `sealed` want a master key.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What a hub with the configuration that is named cannot seal; nothing where none is named.
fn without_key(args: &CheckArgs, catalog: &Catalog) -> anyhow::Result<Vec<Diagnostic>> {
    if args.config.is_none() {
        return Ok(Vec::new());
    }
    let config = ConfigOption { config: args.config.clone() }.load()?;
    Ok(if config.store.master_keys.is_empty() { catalog.unsealable() } else { Vec::new() })
}

/// Checks and shows.
pub fn run(args: &CheckArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let (files, mut diagnostics) = load(&args.folder)?;
    let (catalog, found) = Catalog::compile(files);
    diagnostics.extend(found);
    diagnostics.extend(args.on.map(|day| catalog.coming(day)).unwrap_or_default());
    let wanting = without_key(args, &catalog)?;
    let sealed: Vec<String> = if wanting.is_empty() { catalog.sealed().map(|kind| kind.id.to_string()).collect() } else { Vec::new() };
    diagnostics.extend(wanting);
    // Of a project with errors it cannot be said: the flow that listens may be the one with the error.
    let unheard = if has_errors(&diagnostics) { Vec::new() } else { catalog.unheard() };
    let mut out = std::io::stdout().lock();
    let written = match output {
        OutputFormat::Json => {
            let mut json = output::findings_json(&diagnostics);
            json["definitions"] = json!(catalog.definitions.len());
            json["promises"] = promises::json(&catalog);
            json["unheard_streams"] =
                unheard.iter().map(|(connection, stream)| json!({"connection": connection, "stream": stream})).collect();
            writeln!(out, "{json}")
        }
        OutputFormat::Text => {
            let shown = output::findings(&diagnostics, &catalog.files, Colour::of_terminal());
            let promises = promises::text(&catalog, args.promises);
            let unheard: String = unheard
                .iter()
                .map(|(connection, stream)| format!("note: nobody listens to the stream `{stream}` of `{connection}`, so it is not read\n"))
                .collect();
            let definitions = output::many(catalog.definitions.len(), "sound definition");
            let sealed = if sealed.is_empty() {
                String::new()
            } else {
                format!("note: `{}` is sealed: the hub that takes the project needs `store.master_keys`\n", sealed.join("`, `"))
            };
            writeln!(out, "{shown}{promises}{unheard}{sealed}{definitions}: {}", output::counts(&diagnostics))
        }
    };
    written.context("the result cannot be written")?;
    if catalog.definitions.is_empty() && diagnostics.is_empty() {
        anyhow::bail!("`{}` holds no definitions; a project has folders such as flows/ and connectors/", args.folder.display());
    }
    Ok(if has_errors(&diagnostics) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
