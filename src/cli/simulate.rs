//! `waybill simulate`: a document through a flow with scripted answers, told step by step. Nothing is sent.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{ArgGroup, Args};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::output::{self, Colour, OutputFormat};
use super::project_option::{Project, ProjectOption, read};
use super::simulate_text;
use crate::domain::catalog::FlowVersion;
use crate::domain::diagnostic::{Report, Span, Spanned};
use crate::domain::flow::cases::{Answers, Case, CaseResult, Setting, run as play, simulate};
use crate::domain::text::files::Files;
use crate::domain::text::tree::{Node, parse};
use crate::domain::value::Value;
use crate::runtime::{Clock, SystemClock};

/// Plays a document through a flow and tells what happens, step by step. Nothing is sent and nothing is stored.
///
/// With `--script`, the answers, events and passing time of a flow test are played, its expectations included. With
/// `--answers`, whatever the flow asks is answered by name, until it asks something that has no answer:
///
///   calls:
///     erp.check_budget: {ok: true, available: "90000.00"}     one answer for always,
///     oa.create_approval: [lost, {external_id: A1}]           or several in order
///   events:
///     oa.approval_changed: {outcome: approved}                comes once
///
/// With neither, it plays to the first question and says which answer it wants. An answer is an output, `lost`,
/// `{refused: message}`, or `{class: …, message: …}`.
///
/// Exit codes: 0 it was played (it ended, stopped for a person, or stands at a question), 1 the document does not fit or
/// the script goes wrong, 2 it was called wrongly.
///
/// Examples:
///   waybill simulate purchase_order_approval --document samples/po-1.json
///   waybill simulate purchase_order_approval --document samples/po-1.json --answers answers.yaml
///   waybill simulate purchase_order_approval --script flows/tests/rejected.yaml
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, group(ArgGroup::new("what").args(["document", "script"]).required(true).multiple(true)))]
pub struct SimulateArgs {
    /// The flow, such as purchase_order_approval.
    flow: String,
    /// The document's content, a JSON file; a script has one of its own.
    #[arg(long, value_name = "FILE")]
    document: Option<String>,
    /// A flow test whose script is played.
    #[arg(long, value_name = "FILE", conflicts_with = "answers")]
    script: Option<String>,
    /// Answers by the name of what is asked, YAML or JSON.
    #[arg(long, value_name = "FILE")]
    answers: Option<String>,
    /// When it starts, such as 2026-09-28T10:00:00+08:00; now, or what the script says.
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    #[command(flatten)]
    project: ProjectOption,
}

/// Plays and tells.
pub fn run(args: &SimulateArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let project = args.project.load()?;
    let known = || project.catalog.flows.keys().map(AsRef::as_ref);
    let version = project.catalog.flows.get(args.flow.as_str()).ok_or_else(|| project.missing("flow", &args.flow, known()))?;
    let (case, mut answers) = (case(args)?, answers(args)?);
    let result = on_stage(args, &project, version, |setting| match args.script {
        Some(_) => play(&case, setting),
        None => simulate(&case, &mut answers, setting),
    })?;
    let unused = answers.unused();
    let text = match output {
        OutputFormat::Json => format!("{}\n", json_of(args, &result, &unused)),
        OutputFormat::Text => simulate_text::tell(&result, &unused, args.script.is_some()),
    };
    std::io::stdout().lock().write_all(text.as_bytes()).context("the result cannot be written")?;
    Ok(if result.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Plays with the flow's own bindings and mappings; the document named on the command line is read from there.
fn on_stage(
    args: &SimulateArgs,
    project: &Project,
    version: &FlowVersion,
    play: impl FnOnce(&Setting<'_>) -> CaseResult,
) -> anyhow::Result<CaseResult> {
    let document = args.document.as_ref().map(|path| Ok::<_, anyhow::Error>((path, read("--document", path)?))).transpose()?;
    let bind = |document: &Value| version.bind(document).map_err(|problem| problem.to_string());
    let files = |path: &str| match &document {
        Some((named, text)) if *named == path => Some(text.clone()),
        _ => project.catalog.files.get(path).map(ToString::to_string),
    };
    Ok(play(&Setting { flow: &version.flow, variants: &version.variants, env: version, bind: &bind, files: &files }))
}

fn case(args: &SimulateArgs) -> anyhow::Result<Case> {
    let mut case = match &args.script {
        Some(path) => script(path)?,
        None => Case {
            name: format!("a simulation of {}", args.flow),
            flow: Spanned::new(args.flow.clone(), Span::default()),
            file: Arc::from("simulation"),
            document: Spanned::new(String::new(), Span::default()),
            at: SystemClock::new().now(),
            script: Vec::new(),
            expect: None,
            span: Span::default(),
        },
    };
    if case.flow.value != args.flow {
        let message = format!("the script is about the flow `{}`, not `{}`", case.flow.value, args.flow);
        return Err(Exit::usage(message).into());
    }
    case.at = args.at.unwrap_or(case.at);
    if let Some(document) = &args.document {
        case.document = Spanned::new(document.clone(), Span::default());
    }
    Ok(case)
}

fn script(path: &str) -> anyhow::Result<Case> {
    match tree("--script", path, Case::read)?.flatten() {
        Some(case) => Ok(case),
        None => Err(Exit::usage(format!("`{path}` is not a sound flow test")).into()),
    }
}

fn answers(args: &SimulateArgs) -> anyhow::Result<Answers> {
    let Some(path) = &args.answers else { return Ok(Answers::default()) };
    match tree("--answers", path, Answers::read)? {
        Some(answers) => Ok(answers),
        None => Err(Exit::usage(format!("`{path}` holds no sound answers")).into()),
    }
}

/// Reads a file with one of the readers of the language; findings go to standard error, and errors leave nothing.
fn tree<T>(what: &str, path: &str, reader: impl FnOnce(&Node, &mut Report) -> T) -> anyhow::Result<Option<T>> {
    let text = read(what, path)?;
    let mut report = Report::new(path);
    let value = parse(&text, &mut report).map(|node| reader(&node, &mut report));
    let files: Files = [(path, text.as_str())].into_iter().collect();
    let broken = report.has_errors();
    let shown = output::findings(&report.into_items(), &files, Colour::Never);
    std::io::stderr().lock().write_all(shown.as_bytes())?;
    Ok(value.filter(|_| !broken))
}

fn json_of(args: &SimulateArgs, result: &CaseResult, unused: &[&str]) -> Json {
    let exceptions: Vec<Json> = result.exceptions.iter().map(|(code, message)| json!({"code": code, "message": message})).collect();
    json!({
        "flow": args.flow,
        "trace": result.trace,
        "path": result.path,
        "outcome": result.outcome,
        "status": result.status,
        "calls": result.calls,
        "exceptions": exceptions,
        "waits": result.waits.iter().map(crate::domain::flow::cases::wait_json).collect::<Vec<_>>(),
        "unused_answers": unused,
        "failures": result.failures,
    })
}
