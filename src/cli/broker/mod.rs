//! `waybill broker`: the broker of the configuration, for whoever looks after it.

mod dead;
mod options;

use std::process::ExitCode;

use clap::{Args, Subcommand};

pub use self::options::{of, options};
use super::config_option::ConfigOption;
use super::output::OutputFormat;

/// Looks after the broker that the configuration names.
///
/// A hub announces work by tickets: messages that name lanes that are ready, no data of any document. A message that cannot be
/// read, or was handed out twenty times without an acknowledgement, ends in the dead-letter queue (`waybill.dead`), which only
/// exists to raise an alarm. Nothing is lost by it: what a ticket announced is found by polling. Look at what stands there, find
/// out where it comes from (who else publishes to this vhost? which replica dies at its work?), then return or drop it, so that
/// the alarm can ring again.
///
/// `return` and `drop` only say what they would do, until `--yes` is given. Whatever is not settled stays in the queue. To look
/// is to take a message and to put it back: RabbitMQ 4 counts that, and removes a message that was put back twenty times.
///
/// Examples:
///   waybill broker dead list --config config/waybill.yaml
///   waybill broker dead return                  what would go back to the queues of its connections?
///   waybill broker dead return --yes            put tickets back; what is no ticket stays
///   waybill broker dead drop --limit 10 --yes   remove the ten oldest
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct BrokerArgs {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// What could not be handled.
    Dead {
        #[command(subcommand)]
        command: DeadVerb,
    },
}

#[derive(Debug, Subcommand)]
enum DeadVerb {
    /// Lists the oldest messages, where they stood and why they were put aside. Puts all of them back.
    List(DeadOptions),
    /// Puts tickets back to the queues of their connections; what is no ticket stays. Says only what it would do, without `--yes`.
    Return(DeadActs),
    /// Removes messages: their lanes are found by polling. Says only what it would do, without `--yes`.
    Drop(DeadActs),
}

#[derive(Debug, Args)]
struct DeadOptions {
    #[command(flatten)]
    config: ConfigOption,
    /// How many, the oldest first; 1 to 1000.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
}

#[derive(Debug, Args)]
struct DeadActs {
    #[command(flatten)]
    options: DeadOptions,
    /// Do it; without this it is only said what would be done.
    #[arg(long)]
    yes: bool,
}

/// Asks the broker and shows.
pub async fn run(args: BrokerArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let Verb::Dead { command } = args.command;
    match command {
        DeadVerb::List(options) => dead::run(&options, dead::Wanted::Look, output).await,
        DeadVerb::Return(acts) => dead::run(&acts.options, dead::Wanted::Return { really: acts.yes }, output).await,
        DeadVerb::Drop(acts) => dead::run(&acts.options, dead::Wanted::Drop { really: acts.yes }, output).await,
    }
}
