//! `waybill preview`: applies a mapping to given inputs, and says where each value came from.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::output::OutputFormat;
use super::project_option::{ProjectOption, json_argument};
use super::table::table;
use crate::domain::catalog::MappingSource;
use crate::domain::mapping::{MapError, Mapped, Mapping};

/// Applies a mapping to inputs from a file and shows what comes out. Nothing is sent and nothing is stored.
///
/// The file is JSON with one member for each input that the mapping declares, as the inputs of its tests are.
///
/// Exit codes: 0 it applies, 1 a rule fails or the mapping has errors, 2 it was called wrongly or the inputs do not fit.
///
/// Examples:
///   waybill preview po_to_oa --inputs samples/po-1.inputs.json
///   waybill preview po_to_oa --inputs samples/po-1.inputs.json --explain
///   jq -n '{doc: input}' order.json | waybill preview po_ref --inputs -
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct PreviewArgs {
    /// The mapping, such as po_to_oa.
    mapping: String,
    /// The file with the inputs, JSON; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    inputs: String,
    /// Show for every value the rule that made it, its place, and what it read.
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    project: ProjectOption,
}

/// Applies and shows.
pub fn run(args: &PreviewArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let project = args.project.load()?;
    let catalog = &project.catalog;
    let known = || catalog.mappings.keys().map(AsRef::as_ref);
    let name = args.mapping.as_str();
    let (Some(mapping), Some(source)) = (catalog.mappings.get(name), catalog.mapping_sources.get(name)) else {
        return Err(project.missing("mapping", name, known()));
    };
    let file = catalog.definition("mapping", name).map(|definition| definition.path.to_string()).unwrap_or_default();
    let inputs = inputs(args, source)?;
    let scope = source.read(&inputs).map_err(Exit::usage)?;
    let mapped = if args.explain { mapping.explain(&scope) } else { mapping.apply(&scope) };
    let (json, text, code) = match mapped {
        Ok(mapped) => {
            let explained = args.explain.then(|| explained(mapping, &mapped, &file));
            (shown_json(name, &mapped, explained.as_deref()), shown(&mapped, explained.as_deref()), ExitCode::SUCCESS)
        }
        Err(error) => (failed_json(name, mapping, &error, &file), failed(mapping, &error, &file), ExitCode::from(1)),
    };
    let text = if output == OutputFormat::Json { format!("{json}\n") } else { text };
    std::io::stdout().lock().write_all(text.as_bytes()).context("the result cannot be written")?;
    Ok(code)
}

fn inputs(args: &PreviewArgs, source: &MappingSource) -> anyhow::Result<Json> {
    let argument = if args.inputs == "-" { "-".to_owned() } else { format!("@{}", args.inputs) };
    let inputs = json_argument("--inputs", &argument)?;
    let names: Vec<&str> = source.names().collect();
    let unknown: Vec<&str> =
        inputs.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).filter(|key| !names.contains(key)).collect();
    if inputs.is_object() && unknown.is_empty() {
        return Ok(inputs);
    }
    let what = if unknown.is_empty() { "it is not a mapping".to_owned() } else { format!("it has `{}`", unknown.join("`, `")) };
    let hint = format!("the file has one member for each input of the mapping: {}", names.join(", "));
    Err(Exit::usage(format!("`{}` does not fit the mapping: {what}", args.inputs)).hint(hint).into())
}

/// One value and where it came from.
struct Explained {
    target: String,
    value: Json,
    line: u32,
    file: String,
    rule: String,
    inputs: Vec<String>,
}

fn explained(mapping: &Mapping, mapped: &Mapped, file: &str) -> Vec<Explained> {
    let places = mapped.places();
    let one = |origin: &crate::domain::mapping::Origin| Explained {
        target: origin.path.clone(),
        value: places.get(&origin.path).map_or(Json::Null, |value| value.to_json()),
        line: origin.span.line,
        file: file.to_owned(),
        rule: mapping.infos[origin.rule].path.clone(),
        inputs: origin.inputs.clone(),
    };
    mapped.origins.iter().map(one).collect()
}

fn shown(mapped: &Mapped, explained: Option<&[Explained]>) -> String {
    let Some(explained) = explained else { return format!("{:#}\n", mapped.value.to_json()) };
    let row = |one: &Explained| {
        let inputs = if one.inputs.is_empty() { "(a constant)".to_owned() } else { one.inputs.join(", ") };
        vec![one.target.clone(), one.value.to_string(), format!("{}:{}", one.file, one.line), inputs]
    };
    let rows: Vec<_> = explained.iter().map(row).collect();
    table(&["TARGET", "VALUE", "RULE", "FROM"], &rows, "No rule makes a value.")
}

fn shown_json(name: &str, mapped: &Mapped, explained: Option<&[Explained]>) -> Json {
    let mut json = json!({"mapping": name, "result": mapped.value.to_json()});
    if let Some(explained) = explained {
        let one = |one: &Explained| json!({"target": one.target, "value": one.value, "rule": {"file": one.file, "line": one.line, "path": one.rule}, "inputs": one.inputs});
        json["explained"] = explained.iter().map(one).collect();
    }
    json
}

fn failed(mapping: &Mapping, error: &MapError, file: &str) -> String {
    format!("{file}:{}: {error} (rule {})\n", error.span.line, mapping.infos[error.rule].path)
}

fn failed_json(name: &str, mapping: &Mapping, error: &MapError, file: &str) -> Json {
    let rule = json!({"file": file, "line": error.span.line, "path": mapping.infos[error.rule].path});
    json!({"mapping": name, "error": {"message": error.to_string(), "target": error.target, "rule": rule}})
}
