//! `waybill exceptions`: the exception desk of a running hub.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use uuid::Uuid;

use super::ask::{PageOption, document_id, more, print};
use super::client::{Client, HubOption};
use super::desk_text as desk;
use super::exit::Exit;
use super::output::OutputFormat;
use super::table::{fields, table, time};
use crate::api::settled::Settled;
use crate::app::desk::Preview;
use crate::app::reading::{Batch, ExceptionGroups, ExceptionItem, InstanceItem, List, Selection};

/// Lists what stopped in a running hub and wants a person, and settles it.
///
/// A command is accepted once it is stored; what it leads to shows in the instance.
///
/// Examples:
///   waybill exceptions list
///   waybill exceptions groups
///   waybill exceptions select --group 0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33
///   waybill exceptions batch 0192f0c1-2f4e-7a51-b1c2-6d1f0a9b7c33 retry --reason "finance is back" --dry-run
///   waybill exceptions retry 0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33 --reason "finance is back"
///   waybill exceptions mark-done 0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33 --proof "voucher 2026-118" --field external_id=V118
///   waybill exceptions cancel 0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33 --reason "ordered twice"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct ExceptionsArgs {
    #[command(flatten)]
    hub: HubOption,
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Lists exceptions, newest first; only open ones unless told otherwise.
    List {
        /// open, closed or all.
        #[arg(long, default_value = "open", value_parser = ["open", "closed", "all"])]
        state: String,
        /// Only of this cause: partner_down, data_wrong, rule_missing, credentials, unknown, our_fault.
        #[arg(long)]
        cause: Option<String>,
        /// Only of this document: its id or a business key.
        #[arg(long)]
        document: Option<String>,
        #[command(flatten)]
        page: PageOption,
    },
    /// Shows open exceptions by same cause, the largest group first.
    Groups {
        /// Only of this cause class.
        #[arg(long)]
        cause: Option<String>,
        /// Only of this connection.
        #[arg(long)]
        connection: Option<String>,
    },
    /// Freezes a selection of open exceptions for a batch; it holds for 24 hours.
    Select {
        /// Only this group of the same cause.
        #[arg(long)]
        group: Option<Uuid>,
        /// Only of this cause class.
        #[arg(long)]
        cause: Option<String>,
        /// Only of this connection.
        #[arg(long)]
        connection: Option<String>,
        /// Only of this flow.
        #[arg(long)]
        flow: Option<String>,
    },
    /// Does the same to every exception of a selection, or shows how a batch stands.
    Batch {
        /// The selection; or, without an action, the batch.
        id: Uuid,
        /// retry, skip, cancel, mark-done, amend, from-step, newer-version or assign.
        action: Option<String>,
        /// Why, for the history.
        #[arg(long)]
        reason: Option<String>,
        /// Fields of the action as JSON, as for one exception.
        #[arg(long, value_name = "JSON")]
        arguments: Option<String>,
        /// Only tell, item by item, what it would lead to.
        #[arg(long)]
        dry_run: bool,
        /// Items a minute at most.
        #[arg(long)]
        per_minute: Option<u32>,
        /// The same key is the same batch. Without it, a key is drawn.
        #[arg(long)]
        key: Option<String>,
    },
    /// Shows one exception.
    Show {
        /// Its id.
        exception: Uuid,
    },
    /// Tries the stopped effects again, with the same keys.
    Retry {
        #[command(flatten)]
        which: Which,
        /// Why, for the history.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Goes on as if the stopped step were done, without output.
    Skip {
        #[command(flatten)]
        which: Which,
        /// Why, for the history.
        #[arg(long)]
        reason: String,
    },
    /// Goes on with the output of a step that was done outside.
    MarkDone {
        #[command(flatten)]
        which: Which,
        /// Where the proof is: a number, a link, a name.
        #[arg(long)]
        proof: String,
        /// A field of the output the step would have had, as NAME=TEXT; may be repeated.
        #[arg(long = "field", value_name = "NAME=TEXT", value_parser = field)]
        fields: Vec<(String, String)>,
        /// The whole output as JSON, for fields that are not text.
        #[arg(long = "output-json", conflicts_with = "fields", value_name = "JSON")]
        step_output: Option<String>,
        /// Why, for the history.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Mends the document's content and works the stopped step anew with it, under a new key.
    Amend {
        #[command(flatten)]
        which: Which,
        /// A merge patch (an object) or a JSON Patch (a list) of the content.
        #[arg(long, value_name = "JSON")]
        patch: String,
        /// The revision the patch was made for; another one by now is refused.
        #[arg(long)]
        revision: Option<u32>,
        /// Go back to this step instead of working the stopped one anew.
        #[arg(long)]
        from_step: Option<String>,
        /// Why, for the history.
        #[arg(long)]
        reason: String,
    },
    /// Goes back to a step: what was done since is reversed first.
    FromStep {
        #[command(flatten)]
        which: Which,
        /// The step.
        #[arg(long)]
        step: String,
        /// Why, for the history.
        #[arg(long)]
        reason: String,
    },
    /// Goes on with a newer version of the flow; the stopped step is worked anew.
    NewerVersion {
        #[command(flatten)]
        which: Which,
        /// The flow version's hash; the one in force when not given.
        #[arg(long)]
        version: Option<String>,
        /// Why, for the history.
        #[arg(long)]
        reason: String,
    },
    /// Shows what an action would lead to: its calls, their keys, what may happen twice. Nothing is done.
    DryRun {
        /// The exception's id.
        exception: Uuid,
        /// retry, amend, from-step, newer-version, skip, mark-done or cancel.
        action: String,
        /// Fields of the action as JSON.
        #[arg(long, value_name = "JSON")]
        arguments: Option<String>,
        /// Ask partners whether they hold the objects already.
        #[arg(long)]
        ask_partners: bool,
    },
    /// Reverses what is open at partners and ends the instance as cancelled.
    Cancel {
        #[command(flatten)]
        which: Which,
        /// Why, for the history.
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Args)]
struct Which {
    /// The exception's id.
    exception: Uuid,
    /// Repeating a command with the same key does nothing twice. Without it, a key is drawn and shown.
    #[arg(long)]
    key: Option<String>,
}

fn field(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("`{text}` is not NAME=TEXT"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Asks, tells and shows.
pub async fn run(args: ExceptionsArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let client = args.hub.client()?;
    match args.command {
        Verb::List { state, cause, document, page } => {
            let instance = match document {
                Some(name) => Some(newest_instance(&client, &name).await?),
                None => None,
            };
            let state = (state != "all").then_some(state);
            let mut limit = String::new();
            let mut query = vec![("state", state.as_deref()), ("cause", cause.as_deref()), ("instance", instance.as_deref())];
            query.extend(page.query(&mut limit));
            print(&client.get::<List<ExceptionItem>>(&["exceptions"], &query).await?, output, list)
        }
        Verb::Groups { cause, connection } => {
            let query = [("cause", cause.as_deref()), ("connection", connection.as_deref())];
            print(&client.get::<ExceptionGroups>(&["exceptions", "groups"], &query).await?, output, desk::groups)
        }
        Verb::Select { group, cause, connection, flow } => {
            let mut filter = json!({"state": "open", "group": group, "cause": cause, "connection": connection, "flow": flow});
            if let Some(filter) = filter.as_object_mut() {
                filter.retain(|_, value| !value.is_null());
            }
            let body = json!({"resource": "exceptions", "filter": filter});
            print(&client.post::<Selection>(&["selections"], &drawn_key(), &body).await?, output, desk::selection)
        }
        Verb::Batch { id, action: None, .. } => print(&client.get::<Batch>(&["batches", &id.to_string()], &[]).await?, output, desk::batch),
        Verb::Batch { id, action: Some(action), reason, arguments, dry_run, per_minute, key } => {
            let arguments = arguments.map(|text| parsed("--arguments", &text)).transpose()?;
            let body = json!({
                "selection": id, "action": action, "reason": reason, "arguments": arguments, "dry_run": dry_run, "per_minute": per_minute
            });
            let key = key.unwrap_or_else(drawn_key);
            print(&client.post::<Batch>(&["batches"], &key, &body).await?, output, desk::batch)
        }
        Verb::Show { exception } => print(&client.get::<ExceptionItem>(&["exceptions", &exception.to_string()], &[]).await?, output, show),
        Verb::Retry { which, reason } => settle(&client, &which, "retry", json!({"reason": reason}), output).await,
        Verb::Skip { which, reason } => settle(&client, &which, "skip", json!({"reason": reason}), output).await,
        Verb::MarkDone { which, proof, fields, step_output, reason } => {
            let done = step_output_of(fields, step_output)?;
            settle(&client, &which, "mark-done", json!({"proof": proof, "output": done, "reason": reason}), output).await
        }
        Verb::Amend { which, patch, revision, from_step, reason } => {
            let patch = parsed("--patch", &patch)?;
            let body = json!({"patch": patch, "revision": revision, "from_step": from_step, "reason": reason});
            settle(&client, &which, "amend", body, output).await
        }
        Verb::FromStep { which, step, reason } => {
            settle(&client, &which, "from-step", json!({"step": step, "reason": reason}), output).await
        }
        Verb::NewerVersion { which, version, reason } => {
            settle(&client, &which, "newer-version", json!({"version": version, "reason": reason}), output).await
        }
        Verb::DryRun { exception, action, arguments, ask_partners } => {
            let mut body = arguments.map(|text| parsed("--arguments", &text)).transpose()?.unwrap_or_else(|| json!({}));
            if let Some(body) = body.as_object_mut() {
                body.insert("action".to_owned(), json!(action));
                body.insert("ask_partners".to_owned(), json!(ask_partners));
            }
            print(
                &client.post::<Preview>(&["exceptions", &exception.to_string(), "dry-run"], &drawn_key(), &body).await?,
                output,
                desk::preview,
            )
        }
        Verb::Cancel { which, reason } => settle(&client, &which, "cancel", json!({"reason": reason}), output).await,
    }
}

fn parsed(option: &str, text: &str) -> anyhow::Result<Value> {
    serde_json::from_str(text).map_err(|error| Exit::usage(format!("`{option}` is not JSON: {error}")).into())
}

async fn newest_instance(client: &Client, name: &str) -> anyhow::Result<String> {
    let id = document_id(client, name).await?.to_string();
    let found: List<InstanceItem> = client.get(&["instances"], &[("document", Some(&id)), ("limit", Some("1"))]).await?;
    let newest = found.items.first().ok_or_else(|| Exit::failed(format!("no flow has taken `{name}`")))?;
    Ok(newest.id.to_string())
}

fn step_output_of(fields: Vec<(String, String)>, whole: Option<String>) -> anyhow::Result<Value> {
    match whole {
        None => Ok(Value::Object(fields.into_iter().map(|(name, value)| (name, Value::String(value))).collect())),
        Some(text) => match serde_json::from_str(&text) {
            Ok(value @ Value::Object(_)) => Ok(value),
            Ok(_) => Err(Exit::usage("`--output-json` is not a JSON object").into()),
            Err(error) => Err(Exit::usage(format!("`--output-json` is not JSON: {error}")).into()),
        },
    }
}

async fn settle(client: &Client, which: &Which, action: &str, body: Value, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let key = which.key.clone().unwrap_or_else(drawn_key);
    let settled: Settled = client.post(&["exceptions", &which.exception.to_string(), action], &key, &body).await?;
    print(&settled, output, |settled| match settled.instance {
        Some(id) => format!("Accepted. The instance is now `{}`; watch it with `waybill instances history {id}`.\n", settled.status),
        None => "Accepted.\n".to_owned(),
    })
}

/// A key of this call: a repeat by hand is a new command unless the person says otherwise.
pub fn drawn_key() -> String {
    crate::runtime::IdMaker::new(std::sync::Arc::new(crate::runtime::SystemClock::new())).next().to_string()
}

fn list(list: &List<ExceptionItem>) -> String {
    let row = |one: &ExceptionItem| {
        vec![
            time(one.opened_at),
            one.cause.clone(),
            one.step.clone().unwrap_or_else(|| "-".to_owned()),
            one.owner.clone().unwrap_or_else(|| "-".to_owned()),
            one.resolution.clone().unwrap_or_else(|| one.state.clone()),
            one.message.clone(),
            one.id.to_string(),
        ]
    };
    let rows: Vec<_> = list.items.iter().map(row).collect();
    table(&["OPENED", "CAUSE", "STEP", "OWNER", "STATE", "MESSAGE", "ID"], &rows, "No exception fits: nothing wants a person.")
        + &more(list)
}

fn show(one: &ExceptionItem) -> String {
    let mut text = fields(&[
        ("message", Some(one.message.clone())),
        ("cause", Some(format!("{} ({})", one.cause, one.code))),
        ("state", Some(one.state.clone())),
        ("step", one.step.clone()),
        ("system", one.connection.clone()),
        ("owner", one.owner.clone()),
        ("opened", Some(time(one.opened_at))),
        ("closed", one.closed_at.map(time)),
        ("resolution", one.resolution.clone()),
        ("by", one.resolved_by.clone()),
        ("instance", one.instance.map(|id| id.to_string())),
        ("document", one.document.map(|id| id.to_string())),
        ("effect", one.effect.map(|id| id.to_string())),
        ("id", Some(one.id.to_string())),
    ]);
    if !one.actions.is_empty() {
        let lines: Vec<_> = one.actions.iter().map(|action| format!("waybill exceptions {action} {}", one.id)).collect();
        text += &format!("\nWhat you can do:\n  {}\n", lines.join("\n  "));
    }
    text
}
