//! `waybill documents`: the ledger of a running hub.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::ask::{PageOption, document_id, more, print};
use super::client::{Client, HubOption};
use super::output::OutputFormat;
use super::table::{fields, table, time};
use crate::app::diagnosis::Diagnosis;
use crate::app::reading::{DocumentDetail, DocumentItem, FoundDocument, KEYS_MAX, KeysFound, List};

/// Shows the documents of a running hub: where each stands in every system, and why.
///
/// A document is named by its id or by any business key, the hub's or a partner's.
///
/// Examples:
///   waybill documents list --type purchase_order --status in_approval
///   waybill documents show PO-2026-004417
///   waybill documents why PO-2026-004417
///   waybill documents find 4417
///   waybill documents find --keys-from keys.txt
///   waybill documents list --output json | jq '.items[].key'
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct DocumentsArgs {
    #[command(flatten)]
    hub: HubOption,
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Lists documents, newest first.
    List {
        /// Only this type, such as purchase_order.
        #[arg(long = "type")]
        kind: Option<String>,
        /// Only this status.
        #[arg(long)]
        status: Option<String>,
        /// Only with this business key, ours or a partner's, exactly.
        #[arg(long)]
        key: Option<String>,
        #[command(flatten)]
        page: PageOption,
    },
    /// Shows one document: its revisions, where it stands in every system, its instances.
    Show {
        /// Its id or a business key.
        document: String,
    },
    /// Finds documents by keys as they are typed or pasted.
    Find {
        /// A business key, ours or a partner's: exactly, else its beginning or its end.
        #[arg(required_unless_present = "keys_from")]
        key: Option<String>,
        /// A file with one key a line, each looked for exactly; `-` reads standard input.
        #[arg(long, value_name = "FILE", conflicts_with = "key")]
        keys_from: Option<PathBuf>,
    },
    /// Says why a document is where it is, what happens next and what can be done.
    Why {
        /// Its id or a business key.
        document: String,
    },
}

/// Asks and shows.
pub async fn run(args: DocumentsArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let client = args.hub.client()?;
    match args.command {
        Verb::List { kind, status, key, page } => {
            let mut limit = String::new();
            let mut query = vec![("type", kind.as_deref()), ("status", status.as_deref()), ("key", key.as_deref())];
            query.extend(page.query(&mut limit));
            print(&client.get::<List<DocumentItem>>(&["documents"], &query).await?, output, list)
        }
        Verb::Show { document } => show(&client, &document, output).await,
        Verb::Find { key, keys_from: None } => {
            print(&client.get::<List<DocumentItem>>(&["documents"], &[("q", key.as_deref())]).await?, output, list)
        }
        Verb::Find { keys_from: Some(path), .. } => print(&find(&client, &path).await?, output, found),
        Verb::Why { document } => {
            let id = document_id(&client, &document).await?.to_string();
            print(&client.get::<Diagnosis>(&["documents", &id, "diagnosis"], &[]).await?, output, why)
        }
    }
}

async fn show(client: &Client, document: &str, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let id = document_id(client, document).await?.to_string();
    print(&client.get::<DocumentDetail>(&["documents", &id], &[]).await?, output, detail)
}

/// Up to 500 keys a request; a longer column goes in several.
async fn find(client: &Client, path: &Path) -> anyhow::Result<KeysFound> {
    let text = if path == Path::new("-") { std::io::read_to_string(std::io::stdin())? } else { std::fs::read_to_string(path)? };
    let keys: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut all = KeysFound { found: Vec::new(), not_found: Vec::new() };
    for keys in keys.chunks(KEYS_MAX) {
        let key = super::exceptions::drawn_key();
        let part: KeysFound = client.post(&["documents", "find"], &key, &serde_json::json!({"keys": keys})).await?;
        all.found.extend(part.found);
        all.not_found.extend(part.not_found);
    }
    Ok(all)
}

fn found(found: &KeysFound) -> String {
    let row = |(key, one): (&String, &FoundDocument)| {
        let waits = one.waiting_on.as_ref().map(|on| on.message.clone().or_else(|| on.at_step.clone()).unwrap_or_default());
        vec![key.clone(), one.document.key.clone(), one.document.status.clone(), waits.unwrap_or_else(|| "-".to_owned())]
    };
    let rows: Vec<_> = found.found.iter().flat_map(|one| one.documents.iter().map(move |document| (&one.key, document))).map(row).collect();
    let missing = if found.not_found.is_empty() { String::new() } else { format!("\nNot found:\n  {}\n", found.not_found.join("\n  ")) };
    table(&["KEY", "DOCUMENT", "STATUS", "WAITS FOR"], &rows, "None of the keys is known.") + &missing
}

fn list(list: &List<DocumentItem>) -> String {
    let row = |item: &DocumentItem| {
        vec![
            item.key.clone(),
            item.kind.clone(),
            item.status.clone(),
            item.source.clone(),
            item.revision.to_string(),
            time(item.updated_at),
            item.id.to_string(),
        ]
    };
    let rows: Vec<_> = list.items.iter().map(row).collect();
    table(&["KEY", "TYPE", "STATUS", "SOURCE", "REVISION", "CHANGED", "ID"], &rows, "No document fits.") + &more(list)
}

fn detail(detail: &DocumentDetail) -> String {
    let item = &detail.document;
    let head = fields(&[
        ("key", Some(item.key.clone())),
        ("type", Some(item.kind.clone())),
        ("status", Some(item.status.clone())),
        ("source", Some(format!("{} ({})", item.source, item.source_status.as_deref().unwrap_or("-")))),
        ("withdrawn", item.withdrawn.then(|| "at its source".to_owned())),
        ("revision", Some(item.revision.to_string())),
        ("first seen", Some(time(item.created_at))),
        ("changed", Some(time(item.updated_at))),
        ("id", Some(item.id.to_string())),
    ]);
    let said = |status: &Option<String>, at: Option<jiff::Timestamp>| match status {
        Some(status) => format!("{status}{}", at.map(|at| format!(" at {}", time(at))).unwrap_or_default()),
        None => "-".to_owned(),
    };
    let links = detail.links.iter().map(|link| {
        vec![
            link.connection.clone(),
            link.external_id.clone(),
            said(&link.written, link.written_at),
            said(&link.seen, link.seen_at),
            if link.closed { "over" } else { "open" }.to_owned(),
        ]
    });
    let links: Vec<_> = links.collect();
    let instances = detail.instances.iter().map(|one| {
        let at = one.outcome.clone().or(one.at_step.clone()).unwrap_or_else(|| "-".to_owned());
        vec![one.flow.clone(), one.revision.to_string(), one.status.clone(), at, time(one.started_at), one.id.to_string()]
    });
    let instances: Vec<_> = instances.collect();
    format!(
        "{head}\n{}\n{}",
        table(&["SYSTEM", "ITS ID", "WE WROTE", "IT SAID", ""], &links, "No other system holds it."),
        table(&["FLOW", "REVISION", "STATUS", "STEP OR OUTCOME", "STARTED", "ID"], &instances, "No flow has taken it."),
    )
}

fn why(diagnosis: &Diagnosis) -> String {
    let actions: Vec<_> = diagnosis.actions.iter().map(|one| format!("waybill exceptions {} {}", one.action, one.exception)).collect();
    let mut text = format!("{}\n{}\n\n{}\n{}\n\n", diagnosis.cause.en, diagnosis.next.en, diagnosis.cause.zh, diagnosis.next.zh);
    text += &fields(&[
        ("since", Some(time(diagnosis.since))),
        ("next at", diagnosis.next_action_at.map(time)),
        ("waits for", diagnosis.waiting_on.as_ref().map(|on| format!("{} ({})", on.reference, on.kind))),
        ("step", diagnosis.at_step.clone()),
        ("instance", diagnosis.instance.map(|id| id.to_string())),
    ]);
    if !actions.is_empty() {
        text += &format!("\nWhat you can do:\n  {}\n", actions.join("\n  "));
    }
    text
}
