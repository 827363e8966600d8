//! From texts to checked trees: which files are definitions, of which kind, and with which id.

use super::kinds::{Folder, KINDS, Kind};
use crate::domain::diagnostic::{Hint, Report, Span, Spanned, did_you_mean};
use crate::domain::text::files::Files;
use crate::domain::text::shape;
use crate::domain::text::tree::{Node, parse};
use std::collections::HashMap;
use std::sync::Arc;

/// A definition that was found, and the report on its file.
pub struct Found {
    /// Its kind.
    pub kind: &'static Kind,
    /// Its id; the kind's key for kinds without ids.
    pub id: Spanned<Arc<str>>,
    /// Its file.
    pub path: Arc<str>,
    /// Its tree; checked against the kind's shape.
    pub node: Node,
    /// Findings so far.
    pub report: Report,
    /// Whether it may be compiled: the shape fits and no other file claims the id.
    pub sound: bool,
}

/// What a project holds.
pub struct Project {
    /// Its definitions.
    pub found: Vec<Found>,
    /// Reports on files that cannot be read as definitions.
    pub unread: Vec<Report>,
    /// Kinds and ids that those files probably define: what refers to them is not told that they do not exist.
    pub lost: Vec<(&'static str, Arc<str>)>,
}

/// Everything in the project that is a definition, or was meant to be one.
pub fn find(files: &Files) -> Project {
    let mut project = Project { found: Vec::new(), unread: Vec::new(), lost: Vec::new() };
    for (path, text) in files.iter().filter(|(path, _)| is_candidate(path)) {
        match read(path, text) {
            Ok(one) => {
                for found in one.iter().filter(|found| !found.sound) {
                    project.lost.push((found.kind.key, stem(path)));
                }
                project.found.extend(one);
            }
            Err(report) => {
                project.unread.push(report);
                project.lost.extend(guesses(path, text));
            }
        }
    }
    duplicates(&mut project.found);
    project
}

/// What an unreadable file probably defines: by a line such as `flow: x`, and by its name.
fn guesses(path: &str, text: &str) -> Vec<(&'static str, Arc<str>)> {
    let mut found = Vec::new();
    for kind in KINDS.iter().filter(|kind| kind.folder.holds(path)) {
        found.push((kind.key, stem(path)));
        let written = text.lines().find_map(|line| line.strip_prefix(kind.key)?.strip_prefix(':'));
        if let Some(id) = written.map(str::trim).filter(|id| shape::is_id(id)) {
            found.push((kind.key, id.into()));
        }
    }
    found
}

/// The name of a file without its ending; of `connectors/x/connector.yaml` and the like, the folder's.
fn stem(path: &str) -> Arc<str> {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    match parts.next() {
        Some(folder) if KINDS.iter().any(|kind| kind.key == name) => folder.into(),
        _ => name.into(),
    }
}

/// Whether a file is read as a definition. Samples, recorded examples and parts of flows are read by those who refer to
/// them.
pub fn is_candidate(path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or_default();
    (name.ends_with(".yaml") || name.ends_with(".yml")) && !parts.any(|folder| matches!(folder, "samples" | "examples" | "parts"))
}

/// The kind and id that a text defines, wherever it is to stand: its first key that is a kind's.
pub fn identify(text: &str) -> Option<(&'static Kind, Arc<str>)> {
    let node = parse(text, &mut Report::new("text"))?;
    let kind = node.entries().iter().find_map(|(key, _)| KINDS.iter().find(|kind| kind.key == key.text))?;
    let written = node.get(kind.key).and_then(Node::text).filter(|id| kind.has_id() && shape::is_id(id));
    Some((kind, written.unwrap_or(kind.key).into()))
}

fn read(path: &Arc<str>, text: &str) -> Result<Option<Found>, Report> {
    let mut report = Report::new(path.clone());
    let Some(node) = parse(text, &mut report) else { return Err(report) };
    let kind = detect(path, &node);
    if kind.is_none() && is_foreign(path, &node) {
        return Ok(None);
    }
    check_format(&node, &mut report);
    let Some(kind) = kind else {
        unknown_kind(&node, &mut report);
        return Err(report);
    };
    let top = node.get(kind.key).map_or(node.span, |value| value.span);
    if !kind.folder.holds(path) {
        let message = format!("a file that defines `{}` does not belong here", kind.key);
        report.error("wrong_folder", Span { length: 1, ..top }, message).hint(format!("move it to {}", kind.folder.words()));
    }
    let Some(shape) = kind.shape else {
        let message = format!("`{}` is not available yet", kind.key);
        report.error("not_available_yet", top, message).hint("a later release brings it; leave the file out for now");
        return Err(report);
    };
    if !kind.checks_itself {
        shape::check(&node, shape, &mut report);
    }
    let id = node.get(kind.key).and_then(Node::text).filter(|id| kind.has_id() && shape::is_id(id)).unwrap_or(kind.key);
    let sound = !report.has_errors();
    Ok(Some(Found { kind, id: Spanned::new(id.into(), top), path: path.clone(), node, report, sound }))
}

/// The first kind key in the text whose folder fits, else the first one: a connection also has a key `connector`, and
/// a flow's test stands below `flows/` and has a key `flow`.
fn detect(path: &str, node: &Node) -> Option<&'static Kind> {
    let keys = || node.entries().iter().filter_map(|(key, _)| KINDS.iter().find(|kind| kind.key == key.text));
    let named = |kind: &&Kind| matches!(kind.folder, Folder::Named(_)) && kind.folder.holds(path);
    keys().find(named).or_else(|| keys().find(|kind| kind.folder.holds(path))).or_else(|| keys().next())
}

/// Process configuration stands beside connections and bindings, other tools' files in the project folder itself.
fn is_foreign(path: &str, node: &Node) -> bool {
    let unmarked = node.get("format").is_none();
    match path.split_once('/') {
        Some(("config", name)) => !name.contains('/') && (unmarked || name.starts_with("waybill")),
        Some(_) => false,
        None => unmarked,
    }
}

fn check_format(node: &Node, report: &mut Report) {
    let (span, message) = match node.get("format") {
        Some(format) if format.int() == Some(1) => return,
        Some(format) => (format.span, "this format is not known to this release".to_owned()),
        None => (Span { length: 1, ..node.span }, "the file does not say its format".to_owned()),
    };
    report.error("bad_format", span, message).hint("write `format: 1` on top").at("format");
}

fn unknown_kind(node: &Node, report: &mut Report) {
    let keys: Vec<&str> = KINDS.iter().map(|kind| kind.key).collect();
    let near = node
        .entries()
        .iter()
        .filter(|(key, _)| !matches!(key.text.as_str(), "format" | "title"))
        .find_map(|(key, _)| Some((key, did_you_mean(&key.text, keys.iter().copied())?)));
    let (span, hint) = match near {
        Some((key, near)) => (key.span, Hint::meant(near)),
        None => (Span { length: 1, ..node.span }, format!("one of: {}", keys.join(", ")).into()),
    };
    report.error("unknown_kind", span, "nothing says what this file defines").hint(hint);
}

fn duplicates(found: &mut [Found]) {
    let mut first: HashMap<(&'static str, Arc<str>), Arc<str>> = HashMap::new();
    for one in found {
        if one.kind.key == "test" {
            continue;
        }
        let key = (one.kind.key, one.id.value.clone());
        if let Some(other) = first.get(&key) {
            let what = if one.kind.has_id() { format!("`{}: {}`", one.kind.key, one.id.value) } else { format!("`{}`", one.kind.key) };
            let message = format!("{what} is already defined in `{other}`");
            one.report.error("duplicate_definition", one.id.span, message).hint("rename or remove one of the two");
            one.sound = false;
        } else {
            first.insert(key, one.path.clone());
        }
    }
}

impl Kind {
    /// Whether its files have ids of their own; a project has one file of bindings, and tests are named by sentences.
    pub fn has_id(&self) -> bool {
        self.key != "bind" && self.key != "test"
    }
}
