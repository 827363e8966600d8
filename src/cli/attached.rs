//! Files of the command line: brought to the hub before the act that they go with, and taken from it.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::{Value, json};

use super::ask::print;
use super::client::Client;
use super::exit::Exit;
use super::output::OutputFormat;
use crate::app::people::UploadedFile;
use crate::domain::file::{self, Reference};

/// No hub takes more.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The attachments of an act at `place` (`tasks` or `instances`, and the id). A value `name=reference` is taken as it is; any other
/// names a file of this machine, which is uploaded.
pub async fn attachments(client: &Client, place: [&str; 2], values: &[String]) -> anyhow::Result<Vec<Value>> {
    let mut attachments = Vec::with_capacity(values.len());
    for value in values {
        attachments.push(match value.split_once('=') {
            Some((name, reference)) => json!({"name": name, "ref": reference}),
            None => {
                let kept = upload(client, place, Path::new(value)).await?;
                json!({"name": kept.name, "ref": kept.reference, "sha256": kept.sha256})
            }
        });
    }
    Ok(attachments)
}

async fn upload(client: &Client, [kind, id]: [&str; 2], path: &Path) -> anyhow::Result<UploadedFile> {
    let unreadable = |why: String| Exit::usage(format!("the file `{}` cannot be read: {why}", path.display()));
    let known = std::fs::metadata(path).map_err(|error| {
        unreadable(error.to_string()).hint("`--attach` takes the path of a file, or `name=reference` for what lies elsewhere")
    })?;
    if !known.is_file() || known.len() > FILE_BYTES_MAX {
        return Err(unreadable("it is no plain file of at most 64 MiB".to_owned()).into());
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    client.upload(&[kind, id, "files"], ("name", &name), bytes).await
}

/// Saves a file of the hub; `-` for standard output.
pub async fn save(client: &Client, reference: &str, out: &Path, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let id = match file::read(reference) {
        Reference::Ours(id) => Some(id),
        _ => reference.parse().ok(),
    };
    let id = id.ok_or_else(|| {
        Exit::usage(format!("`{reference}` is no file of a hub")).hint("write what stands under `ref`: `file:` and an id")
    })?;
    let bytes = client.download(&["files", &id.to_string()]).await?;
    if out == Path::new("-") {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(&bytes).and_then(|()| stdout.flush()).context("standard output cannot be written")?;
        return Ok(ExitCode::SUCCESS);
    }
    std::fs::write(out, &bytes).with_context(|| format!("`{}` cannot be written", out.display()))?;
    print(&json!({"saved": out, "bytes": bytes.len()}), output, |_| format!("saved {} bytes as {}\n", bytes.len(), out.display()))
}
