//! `waybill doctor`: tries everything a hub needs and says what to do about what does not work.

mod broker;
mod calendars;
mod certificate;
mod connections;
mod database;
mod definitions;
mod door;
mod forms;
mod machine;
mod postgres;
mod secrets;
mod tokens;

use std::process::ExitCode;

use clap::Args;
use secrecy::ExposeSecret;
use serde::Serialize;

use super::ask::print;
use super::config_option::ConfigOption;
use super::output::OutputFormat;
use crate::runtime::{Clock, SystemClock};

/// Tries what a hub needs: configuration, secrets, port and public address, database and its settings, broker, definitions,
/// calendars, partners with their certificates and clocks, templates of approvals, disk, file handles, tokens. Says what to do
/// about each finding.
///
/// Nothing is changed and nothing is written at partners: they get one HEAD request each, and one read for each vendor form. At the broker the queues that the
/// hub would declare are declared. Exit codes: 0 nothing failed
/// (there may be warnings), 1 something failed, 2 the configuration cannot be read.
///
/// Examples:
///   waybill doctor
///   waybill doctor --config config/waybill.yaml --offline
///   waybill doctor --output json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct DoctorArgs {
    #[command(flatten)]
    config: ConfigOption,
    /// Call neither partners nor the public address; their addresses are only compared with the allow-lists.
    #[arg(long)]
    offline: bool,
}

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It works.
    Good,
    /// It works, but will not for long, or is not safe.
    Warning,
    /// It does not work.
    Failed,
}

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was tried.
    pub name: String,
    /// How it is.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Check {
    fn good(name: impl Into<String>, found: impl Into<String>) -> Self {
        Self { name: name.into(), verdict: Verdict::Good, found: found.into(), hint: None }
    }

    fn warning(name: impl Into<String>, found: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { name: name.into(), verdict: Verdict::Warning, found: found.into(), hint: Some(hint.into()) }
    }

    fn failed(name: impl Into<String>, found: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { name: name.into(), verdict: Verdict::Failed, found: found.into(), hint: Some(hint.into()) }
    }
}

/// Tries everything and shows it.
pub async fn run(args: &DoctorArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let config = args.config.load()?;
    let mut checks = vec![Check::good("configuration", "it can be read and every option is within its bounds")];
    let now = SystemClock::new().now();
    checks.extend(tokens::check(&config.server));
    checks.extend(database::check(&config.store).await);
    checks.extend(postgres::check(&config.store, config.store.url.expose_secret()).await);
    let (found, catalog) = definitions::check(&config.project.folder);
    checks.push(found);
    checks.extend(broker::check(&config, &catalog).await);
    checks.extend(secrets::check(&catalog, &config.project.folder, args.config.config.as_deref(), now));
    checks.extend(calendars::check(&catalog, now));
    checks.extend(door::check(&config.server, &catalog, args.offline).await);
    checks.extend(connections::check(&catalog, &config.gateway, args.offline).await);
    checks.extend(forms::check(&catalog, &config.project.folder, &config.gateway, args.offline).await);
    checks.extend(machine::check(&config));
    print(&checks, output, |checks| shown(checks))?;
    let failed = checks.iter().any(|check| check.verdict == Verdict::Failed);
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn shown(checks: &[Check]) -> String {
    let mut text = String::new();
    let widest = checks.iter().map(|check| check.name.chars().count()).max().unwrap_or_default();
    for check in checks {
        let word = match check.verdict {
            Verdict::Good => "ok     ",
            Verdict::Warning => "warning",
            Verdict::Failed => "FAILED ",
        };
        let found = super::output::printable(&check.found);
        text.push_str(&format!("{word}  {:widest$}  {found}\n", check.name));
        if let Some(hint) = &check.hint {
            text.push_str(&format!("         {:widest$}  hint: {hint}\n", ""));
        }
    }
    let count = |verdict| checks.iter().filter(|check| check.verdict == verdict).count();
    text.push_str(&format!(
        "{}: {}, {} failed\n",
        super::output::many(checks.len(), "check"),
        super::output::many(count(Verdict::Warning), "warning"),
        count(Verdict::Failed)
    ));
    text
}
