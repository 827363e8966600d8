//! `waybill reconcile`: reads a connection of a running hub back and shows the statement.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::ask::print;
use super::client::{Client, HubOption};
use super::exit::Exit;
use super::output::OutputFormat;
use super::table::{fields, table, time};
use crate::api::planned::Planned;
use crate::app::reading::{DriftItem, List, ReconciliationItem, WindowView};

/// Reads a connection back, compares its objects with the ledger and shows what differs.
///
/// The hub does the work, within the share of the connection's rate that its file allows; any replica goes on with a run
/// that another has begun. Exit code 1 when something differs that nobody has accepted.
///
/// Examples:
///   waybill reconcile erp_hq                                   open documents, and those of the connection's window
///   waybill reconcile erp_hq --since 2026-09-01T00:00:00+08:00
///   waybill reconcile oa_main --open                           only open documents
///   waybill reconcile erp_hq --no-wait                         ask for the run and go
///   waybill reconcile --list                                   the last runs
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct ReconcileArgs {
    #[command(flatten)]
    hub: HubOption,
    /// The connection.
    #[arg(required_unless_present = "list")]
    connection: Option<String>,
    /// Documents that ended since then, RFC 3339; the connection's window where it is left out.
    #[arg(long)]
    since: Option<Timestamp>,
    /// Up to then; now where it is left out.
    #[arg(long)]
    until: Option<Timestamp>,
    /// Only open documents, and those that differed when they were read last.
    #[arg(long, conflicts_with_all = ["since", "until"])]
    open: bool,
    /// Why, for the record.
    #[arg(long)]
    reason: Option<String>,
    /// Do not wait for the end of the run.
    #[arg(long)]
    no_wait: bool,
    /// Show the last runs instead, of this connection or of all.
    #[arg(long, conflicts_with_all = ["since", "until", "open", "reason", "no_wait"])]
    list: bool,
    /// Repeating the command with the same key is the same run. Without it, a key is drawn.
    #[arg(long)]
    key: Option<String>,
}

/// Between two looks at a run.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Asks, waits and shows.
pub async fn run(args: ReconcileArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let client = args.hub.client()?;
    if args.list {
        let query = [("connection", args.connection.as_deref()), ("limit", Some("20"))];
        return print(&client.get::<List<ReconciliationItem>>(&["reconciliations"], &query).await?, output, runs);
    }
    let body = json!({
        "connection": args.connection,
        "since": args.since,
        "until": args.until,
        "open": args.open,
        "reason": args.reason,
    });
    let key = args.key.clone().unwrap_or_else(super::exceptions::drawn_key);
    let planned: Planned = client.post(&["reconciliations"], &key, &body).await?;
    if args.no_wait {
        return print(&planned, output, |planned| format!("Planned: run {}\n", planned.id));
    }
    let run = wait(&client, &planned.id.to_string()).await?;
    let drift = drift_of(&client, &run).await?;
    print(&json!({"run": run, "drift": drift}), output, |_| statement(&run, &drift))?;
    match run.state.as_str() {
        "done" if run.statement.differ == 0 && !drift.iter().any(|one| one.state == "open") => Ok(ExitCode::SUCCESS),
        "done" => Ok(ExitCode::FAILURE),
        state => Err(Exit::failed(format!("the run is {state}: {}", run.problem.unwrap_or_default())).into()),
    }
}

async fn wait(client: &Client, id: &str) -> anyhow::Result<ReconciliationItem> {
    loop {
        let run: ReconciliationItem = client.get(&["reconciliations", id], &[]).await?;
        if !matches!(run.state.as_str(), "planned" | "running") {
            return Ok(run);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// The first page is what a person reads; the rest is under `waybill drift list`.
async fn drift_of(client: &Client, run: &ReconciliationItem) -> anyhow::Result<Vec<DriftItem>> {
    let id = run.id.to_string();
    let found: List<DriftItem> = client.get(&["drift"], &[("reconciliation", Some(&id)), ("limit", Some("500"))]).await?;
    Ok(found.items.into_iter().filter(|one| one.state != "resolved").collect())
}

fn runs(list: &List<ReconciliationItem>) -> String {
    let row = |one: &ReconciliationItem| {
        vec![time(one.requested_at), one.connection.clone(), one.state.clone(), one.sentence.clone(), one.id.to_string()]
    };
    let rows: Vec<_> = list.items.iter().map(row).collect();
    table(&["ASKED", "CONNECTION", "STATE", "STATEMENT", "ID"], &rows, "Nothing was reconciled yet.")
}

fn statement(run: &ReconciliationItem, drift: &[DriftItem]) -> String {
    let found = &run.statement;
    let took = run.started_at.zip(run.ended_at).map(|(began, ended)| format!("{:#}", ended.duration_since(began)));
    let mut text = format!("{}\n\n", run.sentence);
    text += &fields(&[
        ("connection", Some(run.connection.clone())),
        ("from", Some(time(run.since))),
        ("until", Some(time(run.until))),
        ("state", Some(run.state.clone())),
        ("problem", run.problem.clone()),
        ("took", took),
        ("requests", Some(found.calls.to_string())),
        ("new", Some(found.new.to_string())),
        ("resolved", Some(found.resolved.to_string())),
        ("repairs begun", Some(found.repairs.to_string())),
        ("repairs held", found.repairs_held.clone()),
        ("run", Some(run.id.to_string())),
    ]);
    let window = |one: &WindowView| {
        let span = one.since.zip(one.until).map_or_else(|| "one by one".to_owned(), |(from, to)| format!("{} – {}", time(from), time(to)));
        vec![one.objects.clone(), span, format!("{} of {} agree", one.agree, one.compared), one.calls.to_string()]
    };
    let windows: Vec<_> = found.windows.iter().map(window).collect();
    text += &format!("\n{}", table(&["OBJECTS", "WINDOW", "STATEMENT", "REQUESTS"], &windows, "Nothing was read."));
    if !drift.is_empty() {
        text += &format!("\n{}", super::drift::rows(drift));
    }
    text
}
