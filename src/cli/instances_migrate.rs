//! `waybill instances migrate`: moves running instances to another version of their flow.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use uuid::Uuid;

use super::ask::print;
use super::client::Client;
use super::output::OutputFormat;
use super::table::table;
use crate::app::publishing::{MigrationItem, Migrations};

/// Moves running instances to another version of their flow. Without ids: those under way on another version, at most 500 a
/// call. What does not fit stays on its version and says why; `--dry-run` says it without doing anything.
#[derive(Debug, Args)]
pub struct MigrateInstances {
    /// The flow.
    flow: String,
    /// Only this instance; may be given again.
    #[arg(long = "instance", value_name = "ID")]
    instances: Vec<Uuid>,
    /// The version; the live one when left out.
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
    /// Only say what would be.
    #[arg(long)]
    dry_run: bool,
    /// Why, for the history.
    #[arg(long)]
    reason: Option<String>,
}

/// Moves and shows; code 1 when an instance could not be moved.
pub async fn run(client: &Client, args: MigrateInstances, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let instances = Some(&args.instances).filter(|ids| !ids.is_empty());
    let body = json!({"flow": args.flow, "to": args.to, "instances": instances, "dry_run": args.dry_run, "reason": args.reason});
    let done: Migrations = client.post(&["instances", "migrations"], &super::exceptions::drawn_key(), &body).await?;
    print(&done, output, told)?;
    Ok(if done.refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn told(done: &Migrations) -> String {
    let row = |one: &MigrationItem| {
        let why = one.why.iter().cloned().chain(
            one.plan
                .obstacles
                .iter()
                .map(|found| if found.step.is_empty() { found.message.clone() } else { format!("{}: {}", found.step, found.message) }),
        );
        let lost = one.plan.lost.iter().map(|step| format!("{step} is no longer seen"));
        let not_run = one.plan.not_run.iter().map(|step| format!("{step} is not run"));
        let notes = one.plan.notes.iter().map(|note| format!("{}: {}", note.step, note.message));
        let words: Vec<String> = why.chain(lost).chain(not_run).chain(notes).collect();
        vec![one.instance.to_string(), one.result.clone(), one.plan.stands_at.join(", "), words.join("; ")]
    };
    let rows: Vec<_> = done.items.iter().map(row).collect();
    let word = if done.dry_run { "can be moved" } else { "moved" };
    let more = if done.more { " There are more: call it again." } else { "" };
    let version: String = done.to.chars().take(12).collect();
    format!(
        "{}\nTo version {version} of {}: {} {word}, {} not.{more}\n",
        table(&["INSTANCE", "RESULT", "AT", "WHAT"], &rows, "No instance is under way on another version."),
        done.flow,
        done.moved,
        done.refused
    )
}
