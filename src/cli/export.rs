//! `waybill export`: writes a release back into a folder, byte for byte.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::ask::print;
use super::exit::Exit;
use super::output::{OutputFormat, many};
use super::release_target::TargetOption;
use crate::app::load::load;
use crate::app::publishing::{ReleaseFiles, checked};
use crate::domain::catalog::Catalog;
use crate::domain::publishing::content;

/// Writes the files of a release into a folder as they were published, comments and all.
///
/// A file that is there with another text is not touched without `--force`; then nothing is written at all. Definitions that
/// the release does not hold are named, and removed with `--prune`.
///
/// Exit codes: 0 the folder holds the release, 1 files would be overwritten, 2 it was called wrongly, 3 the hub cannot be
/// reached.
///
/// Examples:
///   waybill export project
///   waybill export project --release 6 --force
///   waybill export project --force --prune
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct ExportArgs {
    /// The folder; made when it is not there.
    folder: PathBuf,
    /// The release; the live one when left out.
    #[arg(long, value_name = "NUMBER")]
    release: Option<u32>,
    /// Overwrite files that have another text.
    #[arg(long)]
    force: bool,
    /// Remove definitions, and files they are made of, that the release does not hold.
    #[arg(long, requires = "force")]
    prune: bool,
    #[command(flatten)]
    target: TargetOption,
}

/// Reads and writes.
pub async fn run(args: ExportArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let target = args.target.open().await?;
    let release = target.files(args.release).await;
    target.close().await;
    let release = release?;
    for found in &release.files {
        // A hub that is not ours must not write where it likes.
        checked(found.file.path.clone()).map_err(|_| Exit::failed(format!("the release names a strange path: `{}`", found.file.path)))?;
    }
    let differing: Vec<&str> = release
        .files
        .iter()
        .filter(|found| differs(&args.folder, &found.file.path, &found.text))
        .map(|found| found.file.path.as_str())
        .collect();
    if !differing.is_empty() && !args.force {
        let list = differing.iter().map(|path| format!("\n  {path}")).collect::<String>();
        return Err(Exit::failed(format!("{} would be overwritten:{list}", many(differing.len(), "file")))
            .hint("give `--force`, or another folder")
            .into());
    }
    let written = write(&args.folder, &release)?;
    let strange = strange(&args.folder, &release)?;
    if args.prune {
        for path in &strange {
            std::fs::remove_file(args.folder.join(path)).with_context(|| format!("`{path}` cannot be removed"))?;
        }
    }
    let answer = json!({"release": release.number, "files": release.files.len(), "written": written, "not_in_release": strange, "pruned": args.prune});
    print(&answer, output, |_| {
        let what = if args.prune { "Removed" } else { "Not in the release" };
        let rest: String = strange.iter().map(|path| format!("{what}: {path}\n")).collect();
        format!("{rest}Release {}: {}, {} written.\n", release.number, many(release.files.len(), "file"), written)
    })
}

fn differs(folder: &Path, path: &str, text: &str) -> bool {
    let place = folder.join(path);
    place.exists() && std::fs::read(place).ok().as_deref() != Some(text.as_bytes())
}

/// Writes what is not there as it should be; each file whole, by renaming.
fn write(folder: &Path, release: &ReleaseFiles) -> anyhow::Result<usize> {
    let mut written = 0;
    for found in &release.files {
        let place = folder.join(&found.file.path);
        if std::fs::read(&place).ok().as_deref() == Some(found.text.as_bytes()) {
            continue;
        }
        let parent = place.parent().unwrap_or(folder);
        let failed = || format!("`{}` cannot be written", place.display());
        std::fs::create_dir_all(parent).with_context(failed)?;
        let name = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let aside = parent.join(format!(".{name}.new"));
        std::fs::write(&aside, &found.text).with_context(failed)?;
        std::fs::rename(&aside, &place).with_context(failed)?;
        written += 1;
    }
    Ok(written)
}

/// Files of the folder that would be published but are not in the release.
fn strange(folder: &Path, release: &ReleaseFiles) -> anyhow::Result<Vec<String>> {
    let (files, _) = load(folder)?;
    let (catalog, _) = Catalog::compile(files);
    let known: BTreeSet<&str> = release.files.iter().map(|found| found.file.path.as_str()).collect();
    let held = content(&catalog).files.into_iter().map(|file| file.path.to_string());
    Ok(held.filter(|path| !known.contains(path.as_str())).collect())
}
