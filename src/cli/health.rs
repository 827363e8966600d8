//! `waybill health`: whether a hub lives and is ready, for container health checks and scripts. No token is needed.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::ask::print;
use super::exit::Exit;
use super::output::OutputFormat;

/// A hub that takes longer is not well.
const TIMEOUT: Duration = Duration::from_secs(4);

/// Asks a hub whether it lives and whether work may be sent to it.
///
/// Exit codes: 0 it lives (with `--ready`: and is ready), 1 it lives but is not ready, 3 it does not answer.
///
/// Examples:
///   waybill health
///   waybill health --ready --url http://127.0.0.1:8480
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct HealthArgs {
    /// The hub's address.
    #[arg(long, env = "WAYBILL_URL", default_value = "http://127.0.0.1:8480")]
    url: Url,
    /// Fail when it is not ready: starting, without its database, or stopping.
    #[arg(long)]
    ready: bool,
}

/// What `/ready` says, as far as it is looked at here.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Ready {
    ready: bool,
    #[serde(default)]
    parts: BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct Answer {
    alive: bool,
    #[serde(flatten)]
    ready: Ready,
}

/// Asks and shows.
pub async fn run(args: HealthArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let ready = ask(&args.url).await.map_err(|why| Exit::unreachable(format!("{} does not answer: {why}", args.url)))?;
    let answer = Answer { alive: true, ready };
    print(&answer, output, shown)?;
    Ok(if args.ready && !answer.ready.ready { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// What `/ready` says; a hub that is not ready says so with a 503 that has the same body.
pub(super) async fn ask(base: &Url) -> anyhow::Result<Ready> {
    // The second install in one process fails and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(TIMEOUT).no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
    let url = base.join("/ready")?;
    let answer = client.get(url).send().await.map_err(reqwest::Error::without_url)?;
    Ok(serde_json::from_slice(&answer.bytes().await?)?)
}

fn shown(answer: &Answer) -> String {
    let mut text = if answer.ready.ready { "it lives and is ready\n" } else { "it lives and is not ready\n" }.to_owned();
    for (part, state) in &answer.ready.parts {
        text.push_str(&format!("  {part}: {}\n", super::output::printable(state.as_str().unwrap_or(&state.to_string()))));
    }
    text
}
