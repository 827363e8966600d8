//! `waybill connector record`: a real answer becomes an example.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde_json::{Value as Json, json};

use super::super::call::{CallArgs, called};
use super::super::exit::Exit;
use super::super::output::OutputFormat;
use super::drafting::wrong_id;
use super::try_operation::input;
use crate::domain::binding::{Connection, Setting};
use crate::domain::catalog::Definition;
use crate::domain::connector::example::replay;
use crate::domain::connector::recording::{Recorded, example};
use crate::domain::connector::{Class, Connector};
use crate::gateway::AttemptRecord;

/// Performs one operation and keeps request and answer as an example beside the connector.
///
/// What is kept is masked as the hub's own records are (`redact:` of the connector, all secrets), and holds neither the
/// address nor the settings of the connection. `waybill test` replays it from then on. Read it before you commit it: what
/// no rule of `redact:` names is kept as it came. A write is sent only with `--send`.
///
/// Examples:
///   waybill connector record erp_hq get_order --input '{"id": "1"}' --loopback
///   waybill connector record erp_hq get_order --input '{"id": "0"}' --name get_order_missing --loopback
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct RecordArgs {
    #[command(flatten)]
    call: CallArgs,
    /// The example's name; the operation's where it is left out.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Replace an example of that name.
    #[arg(long)]
    replace: bool,
    /// Allows systems on this machine itself, as `gateway.allow_loopback` does for the hub.
    #[arg(long)]
    loopback: bool,
}

/// Records.
pub async fn run(args: RecordArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let project = args.call.project.load()?;
    let (input, _) = input(&args.call, &project)?;
    let name = args.name.clone().unwrap_or_else(|| args.call.operation.clone());
    if wrong_id(&name).is_some() {
        return Err(Exit::usage(format!("`{name}` is no name for an example: small letters, digits and `_`")).into());
    }
    let target = super::super::call::target(&project, &args.call.connection, &args.call.operation)?;
    let folder = folder(&project.catalog.definitions, &target.connector().id);
    let file = format!("{folder}/examples/{name}.json");
    let path = args.call.project.project.join(&file);
    if !replaceable(&path, args.replace) {
        return Err(Exit::usage(format!("`{file}` is there already"))
            .hint("give another `--name`, or `--replace` (which replaces drafted ones without being told)")
            .into());
    }
    let called = called(&args.call, &project, &input, args.loopback).await?;
    let Some(performed) = &called.performed else {
        std::io::stdout().lock().write_all(called.text.as_bytes()).context("the result cannot be written")?;
        return Err(Exit::usage("a write is recorded only when it is sent").hint("add `--send`").into());
    };
    let recorded = Recorded {
        operation: args.call.operation.clone(),
        input,
        reference: called.reference.clone(),
        base_url: base_url(called.target.connection()),
        class: performed.class,
        exchanges: exchanges(&performed.attempts, called.target.connector()),
    };
    let example = example(called.target.connector(), &recorded).map_err(|problem| {
        let said = performed.message.as_ref().map(|message| format!(" ({message})")).unwrap_or_default();
        Exit::failed(format!("nothing was recorded: {problem}{said}"))
    })?;
    let differences = replay(called.target.connector(), &example);
    if let Some(difference) = differences.first() {
        return Err(Exit::failed(format!("nothing was recorded: its replay differs at `{}`", difference.place)).into());
    }
    let parent = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).with_context(|| format!("`{}` cannot be made", parent.display()))?;
    std::fs::write(&path, format!("{example:#}\n")).with_context(|| format!("`{}` cannot be written", path.display()))?;
    let text = match output {
        OutputFormat::Json => format!("{}\n", json!({"file": file, "class": performed.class, "example": example})),
        OutputFormat::Text => format!(
            "{file}: {} ({})\nRead it before you commit it: what no rule of `redact:` names is kept as it came.\n",
            performed.class.word(),
            performed.message.as_deref().unwrap_or("the answer is as declared")
        ),
    };
    std::io::stdout().lock().write_all(text.as_bytes()).context("the result cannot be written")?;
    Ok(ExitCode::SUCCESS)
}

/// A drafted example is there to be replaced.
fn replaceable(path: &Path, replace: bool) -> bool {
    let Ok(text) = std::fs::read_to_string(path) else { return !path.exists() || replace };
    let drafted = serde_json::from_str::<Json>(&text)
        .ok()
        .is_some_and(|known| known["note"].as_str().is_some_and(|note| note.starts_with("drafted")));
    replace || drafted
}

/// Where the connector's file stands.
fn folder(definitions: &[Definition], id: &str) -> String {
    let found = definitions.iter().find(|definition| definition.kind == "connector" && definition.id.as_ref() == id);
    found.and_then(|definition| Some(definition.path.rsplit_once('/')?.0.to_owned())).unwrap_or_else(|| format!("connectors/{id}"))
}

/// The requests of the operation itself: no log-ins, nothing that was repeated with new credentials.
fn exchanges(attempts: &[AttemptRecord], connector: &Connector) -> Vec<(Json, Json)> {
    let parsed = |text: &str| serde_json::from_str(text).unwrap_or(Json::Null);
    let of_operations = attempts.iter().filter(|attempt| connector.operation(&attempt.operation).is_some());
    let kept: Vec<&AttemptRecord> = of_operations.collect();
    let lapsed =
        |at: usize| kept[at].class == Class::AuthExpired && kept.get(at + 1).is_some_and(|next| next.operation == kept[at].operation);
    kept.iter()
        .enumerate()
        .filter(|(at, _)| !lapsed(*at))
        .map(|(_, attempt)| (parsed(&attempt.request), parsed(&attempt.response)))
        .collect()
}

fn base_url(connection: &Connection) -> Option<String> {
    match connection.settings.get("base_url")? {
        Setting::Literal(value) => value.as_str().map(str::to_owned),
        Setting::Secret(_) => None,
    }
}
