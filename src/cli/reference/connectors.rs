//! `docs/reference/connectors.md`: every connector that the product ships, what it offers and promises, and what it was
//! held against; from the definitions.

use std::fmt::Write;

use super::super::promises::{shown, words};
use super::gallery::{self, Shown};
use super::{cell, top};
use crate::domain::catalog::Catalog;
use crate::domain::connector::heard_by::HeardBy;
use crate::domain::connector::promise::promises;
use crate::domain::connector::proof::Proof;
use crate::domain::connector::reference::REFERENCE;
use crate::domain::connector::{Connector, Effect, Operation};
use crate::domain::value::{ObjectType, TypeField};

/// The page; `shown` are the projects that use the connectors, `manual` gives the text of a file beside the definitions.
pub fn page(catalog: &Catalog, shown: &[Shown], manual: &dyn Fn(&str) -> Option<String>) -> String {
    let mut connectors: Vec<&Connector> = catalog.connectors.values().map(AsRef::as_ref).collect();
    connectors.sort_by_key(|connector| (connector.proof.as_ref().map(|proof| proof.by), connector.id.clone()));
    let mut out = top("The connectors", "the definitions under `connectors/`");
    out += "\nWhat each connector offers, what it promises of each write, and **what it was held against**: a definition that was written \
            from documents may be right, but nobody has seen it work. How a new one is made: [Connect a system](../guide/connect-a-system.md).\n";
    out += "\n| connector | for | held against |\n|---|---|---|\n";
    for connector in &connectors {
        let proof = connector.proof.as_ref().map_or("nothing said", |proof| proof.by.words());
        let titles: Vec<&str> = [connector.title.get("en"), connector.title.get("zh")].into_iter().flatten().collect();
        let both =
            if titles.first() == titles.get(1) { titles.first().copied().unwrap_or_default().to_owned() } else { titles.join(" · ") };
        // Writing into a string cannot fail.
        let _ = writeln!(out, "| [`{0}`](#{0}) | {1} | {proof} |", connector.id, cell(&both));
    }
    let mut entries = gallery::entries(catalog, shown, manual);
    entries.sort_by_key(|entry| connectors.iter().position(|connector| connector.id == entry.connector));
    out += &gallery::section(&entries);
    connectors.iter().for_each(|connector| of(&mut out, connector, &set_up(connector, catalog, manual)));
    out
}

/// Manuals of a connector by language: the words of the link, and those of the heading above its steps.
pub(super) const MANUALS: [(&str, &str, &[&str]); 2] =
    [("README.md", "the steps", &["Set up"]), ("README.zh-CN.md", "配置步骤", &["配置", "设置步骤"])];

/// Where the steps stand that connect such a system; nothing where it has no manual.
fn set_up(connector: &Connector, catalog: &Catalog, manual: &dyn Fn(&str) -> Option<String>) -> String {
    let Some(folder) = catalog.definition("connector", &connector.id).and_then(|definition| definition.path.rsplit_once('/')) else {
        return String::new();
    };
    let links = MANUALS.iter().filter_map(|(file, words, headings)| {
        let path = format!("{}/{file}", folder.0);
        let text = manual(&path)?;
        let place = steps(&text, headings).map(|heading| format!("#{}", anchor(heading))).unwrap_or_default();
        Some(format!("[{words}](../../{path}{place})"))
    });
    let links: Vec<String> = links.collect();
    if links.is_empty() { String::new() } else { format!(" Set-up: {}.", links.join(" · ")) }
}

/// The heading above the steps of a manual.
pub(super) fn steps<'t>(text: &'t str, headings: &[&str]) -> Option<&'t str> {
    let mut told = text.lines().filter_map(|line| line.strip_prefix("## "));
    told.find(|line| headings.iter().any(|heading| line.contains(heading)))
}

/// A heading as what renders the page names it: small letters, hyphens for spaces, no punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

fn of(out: &mut String, connector: &Connector, set_up: &str) {
    let _ = write!(out, "\n## {}\n\n", connector.id);
    let title = connector.title.get("en").unwrap_or(&connector.id);
    let _ = writeln!(out, "{title}. Log-in: `{}`.{set_up}", connector.auth.word());
    if let Some(proof) = &connector.proof {
        held_against(out, proof);
    }
    let promises = promises(connector);
    let _ = write!(out, "\n| operation | takes | gives | promise |\n|---|---|---|---|\n");
    for (name, operation) in &connector.operations {
        let promise = promises.iter().find(|promise| promise.operation == **name).map_or_else(|| "reads only".to_owned(), words);
        let _ = writeln!(
            out,
            "| `{name}` | {} | {} | {} |",
            cell(&takes(operation)),
            names(&operation.output.of),
            cell(&told(operation, promise))
        );
    }
    hears(out, connector);
    let (can, cannot): (Vec<_>, Vec<_>) = connector.can.iter().partition(|(_, can)| **can);
    let list = |names: &[(&std::sync::Arc<str>, &bool)]| names.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if !can.is_empty() {
        let _ = write!(out, "\nCan: {}.\n", list(&can));
    }
    if !cannot.is_empty() {
        let _ = write!(out, "\nCannot: {}.\n", list(&cannot));
    }
    if !connector.reconcile.is_empty() {
        let kinds: Vec<String> = connector.reconcile.keys().map(|name| format!("`{name}`")).collect();
        let _ = write!(out, "\nCompared with the ledger: {}.\n", kinds.join(", "));
    }
}

fn held_against(out: &mut String, proof: &Proof) {
    let test = proof.test.as_ref().map(|test| format!(" (`{test}`)")).unwrap_or_default();
    let _ = write!(out, "\n**Proof: {}.** {}{test}.\n", proof.by.words(), cell(&proof.with));
    if !proof.memory.is_empty() {
        let _ = write!(out, "\nFrom memory only: {}.\n", proof.memory.join(", "));
    }
}

fn told(operation: &Operation, promise: String) -> String {
    if operation.effect == Effect::Read { "reads only".to_owned() } else { promise }
}

/// Every argument: what stands for it where it is not given, a question mark where nothing does, and how short a reference is made.
fn takes(operation: &Operation) -> String {
    let one = |(name, field): (&std::sync::Arc<str>, &TypeField)| match operation.defaults.of(name) {
        Some(default) => format!("`{name}` = {}", shown(&default.to_json())),
        None if **name == *REFERENCE => {
            field.max_length.map_or(format!("`{name}`"), |most| format!("`{name}` (at most {most} characters)"))
        }
        None if field.required => format!("`{name}`"),
        None => format!("`{name}`?"),
    };
    let shown: Vec<String> = operation.input.fields.iter().map(one).collect();
    if shown.is_empty() { "–".to_owned() } else { shown.join(", ") }
}

fn names(of: &ObjectType) -> String {
    let shown: Vec<String> =
        of.fields.iter().map(|(name, field)| if field.required { format!("`{name}`") } else { format!("`{name}`?") }).collect();
    if shown.is_empty() { "–".to_owned() } else { shown.join(", ") }
}

fn hears(out: &mut String, connector: &Connector) {
    if connector.events.is_empty() {
        let _ = write!(out, "\nIt tells nothing by itself.\n");
        return;
    }
    let _ = write!(out, "\n| event | heard by | what it means |\n|---|---|---|\n");
    for (name, event) in &connector.events {
        let ways: Vec<String> = event.heard_by.iter().map(|way| way_of(way, connector)).collect();
        let mut meaning: Vec<String> = Vec::new();
        if let Some(makes) = &event.document {
            meaning.push(format!("makes a `{}` by the mapping `{}`", makes.document, makes.map));
        }
        if let Some(rules) = &event.outcome {
            let mut outcomes: Vec<&str> = rules.rules.iter().map(|(_, outcome)| outcome.word()).chain([rules.otherwise.word()]).collect();
            outcomes.dedup();
            meaning.push(outcomes.join(", "));
        }
        let meaning = if meaning.is_empty() { "–".to_owned() } else { meaning.join("; ") };
        let _ = writeln!(out, "| `{name}` | {} | {} |", cell(&ways.join("; ")), cell(&meaning));
    }
}

fn way_of(way: &HeardBy, connector: &Connector) -> String {
    match way {
        HeardBy::Webhook { webhook, .. } => format!("callbacks `{webhook}`"),
        HeardBy::Stream { stream } => match connector.streams.get(stream) {
            Some(found) => format!("`{}`, read every {}", found.operation, duration(found.every_millis)),
            None => format!("`{stream}`"),
        },
        HeardBy::Reread { every_millis } => {
            let every: Vec<String> = every_millis.iter().map(|millis| duration(*millis)).collect();
            format!("open objects, read again after {}", every.join(", "))
        }
    }
}

fn duration(millis: u64) -> String {
    let seconds = millis / 1_000;
    match seconds {
        0 => format!("{millis} ms"),
        seconds if seconds % 86_400 == 0 => format!("{} d", seconds / 86_400),
        seconds if seconds % 3_600 == 0 => format!("{} h", seconds / 3_600),
        seconds if seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}
