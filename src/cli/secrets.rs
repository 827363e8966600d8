//! `waybill secrets`: what the hub keeps for connections. A value goes in and never comes out.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use super::ask::print;
use super::client::{Client, HubOption};
use super::exceptions::drawn_key;
use super::exit::Exit;
use super::output::OutputFormat;
use super::table::{table, time};
use crate::app::secrets::{Rewrapped, SecretItem, SecretItems, SecretSet};

/// Shows and sets the secrets of connections.
///
/// `{secret: store/NAME}` in a connection names a secret that the hub keeps, sealed with the first of `store.master_keys`.
/// `set` reads the value from a file or from standard input, never from the command line, where others could see it; one line
/// break at its end is no part of it. Nothing gives it back.
///
/// A new master key, while everything runs: add it at the end of `store.master_keys` of every replica and start each anew; move
/// it to the front and start each anew; `rewrap`; once `list` shows nothing under the old one, take that out.
///
/// Examples:
///   waybill secrets list
///   waybill secrets set erp_api_key --file erp.key --expires 2027-11-30T00:00:00Z
///   pass show erp | waybill secrets set erp_api_key --over 3
///   waybill secrets rewrap
///   waybill secrets remove erp_api_key
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct SecretsArgs {
    #[command(flatten)]
    hub: HubOption,
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Lists secrets with where they are kept, who uses them and when they end.
    List,
    /// Keeps a value, a new secret's or a new one of a secret that is there.
    Set(Set),
    /// Wraps every secret with the first master key.
    Rewrap,
    /// Removes a secret that no connection names.
    Remove {
        /// The secret's name.
        name: String,
        /// Only this version, as `list` shows it; left out: whatever is there.
        #[arg(long, value_name = "VERSION")]
        over: Option<u32>,
    },
}

/// A value to keep.
#[derive(Debug, Args)]
struct Set {
    /// The secret's name.
    name: String,
    /// Where the value stands; `-` for standard input.
    #[arg(long, value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// When the partner will not take it any more.
    #[arg(long, value_name = "TIME")]
    expires: Option<Timestamp>,
    /// Only over this version, as `list` shows it, or 0 where there is none yet; left out: over whatever is there.
    #[arg(long, value_name = "VERSION")]
    over: Option<u32>,
}

/// Asks and shows.
pub async fn run(args: SecretsArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let client = args.hub.client()?;
    match args.command {
        Verb::List => print(&client.get::<SecretItems>(&["secrets"], &[]).await?, output, list),
        Verb::Set(order) => set(&client, &order, output).await,
        Verb::Rewrap => {
            let done = client.post::<Rewrapped>(&["secrets", "rewrap"], &drawn_key(), &json!({})).await?;
            print(&done, output, rewrapped)?;
            Ok(if done.closed.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
        }
        Verb::Remove { name, over } => {
            // Whoever names a secret and nothing else means whatever is there.
            let seen = over.map_or_else(|| "*".to_owned(), |version| format!("\"{version}\""));
            client.delete_seen(&["secrets", &name], &seen).await?;
            print(&json!({"removed": name}), output, |_| format!("The hub keeps no secret `{name}` any more.\n"))
        }
    }
}

async fn set(client: &Client, set: &Set, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let Set { name, file, expires, over } = set;
    let text = match file.as_path() == Path::new("-") {
        true => std::io::read_to_string(std::io::stdin().lock()).context("standard input cannot be read")?,
        false => std::fs::read_to_string(file).with_context(|| format!("`{}` cannot be read", file.display()))?,
    };
    let value = text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    if value.is_empty() {
        return Err(Exit::usage("the value is empty").into());
    }
    let version = over.map(|version| format!("\"{version}\""));
    let seen = match (over, &version) {
        (Some(0), _) => ("if-none-match", "*"),
        (_, Some(version)) => ("if-match", version.as_str()),
        // Whoever names a secret and nothing else means whatever is there.
        (_, None) => ("if-match", "*"),
    };
    let done = client.put::<SecretSet>(&["secrets", name], seen, &json!({"value": value, "expires_at": expires})).await?;
    print(&done, output, |done| {
        let ends = done.expires_at.map(|at| format!(" It ends on {}.", time(at))).unwrap_or_default();
        format!("`{}` holds version {}.{ends}\n", done.place, done.version)
    })
}

fn list(secrets: &SecretItems) -> String {
    let row = |item: &SecretItem| {
        let kept = item.kept.as_ref();
        let used: Vec<String> = item.used_by.iter().map(|used| format!("{}.{}", used.connection, used.setting)).collect();
        let state = kept.map_or_else(|| if item.found { "found" } else { "missing" }.to_owned(), |kept| kept.state.clone());
        vec![
            item.place.clone(),
            state,
            kept.map(|kept| kept.version.to_string()).unwrap_or_default(),
            kept.map(|kept| kept.master.clone()).unwrap_or_default(),
            kept.and_then(|kept| kept.expires_at).map(time).unwrap_or_default(),
            used.join(" "),
        ]
    };
    let rows: Vec<_> = secrets.items.iter().map(row).collect();
    table(&["PLACE", "STATE", "VERSION", "MASTER KEY", "ENDS", "USED BY"], &rows, "No connection names a secret, and the hub keeps none.")
}

fn rewrapped(done: &Rewrapped) -> String {
    let mut text = format!("`{}` wrapped {} secrets; {} were wrapped by it before.\n", done.master, done.rewrapped, done.unchanged);
    if !done.closed.is_empty() {
        text.push_str(&format!("These cannot be opened, because their master key is not here: {}\n", done.closed.join(", ")));
    }
    text
}
