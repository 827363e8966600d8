//! What each connector of the gallery has of what an entry must have: an entry that lacks something does not count and says so.
//! What a system itself does not have (`lacks` of a connector) is no fault of its entry, and stands there with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use serde_json::Value as Json;

use super::super::output::many;
use super::cell;
use super::connectors::{MANUALS, steps};
use crate::app::cases::{Spoken, spoken};
use crate::domain::catalog::Catalog;
use crate::domain::connector::idempotency::Idempotency;
use crate::domain::connector::operation::Body;
use crate::domain::connector::{Connector, Effect, Operation};
use crate::domain::mapping::Target;

/// A project that shows connectors in flows: its folder, and what stands in it.
pub struct Shown {
    /// The folder, such as `examples/tryton`; empty for the product's own.
    pub folder: String,
    /// Its definitions.
    pub catalog: Catalog,
}

/// One connector, and what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The connector's id.
    pub connector: Arc<str>,
    /// What it has, in the order of [`CRITERIA`].
    pub cells: Vec<Cell>,
}

/// What an entry has of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// It has it, in these words.
    Has(String),
    /// There is no such thing, for this reason.
    None(String),
    /// It should have it.
    Missing(String),
}

/// What an entry is looked at with.
struct Look<'a> {
    connector: &'a Connector,
    catalog: &'a Catalog,
    shown: &'a [(&'a Shown, BTreeMap<Arc<str>, Spoken>)],
    manual: &'a dyn Fn(&str) -> Option<String>,
}

/// How something of an entry is seen.
type Seen = fn(&Look<'_>) -> Cell;

/// What an entry must have, and how it is seen.
const CRITERIA: [(&str, Seen); 8] = [
    ("creates, reads", |look| look.operations()),
    ("after a lost answer", |look| look.lost()),
    ("status, outcome", |look| look.events()),
    ("mapping", |look| look.mapping()),
    ("form", |look| look.form()),
    ("examples", |look| look.examples()),
    ("manual", |look| look.manuals()),
    ("flow test", |look| look.flow_test()),
];

impl Entry {
    /// What it should have and has not, in words.
    pub fn missing(&self) -> Vec<String> {
        let named = CRITERIA.iter().map(|(name, _)| name).zip(&self.cells);
        let missing = named.filter_map(|(name, cell)| match cell {
            Cell::Missing(words) if words.is_empty() => Some((*name).to_owned()),
            Cell::Missing(words) => Some(format!("{name} ({words})")),
            Cell::Has(_) | Cell::None(_) => None,
        });
        missing.collect()
    }
}

/// Every connector of `catalog`; `shown` are the projects in which flows speak through them, `manual` gives a text beside them.
pub fn entries(catalog: &Catalog, shown: &[Shown], manual: &dyn Fn(&str) -> Option<String>) -> Vec<Entry> {
    let shown: Vec<_> = shown.iter().map(|one| (one, spoken(&one.catalog))).collect();
    let entry = |connector: &Arc<Connector>| {
        let look = Look { connector, catalog, shown: &shown, manual };
        Entry { connector: connector.id.clone(), cells: CRITERIA.iter().map(|(_, see)| see(&look)).collect() }
    };
    catalog.connectors.values().map(entry).collect()
}

/// The section of the page.
pub(super) fn section(entries: &[Entry]) -> String {
    let whole = entries.iter().filter(|entry| entry.missing().is_empty()).count();
    let mut out = format!(
        "\n## What an entry has\n\nAn entry counts when it creates or reads, knows what became of a write whose answer was lost, tells of a status or \
         an outcome, is mapped, writes and reads the forms of its approvals, has recorded examples for all it does, the steps of its set-up in English \
         and Chinese, and a flow test that goes through it. **{whole} of {} do.** What a system itself does not have is no fault of its entry; the \
         reason stands there. What is missing is said.\n\n| connector |",
        entries.len()
    );
    for (name, _) in CRITERIA {
        out += &format!(" {name} |");
    }
    out += "\n|---|";
    out += &"---|".repeat(CRITERIA.len());
    out += "\n";
    for entry in entries {
        let cells = entry.cells.iter().map(|one| match one {
            Cell::Has(words) => cell(words),
            Cell::None(reason) => cell(&format!("none: {reason}")),
            Cell::Missing(words) if words.is_empty() => "**missing**".to_owned(),
            Cell::Missing(words) => cell(&format!("**missing**: {words}")),
        });
        // Writing into a string cannot fail.
        let _ = writeln!(out, "| [`{0}`](#{0}) | {1} |", entry.connector, cells.collect::<Vec<_>>().join(" | "));
    }
    out
}

fn names<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl Look<'_> {
    fn writes(&self) -> impl Iterator<Item = &Operation> {
        self.connector.operations.values().filter(|operation| operation.effect == Effect::Write)
    }

    /// Whether it only tells who works somewhere: no flow acts on it, and it has no documents.
    fn is_only_read(&self) -> bool {
        self.writes().next().is_none() && self.connector.events.is_empty()
    }

    fn operations(&self) -> Cell {
        let writes = self.writes().count();
        match (writes, self.connector.operations.len() - writes) {
            (0, 0) => Cell::Missing(String::new()),
            (0, reads) => Cell::Has(many(reads, "read")),
            (writes, 0) => Cell::Has(many(writes, "write")),
            (writes, reads) => Cell::Has(format!("{}, {}", many(writes, "write"), many(reads, "read"))),
        }
    }

    fn lost(&self) -> Cell {
        let may_duplicate: Vec<&str> = self
            .writes()
            .filter(|operation| matches!(operation.idempotency, Idempotency::None))
            .map(|operation| &*operation.name)
            .collect();
        if !may_duplicate.is_empty() {
            let words = names(may_duplicate);
            return match &self.connector.lacks.look_up {
                Some(reason) => Cell::None(format!("{reason} ({words})")),
                None => Cell::Missing(words),
            };
        }
        let ways: BTreeSet<&str> = self.writes().map(|operation| way(&operation.idempotency)).collect();
        if ways.is_empty() { Cell::Has("reads only".to_owned()) } else { Cell::Has(ways.into_iter().collect::<Vec<_>>().join(", ")) }
    }

    fn events(&self) -> Cell {
        let mut kinds = BTreeSet::new();
        for event in self.connector.events.values() {
            kinds.extend(event.document.is_some().then_some("documents with their status"));
            kinds.extend(event.outcome.is_some().then_some("outcomes"));
            kinds.extend(event.act.is_some().then_some("what people did there"));
        }
        match (&self.connector.lacks.events, kinds.is_empty()) {
            (_, false) => Cell::Has(kinds.into_iter().collect::<Vec<_>>().join(", ")),
            (Some(reason), true) => Cell::None(reason.to_string()),
            (None, true) if self.is_only_read() => Cell::None("it has no documents and is read as a whole".to_owned()),
            (None, true) => Cell::Missing(String::new()),
        }
    }

    /// The mapping that makes its documents; where it makes none, one onto an operation of it.
    fn mapping(&self) -> Cell {
        let made = self.connector.events.values().filter_map(|event| event.document.as_ref()).map(|makes| &makes.map);
        let made: BTreeSet<&Arc<str>> = made.collect();
        let untested: Vec<&str> = made.iter().filter(|map| !is_tested(self.catalog, map)).map(|map| &***map).collect();
        match (made.is_empty(), untested.is_empty()) {
            (false, true) => return Cell::Has(names(made.into_iter().map(AsRef::as_ref))),
            (false, false) => return Cell::Missing(format!("a test of {}", names(untested))),
            (true, _) if self.is_only_read() => return Cell::None("people are no documents".to_owned()),
            (true, _) => {}
        }
        let onto = self.shown.iter().find_map(|(shown, _)| {
            let catalog = &shown.catalog;
            let ours = |role: &str| {
                let mut connections = catalog.bindings.connections_of(role).into_iter().filter_map(|id| catalog.connections.get(&id));
                connections.any(|connection| connection.connector == self.connector.id)
            };
            let aimed = |target: &Target| matches!(target, Target::Operation { role, operation } if ours(role) && self.connector.operation(operation).is_some());
            let mapping = catalog.mappings.values().find(|mapping| aimed(&mapping.target) && is_tested(catalog, &mapping.id))?;
            Some(if shown.folder.is_empty() { names([&*mapping.id]) } else { format!("{} (`{}`)", names([&*mapping.id]), shown.folder) })
        });
        onto.map_or_else(|| Cell::Missing("no tested mapping onto one of its operations".to_owned()), Cell::Has)
    }

    fn form(&self) -> Cell {
        let is_approval = self.connector.events.values().any(|event| event.outcome.is_some());
        match (&self.connector.lacks.forms, self.connector.forms.is_empty()) {
            (_, false) => Cell::Has(names(self.connector.forms.keys().map(AsRef::as_ref))),
            (Some(reason), true) => Cell::None(reason.to_string()),
            (None, true) if is_approval => Cell::Missing("its template is not read".to_owned()),
            (None, true) => Cell::None("no approvals".to_owned()),
        }
    }

    /// Every operation has an example, or is a step of one that has.
    fn examples(&self) -> Cell {
        let folder = format!("connectors/{}/examples/", self.connector.id);
        let texts = self.catalog.files.iter().filter(|(path, _)| path.starts_with(&folder) && path.ends_with(".json"));
        let examples: Vec<Json> = texts.filter_map(|(_, text)| serde_json::from_str(text).ok()).collect();
        let mut shown: Vec<&str> = examples.iter().filter_map(|example| example["operation"].as_str()).collect();
        let mut at = 0;
        while let Some(name) = shown.get(at).copied() {
            if let Some(Body::Steps(steps)) = self.connector.operation(name).map(|operation| &operation.body) {
                let called: Vec<&str> = steps.iter().map(|step| &*step.call).filter(|call| !shown.contains(call)).collect();
                shown.extend(called);
            }
            at += 1;
        }
        let without: Vec<&str> = self.connector.operations.keys().map(AsRef::as_ref).filter(|name| !shown.contains(name)).collect();
        if without.is_empty() { Cell::Has(format!("{}", examples.len())) } else { Cell::Missing(format!("of {}", names(without))) }
    }

    fn manuals(&self) -> Cell {
        let without: Vec<&str> = MANUALS
            .iter()
            .filter(|(file, _, headings)| {
                let text = (self.manual)(&format!("connectors/{}/{file}", self.connector.id));
                text.and_then(|text| steps(&text, headings).map(str::to_owned)).is_none()
            })
            .map(|(file, ..)| *file)
            .collect();
        if without.is_empty() { Cell::Has("en, zh".to_owned()) } else { Cell::Missing(format!("the steps in {}", names(without))) }
    }

    fn flow_test(&self) -> Cell {
        let tests = |way: fn(&Spoken) -> &BTreeSet<Arc<str>>| {
            let of = self.shown.iter().filter_map(|(shown, spoken)| Some((&shown.folder, way(spoken.get(&self.connector.id)?).len())));
            let of = of.filter(|(_, tests)| *tests > 0);
            of.map(|(folder, tests)| if folder.is_empty() { format!("{tests}") } else { format!("{tests} (`{folder}`)") })
                .collect::<Vec<_>>()
        };
        let (called, told) = (tests(|spoken| &spoken.called), tests(|spoken| &spoken.told));
        if !called.is_empty() {
            return Cell::Has(called.join(", "));
        }
        if !told.is_empty() {
            return Cell::Has(format!("what flows tell people: {}", told.join(", ")));
        }
        if self.is_only_read() { Cell::None("no flow acts on it".to_owned()) } else { Cell::Missing(String::new()) }
    }
}

fn way(idempotency: &Idempotency) -> &'static str {
    match idempotency {
        Idempotency::Lookup(_) => "looked up",
        Idempotency::Header { .. } | Idempotency::Body { .. } | Idempotency::Key => "a key",
        Idempotency::Nature => "a repeat is harmless",
        Idempotency::None | Idempotency::NotNeeded => "",
    }
}

fn is_tested(catalog: &Catalog, mapping: &str) -> bool {
    let text = catalog.definition("mapping", mapping).and_then(|definition| catalog.files.get(&definition.path));
    text.is_some_and(|text| text.lines().any(|line| line.starts_with("tests:")))
}
