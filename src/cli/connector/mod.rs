//! `waybill connector`: the kit for a new one. One verb a file.

mod asking;
mod drafting;
mod form;
mod import;
mod new;
mod record;
mod try_operation;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::output::OutputFormat;

/// Begins a connector for a system, tries it against that system, and records its examples.
///
/// The way: `new` or `import` writes a draft that `check` accepts, `try` performs its operations one by one and says what
/// came of them, `record` keeps an answer as an example that `waybill test` replays. `form` says whether the template of an
/// approval at a vendor is still the one that a vendor form describes. The guide `connect a system`
/// (docs/guide/connect-a-system.md) goes through it.
///
/// Exit codes: 0 it worked, 1 it failed or the answer is not ok, 2 it was called wrongly or cannot read what it was given.
///
/// Examples:
///   waybill connector new
///   waybill connector new crm --base-url https://crm.example --auth bearer --read get_order --path '/orders/{id}'
///   waybill connector import openapi crm.openapi.yaml --as crm --only orders
///   waybill connector import curl commands.txt --as crm --answer answer.json
///   waybill connector try crm_main get_order --input '{"id": "17"}'
///   waybill connector record crm_main get_order --input '{"id": "17"}' --name get_order_released
///   waybill connector form oa_dingtalk po_dingtalk
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct ConnectorArgs {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    New(Box<new::NewArgs>),
    Try(try_operation::TryArgs),
    Record(record::RecordArgs),
    Import(import::ImportArgs),
    Form(form::FormArgs),
}

/// Does what is asked.
pub async fn run(args: ConnectorArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    match args.command {
        Verb::New(args) => new::run(&args, output),
        Verb::Try(args) => try_operation::run(args, output).await,
        Verb::Record(args) => record::run(args, output).await,
        Verb::Import(args) => import::run(&args, output),
        Verb::Form(args) => form::run(args, output).await,
    }
}
