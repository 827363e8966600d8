//! The content this binary ships: definitions of the generic systems, embedded so that `demo` and `bench` run anywhere.

use crate::domain::text::files::Files;
use rust_embed::RustEmbed;
use std::io;
use std::path::Path;

#[derive(RustEmbed)]
#[folder = "."]
#[include = "documents/*"]
#[include = "dictionaries/*"]
#[include = "forms/*"]
#[include = "tables/*"]
#[include = "calendars/*"]
#[include = "connectors/demo_*/*"]
#[include = "mappings/*"]
#[include = "flows/*"]
#[include = "config/connections/*"]
#[include = "config/bindings.yaml"]
#[include = "config/directory.yaml"]
#[include = "samples/*"]
struct Shipped;

#[derive(RustEmbed)]
#[folder = "benches/bench-content"]
struct Bench;

/// The demonstration's project.
pub fn project() -> Files {
    files::<Shipped>()
}

/// The benchmark's project.
pub fn bench() -> Files {
    files::<Bench>()
}

fn files<E: RustEmbed>() -> Files {
    E::iter().filter_map(|path| Some((path.to_string(), String::from_utf8(E::get(&path)?.data.into_owned()).ok()?))).collect()
}

/// Points connections at where the mocks listen in this run, and their secrets at files of this run.
///
/// # Errors
/// When a secret's file cannot be written.
pub fn point_at(files: &Files, addresses: &[(&str, &str)], secrets: &[(&str, &str)], folder: &Path) -> io::Result<Files> {
    for (name, value) in secrets {
        std::fs::write(folder.join(name), value)?;
    }
    let mut pointed = Files::default();
    for (path, text) in files.iter() {
        let mut text = text.to_string();
        if path.starts_with("config/connections/") {
            for (from, to) in addresses {
                text = text.replace(from, to);
            }
            for (name, _) in secrets {
                text = text.replace(&format!("env/{name}"), &format!("file/{name}"));
            }
        }
        pointed.insert(path.clone(), text);
    }
    Ok(pointed)
}
