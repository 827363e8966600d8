//! The sources of the stores as text: what a function reaches, and the statements in it that write.
//!
//! Good enough for the house's own code: one item a line, statements with keywords in upper case. A name that could mean several
//! things counts as all of them, so that rather too much is reached than too little.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Words of a statement that keeps something.
const WRITES: [&str; 5] = ["INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE"];

/// Functions, constants and macros of the room by their path (`postgres::views::documents`), and what each module calls what.
#[derive(Default)]
pub(super) struct Sources {
    items: BTreeMap<String, String>,
    uses: BTreeMap<String, BTreeMap<String, String>>,
}

impl Sources {
    /// All of `src/store` but this file's own folder, which holds no statement.
    pub fn read() -> Sources {
        let mut sources = Sources::default();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
        sources.folder(&root, &root);
        sources
    }

    fn folder(&mut self, root: &Path, folder: &Path) {
        for entry in std::fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("readable").path();
            let inside = path.strip_prefix(root).expect("below it").with_extension("").to_string_lossy().replace('/', "::");
            if inside.starts_with("kill_points") {
                continue;
            }
            if path.is_dir() {
                self.folder(root, &path);
            } else {
                let module = inside.strip_suffix("mod").map_or(inside.as_str(), |parent| parent.trim_end_matches(':'));
                self.add(module, &std::fs::read_to_string(&path).expect("text"));
            }
        }
    }

    /// Adds the text of a module.
    pub fn add(&mut self, module: &str, text: &str) {
        let text: Vec<&str> = text.split("#[cfg(test)]").next().unwrap_or_default().lines().map(code).collect();
        let mut current: Option<String> = None;
        for line in &text {
            if let Some(name) = item(line) {
                current = Some(join(module, name));
            }
            if let Some(current) = &current {
                let kept = self.items.entry(current.clone()).or_default();
                *kept += line;
                kept.push('\n');
            }
        }
        let mut uses = BTreeMap::new();
        for statement in text.join("\n").split(';') {
            let Some(tree) = statement.rsplit_once("use ").filter(|(before, _)| is_use(before)).map(|(_, tree)| tree) else { continue };
            expand(module, "", tree, &mut uses);
        }
        self.uses.insert(module.to_owned(), uses);
    }

    /// The function of this name in the file of the module that begins with `text`.
    pub fn method(&self, modules: &[&str], name: &str) -> Option<String> {
        modules.iter().map(|module| join(module, name)).find(|path| self.items.contains_key(path))
    }

    /// What a path written in a module means.
    pub fn resolve(&self, module: &str, path: &str) -> Vec<String> {
        let (first, rest) = path.split_once("::").map_or((path, None), |(first, rest)| (first, Some(rest)));
        let mut open = vec![join(module, path)];
        open.extend(absolute(module, path));
        if let Some(full) = self.uses.get(module).and_then(|uses| uses.get(first)) {
            open.push(rest.map_or_else(|| full.clone(), |rest| join(full, rest)));
        }
        let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
        while let Some(path) = open.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            if self.items.contains_key(&path) {
                found.push(path);
            } else if let Some((module, name)) = path.rsplit_once("::") {
                // Handed on by the module that is named.
                open.extend(self.uses.get(module).and_then(|uses| uses.get(name)).cloned());
            }
        }
        found
    }

    /// How a writing statement is reached from here, if one is: the way to it, this first.
    pub fn way_to_a_write(&self, start: &str) -> Option<Vec<String>> {
        let mut ways = vec![vec![start.to_owned()]];
        let mut seen = BTreeSet::from([start.to_owned()]);
        while let Some(way) = ways.pop() {
            let last = way.last().map(String::as_str).unwrap_or_default();
            let text = self.text(last);
            if writes(text) {
                return Some(way);
            }
            let module = last.rsplit_once("::").map_or("", |(module, _)| module);
            for next in words(text).into_iter().filter(Word::is_named).flat_map(|word| self.resolve(module, &word.path)) {
                if seen.insert(next.clone()) {
                    ways.push(way.iter().cloned().chain([next]).collect());
                }
            }
        }
        None
    }

    /// The text of an item.
    pub fn text(&self, item: &str) -> &str {
        self.items.get(item).map_or("", String::as_str)
    }
}

/// A line without what is said about it.
fn code(line: &str) -> &str {
    let is_comment = line.trim_start().starts_with("//");
    if is_comment { "" } else { line }
}

/// The name of the item that begins in a line.
fn item(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    if let Some(public) = rest.strip_prefix("pub") {
        rest = public.strip_prefix('(').and_then(|inside| inside.split_once(')')).map_or(public, |(_, rest)| rest).trim_start();
    }
    rest = rest.strip_prefix("async ").unwrap_or(rest);
    let named = ["const fn ", "fn ", "const ", "static ", "macro_rules! "].into_iter().find_map(|word| rest.strip_prefix(word))?;
    let end = named.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(named.len());
    Some(&named[..end]).filter(|name| !name.is_empty())
}

/// Whether what stands before `use` in a statement is nothing, or how public it is.
fn is_use(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.is_empty() || (line.starts_with("pub") && line.ends_with([' ', ')']))
}

fn join(module: &str, path: &str) -> String {
    if module.is_empty() { path.to_owned() } else { format!("{module}::{path}") }
}

/// A path from the room's root, where it is written so that this is plain.
fn absolute(module: &str, path: &str) -> Option<String> {
    if let Some(path) = path.strip_prefix("crate::store::") {
        return Some(path.to_owned());
    }
    let (mut module, mut path) = (module, path.strip_prefix("super::").map(|rest| (rest, true))?.0);
    loop {
        module = module.rsplit_once("::").map_or("", |(parent, _)| parent);
        match path.strip_prefix("super::") {
            Some(rest) => path = rest,
            None => return Some(join(module, path)),
        }
    }
}

/// Every name that a `use` brings, with where it comes from.
fn expand(module: &str, before: &str, tree: &str, uses: &mut BTreeMap<String, String>) {
    let tree = tree.trim();
    let Some((path, members)) = tree.split_once('{') else {
        let (path, name) = tree.split_once(" as ").unwrap_or((tree, tree.rsplit("::").next().unwrap_or(tree)));
        let full = format!("{before}{}", path.trim());
        uses.insert(name.trim().to_owned(), absolute(module, &full).unwrap_or_else(|| join(module, &full)));
        return;
    };
    let before = format!("{before}{}", path.trim());
    let (mut depth, mut from) = (0, 0);
    for (at, letter) in members.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                if !members[from..at].trim().is_empty() {
                    expand(module, &before, &members[from..at], uses);
                }
                from = at + 1;
                if letter == '}' {
                    return;
                }
            }
            _ => {}
        }
    }
}

/// A path in a text, and what stands around it.
struct Word {
    path: String,
    /// Right after it.
    next: String,
}

impl Word {
    /// Whether it can mean an item: a local name is neither a path nor called, and constants are in upper case.
    fn is_named(&self) -> bool {
        let is_called = self.next.starts_with(['(', '!']) || self.next.starts_with("::<");
        self.path.contains("::") || is_called || self.path.chars().all(|letter| !letter.is_lowercase())
    }
}

fn words(text: &str) -> Vec<Word> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some(start) = rest.find(is_part) {
        let mut end = start;
        loop {
            end += rest[end..].find(|letter| !is_part(letter)).unwrap_or(rest.len() - end);
            match rest[end..].strip_prefix("::").and_then(|after| after.chars().next()) {
                Some(letter) if is_part(letter) => end += 2,
                _ => break,
            }
        }
        found.push(Word { path: rest[start..end].to_owned(), next: rest[end..].chars().take(3).collect() });
        rest = &rest[end..];
    }
    found
}

/// Whether a text says a statement that writes; `FOR UPDATE` locks and writes nothing.
fn writes(text: &str) -> bool {
    let words: Vec<String> = words(text).into_iter().map(|word| word.path).collect();
    let locks = |at: usize| words[at] == "UPDATE" && at > 0 && ["FOR", "KEY"].contains(&words[at - 1].as_str());
    (0..words.len()).any(|at| WRITES.contains(&words[at].as_str()) && !locks(at))
}
