//! `waybill tokens`: tokens of services and people.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;
use uuid::Uuid;

use super::ask::print;
use super::client::HubOption;
use super::exceptions::drawn_key;
use super::output::OutputFormat;
use super::table::{table, time};
use crate::app::access::tokens::{TokenItem, TokenItems, TokenMade};

/// Makes and ends tokens of services; lists every token of a hub.
///
/// A token is told once, when it is made; the hub keeps a digest. People make tokens of their own in the console. Those of
/// the configuration (`server.tokens`) are not listed.
///
/// Examples:
///   waybill tokens list
///   waybill tokens make nightly-report --permission read --days 90
///   waybill tokens revoke 01920000-0000-7000-8000-000000000001
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct TokensArgs {
    #[command(flatten)]
    hub: HubOption,
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Lists tokens with what they may do and when they were last used.
    List,
    /// Makes a token for a service and prints it, this once.
    Make {
        /// Its name.
        name: String,
        /// What it may do; may be repeated.
        #[arg(long = "permission", value_name = "PERMISSION", required = true)]
        permissions: Vec<String>,
        /// How many days it lasts.
        #[arg(long, default_value_t = 90)]
        days: u32,
    },
    /// Ends a token.
    Revoke {
        /// Its id.
        id: Uuid,
    },
}

/// Asks and shows.
pub async fn run(args: TokensArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let client = args.hub.client()?;
    match args.command {
        Verb::List => print(&client.get::<TokenItems>(&["tokens"], &[]).await?, output, list),
        Verb::Make { name, permissions, days } => {
            let body = json!({"name": name, "permissions": permissions, "days": days});
            print(&client.post::<TokenMade>(&["tokens"], &drawn_key(), &body).await?, output, |made| {
                format!("The token, told this once; it ends on {}:\n\n  {}\n", time(made.known.expires_at), made.token)
            })
        }
        Verb::Revoke { id } => {
            client.delete(&["tokens", &id.to_string()]).await?;
            print(&json!({"revoked": id}), output, |_| format!("The token {id} opens nothing any more.\n"))
        }
    }
}

fn list(tokens: &TokenItems) -> String {
    let row = |token: &TokenItem| {
        let whose = token.user.map_or_else(|| "service".to_owned(), |_| token.created_by.clone());
        let used = token.used_at.map_or_else(|| "never".to_owned(), time);
        vec![token.id.to_string(), token.name.clone(), whose, token.permissions.join(" "), time(token.expires_at), used]
    };
    let rows: Vec<_> = tokens.items.iter().map(row).collect();
    table(&["ID", "NAME", "WHOSE", "MAY", "ENDS", "LAST USED"], &rows, "There is no token but those of the configuration.")
}
