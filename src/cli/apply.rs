//! `waybill apply`: publishes a project folder.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::ask::print;
use super::diff_text;
use super::exit::Exit;
use super::output::{OutputFormat, many};
use super::project_content::{checked, tested};
use super::release_target::{Publish, Target, TargetOption};
use crate::app::publishing::CaseView;
use crate::app::publishing::ReleaseFiles;
use crate::domain::publishing::{Content, compare, taken_back};

/// Publishes a project folder: checks it, runs its cases, shows what differs from the live release, and makes it live.
///
/// Every replica follows within its poll. Running instances stay on their versions; `waybill instances migrate` moves them.
/// A release is stored whole or not at all. When somebody else published meanwhile, nothing happens; nor when the folder
/// still holds what a later release has changed, which would undo it (`--take-back` does).
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
    /// Publish although it undoes what later releases brought; their texts are in them still.
    #[arg(long)]
    take_back: bool,
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
    if !diff.definitions.is_empty() && !args.dry_run && !args.take_back {
        refuse_taking_back(&target, &held, &live).await?;
    }
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

/// Earlier releases that a folder is held against.
const LOOKED_BACK: u32 = 20;
/// Things that are named in the refusal.
const NAMED: usize = 10;

/// A folder that others have overtaken says for everything that it does not know of what an earlier release said.
async fn refuse_taking_back(target: &Target, held: &Content, live: &ReleaseFiles) -> anyhow::Result<()> {
    let now = live.content();
    let mut undone: BTreeMap<(String, String), u32> = BTreeMap::new();
    for number in (live.number.saturating_sub(LOOKED_BACK).max(1)..live.number).rev() {
        let earlier = target.files(Some(number)).await?;
        for name in taken_back(held, &now, &earlier.content()) {
            undone.entry(name).or_insert(number);
        }
    }
    if undone.is_empty() {
        return Ok(());
    }
    let named = undone.iter().take(NAMED).map(|((kind, id), number)| format!("\n  {kind} {id}: as in release {number}"));
    let more = if undone.len() > NAMED { format!("\n  … {} more", undone.len() - NAMED) } else { String::new() };
    let message = format!(
        "the folder is behind release {}: publishing it would undo {}{}{more}",
        live.number,
        many(undone.len(), "change"),
        named.collect::<String>()
    );
    let hint = "bring the live release into the folder first (`waybill export`), or give `--take-back`; \
                `waybill releases rollback N` brings a whole release back";
    Err(Exit::failed(message).hint(hint).into())
}
