//! `waybill diff`: how a folder differs from a release, or one release from another.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::ask::print;
use super::diff_text;
use super::output::{Colour, OutputFormat};
use super::project_content::checked;
use super::release_target::TargetOption;
use crate::domain::publishing::compare;

/// Shows how a project folder differs from the live release, or how two releases differ.
///
/// By definition, by step, rule, operation or row (added, removed, changed key by key, moved), and by line.
///
/// Exit codes: 0 nothing differs, 1 something does (or the folder has errors), 2 it was called wrongly, 3 the hub cannot be
/// reached.
///
/// Examples:
///   waybill diff
///   waybill diff path/to/project --from 6
///   waybill diff --from 6 --to 7 --output json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct DiffArgs {
    /// The project folder.
    #[arg(default_value = ".", conflicts_with = "to")]
    folder: PathBuf,
    /// The release to compare with; the live one when left out.
    #[arg(long, value_name = "NUMBER")]
    from: Option<u32>,
    /// Another release in place of the folder.
    #[arg(long, value_name = "NUMBER")]
    to: Option<u32>,
    #[command(flatten)]
    target: TargetOption,
}

/// Compares and shows.
pub async fn run(args: DiffArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let folder = if args.to.is_none() { Some(checked(&args.folder)?.1) } else { None };
    let target = args.target.open().await?;
    let before = target.files(args.from).await;
    let other = match args.to {
        Some(number) => Some(target.files(Some(number)).await),
        None => None,
    };
    target.close().await;
    let before = before?;
    let after = match (folder, other) {
        (Some(folder), _) => folder,
        (None, Some(other)) => other?.content(),
        (None, None) => Default::default(),
    };
    let diff = compare(&before.content(), &after);
    print(&diff, output, |diff| match diff.definitions.is_empty() {
        true => format!("Nothing differs from {}.\n", diff_text::release(before.number)),
        false => diff_text::whole(diff, Colour::of_terminal()),
    })?;
    Ok(if diff.definitions.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
