//! `waybill organisation`: who works here by connected systems.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::ask::print;
use super::client::{Client, HubOption};
use super::exceptions::drawn_key;
use super::exit::Exit;
use super::output::{OutputFormat, many};
use super::table::{fields, table, time};
use crate::app::people::ReadingOutcome;
use crate::app::people::organisation::{
    LeaverItem, NamedPerson, OrganisationConflict, OrganisationSourceItem, OrganisationView, ReadingItem,
};

/// Shows who works here by connected systems, has them read, and takes readings that were held back.
///
/// The systems stand under `sources` of `config/directory.yaml`. A reading in which too many are gone at once changes nothing
/// until somebody has looked at who is gone and taken it.
///
/// Examples:
///   waybill organisation show
///   waybill organisation readings contacts_dingtalk      who came and who went
///   waybill organisation conflicts                       where systems and the file differ, and whose word counts
///   waybill organisation leavers                         who has left, and what is still open with them
///   waybill organisation read contacts_dingtalk          read it now
///   waybill organisation accept contacts_dingtalk        who would leave; with `--yes` they have left
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct OrganisationArgs {
    #[command(flatten)]
    hub: HubOption,
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Shows each connected system: when it was read, how many work here by it, what is wrong.
    Show,
    /// Shows what the newest readings of a system brought.
    Readings {
        /// The connection.
        connection: String,
    },
    /// Lists where systems and the directory's file differ.
    Conflicts,
    /// Lists who has left, with the tasks that are still open with them.
    Leavers,
    /// Has a system read as soon as a replica is free.
    Read {
        /// The connection.
        connection: String,
    },
    /// Takes a reading that was held back: who is gone in it has left.
    Accept {
        /// The connection.
        connection: String,
        /// Do it; without, it is only said who would leave.
        #[arg(long)]
        yes: bool,
    },
}

/// Asks and shows.
pub async fn run(args: OrganisationArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let client = args.hub.client()?;
    match args.command {
        Verb::Show => print(&view(&client).await?, output, show),
        Verb::Readings { connection } => print(&source(&view(&client).await?, &connection)?.readings, output, |items| readings(items)),
        Verb::Conflicts => print(&view(&client).await?.conflicts, output, |items| conflicts(items)),
        Verb::Leavers => print(&view(&client).await?.leavers, output, |items| leavers(items)),
        Verb::Read { connection } => {
            act(&client, &connection, "read").await?;
            print(&json!({"reading": connection}), output, |_| format!("`{connection}` is read as soon as a replica is free.\n"))
        }
        Verb::Accept { connection, yes } => {
            let view = view(&client).await?;
            let Some(held) = &source(&view, &connection)?.held else {
                return Err(Exit::failed(format!("no reading of `{connection}` is held back")).into());
            };
            if yes {
                act(&client, &connection, "accept").await?;
            }
            print(&json!({"accepted": yes, "held": held}), output, |_| {
                let (gone, names) = (
                    many(usize::try_from(held.gone).unwrap_or(usize::MAX), "person").replace("persons", "people"),
                    names(&held.people, held.gone),
                );
                match yes {
                    true => format!("{gone} left: {names}. Their tasks are handed on within a minute.\n"),
                    false => format!("{gone} would leave: {names}. Nothing was done: say it with `--yes`.\n"),
                }
            })
        }
    }
}

async fn view(client: &Client) -> anyhow::Result<OrganisationView> {
    client.get(&["organisation"], &[]).await
}

async fn act(client: &Client, connection: &str, verb: &str) -> anyhow::Result<()> {
    client.post::<serde::de::IgnoredAny>(&["organisation", connection, verb], &drawn_key(), &json!({})).await.map(|_| ())
}

fn source<'v>(view: &'v OrganisationView, connection: &str) -> Result<&'v OrganisationSourceItem, Exit> {
    view.sources.iter().find(|source| source.connection == connection).ok_or_else(|| {
        let known: Vec<&str> = view.sources.iter().map(|source| source.connection.as_str()).collect();
        let hint = match known.is_empty() {
            true => "the directory names no `sources`".to_owned(),
            false => format!("these are: {}", known.join(", ")),
        };
        Exit::failed(format!("`{connection}` is no source of the organisation")).hint(hint)
    })
}

/// Names, and how many more there are.
fn names(some: &[NamedPerson], total: u64) -> String {
    let known: Vec<String> =
        some.iter().map(|one| if one.name == one.person { one.name.clone() } else { format!("{} ({})", one.name, one.person) }).collect();
    match total.saturating_sub(some.len() as u64) {
        0 => known.join(", "),
        more => format!("{} and {more} more", known.join(", ")),
    }
}

fn show(view: &OrganisationView) -> String {
    let mut text = fields(&[
        ("people", Some(view.people.to_string())),
        ("departments", Some(view.departments.to_string())),
        ("conflicts", Some(view.conflicts_total.to_string())),
        ("left, with open tasks", Some(view.leavers.iter().filter(|leaver| leaver.open > 0).count().to_string())),
    ]);
    let row = |source: &OrganisationSourceItem| {
        let state = match (&source.held, &source.problem) {
            (Some(held), _) => format!("held back: {} gone", held.gone),
            (None, Some(problem)) => problem.clone(),
            (None, None) => "ok".to_owned(),
        };
        let read = source.read_at.map_or_else(|| "never".to_owned(), time);
        vec![
            source.connection.clone(),
            source.people.to_string(),
            source.departments.to_string(),
            read,
            source.due_at.map(time).unwrap_or_default(),
            state,
        ]
    };
    let rows: Vec<_> = view.sources.iter().map(row).collect();
    text += &format!(
        "\n{}",
        table(
            &["CONNECTION", "PEOPLE", "DEPARTMENTS", "READ", "NEXT", "STATE"],
            &rows,
            "The directory names no `sources`: who works here stands in its file."
        )
    );
    text
}

fn readings(readings: &[ReadingItem]) -> String {
    let row = |one: &ReadingItem| {
        let outcome = match one.outcome {
            ReadingOutcome::Taken => "taken",
            ReadingOutcome::Held => "held back",
            ReadingOutcome::Accepted => "accepted",
            ReadingOutcome::Failed => "failed",
        };
        let times = if one.times > 1 { format!("{} times", one.times) } else { String::new() };
        let news = [(one.came_total, &one.came, '+'), (one.went_total, &one.went, '-')];
        let news = news.into_iter().filter(|(total, ..)| *total > 0);
        let mut news: Vec<String> = news.map(|(total, some, sign)| format!("{sign}{total}: {}", names(some, total))).collect();
        news.extend(one.problem.clone());
        vec![time(one.at), times, outcome.to_owned(), one.people.to_string(), news.join("; ")]
    };
    let rows: Vec<_> = readings.iter().map(row).collect();
    table(&["AT", "ALIKE", "OUTCOME", "PEOPLE", "NEWS"], &rows, "It was not read yet.")
}

fn conflicts(conflicts: &[OrganisationConflict]) -> String {
    let word = |word: Option<&String>, of: Option<&String>| match word {
        Some(word) => format!("{word} [{}]", of.map_or("file", String::as_str)),
        None => "nothing".to_owned(),
    };
    let row = |one: &OrganisationConflict| {
        vec![
            format!("{} {}", one.about, one.id),
            one.name.clone(),
            one.field.clone(),
            word(one.used.as_ref(), one.used_of.as_ref()),
            word(Some(&one.other), one.other_of.as_ref()),
            one.unusable.as_deref().map(why_not).unwrap_or_default().to_owned(),
        ]
    };
    let rows: Vec<_> = conflicts.iter().map(row).collect();
    table(&["ABOUT", "NAME", "FIELD", "COUNTS", "DIFFERS", "WHY NOT"], &rows, "All say the same.")
}

fn why_not(code: &str) -> &str {
    match code {
        "no_department" => "there is no such department",
        "nobody" => "nobody has this id",
        "own_manager" => "they would be their own manager by a detour",
        "inside_itself" => "it would lie inside itself",
        other => other,
    }
}

fn leavers(leavers: &[LeaverItem]) -> String {
    let row = |one: &LeaverItem| {
        let handed_on = one.handed_on.map_or_else(|| "-".to_owned(), |handed_on| handed_on.to_string());
        let left = one.left_at.map_or_else(|| "-".to_owned(), time);
        vec![one.person.clone(), one.name.clone(), left, one.left_of.clone().unwrap_or_default(), handed_on, one.open.to_string()]
    };
    let rows: Vec<_> = leavers.iter().map(row).collect();
    table(&["PERSON", "NAME", "LEFT", "BY", "HANDED ON", "STILL OPEN"], &rows, "Nobody has left.")
}
