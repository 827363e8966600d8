//! `waybill connections`: the connections of a running hub.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::ask::print;
use super::client::HubOption;
use super::output::OutputFormat;
use super::table::{table, time};
use crate::app::connections::ConnectionItem;
use crate::app::consent::{ConsentAsked, ConsentState};
use crate::app::health::{BreakerLine, ConnectionHealth, ConnectionsHealth, OperationHealth};
use crate::app::reading::List;

/// Lists the connections of a running hub and the paths that partners call.
///
/// A path holds an id that nobody can guess; give it to the partner as it is, after the hub's public address.
///
/// Examples:
///   waybill connections
///   waybill connections health
///   waybill connections health oa_main
///   waybill connections consent books_main
///   waybill connections consent books_main --answer 'https://hub.example/consent/callback?code=…&state=…'
///   waybill connections --output json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct ConnectionsArgs {
    #[command(flatten)]
    hub: HubOption,
    #[command(subcommand)]
    command: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Shows how connections are doing: calls, errors, breakers, credentials.
    Health {
        /// Only this one, with its operations and its breaker's history.
        connection: Option<String>,
    },
    /// Asks for the consent that a connection wants: prints the address a person opens.
    Consent {
        /// The connection.
        connection: String,
        /// The address at which that person's browser ended, where the hub is not reached by it.
        #[arg(long, value_name = "URL", conflicts_with = "state")]
        answer: Option<String>,
        /// Only say where it stands.
        #[arg(long)]
        state: bool,
    },
}

/// Asks and shows.
pub async fn run(args: ConnectionsArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let client = args.hub.client()?;
    match args.command {
        None => print(&client.get::<List<ConnectionItem>>(&["connections"], &[]).await?, output, list),
        Some(Verb::Health { connection: None }) => {
            print(&client.get::<ConnectionsHealth>(&["connections", "health"], &[]).await?, output, |all| health(&all.items))
        }
        Some(Verb::Consent { connection, state: true, .. }) => {
            print(&client.get::<ConsentState>(&["connections", &connection, "consent"], &[]).await?, output, consent)
        }
        Some(Verb::Consent { connection, answer: None, .. }) => {
            let asked =
                client.post::<ConsentAsked>(&["connections", &connection, "consent"], &super::exceptions::drawn_key(), &json!({})).await?;
            print(&asked, output, |asked| {
                format!(
                    "Open this address, as somebody who may consent:\n\n{}\n\nThe partner sends you back to {} (registered there exactly like this), until {}.\n",
                    asked.url,
                    asked.redirect_uri,
                    time(asked.expires_at)
                )
            })
        }
        Some(Verb::Consent { connection, answer: Some(url), .. }) => {
            let body = json!({"url": url});
            print(
                &client
                    .post::<ConsentState>(&["connections", &connection, "consent", "answer"], &super::exceptions::drawn_key(), &body)
                    .await?,
                output,
                consent,
            )
        }
        Some(Verb::Health { connection: Some(name) }) => {
            print(&client.get::<ConnectionHealth>(&["connections", &name, "health"], &[]).await?, output, one)
        }
    }
}

fn consent(state: &ConsentState) -> String {
    let lost = state.lost_at.as_ref().map(|at| format!(" The answer to the renewal of {at} was lost.")).unwrap_or_default();
    let words = if state.consented { "has a consent" } else { "has no consent yet" };
    format!("`{}` {words}.{lost}\n", state.connection)
}

fn health(items: &[ConnectionHealth]) -> String {
    let row = |one: &ConnectionHealth| {
        vec![
            one.connection.clone(),
            one.environment.clone().unwrap_or_else(|| "-".to_owned()),
            one.state.clone(),
            one.calls.to_string(),
            one.errors.to_string(),
            one.p95_millis.map_or_else(|| "-".to_owned(), |millis| format!("<= {millis}")),
            one.last_success_at.map_or_else(|| "-".to_owned(), time),
            one.lines.iter().map(|line| format!("{}/{}", line.in_use, line.places)).collect::<Vec<_>>().join(" "),
        ]
    };
    let rows: Vec<_> = items.iter().map(row).collect();
    table(&["CONNECTION", "ENVIRONMENT", "STATE", "CALLS/H", "ERRORS/H", "P95 MS", "LAST GOOD", "PLACES"], &rows, "There is no connection.")
}

fn one(one: &ConnectionHealth) -> String {
    let mut text = health(std::slice::from_ref(one));
    if let Some(held) = &one.held {
        text += &format!("\nHeld `{}` by {} since {}: {}\n", held.state, held.actor, time(held.at), held.reason);
    }
    if !one.unheard_streams.is_empty() {
        text += &format!("\nNobody listens to {}: not read.\n", one.unheard_streams.join(", "));
    }
    let calls = |operation: &OperationHealth| operation.calls.iter().map(|(class, count)| format!("{class} {count}")).collect::<Vec<_>>();
    let rows: Vec<_> = one.operations.iter().map(|operation| vec![operation.operation.clone(), calls(operation).join(", ")]).collect();
    text += &format!("\n{}", table(&["OPERATION", "CALLS OF THE LAST HOUR"], &rows, "No call in the last hour."));
    let change = |line: &BreakerLine| {
        let who = line.actor.clone().map_or_else(|| "-".to_owned(), |who| format!("{who}: {}", line.reason.clone().unwrap_or_default()));
        vec![time(line.at), line.state.clone(), who]
    };
    let rows: Vec<_> = one.breaker_history.iter().map(change).collect();
    text + &format!("\n{}", table(&["WHEN", "BREAKER", "BY"], &rows, "The breaker has never opened."))
}

fn list(list: &List<ConnectionItem>) -> String {
    let rows = list.items.iter().flat_map(|one| {
        let row = |webhook: &str, path: &str| vec![one.connection.clone(), one.connector.clone(), webhook.to_owned(), path.to_owned()];
        let hooks: Vec<_> = one.webhooks.iter().map(|(webhook, path)| row(webhook, path)).collect();
        if hooks.is_empty() { vec![row("-", "-")] } else { hooks }
    });
    table(&["CONNECTION", "CONNECTOR", "WEBHOOK", "PATH"], &rows.collect::<Vec<_>>(), "There is no connection.")
}
