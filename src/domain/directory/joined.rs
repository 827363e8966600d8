//! One directory of what the file says and what connected systems say, and where they differ.
//!
//! The file's word counts, and what it leaves open a system fills in; a source that `wins` a field counts more there. Whoever
//! has left by anybody's word has left: a task with somebody who is gone is worse than one handed on too early.

use super::definition::{Department, Directory, User};
use super::organisation::{KnownBy, Organisation};
use super::wishes::Wishes;
use crate::domain::diagnostic::Span;
use crate::domain::text::title::Title;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// What a person or department has that two can say differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ToldField {
    /// A person's name.
    Name,
    /// A person's mail address.
    Email,
    /// A person's department.
    Department,
    /// A person's manager.
    Manager,
    /// What a department is called.
    Title,
    /// The department above one.
    Parent,
    /// Who leads a department.
    Head,
    /// Whether a person works here; whoever says that they do not is believed.
    Active,
}

impl ToldField {
    /// Those a source may win.
    pub const WINNABLE: [ToldField; 7] = [
        ToldField::Name,
        ToldField::Email,
        ToldField::Department,
        ToldField::Manager,
        ToldField::Title,
        ToldField::Parent,
        ToldField::Head,
    ];

    /// The word in files and the API.
    pub const fn word(self) -> &'static str {
        match self {
            ToldField::Name => "name",
            ToldField::Email => "email",
            ToldField::Department => "department",
            ToldField::Manager => "manager",
            ToldField::Title => "title",
            ToldField::Parent => "parent",
            ToldField::Head => "head",
            ToldField::Active => "active",
        }
    }
}

/// A connected system that says who works here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The connection.
    pub connection: Arc<str>,
    /// The operation that lists people.
    pub people: Arc<str>,
    /// The operation that lists departments; none where the system has none.
    pub departments: Option<Arc<str>>,
    /// How often it is read.
    pub every_millis: u64,
    /// Which of its names for a person is ours.
    pub known_by: KnownBy,
    /// Fields in which its word counts more than the file's.
    pub wins: BTreeSet<ToldField>,
    /// So many of a hundred may be gone from one reading to the next.
    pub most_gone: u32,
    /// Where it stands.
    pub span: Span,
}

/// Whose word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The file's.
    File,
    /// A connected system's.
    Connection(Arc<str>),
}

/// Why a word cannot be used, whoever wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// There is no such department.
    NoDepartment,
    /// Nobody has this id.
    Nobody,
    /// They would be their own manager by a detour.
    OwnManager,
    /// The department would lie inside itself.
    InsideItself,
}

impl Unusable {
    /// The word in the API.
    pub const fn word(self) -> &'static str {
        match self {
            Unusable::NoDepartment => "no_department",
            Unusable::Nobody => "nobody",
            Unusable::OwnManager => "own_manager",
            Unusable::InsideItself => "inside_itself",
        }
    }
}

/// Two say it differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// A department, not a person.
    pub is_department: bool,
    /// Which.
    pub id: Arc<str>,
    /// What of it.
    pub field: ToldField,
    /// Whose word counts, and what it is; none where no word can be used.
    pub used: Option<(Origin, String)>,
    /// Another's word.
    pub other: (Origin, String),
    /// Why the other's word cannot be used at all, whoever wins.
    pub unusable: Option<Unusable>,
}

impl Directory {
    /// The directory together with what its sources say, and where they differ; the conflicts in the order of people.
    pub fn joined(&self, told: &[(&Source, &Organisation)]) -> (Directory, Vec<Conflict>) {
        let mut joining = Joining { told, directory: self.clone(), conflicts: Vec::new() };
        joining.departments(self);
        joining.people(self);
        joining.references();
        (joining.directory, joining.conflicts)
    }
}

struct Joining<'t> {
    told: &'t [(&'t Source, &'t Organisation)],
    directory: Directory,
    conflicts: Vec<Conflict>,
}

/// Words about one field, the one that counts first.
type Words = Vec<(Origin, String)>;

impl Joining<'_> {
    /// In the order of their weight: sources that win the field, the file, the other sources.
    fn words(&self, field: ToldField, file: Option<&str>, of: impl Fn(&Organisation) -> Option<String>) -> Words {
        let said = |wins: bool| {
            let of = &of;
            self.told
                .iter()
                .filter(move |(source, _)| source.wins.contains(&field) == wins)
                .filter_map(move |(source, told)| Some((Origin::Connection(source.connection.clone()), of(told)?)))
        };
        let file = file.map(|word| (Origin::File, word.to_owned()));
        said(true).chain(file).chain(said(false)).collect()
    }

    fn decide(&mut self, is_department: bool, id: &Arc<str>, field: ToldField, words: Words) -> Option<Arc<str>> {
        let mut words = words.into_iter();
        let used = words.next()?;
        for other in words.filter(|(_, word)| *word != used.1) {
            let used = Some(used.clone());
            self.conflicts.push(Conflict { is_department, id: id.clone(), field, used, other, unusable: None });
        }
        Some(Arc::from(used.1))
    }

    fn departments(&mut self, file: &Directory) {
        let told = self.told.iter().flat_map(|(_, told)| told.departments.keys());
        for id in all_ids(file.departments.keys().cloned(), told) {
            let known = file.departments.get(&id);
            let of = |told: &Organisation| told.departments.get(&*id).cloned();
            let parent = self.words(ToldField::Parent, known.and_then(|known| known.parent.as_deref()), |told| of(told)?.parent);
            let head = self.words(ToldField::Head, known.and_then(|known| known.head.as_deref()), |told| of(told)?.head);
            // A title in two languages is the file's to give; in which one a system speaks nobody knows.
            let own = known.map(|known| known.title.clone()).filter(|title| title.get("").is_some());
            let titles = self.words(ToldField::Title, None, |told| of(told)?.title);
            let wins = self.told.iter().any(|(source, _)| source.wins.contains(&ToldField::Title));
            let title = match (own, titles.first()) {
                (Some(own), _) if !wins => own,
                (_, Some((_, title))) => Title::plain(title),
                (own, None) => own.unwrap_or_default(),
            };
            let parent = self.decide(true, &id, ToldField::Parent, parent);
            let head = self.decide(true, &id, ToldField::Head, head);
            self.directory.departments.insert(id.clone(), Department { id, title, parent, head });
        }
    }

    fn people(&mut self, file: &Directory) {
        let told = self.told.iter().flat_map(|(_, told)| told.people.keys());
        for id in all_ids(file.users.keys().cloned(), told) {
            let known = file.users.get(&id);
            let of = |told: &Organisation| told.people.get(&*id).cloned();
            let own_name = known.map(|known| &*known.name).filter(|name| **name != *id);
            let name = self.words(ToldField::Name, own_name, |told| of(told)?.name);
            let email = self.words(ToldField::Email, known.and_then(|known| known.email.as_deref()), |told| of(told)?.email);
            let department = known.and_then(|known| known.department.as_deref());
            let department = self.words(ToldField::Department, department, |told| of(told)?.department);
            let manager = self.words(ToldField::Manager, known.and_then(|known| known.manager.as_deref()), |told| of(told)?.manager);
            let active = self.active(&id, known);
            let name = self.decide(false, &id, ToldField::Name, name);
            let email = self.decide(false, &id, ToldField::Email, email);
            let department = self.decide(false, &id, ToldField::Department, department);
            let manager = self.decide(false, &id, ToldField::Manager, manager);
            let (language, channels, wishes) = match known {
                Some(known) => (known.language.clone(), known.channels.clone(), known.wishes.clone()),
                None => (None, Vec::new(), Wishes::default()),
            };
            if let Some(email) = &email {
                self.directory.ids.insert(email.clone(), id.clone());
            }
            let name = name.unwrap_or_else(|| id.clone());
            let user = User { name, email, department, manager, language, channels, wishes, active, id: id.clone() };
            self.directory.users.insert(id, user);
        }
    }

    /// Who has left by anybody's word has left.
    fn active(&mut self, id: &Arc<str>, known: Option<&User>) -> bool {
        let file = known.map(|known| (Origin::File, known.active));
        let told = self
            .told
            .iter()
            .filter_map(|(source, told)| Some((Origin::Connection(source.connection.clone()), !told.people.get(&**id)?.left)));
        let words: Vec<(Origin, bool)> = file.into_iter().chain(told).collect();
        let Some(left) = words.iter().find(|(_, active)| !active).cloned() else { return true };
        for (origin, _) in words.into_iter().filter(|(_, active)| *active) {
            let (used, other) = (Some((left.0.clone(), "false".to_owned())), (origin, "true".to_owned()));
            self.conflicts.push(Conflict { is_department: false, id: id.clone(), field: ToldField::Active, used, other, unusable: None });
        }
        false
    }

    /// Nobody's superior is unknown, and nobody's superior is themselves by a detour: what cannot be used is left out, and said.
    fn references(&mut self) {
        let users: Vec<Arc<str>> = self.directory.users.keys().cloned().collect();
        let departments: Vec<Arc<str>> = self.directory.departments.keys().cloned().collect();
        for id in &users {
            let Some(user) = self.directory.users.get(id) else { continue };
            let (department, manager) = (user.department.clone(), user.manager.clone());
            if let Some(named) = department.filter(|named| !self.directory.departments.contains_key(named)) {
                self.unusable(false, id, ToldField::Department, &named, Unusable::NoDepartment);
            }
            if let Some(named) = manager.filter(|named| !self.directory.users.contains_key(named)) {
                self.unusable(false, id, ToldField::Manager, &named, Unusable::Nobody);
            }
        }
        for id in &departments {
            let Some(department) = self.directory.departments.get(id) else { continue };
            let (parent, head) = (department.parent.clone(), department.head.clone());
            if let Some(named) = parent.filter(|named| !self.directory.departments.contains_key(named)) {
                self.unusable(true, id, ToldField::Parent, &named, Unusable::NoDepartment);
            }
            if let Some(named) = head.filter(|named| !self.directory.users.contains_key(named)) {
                self.unusable(true, id, ToldField::Head, &named, Unusable::Nobody);
            }
        }
        let managers = |directory: &Directory, id: &Arc<str>| directory.users.get(id).and_then(|user| user.manager.clone());
        while let Some(id) = super::lint::circles(users.iter(), |id| managers(&self.directory, id)).first().cloned() {
            let named = managers(&self.directory, &id).unwrap_or_default();
            self.unusable(false, &id, ToldField::Manager, &named, Unusable::OwnManager);
        }
        let parents = |directory: &Directory, id: &Arc<str>| directory.departments.get(id).and_then(|department| department.parent.clone());
        while let Some(id) = super::lint::circles(departments.iter(), |id| parents(&self.directory, id)).first().cloned() {
            let named = parents(&self.directory, &id).unwrap_or_default();
            self.unusable(true, &id, ToldField::Parent, &named, Unusable::InsideItself);
        }
    }

    fn unusable(&mut self, is_department: bool, id: &Arc<str>, field: ToldField, word: &str, why: Unusable) {
        match (field, is_department) {
            (ToldField::Department, _) => self.directory.users.get_mut(id).map(|user| user.department.take()),
            (ToldField::Manager, _) => self.directory.users.get_mut(id).map(|user| user.manager.take()),
            (ToldField::Parent, _) => self.directory.departments.get_mut(id).map(|department| department.parent.take()),
            _ => self.directory.departments.get_mut(id).map(|department| department.head.take()),
        };
        let says = |told: &Organisation| {
            let said = match field {
                ToldField::Department => told.people.get(&**id).and_then(|person| person.department.as_ref()),
                ToldField::Manager => told.people.get(&**id).and_then(|person| person.manager.as_ref()),
                ToldField::Parent => told.departments.get(&**id).and_then(|department| department.parent.as_ref()),
                _ => told.departments.get(&**id).and_then(|department| department.head.as_ref()),
            };
            said.is_some_and(|said| said == word)
        };
        let whose = self.told.iter().find(|(_, told)| says(told)).map(|(source, _)| Origin::Connection(source.connection.clone()));
        let other = (whose.unwrap_or(Origin::File), word.to_owned());
        self.conflicts.push(Conflict { is_department, id: id.clone(), field, used: None, other, unusable: Some(why) });
    }
}

/// Those of the file in its order, then the others by id.
fn all_ids<'t>(file: impl Iterator<Item = Arc<str>>, told: impl Iterator<Item = &'t String>) -> Vec<Arc<str>> {
    let mut all: Vec<Arc<str>> = file.collect();
    let known: HashSet<Arc<str>> = all.iter().cloned().collect();
    let more: BTreeSet<&str> = told.map(String::as_str).filter(|id| !known.contains(*id)).collect();
    all.extend(more.into_iter().map(Arc::from));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::diagnostic::Report;
    use crate::domain::text::files::Files;
    use crate::domain::text::tree::parse;
    use serde_json::json;

    const FILE: &str = "format: 1\ndirectory: people\nusers:\n  - {id: e1, name: Li, department: d1, manager: e2}\n  - {id: e2, name: Wu}\n  - {id: e3, active: false, department: d9}\ndepartments: [{id: d1, title: {en: Buying, zh: 采购}, head: e2}]\nroles: [{role: cfo, users: [e9]}]\nsources: [{connection: hr}]\n";

    fn file() -> Directory {
        let mut report = Report::new("directory.yaml");
        let node = parse(FILE, &mut report).expect("YAML");
        let read = Directory::read(&node, &Files::default(), &Default::default(), &mut report).expect("readable");
        let findings: Vec<String> = report.into_items().iter().map(|found| found.message.clone()).collect();
        assert!(findings.is_empty(), "that a source may know `e9` is no error: {findings:?}");
        read
    }

    fn source(connection: &str, wins: &[ToldField]) -> Source {
        Source {
            connection: connection.into(),
            people: "list_people".into(),
            departments: None,
            every_millis: 1,
            known_by: KnownBy::Id,
            wins: wins.iter().copied().collect(),
            most_gone: 10,
            span: Span::default(),
        }
    }

    fn told() -> Organisation {
        let people = [
            json!({"id": "e1", "name": "Li Hui", "department": "d1", "manager": "e9", "email": "li@example.com"}),
            json!({"id": "e2", "left": true}),
            json!({"id": "e3", "name": "Zhao"}),
            json!({"id": "e9", "name": "Zhou", "department": "d2", "manager": "e1"}),
        ];
        let departments = [json!({"id": "d1", "title": "Purchasing", "head": "e9"}), json!({"id": "d2", "parent": "d1"})];
        Organisation::read(&people, &departments, KnownBy::Id).expect("readable")
    }

    /// `field of id: used (whose) over other (whose)`.
    fn shown(conflicts: &[Conflict]) -> Vec<String> {
        let whose = |origin: &Origin| match origin {
            Origin::File => "file".to_owned(),
            Origin::Connection(connection) => connection.to_string(),
        };
        let word = |(origin, word): &(Origin, String)| format!("{word} ({})", whose(origin));
        conflicts
            .iter()
            .map(|conflict| {
                let used = conflict.used.as_ref().map_or("nothing".to_owned(), word);
                format!("{} of {}: {used} over {}", conflict.field.word(), conflict.id, word(&conflict.other))
            })
            .collect()
    }

    #[test]
    fn the_file_counts_and_a_system_fills_in_what_it_leaves_open() {
        let (hr, told) = (source("hr", &[]), told());
        let (directory, conflicts) = file().joined(&[(&hr, &told)]);
        let li = &directory.users["e1"];
        assert_eq!((&*li.name, li.manager.as_deref(), li.email.as_deref()), ("Li", Some("e2"), Some("li@example.com")));
        assert_eq!(directory.ids["li@example.com"].as_ref(), "e1");
        assert_eq!(directory.departments["d1"].head.as_deref(), Some("e2"));
        assert_eq!(directory.departments["d1"].title.get("zh"), Some("采购"));
        assert_eq!(directory.departments["d2"].parent.as_deref(), Some("d1"));
        assert_eq!(directory.users.keys().map(AsRef::as_ref).collect::<Vec<&str>>(), ["e1", "e2", "e3", "e9"]);
        assert!(!directory.works_here("e2") && !directory.works_here("e3") && directory.works_here("e9"), "whoever says that they left");
        assert_eq!(
            shown(&conflicts),
            [
                "head of d1: e2 (file) over e9 (hr)",
                "name of e1: Li (file) over Li Hui (hr)",
                "manager of e1: e2 (file) over e9 (hr)",
                "active of e2: false (hr) over true (file)",
                "active of e3: false (file) over true (hr)",
                "department of e3: nothing over d9 (file)",
            ]
        );
        assert_eq!(directory.superior("e1").map(|user| &*user.id), None, "who has left is nobody's superior");
    }

    #[test]
    fn a_source_counts_more_where_it_wins_and_the_first_of_two_sources_counts() {
        let (hr, oa) = (source("hr", &[ToldField::Manager, ToldField::Title]), source("oa", &[]));
        let (first, mut second) = (told(), told());
        if let Some(li) = second.people.get_mut("e1") {
            li.email = Some("other@example.com".to_owned());
        }
        let (directory, conflicts) = file().joined(&[(&hr, &first), (&oa, &second)]);
        assert_eq!(directory.departments["d1"].title.get("en"), Some("Purchasing"));
        assert_eq!(directory.users["e1"].email.as_deref(), Some("li@example.com"));
        let shown = shown(&conflicts);
        for wanted in ["email of e1: li@example.com (hr) over other@example.com (oa)", "manager of e1: e9 (hr) over e2 (file)"] {
            assert!(shown.iter().any(|line| line == wanted), "{wanted}: {shown:#?}");
        }
    }

    #[test]
    fn nobody_becomes_their_own_manager_by_two_words_that_are_sound_each() {
        // The file: e1 below e2. The system: e9 below e1, and e1 below e9, which wins.
        let (hr, told) = (source("hr", &[ToldField::Manager]), told());
        let (directory, conflicts) = file().joined(&[(&hr, &told)]);
        let managers: Vec<Option<&str>> = ["e1", "e9"].iter().map(|id| directory.users[*id].manager.as_deref()).collect();
        assert!(managers.contains(&None), "{managers:?}");
        assert!(conflicts.iter().any(|conflict| conflict.unusable == Some(Unusable::OwnManager)));
    }
}
