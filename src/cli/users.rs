//! `waybill users`: who may sign in.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, Subcommand};
use secrecy::ExposeSecret;
use serde_json::json;

use super::ask::print;
use super::client::{Client, HubOption};
use super::config_option::ConfigOption;
use super::exceptions::drawn_key;
use super::exit::Exit;
use super::output::OutputFormat;
use super::table::{table, time};
use crate::api::auth::Cookies;
use crate::app::access::{Access, Actor, Cost, LinkMade, SessionsEnded, UserAdded, UserItem, Users};
use crate::domain::access::grant::{Grant, Scope};
use crate::domain::access::session;
use crate::domain::ids::{TenantId, UserId};
use crate::runtime::{IdMaker, SystemClock};
use crate::store;

/// Says who may sign in to a hub, and what for.
///
/// Roles: viewer, approver, editor, publisher, operator, data_editor, payload_viewer, secret_admin, auditor, owner; each for
/// the whole tenant, or with `@` for a flow, connection or department alone. What is printed as a link works once and for
/// 24 hours. `setup-link` needs no running hub and no token: it opens the store of the configuration, for the first owner, and
/// for an owner who has lost the password. A SQLite store is open in one process at a time: stop the hub meanwhile.
///
/// Examples:
///   waybill users list
///   waybill users add bo.chen --title 'Bo Chen' --email bo.chen@example.com --person E017 --role viewer --role operator
///   waybill users disable bo.chen
///   waybill users reset bo.chen
///   waybill users setup-link --config config/waybill.yaml
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct UsersArgs {
    #[command(flatten)]
    hub: HubOption,
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Lists users with their roles.
    List,
    /// Adds a user; prints the link to set the first password with.
    Add {
        /// What the user signs in with.
        name: String,
        /// How the user is called.
        #[arg(long)]
        title: Option<String>,
        /// Mail address.
        #[arg(long)]
        email: Option<String>,
        /// Id of the person in the directory.
        #[arg(long)]
        person: Option<String>,
        /// A role, such as `operator` or `operator@flow:purchase_order_approval`; may be repeated.
        #[arg(long = "role", value_name = "ROLE[@SCOPE]", value_parser = grant)]
        roles: Vec<Grant>,
    },
    /// Keeps a user out and ends its sessions.
    Disable {
        /// The user's name.
        name: String,
    },
    /// Lets a user in again.
    Enable {
        /// The user's name.
        name: String,
    },
    /// Prints a link to set a new password with.
    Reset {
        /// The user's name.
        name: String,
    },
    /// Ends every session of a user.
    SignOut {
        /// The user's name.
        name: String,
    },
    /// Prints the link that makes the first owner, or one that sets a user's password, straight from the store.
    SetupLink {
        #[command(flatten)]
        config: ConfigOption,
        /// Whose password, where the hub has an owner already.
        #[arg(long)]
        user: Option<String>,
    },
}

/// Reads `ROLE` or `ROLE@SCOPE`; whether there is such a role is for the hub to say.
fn grant(text: &str) -> Result<Grant, String> {
    let (role, scope) = text.split_once('@').unwrap_or((text, "tenant"));
    let scope: Scope = scope.parse().map_err(|error: crate::domain::access::grant::NoScope| error.to_string())?;
    Ok(Grant { role: role.to_owned(), scope, by: None })
}

/// Asks and shows.
pub async fn run(args: UsersArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let verb = match args.command {
        Verb::SetupLink { config, user } => return set_up_link(&config, user.as_deref(), output).await,
        other => other,
    };
    let client = args.hub.client()?;
    match verb {
        Verb::List => print(&Users { items: all(&client).await?, next_after: None }, output, list),
        Verb::Add { name, title, email, person, roles } => {
            let body = json!({"name": name, "title": title, "email": email, "person": person, "roles": roles});
            print(&client.post::<UserAdded>(&["users"], &drawn_key(), &body).await?, output, |added| {
                format!("Added `{}`. {}", added.user.name, link(&added.link))
            })
        }
        Verb::Disable { name } => print(&act::<UserItem>(&client, &name, "disable").await?, output, standing),
        Verb::Enable { name } => print(&act::<UserItem>(&client, &name, "enable").await?, output, standing),
        Verb::Reset { name } => print(&act::<LinkMade>(&client, &name, "reset").await?, output, link),
        Verb::SignOut { name } => {
            print(&act::<SessionsEnded>(&client, &name, "sign-out").await?, output, |done| format!("Ended {} sessions.\n", done.ended))
        }
        Verb::SetupLink { .. } => Err(Exit::usage("`setup-link` speaks to the store").into()),
    }
}

async fn all(client: &Client) -> anyhow::Result<Vec<UserItem>> {
    let mut users: Vec<UserItem> = Vec::new();
    loop {
        let after = users.last().map(|user| user.name.clone());
        let page = client.get::<Users>(&["users"], &[("after", after.as_deref())]).await?;
        users.extend(page.items);
        if page.next_after.is_none() {
            return Ok(users);
        }
    }
}

async fn act<T: serde::de::DeserializeOwned>(client: &Client, name: &str, verb: &str) -> anyhow::Result<T> {
    let wanted = name.trim().to_lowercase();
    let user = all(client).await?.into_iter().find(|user| user.name == wanted);
    let user = user.ok_or_else(|| Exit::failed(format!("there is no user `{name}`")).hint("`waybill users list` shows who there is"))?;
    client.post::<T>(&["users", &user.id.to_string(), verb], &drawn_key(), &json!({})).await
}

async fn set_up_link(config: &ConfigOption, user: Option<&str>, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let config = config.load()?;
    let store = store::connect(config.store.url.expose_secret(), store::Options::default()).await.context("the store cannot be opened")?;
    let clock = Arc::new(SystemClock::new());
    let ids = IdMaker::new(clock.clone());
    let access = Access::new(store.clone(), clock, ids, session::Limits::default(), Cost::default());
    let actor = Actor { name: "waybill users setup-link".to_owned(), ..Actor::system(TenantId::DEFAULT) };
    let made = match user {
        Some(name) => {
            let user = access.user_named(&actor, name).await?;
            Some(access.reset_link(UserId(user.id), &actor).await?)
        }
        None => access.set_up_link(TenantId::DEFAULT, &actor).await?,
    };
    store.close().await;
    let Some(made) = made else {
        let hint = "`waybill users setup-link --user NAME` makes a link that sets the password of somebody who has an account";
        return Err(Exit::failed("the hub has an owner already").hint(hint).into());
    };
    let cookies = Cookies::new(config.server.public_url.clone(), config.server.listen.ip().is_loopback());
    let told = cookies.link(&made.secret);
    let url = if told.starts_with('/') { format!("http://{}{told}", config.server.listen) } else { told };
    print(&LinkMade { url, expires_at: made.expires_at }, output, link)
}

fn link(link: &LinkMade) -> String {
    format!("The link works once, until {}:\n\n  {}\n", time(link.expires_at), link.url)
}

fn standing(user: &UserItem) -> String {
    let left = match user.tokens_left.as_slice() {
        [] => String::new(),
        left => format!(
            "Tokens of services that they made go on: {}. `waybill tokens list` has their ids, `waybill tokens revoke ID` ends one.\n",
            left.join(", ")
        ),
    };
    format!("`{}` is {}.\n{left}", user.name, user.status)
}

fn list(users: &Users) -> String {
    let row = |user: &UserItem| {
        let role = |one: &crate::app::access::UserRole| match one.scope.as_str() {
            "tenant" => one.role.clone(),
            scope => format!("{}@{scope}", one.role),
        };
        let roles: Vec<String> = user.roles.iter().map(role).collect();
        let last = user.last_sign_in_at.map_or_else(|| "-".to_owned(), time);
        vec![user.name.clone(), user.title.clone(), user.status.clone(), roles.join(" "), user.person.clone().unwrap_or_default(), last]
    };
    let rows: Vec<_> = users.items.iter().map(row).collect();
    table(&["NAME", "TITLE", "STATUS", "ROLES", "PERSON", "LAST SIGN-IN"], &rows, "There is nobody yet: `waybill users add NAME`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_written_with_where_it_holds() {
        assert_eq!(grant("viewer").unwrap().scope, Scope::Tenant);
        assert_eq!(grant("operator@flow:po").unwrap(), Grant { role: "operator".into(), scope: Scope::Flow("po".into()), by: None });
        assert!(grant("operator@everywhere").is_err());
    }
}
