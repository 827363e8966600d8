//! What a directory must keep to: everyone named exists, nobody is their own manager by a detour.

use super::definition::{Directory, Row};
use crate::domain::approval::is_kept_back;
use crate::domain::diagnostic::{Hint, Report, Span, did_you_mean};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

type Place = (Arc<str>, Span);

/// Where each entry stands.
#[derive(Default)]
pub(super) struct Places {
    pub users: HashMap<Arc<str>, Place>,
    pub departments: HashMap<Arc<str>, Place>,
    pub roles: Vec<Place>,
}

pub(super) fn twice(what: &str, id: &str, row: &Row<'_>, report: &mut Report) {
    error(report, "duplicate_key", &(row.file.clone(), row.span), format!("the {what} `{id}` stands twice"));
}

pub(super) fn wrong_language(language: &str, row: &Row<'_>, report: &mut Report) {
    error(report, "bad_table", &(row.file.clone(), row.span), format!("`{language}` is no language of notices: write `zh` or `en`"));
}

fn error(report: &mut Report, code: &'static str, place: &Place, message: String) {
    let file = place.0.clone();
    report.error(code, place.1, message).file = file;
}

pub(super) fn lint(directory: &Directory, places: &Places, report: &mut Report) {
    let mut lint = Lint { directory, report };
    for user in directory.users.values() {
        let Some(place) = places.users.get(&user.id) else { continue };
        if is_kept_back(&user.id) {
            let message = format!("no person can have the id `{}`: it is what the hub calls itself, or who is no person", user.id);
            error(lint.report, "bad_value", place, message);
        }
        lint.department(user.department.as_ref(), place);
        lint.user(user.manager.as_ref(), place);
    }
    for department in directory.departments.values() {
        let Some(place) = places.departments.get(&department.id) else { continue };
        lint.department(department.parent.as_ref(), place);
        lint.user(department.head.as_ref(), place);
    }
    for (grant, place) in directory.roles.iter().zip(&places.roles) {
        lint.department(grant.department.as_ref(), place);
        for user in &grant.users {
            lint.user(Some(user), place);
        }
    }
    let managers = |id: &Arc<str>| directory.users.get(id).and_then(|user| user.manager.clone());
    for id in circles(directory.users.keys(), managers) {
        let message = format!("`{id}` is their own manager, directly or by a detour");
        error(report, "cycle", &places.users[&id], message);
    }
    let parents = |id: &Arc<str>| directory.departments.get(id).and_then(|department| department.parent.clone());
    for id in circles(directory.departments.keys(), parents) {
        error(report, "cycle", &places.departments[&id], format!("the department `{id}` lies inside itself"));
    }
}

struct Lint<'a> {
    directory: &'a Directory,
    report: &'a mut Report,
}

impl Lint<'_> {
    fn user(&mut self, id: Option<&Arc<str>>, place: &Place) {
        // Whom the file does not know a source may.
        let may_be_told = !self.directory.sources.is_empty();
        if let Some(id) = id.filter(|id| !may_be_told && !self.directory.users.contains_key(*id)) {
            let near = did_you_mean(id, self.directory.users.keys().map(AsRef::as_ref)).map(str::to_owned);
            self.unknown("user", id, near, place);
        }
    }

    fn department(&mut self, id: Option<&Arc<str>>, place: &Place) {
        let may_be_told = !self.directory.sources.is_empty();
        if let Some(id) = id.filter(|id| !may_be_told && !self.directory.departments.contains_key(*id)) {
            let near = did_you_mean(id, self.directory.departments.keys().map(AsRef::as_ref)).map(str::to_owned);
            self.unknown("department", id, near, place);
        }
    }

    fn unknown(&mut self, what: &str, id: &str, near: Option<String>, place: &Place) {
        let diagnostic = self.report.error("unknown_definition", place.1, format!("there is no {what} `{id}`"));
        diagnostic.file = place.0.clone();
        diagnostic.hint = near.map(Hint::meant);
    }
}

/// One member of each circle that following `up` leads into; every entry is walked once.
pub(super) fn circles<'a>(ids: impl Iterator<Item = &'a Arc<str>>, up: impl Fn(&Arc<str>) -> Option<Arc<str>>) -> Vec<Arc<str>> {
    let mut done: HashSet<Arc<str>> = HashSet::new();
    let mut found = Vec::new();
    for id in ids {
        let mut trail: HashSet<Arc<str>> = HashSet::new();
        let mut at = id.clone();
        while !done.contains(&at) && trail.insert(at.clone()) {
            match up(&at) {
                Some(next) if trail.contains(&next) => {
                    found.push(next);
                    break;
                }
                Some(next) => at = next,
                None => break,
            }
        }
        done.extend(trail);
    }
    found
}
