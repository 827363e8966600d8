//! Reads a project folder into memory: only the folders of the language, only text, with a bound on everything.
//!
//! A link that leads out of the folder is refused, so that a project from elsewhere cannot read this machine's files.

use crate::domain::catalog::kinds::FOLDERS;
use crate::domain::diagnostic::{Diagnostic, Report, Span};
use crate::domain::text::files::Files;
use crate::domain::text::tree::BYTES_MAX;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Files of one project; the largest known estates of such hubs have a tenth of it.
const FILES_MAX: usize = 20_000;
/// Bytes of one project.
const PROJECT_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Depth of folders.
const DEPTH_MAX: usize = 12;
/// Endings of the files that definitions are made of.
const ENDINGS: &[&str] = &["yaml", "yml", "json", "csv"];

/// The folder itself cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the project folder `{}` cannot be read", folder.display())]
pub struct Unreadable {
    /// The folder.
    pub folder: PathBuf,
    /// Why.
    #[source]
    pub source: std::io::Error,
}

/// Reads a project. What cannot be read inside it is a finding on that file.
pub fn load(folder: &Path) -> Result<(Files, Vec<Diagnostic>), Unreadable> {
    let unreadable = |source| Unreadable { folder: folder.to_owned(), source };
    let root = folder.canonicalize().map_err(unreadable)?;
    let mut loader =
        Loader { root: root.clone(), files: Files::default(), findings: Vec::new(), bytes: 0, seen: HashSet::new(), full: false };
    let mut names: Vec<_> = std::fs::read_dir(&root).map_err(unreadable)?.flatten().collect();
    names.sort_by_key(std::fs::DirEntry::file_name);
    for entry in names {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if FOLDERS.contains(&name.as_str()) && path.is_dir() {
            loader.folder(&path, &name, 1);
        } else if ends_in(&name, &["yaml", "yml"]) && path.is_file() {
            // A definition that was put beside the folders is found and told where it belongs.
            loader.file(&path, &name);
        }
    }
    Ok((loader.files, loader.findings))
}

struct Loader {
    root: PathBuf,
    files: Files,
    findings: Vec<Diagnostic>,
    bytes: usize,
    /// Folders on the way: links may form a circle.
    seen: HashSet<PathBuf>,
    full: bool,
}

impl Loader {
    fn finding(&mut self, name: &str, code: &'static str, message: &str) {
        let mut report = Report::new(name);
        report.error(code, Span::default(), message);
        self.findings.extend(report.into_items());
    }

    /// The real place of a path, when it lies in the project.
    fn inside(&mut self, path: &Path, name: &str) -> Option<PathBuf> {
        match path.canonicalize() {
            Ok(real) if real.starts_with(&self.root) => Some(real),
            Ok(_) => {
                self.finding(name, "unknown_file", "this link leads out of the project folder");
                None
            }
            Err(_) => {
                self.finding(name, "unknown_file", "this file cannot be read");
                None
            }
        }
    }

    fn folder(&mut self, path: &Path, name: &str, depth: usize) {
        let Some(real) = self.inside(path, name) else { return };
        if depth > DEPTH_MAX || !self.seen.insert(real.clone()) {
            return self.finding(name, "too_large", "folders lie too deep in each other, or a link leads back to a folder above it");
        }
        let mut entries: Vec<_> = match std::fs::read_dir(&real) {
            Ok(entries) => entries.flatten().collect(),
            Err(_) => return self.finding(name, "unknown_file", "this folder cannot be read"),
        };
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let own = entry.file_name().to_string_lossy().into_owned();
            if own.starts_with('.') || self.full {
                continue;
            }
            let (path, name) = (entry.path(), format!("{name}/{own}"));
            if path.is_dir() {
                self.folder(&path, &name, depth + 1);
            } else if ends_in(&own, ENDINGS) {
                self.file(&path, &name);
            } else if let Some(meant) = meant(&own) {
                let mut report = Report::new(name.as_str());
                let message = "this file is not read: a definition ends in `.yaml`, in small letters and with nothing behind it";
                report.error("wrong_ending", Span::default(), message).hint(format!("rename it to `{meant}`"));
                self.findings.extend(report.into_items());
            }
        }
        self.seen.remove(&real);
    }

    fn file(&mut self, path: &Path, name: &str) {
        let Some(real) = self.inside(path, name) else { return };
        let length = std::fs::metadata(&real).map_or(0, |meta| usize::try_from(meta.len()).unwrap_or(usize::MAX));
        if length > BYTES_MAX {
            return self.finding(name, "too_large", &format!("the file has {length} bytes; the limit is {BYTES_MAX}"));
        }
        if self.files.len() >= FILES_MAX || self.bytes.saturating_add(length) > PROJECT_BYTES_MAX {
            self.full = true;
            return self.finding(
                name,
                "too_large",
                "the project has more files or bytes than are read; this file and those after it are not",
            );
        }
        match std::fs::read(&real) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => {
                    self.bytes += text.len();
                    self.files.insert(name, text);
                }
                Err(_) => self.finding(name, "yaml_syntax", "the file is not text in UTF-8"),
            },
            Err(_) => self.finding(name, "unknown_file", "this file cannot be read"),
        }
    }
}

/// What a file was probably meant to be called: `flow.YAML`, and `flow.yaml.txt` as some editors save it, are no definitions
/// and would be missed by nobody but their author.
fn meant(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let stem = lower.strip_suffix(".txt").unwrap_or(&lower);
    let ending = ["yaml", "yml"].into_iter().find(|ending| ends_in(stem, &[ending]))?;
    let kept = stem.len().checked_sub(ending.len() + 1).and_then(|length| name.get(..length))?;
    (!kept.is_empty()).then(|| format!("{kept}.yaml"))
}

fn ends_in(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn paths(files: &Files) -> Vec<&str> {
        files.iter().map(|(path, _)| &**path).collect()
    }

    #[test]
    fn the_folders_of_the_language_are_read_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &[u8]| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("flows/a.yaml", b"x");
        put("flows/tests/b.yaml", b"x");
        put("calendars/cn.csv", b"x");
        put("connectors/x/examples/one.json", b"{}");
        put("stray.yaml", b"x");
        put("node_modules/x.yaml", b"x");
        put("flows/.hidden/x.yaml", b"x");
        put("flows/notes.md", b"x");
        put("flows/short.yml", b"x");
        put("flows/Loud.YAML", b"x");
        put("flows/edited.yml.txt", b"x");
        put("flows/kept.yaml.bak", b"x");
        put("flows/latin.yaml", b"\xe4");
        put("flows/huge.yaml", &vec![b'a'; BYTES_MAX + 1]);
        let (files, findings) = load(folder.path()).unwrap();
        assert_eq!(
            paths(&files),
            ["calendars/cn.csv", "connectors/x/examples/one.json", "flows/a.yaml", "flows/short.yml", "flows/tests/b.yaml", "stray.yaml"]
        );
        let found: Vec<(&str, &str)> = findings.iter().map(|finding| (finding.code, &*finding.file)).collect();
        assert_eq!(
            found,
            [
                ("wrong_ending", "flows/Loud.YAML"),
                ("wrong_ending", "flows/edited.yml.txt"),
                ("too_large", "flows/huge.yaml"),
                ("yaml_syntax", "flows/latin.yaml")
            ]
        );
        let hints: Vec<&str> = findings.iter().filter_map(|finding| finding.hint.as_deref()).collect();
        assert_eq!(hints, ["rename it to `Loud.yaml`", "rename it to `edited.yaml`"]);
        assert!(load(&folder.path().join("none")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_the_project_only() {
        use std::os::unix::fs::symlink;
        let (outside, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("secret.yaml"), "x").unwrap();
        let root = folder.path();
        // Mounted configuration looks like this: links to a hidden folder of the same mount.
        fs::create_dir_all(root.join("..data/flows")).unwrap();
        fs::write(root.join("..data/flows/a.yaml"), "x").unwrap();
        symlink("..data/flows", root.join("flows")).unwrap();
        fs::create_dir(root.join("config")).unwrap();
        symlink(outside.path().join("secret.yaml"), root.join("config/secret.yaml")).unwrap();
        symlink(outside.path(), root.join("config/all")).unwrap();
        symlink("nowhere", root.join("config/broken.yaml")).unwrap();
        symlink("../config", root.join("config/again")).unwrap();
        let (files, findings) = load(root).unwrap();
        assert_eq!(paths(&files), ["flows/a.yaml"]);
        let found: Vec<(&str, &str)> = findings.iter().map(|finding| (finding.code, &*finding.file)).collect();
        assert_eq!(
            found,
            [
                ("too_large", "config/again"),
                ("unknown_file", "config/all"),
                ("unknown_file", "config/broken.yaml"),
                ("unknown_file", "config/secret.yaml")
            ]
        );
    }
}
