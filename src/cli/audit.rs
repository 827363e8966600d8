//! `waybill audit`: what was done by whom, and the proof that nobody changed it since.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::ask::print;
use super::client::HubOption;
use super::config_option::ConfigOption;
use super::exit::Exit;
use super::output::OutputFormat;
use super::table::{table, time};
use crate::app::access::audit::{self, AuditChain, AuditHead, AuditItem, Unproved};
use crate::app::reading::List;
use crate::domain::access::chain::Head;
use crate::domain::ids::TenantId;
use crate::store;

/// Shows what was done by whom, exports it, and proves that nobody changed it since.
///
/// Every entry carries a hash over the one before it. `verify` follows the hashes, in the store of the configuration or in an
/// export. Whoever can write every row of the database could compute all of them anew; `--head`, taken from the hub's log or
/// from `waybill audit head` at another time, tells that too. Keep heads where the database's administrators cannot write.
///
/// Examples:
///   waybill audit list --actor ana.li
///   waybill audit head
///   waybill audit export --file audit.ndjson
///   waybill audit verify --config config/waybill.yaml
///   waybill audit verify --file audit.ndjson --head 4711:9f2a6c0d41b7e85f90aa11bc22de33f45566778899aabbccddeeff0011223344
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct AuditArgs {
    #[command(flatten)]
    hub: HubOption,
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Lists entries, the newest first.
    List {
        /// Who, by name.
        #[arg(long)]
        actor: Option<String>,
        /// What was done.
        #[arg(long)]
        action: Option<String>,
        /// To what.
        #[arg(long)]
        object: Option<String>,
        /// At or after.
        #[arg(long, value_name = "TIME")]
        since: Option<Timestamp>,
        /// How many, at most 500.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Prints where the chain ends now, to be kept elsewhere.
    Head,
    /// Writes all sealed entries in their order, one JSON object a line.
    Export {
        /// Where to; standard output when left out.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Follows the chain from its beginning to its end.
    Verify {
        #[command(flatten)]
        config: ConfigOption,
        /// An export instead of the store.
        #[arg(long, value_name = "FILE", conflicts_with = "config")]
        file: Option<PathBuf>,
        /// A head that was kept elsewhere.
        #[arg(long, value_name = "NUMBER:HASH", value_parser = head)]
        head: Option<Head>,
        /// Whose.
        #[arg(long, default_value_t = 1)]
        tenant: i32,
    },
}

fn head(text: &str) -> Result<Head, String> {
    let wrong = || "write NUMBER:HASH, as `waybill audit head` prints it".to_owned();
    let (number, hash) = text.split_once(':').ok_or_else(wrong)?;
    let number = number.parse().map_err(|_| wrong())?;
    let sound = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    if sound { Ok(Head { number, hash: hash.to_ascii_lowercase() }) } else { Err(wrong()) }
}

/// Asks and shows.
pub async fn run(args: AuditArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    match args.command {
        Verb::Verify { config, file, head, tenant } => verify(&config, file, head, TenantId(tenant), output).await,
        Verb::List { actor, action, object, since, limit } => {
            let (since, limit) = (since.map(|since| since.to_string()), limit.to_string());
            let query = [
                ("actor", actor.as_deref()),
                ("action", action.as_deref()),
                ("object", object.as_deref()),
                ("since", since.as_deref()),
                ("limit", Some(limit.as_str())),
            ];
            print(&args.hub.client()?.get::<List<AuditItem>>(&["audit"], &query).await?, output, list)
        }
        Verb::Head => print(&args.hub.client()?.get::<AuditHead>(&["audit", "head"], &[]).await?, output, |head| {
            format!("{}:{}\n", head.number, head.hash)
        }),
        Verb::Export { file } => {
            let client = args.hub.client()?;
            let mut out: Box<dyn Write> = match &file {
                Some(path) => Box::new(std::fs::File::create(path).with_context(|| format!("`{}` cannot be written", path.display()))?),
                None => Box::new(std::io::stdout().lock()),
            };
            let mut after = 0;
            loop {
                let number = after.to_string();
                let part = client.get::<AuditChain>(&["audit", "chain"], &[("after", Some(&number))]).await?;
                let Some(last) = part.items.last().and_then(|item| item.number) else { break };
                for item in &part.items {
                    writeln!(out, "{}", serde_json::to_string(item)?)?;
                }
                after = last;
            }
            out.flush()?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn verify(
    config: &ConfigOption,
    file: Option<PathBuf>,
    anchor: Option<Head>,
    tenant: TenantId,
    output: OutputFormat,
) -> anyhow::Result<ExitCode> {
    let found = match file {
        Some(path) => {
            let text =
                std::fs::read_to_string(&path).map_err(|error| Exit::usage(format!("`{}` cannot be read: {error}", path.display())))?;
            audit::verify_lines(tenant, text.lines(), anchor).map_err(Unproved::from)
        }
        None => {
            let config = config.load()?;
            let options = store::Options { read_only: true, ..store::Options::default() };
            let store = store::connect(config.store.url.expose_secret(), options).await.context("the store cannot be opened")?;
            let found = audit::verify(store.as_ref(), tenant, anchor).await;
            store.close().await;
            found
        }
    };
    match found {
        Ok(head) => print(&AuditHead { number: head.number, hash: head.hash }, output, |head| {
            format!("The audit holds: {} entries, the last with the hash {}\n", head.number, head.hash)
        }),
        Err(Unproved::Broken(broken)) => {
            let hint = "keep the database as it is, and compare it with a backup and with exports from before";
            Err(Exit::failed(format!("the audit does not hold: {broken}")).hint(hint).into())
        }
        Err(error) => Err(error.into()),
    }
}

fn list(list: &List<AuditItem>) -> String {
    let row = |item: &AuditItem| {
        let outcome = item.outcome.clone().unwrap_or_else(|| "under way".to_owned());
        vec![time(item.at), item.actor.clone(), item.via.clone(), item.action.clone(), item.object.clone().unwrap_or_default(), outcome]
    };
    let rows: Vec<_> = list.items.iter().map(row).collect();
    table(&["WHEN", "WHO", "VIA", "ACTION", "OBJECT", "OUTCOME"], &rows, "Nothing was done.")
}
