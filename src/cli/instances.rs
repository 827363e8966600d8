//! `waybill instances`: runs of flows in a running hub.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use uuid::Uuid;

use super::ask::{OnwardOption, PageOption, document_id, more, print};
use super::client::HubOption;
use super::instances_migrate::{self, MigrateInstances};
use super::output::OutputFormat;
use super::table::{fields, table, time};
use crate::app::reading::{Attempt, Effect, HistoryItem, InstanceItem, List};

/// Shows the instances of a running hub: what happened in each, and every request that was made for it.
///
/// Examples:
///   waybill instances list --status exception
///   waybill instances list --document PO-2026-004417
///   waybill instances history 0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33
///   waybill instances attempts 0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33 --output json
///   waybill instances migrate purchase_order_approval --dry-run
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct InstancesArgs {
    #[command(flatten)]
    hub: HubOption,
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Lists instances, newest first.
    List {
        /// Only of this flow.
        #[arg(long)]
        flow: Option<String>,
        /// Only running, exception, ended or superseded ones.
        #[arg(long)]
        status: Option<String>,
        /// Only of this document: its id or a business key.
        #[arg(long)]
        document: Option<String>,
        #[command(flatten)]
        page: PageOption,
    },
    /// Shows one instance.
    Show {
        /// Its id.
        instance: Uuid,
    },
    /// Shows what happened, oldest first.
    History {
        /// Its id.
        instance: Uuid,
        #[command(flatten)]
        page: OnwardOption,
    },
    /// Shows what it asked for, oldest first.
    Effects {
        /// Its id.
        instance: Uuid,
        #[command(flatten)]
        page: OnwardOption,
    },
    /// Shows every request made for it, oldest first.
    Attempts {
        /// Its id.
        instance: Uuid,
        #[command(flatten)]
        page: OnwardOption,
    },
    Migrate(MigrateInstances),
}

/// Asks and shows.
pub async fn run(args: InstancesArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let client = args.hub.client()?;
    let of = |instance: Uuid| instance.to_string();
    match args.command {
        Verb::List { flow, status, document, page } => {
            let document = match document {
                Some(name) => Some(document_id(&client, &name).await?.to_string()),
                None => None,
            };
            let mut limit = String::new();
            let mut query = vec![("flow", flow.as_deref()), ("status", status.as_deref()), ("document", document.as_deref())];
            query.extend(page.query(&mut limit));
            print(&client.get::<List<InstanceItem>>(&["instances"], &query).await?, output, list)
        }
        Verb::Show { instance } => print(&client.get::<InstanceItem>(&["instances", &of(instance)], &[]).await?, output, show),
        Verb::History { instance, page } => {
            let mut limit = String::new();
            let query = page.query(&mut limit);
            print(&client.get::<List<HistoryItem>>(&["instances", &of(instance), "history"], &query).await?, output, history)
        }
        Verb::Effects { instance, page } => {
            let mut limit = String::new();
            let query = page.query(&mut limit);
            print(&client.get::<List<Effect>>(&["instances", &of(instance), "effects"], &query).await?, output, effects)
        }
        Verb::Attempts { instance, page } => {
            let mut limit = String::new();
            let query = page.query(&mut limit);
            print(&client.get::<List<Attempt>>(&["instances", &of(instance), "attempts"], &query).await?, output, attempts)
        }
        Verb::Migrate(args) => instances_migrate::run(&client, args, output).await,
    }
}

fn dash(text: Option<&String>) -> String {
    text.cloned().unwrap_or_else(|| "-".to_owned())
}

fn list(list: &List<InstanceItem>) -> String {
    let row = |one: &InstanceItem| {
        let at = one.outcome.as_ref().or(one.at_step.as_ref());
        vec![one.flow.clone(), one.status.clone(), dash(at), one.revision.to_string(), time(one.started_at), one.id.to_string()]
    };
    let rows: Vec<_> = list.items.iter().map(row).collect();
    table(&["FLOW", "STATUS", "STEP OR OUTCOME", "REVISION", "STARTED", "ID"], &rows, "No instance fits.") + &more(list)
}

fn show(one: &InstanceItem) -> String {
    fields(&[
        ("flow", Some(one.flow.clone())),
        ("status", Some(one.status.clone())),
        ("outcome", one.outcome.clone()),
        ("step", one.at_step.clone()),
        ("document", Some(format!("{} revision {}", one.document, one.revision))),
        ("version", Some(one.version.clone())),
        ("started", Some(time(one.started_at))),
        ("changed", Some(time(one.updated_at))),
        ("ended", one.ended_at.map(time)),
        ("id", Some(one.id.to_string())),
    ])
}

fn history(list: &List<HistoryItem>) -> String {
    let rows = list.items.iter().flat_map(|item| {
        item.entries.iter().map(move |line| {
            let visit = line.visit.filter(|visit| *visit > 1).map(|visit| format!("#{visit}")).unwrap_or_default();
            let step = line.step.as_ref().map_or_else(|| "-".to_owned(), |step| format!("{step}{visit}"));
            let detail = if line.detail.is_null() { String::new() } else { line.detail.to_string() };
            vec![time(item.at), line.kind.clone(), step, detail]
        })
    });
    table(&["AT", "WHAT", "STEP", "FACTS"], &rows.collect::<Vec<_>>(), "Nothing has happened yet.") + &more(list)
}

fn effects(list: &List<Effect>) -> String {
    let row = |one: &Effect| {
        let what = one.operation.clone().unwrap_or_else(|| "notice".to_owned());
        let due = if one.state == "waiting" { time(one.due_at) } else { "-".to_owned() };
        vec![one.step.clone(), one.connection.clone(), what, dash(one.reference.as_ref()), one.state.clone(), one.attempts.to_string(), due]
    };
    let rows: Vec<_> = list.items.iter().map(row).collect();
    table(&["STEP", "SYSTEM", "OPERATION", "REFERENCE", "STATE", "ATTEMPTS", "NEXT AT"], &rows, "It has asked for nothing yet.")
        + &more(list)
}

fn attempts(list: &List<Attempt>) -> String {
    let row = |one: &Attempt| {
        let status = one.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
        let number = format!("{}.{}", one.number, one.part);
        vec![
            time(one.started_at),
            one.connection.clone(),
            one.operation.clone(),
            one.purpose.clone(),
            number,
            status,
            one.class.clone(),
            format!("{} ms", one.duration_millis),
            one.message.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = list.items.iter().map(row).collect();
    table(&["AT", "SYSTEM", "OPERATION", "PURPOSE", "TRY", "HTTP", "CLASS", "TOOK", "MESSAGE"], &rows, "No request was made yet.")
        + &more(list)
}
