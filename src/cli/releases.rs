//! `waybill releases`: what was published when, by whom and why; and bringing an earlier release back.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::ask::{PageOption, more, print};
use super::diff_text;
use super::output::OutputFormat;
use super::release_target::TargetOption;
use super::table::{fields, table, time};
use crate::app::publishing::{PublishedView, ReleaseItemView, ReleaseView};
use crate::app::reading::List;

/// Shows releases of the project, and brings an earlier one back.
///
/// Examples:
///   waybill releases list
///   waybill releases show 7
///   waybill releases rollback 6 --message "release 7 refused every order of company B"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct ReleasesArgs {
    #[command(flatten)]
    target: TargetOption,
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Lists releases, newest first.
    List {
        #[command(flatten)]
        page: PageOption,
    },
    /// Shows one release with its files.
    Show {
        /// Its number; the live one when left out.
        number: Option<u32>,
    },
    /// Publishes the content of an earlier release again, as a new release. Running instances stay on their versions.
    Rollback {
        /// The release to bring back.
        number: u32,
        /// Why.
        #[arg(long, short)]
        message: String,
        /// Only show what would be.
        #[arg(long)]
        dry_run: bool,
        /// Publish although cases fail; the reason is kept with the release.
        #[arg(long, requires = "reason")]
        untested: bool,
        /// Why it is published although cases fail.
        #[arg(long, requires = "untested")]
        reason: Option<String>,
    },
}

/// Asks and shows.
pub async fn run(args: ReleasesArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let target = args.target.open().await?;
    let done = match args.command {
        Verb::List { page } => {
            let mut limit = String::new();
            let query = page.query(&mut limit);
            let list = target.releases(query[0].1.and_then(|limit| limit.parse().ok()).unwrap_or(50), query[1].1).await;
            list.and_then(|list| print(&list, output, self::list))
        }
        Verb::Show { number } => target.release(number).await.and_then(|found| print(&found, output, show)),
        Verb::Rollback { number, message, dry_run, reason, .. } => {
            let done = target.roll_back(number, message, reason, dry_run).await;
            done.and_then(|view| print(&view, output, |view| rolled_back(view, number)))
        }
    };
    target.close().await;
    done
}

fn list(list: &List<ReleaseView>) -> String {
    let row = |one: &ReleaseView| {
        let tests = if one.tests_failed > 0 { format!("{} fail", one.tests_failed) } else { format!("{} pass", one.tests_passed) };
        let live = if one.live { "live" } else { "" };
        vec![one.number.to_string(), live.to_owned(), time(one.created_at), one.author.clone(), tests, one.message.clone()]
    };
    let rows: Vec<_> = list.items.iter().map(row).collect();
    table(&["RELEASE", "", "AT", "BY", "CASES", "MESSAGE"], &rows, "Nothing was published yet.") + &more(list)
}

fn show(found: &ReleaseItemView) -> String {
    let one = &found.release;
    let head = fields(&[
        ("release", Some(format!("{}{}", one.number, if one.live { " (live)" } else { "" }))),
        ("by", Some(one.author.clone())),
        ("at", Some(time(one.created_at))),
        ("message", Some(one.message.clone())),
        ("cases", Some(format!("{} passed, {} failed", one.tests_passed, one.tests_failed))),
        ("although", one.untested.clone()),
        ("brings back", one.restores.map(|number| format!("release {number}"))),
        ("digest", Some(one.digest.clone())),
    ]);
    let row = |file: &crate::app::publishing::ReleaseFile| {
        let id = if file.id == file.path { String::new() } else { file.id.clone() };
        vec![file.kind.clone(), id, file.version.chars().take(12).collect(), file.path.clone()]
    };
    let rows: Vec<_> = found.items.iter().map(row).collect();
    format!("{head}\n{}", table(&["KIND", "ID", "VERSION", "FILE"], &rows, "It holds no files."))
}

fn rolled_back(view: &PublishedView, to: u32) -> String {
    let now = view.release.as_ref().map_or(0, |release| release.number);
    let summary = diff_text::summary(&view.diff);
    match (view.published, view.diff.definitions.is_empty()) {
        (true, _) => format!("{summary}Release {now} is live with the content of release {to}.\n"),
        (false, true) => format!("Nothing differs: the live release {now} has the content of release {to}.\n"),
        (false, false) => format!("{summary}Nothing was published; this would change release {now}.\n"),
    }
}
