//! `waybill apply`: publishes a project folder.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::ask::print;
use super::diff_text;
use super::exit::Exit;
use super::output::{OutputFormat, many};
use super::project_content::{checked, tested};
use super::release_target::{Publish, TargetOption};
use crate::app::publishing::CaseView;
use crate::domain::publishing::compare;

/// Publishes a project folder: checks it, runs its cases, shows what differs from the live release, and makes it live.
///
/// Every replica follows within its poll. Running instances stay on their versions; `waybill instances migrate` moves them.
/// A release is stored whole or not at all. When somebody else published meanwhile, nothing happens.
/// Process configuration (`config/waybill*.yaml`) belongs to a machine and is not published.
///
/// Exit codes: 0 it is live (or nothing differs), 1 it has errors, cases fail, or another release is live, 2 it was called
/// wrongly, 3 the hub cannot be reached.
///
/// Examples:
///   waybill apply . --message "approval above 5,000 CNY"
///   waybill apply . --message "approval above 5,000 CNY" --dry-run
///   waybill apply . --message "hotfix" --untested --reason "the sample partner is away"
///   waybill apply . --message "first" --store sqlite:waybill.sqlite
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct ApplyArgs {
    /// The project folder, which holds connectors/ mappings/ flows/ config/ …
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Why, for everybody who reads the list of releases.
    #[arg(long, short)]
    message: String,
    /// Only show what would be published.
    #[arg(long)]
    dry_run: bool,
    /// Publish although cases fail; the reason is kept with the release.
    #[arg(long, requires = "reason")]
    untested: bool,
    /// Why it is published although cases fail.
    #[arg(long, requires = "untested")]
    reason: Option<String>,
    #[command(flatten)]
    target: TargetOption,
}

/// Checks, shows, publishes.
pub async fn run(args: ApplyArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let (catalog, held) = checked(&args.folder)?;
    let cases = tested(&catalog);
    let failed = cases.iter().filter(|case| !case.passes()).count();
    if failed > 0 && !args.untested {
        let message = format!("{failed} of {} fail; nothing is published", many(cases.len(), "case"));
        return Err(Exit::failed(message).hint("mend them, or give `--untested --reason TEXT`").into());
    }
    let target = args.target.open().await?;
    let live = target.files(None).await?;
    let diff = compare(&live.content(), &held);
    let cases: Vec<CaseView> = cases.iter().map(CaseView::from).collect();
    if diff.definitions.is_empty() || args.dry_run {
        target.close().await;
        let answer = json!({"published": false, "release": live.number, "diff": diff, "cases": cases});
        return print(&answer, output, |_| {
            let what = if diff.definitions.is_empty() { "Nothing differs from" } else { "Nothing was published; this would change" };
            format!("{}{what} {}.\n", diff_text::summary(&diff), diff_text::release(live.number))
        });
    }
    let publish = Publish { message: args.message, base: live.number, files: held.to_files(), untested: args.reason };
    let published = target.publish(publish, &live).await;
    target.close().await;
    print(&published?, output, |view| {
        let number = view.release.as_ref().map_or(0, |release| release.number);
        format!(
            "{}Release {number} is live: {} passed, {failed} failed.\n",
            diff_text::summary(&view.diff),
            many(cases.len() - failed, "case")
        )
    })
}
