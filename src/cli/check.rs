//! `waybill check`: reads a project folder and shows every problem of every definition.

use super::output::{self, Colour, OutputFormat};
use super::promises;
use crate::app::load::load;
use crate::domain::catalog::{Catalog, has_errors};
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
}

/// Checks and shows.
pub fn run(args: &CheckArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let (files, mut diagnostics) = load(&args.folder)?;
    let (catalog, found) = Catalog::compile(files);
    diagnostics.extend(found);
    diagnostics.extend(args.on.map(|day| catalog.coming(day)).unwrap_or_default());
    let mut out = std::io::stdout().lock();
    let written = match output {
        OutputFormat::Json => {
            let mut json = output::findings_json(&diagnostics);
            json["definitions"] = json!(catalog.definitions.len());
            json["promises"] = promises::json(&catalog);
            writeln!(out, "{json}")
        }
        OutputFormat::Text => {
            let shown = output::findings(&diagnostics, &catalog.files, Colour::of_terminal());
            let promises = promises::text(&catalog, args.promises);
            let definitions = output::many(catalog.definitions.len(), "sound definition");
            writeln!(out, "{shown}{promises}{definitions}: {}", output::counts(&diagnostics))
        }
    };
    written.context("the result cannot be written")?;
    if catalog.definitions.is_empty() && diagnostics.is_empty() {
        anyhow::bail!("`{}` holds no definitions; a project has folders such as flows/ and connectors/", args.folder.display());
    }
    Ok(if has_errors(&diagnostics) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
