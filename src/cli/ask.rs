//! What the subcommands that ask a running hub share: printing, paging, and names people may use for a document.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use uuid::Uuid;

use super::client::Client;
use super::exit::Exit;
use super::output::OutputFormat;
use crate::app::reading::{DocumentItem, List};

/// Which page of a list.
#[derive(Debug, Args)]
pub struct PageOption {
    /// Rows, 1 to 500.
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Go on after the last page: the cursor that it ended with.
    #[arg(long)]
    cursor: Option<String>,
}

/// Which page of what belongs to one thing: as much as a page holds, since it is mostly wanted whole.
///
/// Not one type with its number as a parameter: clap keeps a default in a `static`, which all of a generic type's instances share.
#[derive(Debug, Args)]
pub struct OnwardOption {
    /// Rows, 1 to 500.
    #[arg(long, default_value_t = 500)]
    limit: u32,
    /// Go on after the last page: the cursor that it ended with.
    #[arg(long)]
    cursor: Option<String>,
}

impl PageOption {
    /// As a query.
    pub fn query<'a>(&'a self, limit: &'a mut String) -> [(&'static str, Option<&'a str>); 2] {
        query(self.limit, self.cursor.as_deref(), limit)
    }
}

impl OnwardOption {
    /// As a query.
    pub fn query<'a>(&'a self, limit: &'a mut String) -> [(&'static str, Option<&'a str>); 2] {
        query(self.limit, self.cursor.as_deref(), limit)
    }
}

fn query<'a>(rows: u32, cursor: Option<&'a str>, limit: &'a mut String) -> [(&'static str, Option<&'a str>); 2] {
    *limit = rows.to_string();
    [("limit", Some(limit.as_str())), ("cursor", cursor)]
}

/// Prints an answer: as JSON whole, or as text.
pub fn print<T: Serialize>(answer: &T, output: OutputFormat, text: impl FnOnce(&T) -> String) -> anyhow::Result<ExitCode> {
    let shown = match output {
        OutputFormat::Json => format!("{}\n", serde_json::to_string_pretty(answer).context("the answer cannot be shown")?),
        OutputFormat::Text => text(answer),
    };
    match std::io::stdout().lock().write_all(shown.as_bytes()) {
        // `| head` has seen enough.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("the answer cannot be printed"),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// The line under a page that is not the last.
pub fn more<T>(list: &List<T>) -> String {
    list.next_cursor.as_ref().map(|cursor| format!("\nThere are more: --cursor {cursor}\n")).unwrap_or_default()
}

/// The id of the document that a person names by id or by any business key.
pub async fn document_id(client: &Client, name: &str) -> anyhow::Result<Uuid> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let found: List<DocumentItem> = client.get(&["documents"], &[("key", Some(name)), ("limit", Some("10"))]).await?;
    match found.items.as_slice() {
        [] => Err(Exit::failed(format!("no document has the key `{name}`"))
            .hint("keys are compared exactly; `waybill documents list` shows some")
            .into()),
        [one] => Ok(one.id),
        several => {
            let lines = several.iter().map(|item| format!("\n  {}  {} {} from {}", item.id, item.kind, item.key, item.source));
            Err(Exit::failed(format!("several documents have the key `{name}`:{}", lines.collect::<String>()))
                .hint("name one by its id")
                .into())
        }
    }
}
