//! A draft becomes files: never over what is there, and only when `check` accepts them.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::json;

use super::super::exit::{self, Exit};
use super::super::output::{self, Colour, OutputFormat, many};
use super::super::promises;
use crate::app::cases;
use crate::app::load::load;
use crate::domain::catalog::{Catalog, has_errors};
use crate::domain::connector::draft::{DraftError, Written};
use crate::domain::connector::promise::promises as promised;

/// Ids of connectors.
pub fn wrong_id(id: &str) -> Option<String> {
    let good = id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.len() <= 48
        && id.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    (!good).then(|| format!("`{id}` is no id: small letters, digits and `_`, a letter first, such as `crm` or `erp_north`"))
}

/// A description that cannot be read.
pub fn unreadable(problem: DraftError) -> anyhow::Error {
    Exit::usage(problem.message).hint(problem.hint).into()
}

/// Writes a draft into a project, or only shows it.
pub fn write(folder: &Path, draft: &Written, dry_run: bool, output: OutputFormat) -> anyhow::Result<ExitCode> {
    if let Some(wrong) = wrong_id(&draft.id) {
        return Err(Exit::usage(wrong).into());
    }
    let files = &draft.files;
    for file in files {
        if folder.join(&file.path).exists() {
            let hint = "nothing was written; choose another id, or take the file away first";
            return Err(Exit::usage(format!("`{}` is there already", file.path)).hint(hint).into());
        }
    }
    let (mut texts, unread) = load(folder).map_err(|error| exit::usage(error.into()))?;
    for file in files {
        texts.insert(file.path.as_str(), file.text.as_str());
    }
    let (catalog, found) = Catalog::compile(texts);
    let ours = |path: &str| files.iter().any(|file| file.path == path);
    let (about, others): (Vec<_>, Vec<_>) = unread.into_iter().chain(found).partition(|finding| ours(&finding.file));
    if has_errors(&about) {
        // Nobody is left to tell when standard error is gone.
        let _ = std::io::stderr().lock().write_all(output::findings(&about, &catalog.files, Colour::Never).as_bytes());
        let hint =
            "nothing was written; the description holds something the draft does not deal with: leave that operation out with `--only`";
        return Err(Exit::failed(format!("the draft has {}", output::counts(&about))).hint(hint).into());
    }
    let failed: Vec<_> =
        cases::run(&catalog, Some(&format!("connectors/{}/", draft.id))).into_iter().filter(|case| !case.passes()).collect();
    if !dry_run {
        for file in files {
            let path = folder.join(&file.path);
            let parent = path.parent().unwrap_or(folder);
            std::fs::create_dir_all(parent).with_context(|| format!("`{}` cannot be made", parent.display()))?;
            // Who wrote it meanwhile keeps it.
            let mut new = std::fs::File::create_new(&path).with_context(|| format!("`{}` cannot be written", path.display()))?;
            new.write_all(file.text.as_bytes()).with_context(|| format!("`{}` cannot be written", path.display()))?;
        }
    }
    let text = match output {
        OutputFormat::Json => {
            let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
            let failed: Vec<_> = failed.iter().map(|case| &case.name).collect();
            let json = json!({"connector": draft.id, "connection": draft.connection, "written": !dry_run, "files": paths, "open": draft.open, "failed_examples": failed});
            format!("{json}\n")
        }
        OutputFormat::Text => told(draft, &catalog, dry_run, failed.len(), others.len()),
    };
    std::io::stdout().lock().write_all(text.as_bytes()).context("the result cannot be written")?;
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn told(draft: &Written, catalog: &Catalog, dry_run: bool, failed: usize, others: usize) -> String {
    let mut text = if dry_run { "Nothing was written. It would be:\n".to_owned() } else { "Written:\n".to_owned() };
    let files = &draft.files;
    if dry_run {
        files.iter().for_each(|file| text += &format!("\n--- {}\n{}", file.path, file.text));
    } else {
        let examples = files.iter().filter(|file| file.path.ends_with(".json")).count();
        for file in files.iter().filter(|file| !file.path.ends_with(".json")) {
            text += &format!("  {}\n", file.path);
        }
        text += &format!("  connectors/{}/examples/ ({})\n", draft.id, many(examples, "example"));
    }
    let connector = catalog.connectors.get(draft.id.as_str());
    let promises: Vec<_> = connector.map(|connector| promised(connector)).unwrap_or_default();
    if !promises.is_empty() {
        text += "\nWhat its writes promise:\n";
        promises.iter().for_each(|promise| text += &format!("  {}: {}\n", promise.operation, promises::words(promise)));
    }
    text += "\nOpen:\n";
    for words in &draft.open {
        text += &format!("  - {}\n", output::printable(words));
    }
    if failed > 0 {
        text += &format!(
            "\n{} of the draft not pass yet: `waybill test --only connectors/{}/` says why.\n",
            if failed == 1 { "1 example does".to_owned() } else { format!("{failed} examples do") },
            draft.id
        );
    }
    if others > 0 {
        text += &format!("\nThe project has {} elsewhere; `waybill check` shows them.\n", many(others, "finding"));
    }
    text += "\nNext:\n";
    for variable in &draft.variables {
        text += &format!("  export {variable}=…\n");
    }
    let operation = draft.first.as_deref().unwrap_or("OPERATION");
    text += &format!("  waybill connector try {} {operation}\n", draft.connection);
    text += &format!("  waybill connector record {} {operation}\n", draft.connection);
    text
}
