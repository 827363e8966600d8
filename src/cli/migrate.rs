//! `waybill migrate`: brings the database's schema to this binary's version.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use secrecy::ExposeSecret;
use serde_json::json;

use super::ask::print;
use super::config_option::ConfigOption;
use super::output::OutputFormat;
use crate::store;

/// Creates or upgrades the schema of the hub's database.
///
/// Safe to run from several machines at once, and a second time. Upgrades are compatible with the release before, so that
/// hubs of both releases may run meanwhile.
///
/// Examples:
///   waybill migrate --config config/waybill.yaml
///   WAYBILL_STORE_URL=postgres://waybill@localhost/waybill waybill migrate
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct MigrateArgs {
    #[command(flatten)]
    config: ConfigOption,
}

/// Migrates and says what was done.
pub async fn run(args: &MigrateArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let config = args.config.load()?;
    let store =
        store::connect(config.store.url.expose_secret(), store::Options::default()).await.context("the database cannot be opened")?;
    let done = store.migrate().await;
    store.close().await;
    let done = done.context("the schema cannot be upgraded")?;
    print(&json!({"applied": done.applied, "current": done.current}), output, |_| match done.applied.as_slice() {
        [] => format!("The schema is up to date: {}\n", done.current),
        applied => format!("Applied: {}\nThe schema is now at {}\n", applied.join(", "), done.current),
    })
}
