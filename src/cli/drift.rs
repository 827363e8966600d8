//! `waybill drift`: where systems and the ledger of a running hub differ.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;
use uuid::Uuid;

use super::ask::{PageOption, document_id, more, print};
use super::client::HubOption;
use super::output::OutputFormat;
use super::table::{fields, table, time};
use crate::app::reading::{DriftCount, DriftItem, List};
use crate::app::reconcile::RepairOutcome;

/// Lists where systems and the ledger of a running hub differ, and says what becomes of it.
///
/// A difference that is gone at the next run is resolved by itself. `repair` reads the object once more and, when it still
/// differs, sets off the flow's own reaction to it (`reactions: - {drift: …, at: …, do: […]}`); nothing else writes.
///
/// Examples:
///   waybill drift list
///   waybill drift groups
///   waybill drift repair 0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33 --reason "the release got lost" --dry-run
///   waybill drift accept 0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33 --reason "settled by hand, see voucher 118"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct DriftArgs {
    #[command(flatten)]
    hub: HubOption,
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Lists differences, newest first; only open ones unless told otherwise.
    List {
        #[command(flatten)]
        which: Filter,
        #[command(flatten)]
        page: PageOption,
    },
    /// Counts differences by kind and connection.
    Groups {
        #[command(flatten)]
        which: Filter,
    },
    /// Shows one difference.
    Show {
        /// Its id.
        drift: Uuid,
    },
    /// Says that a difference may stay as it is; another value on either side opens it again.
    Accept {
        /// Its id.
        drift: Uuid,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Sets the flow's reaction to it off.
    Repair {
        /// Its id.
        drift: Uuid,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Only tell what would be done.
        #[arg(long)]
        dry_run: bool,
        /// Repeating the command with the same key does nothing twice. Without it, a key is drawn.
        #[arg(long)]
        key: Option<String>,
    },
}

#[derive(Debug, Args)]
struct Filter {
    /// open, accepted, resolved or all.
    #[arg(long, default_value = "open", value_parser = ["open", "accepted", "resolved", "all"])]
    state: String,
    /// Only of this kind, such as amount_differs.
    #[arg(long)]
    kind: Option<String>,
    /// Only of this connection.
    #[arg(long)]
    connection: Option<String>,
    /// Only of this document: its id or a business key.
    #[arg(long)]
    document: Option<String>,
    /// Only what this run saw last.
    #[arg(long)]
    run: Option<Uuid>,
}

/// Asks, tells and shows.
pub async fn run(args: DriftArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let client = args.hub.client()?;
    match args.command {
        Verb::List { which, page } => {
            let (document, run) = ids(&client, &which).await?;
            let mut limit = String::new();
            let mut query = which.query(document.as_deref(), run.as_deref());
            query.extend(page.query(&mut limit));
            print(&client.get::<List<DriftItem>>(&["drift"], &query).await?, output, |list| rows(&list.items) + &more(list))
        }
        Verb::Groups { which } => {
            let (document, run) = ids(&client, &which).await?;
            let query = which.query(document.as_deref(), run.as_deref());
            print(&client.get::<Vec<DriftCount>>(&["drift", "groups"], &query).await?, output, |groups| counts(groups))
        }
        Verb::Show { drift } => print(&client.get::<DriftItem>(&["drift", &drift.to_string()], &[]).await?, output, show),
        Verb::Accept { drift, reason } => {
            let key = super::exceptions::drawn_key();
            let path = ["drift", &drift.to_string(), "accept"];
            print(&client.post::<DriftItem>(&path, &key, &json!({"reason": reason})).await?, output, show)
        }
        Verb::Repair { drift, reason, dry_run, key } => {
            let key = key.unwrap_or_else(super::exceptions::drawn_key);
            let body = json!({"reason": reason, "dry_run": dry_run});
            print(&client.post::<RepairOutcome>(&["drift", &drift.to_string(), "repair"], &key, &body).await?, output, outcome)
        }
    }
}

async fn ids(client: &super::client::Client, which: &Filter) -> anyhow::Result<(Option<String>, Option<String>)> {
    let document = match &which.document {
        Some(name) => Some(document_id(client, name).await?.to_string()),
        None => None,
    };
    Ok((document, which.run.map(|id| id.to_string())))
}

impl Filter {
    fn query<'a>(&'a self, document: Option<&'a str>, run: Option<&'a str>) -> Vec<(&'static str, Option<&'a str>)> {
        vec![
            ("state", Some(self.state.as_str()).filter(|state| *state != "all")),
            ("kind", self.kind.as_deref()),
            ("connection", self.connection.as_deref()),
            ("document", document),
            ("reconciliation", run),
        ]
    }
}

/// Differences as a table.
pub fn rows(items: &[DriftItem]) -> String {
    let dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let row = |one: &DriftItem| {
        vec![
            time(one.first_seen_at),
            one.kind.clone(),
            one.connection.clone(),
            dash(&one.external_id),
            dash(&one.field),
            dash(&one.ours),
            dash(&one.theirs),
            one.state.clone(),
            one.id.to_string(),
        ]
    };
    let shown: Vec<_> = items.iter().map(row).collect();
    let headings = ["SINCE", "KIND", "CONNECTION", "OBJECT", "FIELD", "OURS", "THEIRS", "STATE", "ID"];
    table(&headings, &shown, "Nothing differs.")
}

fn counts(groups: &[DriftCount]) -> String {
    let row = |one: &DriftCount| vec![one.count.to_string(), one.kind.clone(), one.connection.clone(), one.state.clone(), time(one.oldest)];
    let shown: Vec<_> = groups.iter().map(row).collect();
    table(&["COUNT", "KIND", "CONNECTION", "STATE", "OLDEST"], &shown, "Nothing differs.")
}

fn show(one: &DriftItem) -> String {
    fields(&[
        ("kind", Some(one.kind.clone())),
        ("state", Some(one.state.clone())),
        ("connection", Some(one.connection.clone())),
        ("object", one.external_id.clone()),
        ("field", one.field.clone()),
        ("ours", one.ours.clone()),
        ("theirs", one.theirs.clone()),
        ("first seen", Some(time(one.first_seen_at))),
        ("last seen", Some(time(one.last_seen_at))),
        ("repair", one.repair.clone()),
        ("begun", one.repair_at.map(time)),
        ("resolution", one.resolution.clone()),
        ("reason", one.reason.clone()),
        ("by", one.resolved_by.clone()),
        ("document", one.document.map(|id| id.to_string())),
        ("run", one.reconciliation.map(|id| id.to_string())),
        ("id", Some(one.id.to_string())),
    ])
}

fn outcome(outcome: &RepairOutcome) -> String {
    let steps: String = outcome.steps.iter().map(|step| format!("  {step}\n")).collect();
    let watch = outcome.instance.map(|id| format!("Watch it with `waybill instances history {id}`.\n")).unwrap_or_default();
    match outcome.outcome.as_str() {
        "gone" => "Read again just now, it does not differ any more.\n".to_owned(),
        "begun" => format!("The flow does:\n{steps}{watch}"),
        _ => format!("The flow would do:\n{steps}"),
    }
}
