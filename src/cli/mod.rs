//! The command line: one subcommand a file, and the list of them.
//!
//! Assembles the process for `serve`; everything that looks at a running hub speaks its API like any other client.

pub mod apply;
mod ask;
pub mod assembly;
mod attached;
pub mod audit;
mod begin;
pub mod bench;
pub mod broker;
pub mod call;
pub mod check;
mod client;
mod config_option;
pub mod connections;
pub mod connector;
pub mod demo;
mod desk_text;
pub mod diff;
mod diff_text;
pub mod doctor;
pub mod documents;
pub mod door;
pub mod drift;
pub mod exceptions;
mod exit;
pub mod export;
pub mod generate;
mod health;
pub mod instances;
mod instances_migrate;
pub mod migrate;
pub mod mock;
pub mod organisation;
pub mod output;
mod partner;
pub mod preview;
mod project_content;
mod project_option;
mod promises;
pub mod reconcile;
mod reference;
mod release_target;
pub mod releases;
mod request_text;
pub mod secrets;
pub mod serve;
mod shipped;
pub mod simulate;
mod simulate_text;
pub mod start;
mod table;
mod tasks;
pub mod test;
pub mod tokens;
pub mod users;
pub mod works;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use self::exit::Exit;
use self::output::OutputFormat;

/// Waybill: an integration hub for documents that cross systems.
///
/// Describes connectors, mappings and flows in text files, runs them durably, and says at any time where a document is and
/// why.
///
/// Exit codes: 0 it worked, 1 it failed or found problems, 2 it was called wrongly or cannot read what it was given,
/// 3 the hub cannot be reached. What went wrong is said on standard error: in words, or as one line of JSON with `--output json`.
///
/// Examples:
///   waybill connector new                      begin a connector for a system; the questions are asked
///   waybill check                              find every problem of the definitions in this folder
///   waybill test                               run the cases beside the definitions
///   waybill apply . --message TEXT             publish this folder
///   waybill simulate FLOW --document FILE      play a document through a flow, sending nothing
///   waybill documents why PO-2026-004417       why is it where it is?
///   waybill start --form FORM --values FILE    submit a form, as a person would
///   waybill exceptions list                    what wants a person?
#[derive(Debug, Parser)]
#[command(version, verbatim_doc_comment, arg_required_else_help = true)]
struct Cli {
    /// The form of the output: `text` for people, `json` for programs.
    #[arg(long, value_enum, default_value_t, global = true)]
    output: OutputFormat,
    #[command(subcommand)]
    command: Command,
}

/// Every subcommand.
#[derive(Debug, Subcommand)]
enum Command {
    Check(check::CheckArgs),
    Test(test::TestArgs),
    Diff(diff::DiffArgs),
    Apply(apply::ApplyArgs),
    Export(export::ExportArgs),
    Releases(releases::ReleasesArgs),
    Call(call::CallArgs),
    Connector(connector::ConnectorArgs),
    Preview(preview::PreviewArgs),
    Simulate(simulate::SimulateArgs),
    Migrate(migrate::MigrateArgs),
    Doctor(doctor::DoctorArgs),
    Health(health::HealthArgs),
    Broker(broker::BrokerArgs),
    Start(start::StartArgs),
    Documents(documents::DocumentsArgs),
    Instances(instances::InstancesArgs),
    Tasks(tasks::TasksArgs),
    Exceptions(exceptions::ExceptionsArgs),
    Connections(connections::ConnectionsArgs),
    Reconcile(reconcile::ReconcileArgs),
    Drift(drift::DriftArgs),
    Organisation(organisation::OrganisationArgs),
    Users(users::UsersArgs),
    Tokens(tokens::TokensArgs),
    Secrets(secrets::SecretsArgs),
    Audit(audit::AuditArgs),
    Serve(serve::ServeArgs),
    Demo(demo::DemoArgs),
    Mock(mock::MockArgs),
    Bench(bench::BenchArgs),
}

/// The command line as data, for the reference.
fn command() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

/// Runs the process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = cli.output;
    // The second install in one process fails and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return exit::report(&error.into(), output),
    };
    let result = runtime.block_on(Box::pin(run(cli)));
    // Reading a terminal or a slow name server must not hold the end up.
    runtime.shutdown_background();
    result.unwrap_or_else(|error| exit::report(&error, output))
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let output = cli.output;
    match cli.command {
        Command::Check(args) => check::run(&args, output).map_err(exit::usage),
        Command::Test(args) => test::run(&args, output).map_err(exit::usage),
        Command::Diff(args) => diff::run(args, output).await,
        Command::Apply(args) => apply::run(args, output).await,
        Command::Export(args) => export::run(args, output).await,
        Command::Releases(args) => releases::run(args, output).await,
        Command::Call(args) => call::run(args, output).await,
        Command::Connector(args) => Box::pin(connector::run(args, output)).await,
        Command::Preview(args) => preview::run(&args, output),
        Command::Simulate(args) => simulate::run(&args, output),
        Command::Migrate(args) => migrate::run(&args, output).await,
        Command::Doctor(args) => doctor::run(&args, output).await,
        Command::Health(args) => health::run(args, output).await,
        Command::Broker(args) => broker::run(args, output).await,
        Command::Start(args) => start::run(args, output).await,
        Command::Documents(args) => documents::run(args, output).await,
        Command::Instances(args) => instances::run(args, output).await,
        Command::Tasks(args) => tasks::run(args, output).await,
        Command::Exceptions(args) => exceptions::run(args, output).await,
        Command::Connections(args) => connections::run(args, output).await,
        Command::Reconcile(args) => reconcile::run(args, output).await,
        Command::Drift(args) => drift::run(args, output).await,
        Command::Organisation(args) => organisation::run(args, output).await,
        Command::Tokens(args) => tokens::run(args, output).await,
        Command::Secrets(args) => Box::pin(secrets::run(args, output)).await,
        Command::Users(args) => Box::pin(users::run(args, output)).await,
        Command::Audit(args) => Box::pin(audit::run(args, output)).await,
        Command::Serve(args) => serve::run(args, output).await,
        Command::Demo(args) => Box::pin(demo::run(args, output)).await,
        Command::Mock(args) => mock::run(args).await,
        Command::Bench(args) => Box::pin(bench::run(args, output)).await,
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_subcommand_explains_itself_with_examples() {
        let mut command = Cli::command();
        command.build();
        command.clone().debug_assert();
        for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
            let name = subcommand.get_name();
            let about = subcommand.get_long_about().map(ToString::to_string).unwrap_or_default();
            assert!(about.contains("Examples:") && about.contains(&format!("waybill {name}")), "`{name}` has no examples");
        }
    }

    /// The commands of a text: what follows `waybill` in a line, without comments, pipes and variables before it.
    fn commands(text: &str) -> Vec<Vec<String>> {
        let lines = text.lines().filter_map(|line| {
            let line = line.split(" #").next()?.split("   ").find(|part| !part.trim().is_empty())?;
            // Ours is one part of a pipe.
            let part = line.split(" | ").find(|part| part.contains("waybill "))?;
            let words: Vec<String> =
                words(part.trim().trim_end_matches('&').trim()).into_iter().skip_while(|word| word.contains('=')).collect();
            Some(words).filter(|words| words.first().is_some_and(|word| word == "waybill"))
        });
        lines.collect()
    }

    /// Words as a shell splits them, quotes taken off.
    fn words(line: &str) -> Vec<String> {
        let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
        for letter in line.chars() {
            match quote {
                Some(open) if letter == open => quote = None,
                Some(_) => word.push(letter),
                None if matches!(letter, '\'' | '"') => quote = Some(letter),
                None if letter == ' ' => words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty())),
                None => word.push(letter),
            }
        }
        words.extend(Some(word).filter(|word| !word.is_empty()));
        words
    }

    /// The texts that people type commands from: what a new example says is held to it without a line here.
    fn texts() -> Vec<PathBuf> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let entries = |folder: &str| std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
        let guides =
            entries("docs/guide").into_iter().chain(entries(".")).filter(|path| path.extension().is_some_and(|ending| ending == "md"));
        let examples = entries("examples").into_iter().flat_map(|example| ["README.md", "README.zh-CN.md"].map(|name| example.join(name)));
        guides.chain(examples.filter(|path| path.exists())).collect()
    }

    #[test]
    fn commands_in_texts_for_people_can_be_typed_as_they_stand() {
        let shell = |text: &str| text.split("```sh").skip(1).filter_map(|rest| rest.split("```").next()).collect::<String>();
        let mut found: Vec<(String, Vec<String>)> = Vec::new();
        for path in texts() {
            let of_text = commands(&shell(&std::fs::read_to_string(&path).unwrap()));
            found.extend(of_text.into_iter().map(|words| (path.display().to_string(), words)));
        }
        for subcommand in Cli::command().get_subcommands() {
            let about = subcommand.get_long_about().map(ToString::to_string).unwrap_or_default();
            let examples = about.split("Examples:").nth(1).unwrap_or_default();
            let whole = commands(examples).into_iter().filter(|words| !words.iter().any(|word| word.contains('…')));
            found.extend(whole.map(|words| ("its own help".to_owned(), words)));
        }
        assert!(found.len() > 120, "{}", found.len());
        for (place, words) in found {
            if let Err(error) = Cli::try_parse_from(&words) {
                panic!("{place}: `{}`: {error}", words.join(" "));
            }
        }
    }

    #[test]
    fn the_form_of_the_output_may_stand_before_or_after_the_subcommand() {
        for line in [["waybill", "--output", "json", "check"], ["waybill", "check", "--output", "json"]] {
            assert_eq!(Cli::try_parse_from(line).unwrap().output, OutputFormat::Json);
        }
    }
}
