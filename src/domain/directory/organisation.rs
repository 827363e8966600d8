//! What a connected system says of the organisation: its people and departments, by our ids.
//!
//! A reading is whole: who was there before and is not any more has left, and stays known as somebody who has. Because a
//! right that was taken from an app, or a setting in the vendor's console, looks just like that, a reading in which too many
//! are gone at once is held back until a person has looked.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// People and departments of one reading; as many as a CSV table of the directory may have rows.
pub const ENTRIES_MAX: usize = 200_000;
/// Fewer gone than this are never too many: in a small company one of five is a fifth.
const FEW: usize = 5;
/// How long a text of a source may be.
const TEXT_MAX: usize = 500;

/// What one system says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// People by our id.
    pub people: BTreeMap<String, ToldPerson>,
    /// Departments by their id there.
    pub departments: BTreeMap<String, ToldDepartment>,
}

/// A person as a system knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToldPerson {
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their department.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Their manager, by our id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    /// They have left, or are not listed any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
}

/// A department as a system knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToldDepartment {
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The one above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Who leads it, by our id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
}

/// Which of a system's names for a person is ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KnownBy {
    /// Its own id.
    #[default]
    Id,
    /// The employee number it keeps.
    Number,
    /// The mail address.
    Email,
}

/// Why what a system says cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// An entry without an id.
    #[error("an entry of `{0}` has no `id`")]
    NoId(&'static str),
    /// More than is read.
    #[error("there are more than {ENTRIES_MAX} {0}")]
    TooMany(&'static str),
    /// Nobody at all, which no company is.
    #[error("it lists nobody: the app may not see any people")]
    Nobody,
}

impl Organisation {
    /// Reads the elements of `people` and `departments` as operations give them.
    ///
    /// # Errors
    /// When an entry has no id, nobody is listed, or there are too many.
    pub fn read(people: &[Json], departments: &[Json], known_by: KnownBy) -> Result<Organisation, Unreadable> {
        for (what, list) in [("people", people), ("departments", departments)] {
            if list.len() > ENTRIES_MAX {
                return Err(Unreadable::TooMany(what));
            }
        }
        // Theirs to ours first: managers and heads are named by their ids.
        let mut ours: BTreeMap<String, String> = BTreeMap::new();
        for person in people {
            let id = text(person, "id").ok_or(Unreadable::NoId("people"))?;
            let known = match known_by {
                KnownBy::Id => Some(id.clone()),
                KnownBy::Number => text(person, "number"),
                KnownBy::Email => text(person, "email"),
            };
            // Who has no such name there is nobody of ours: a guest, a robot.
            if let Some(known) = known {
                ours.insert(id, known);
            }
        }
        if ours.is_empty() {
            return Err(Unreadable::Nobody);
        }
        let mut told = Organisation::default();
        for department in departments {
            let id = text(department, "id").ok_or(Unreadable::NoId("departments"))?;
            let head = text(department, "head").and_then(|head| ours.get(&head).cloned());
            let parent = text(department, "parent").filter(|parent| *parent != id);
            told.departments.insert(id, ToldDepartment { title: text(department, "title"), parent, head });
        }
        // A root that is not listed itself is above nothing, and nobody's department.
        let listed: Vec<String> = told.departments.keys().cloned().collect();
        for department in told.departments.values_mut() {
            department.parent = department.parent.take().filter(|parent| listed.binary_search(parent).is_ok());
        }
        for person in people {
            let Some(id) = text(person, "id").and_then(|id| ours.get(&id).cloned()) else { continue };
            let led = person.get("leads").and_then(Json::as_array).into_iter().flatten();
            for led in led.filter_map(plain) {
                if let Some(department) = told.departments.get_mut(&led) {
                    department.head.get_or_insert_with(|| id.clone());
                }
            }
            let manager = text(person, "manager").and_then(|manager| ours.get(&manager).cloned()).filter(|manager| *manager != id);
            let one = ToldPerson {
                name: text(person, "name"),
                email: text(person, "email"),
                department: text(person, "department").filter(|of| listed.is_empty() || listed.binary_search(of).is_ok()),
                manager,
                left: person.get("left") == Some(&Json::Bool(true)),
            };
            // Who is of several departments is listed in each; the first is theirs.
            told.people.entry(id).or_insert(one);
        }
        Ok(told)
    }

    /// This reading after an earlier one: who is not listed any more has left.
    #[must_use]
    pub fn after(mut self, earlier: &Organisation) -> Organisation {
        for (id, person) in &earlier.people {
            self.people.entry(id.clone()).or_insert_with(|| ToldPerson { left: true, ..person.clone() });
        }
        self
    }

    /// How many of those who work here by the earlier reading do not by this one.
    pub fn gone_since(&self, earlier: &Organisation) -> usize {
        earlier.but_not(self).count()
    }

    /// Who works here by this reading and does not by the other.
    pub fn but_not<'a>(&'a self, other: &'a Organisation) -> impl Iterator<Item = &'a String> + 'a {
        let works = |id: &String| other.people.get(id).is_some_and(|person| !person.left);
        self.people.iter().filter(|(_, person)| !person.left).map(|(id, _)| id).filter(move |id| !works(id))
    }

    /// How many work here.
    pub fn at_work(&self) -> usize {
        self.people.values().filter(|person| !person.left).count()
    }

    /// Whether more are gone at once than a percentage allows.
    pub fn too_many_gone(&self, earlier: &Organisation, percent: u32) -> bool {
        let gone = self.gone_since(earlier);
        gone >= FEW && gone.saturating_mul(100) > earlier.at_work().saturating_mul(percent as usize)
    }
}

/// A member that is a text, or a number written as one; empty is absent.
fn text(entry: &Json, name: &str) -> Option<String> {
    plain(entry.get(name)?)
}

fn plain(value: &Json) -> Option<String> {
    let text = match value {
        Json::String(text) => text.trim().to_owned(),
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    let text: String = text.chars().filter(|character| *character != '\0').take(TEXT_MAX).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(people: &Json, departments: &Json, known_by: KnownBy) -> Result<Organisation, Unreadable> {
        let list = |json: &Json| json.as_array().cloned().unwrap_or_default();
        Organisation::read(&list(people), &list(departments), known_by)
    }

    #[test]
    fn people_are_ours_by_the_name_that_was_chosen_and_so_are_their_managers() {
        let people = json!([
            {"id": "u1", "number": "e1", "name": " Li ", "department": 7, "manager": "u2", "leads": []},
            {"id": "u2", "number": "e2", "leads": [7, "8"]},
            {"id": "u1", "number": "e1", "name": "Li", "department": 8},
            {"id": "robot", "name": "no number"},
            {"id": "u3", "number": "e3", "left": true, "manager": "u3", "department": 99},
        ]);
        let departments = json!([{"id": 1, "title": "All"}, {"id": 7, "parent": 1, "head": "robot"}, {"id": "8", "parent": "none"}]);
        let told = read(&people, &departments, KnownBy::Number).expect("readable");
        let li = &told.people["e1"];
        assert_eq!((li.name.as_deref(), li.department.as_deref(), li.manager.as_deref()), (Some("Li"), Some("7"), Some("e2")));
        assert!(told.people["e3"].left && told.people["e3"].manager.is_none() && told.people.len() == 3);
        assert_eq!(told.people["e3"].department, None, "a department that is not listed, such as the root of all");
        assert_eq!(told.departments["7"], ToldDepartment { title: None, parent: Some("1".into()), head: Some("e2".into()) });
        assert_eq!(told.departments["8"].parent, None, "what is not listed is above nothing");
        assert_eq!(told.departments["8"].head.as_deref(), Some("e2"));
        let by_id = read(&people, &departments, KnownBy::Id).expect("readable");
        assert_eq!(by_id.departments["7"].head.as_deref(), Some("robot"), "whom the department names comes first");
    }

    #[test]
    fn what_cannot_be_an_organisation_is_refused() {
        assert_eq!(read(&json!([]), &json!([]), KnownBy::Id), Err(Unreadable::Nobody));
        assert_eq!(read(&json!([{"id": "u1"}]), &json!([]), KnownBy::Number), Err(Unreadable::Nobody));
        assert_eq!(read(&json!([{"name": "Li"}]), &json!([]), KnownBy::Id), Err(Unreadable::NoId("people")));
        assert_eq!(read(&json!([{"id": "u1"}]), &json!([{"title": "x"}]), KnownBy::Id), Err(Unreadable::NoId("departments")));
    }

    #[test]
    fn who_is_not_listed_any_more_has_left_and_comes_back_when_listed_again() {
        let of = |ids: &[&str]| {
            let people: Vec<Json> = ids.iter().map(|id| json!({"id": id, "name": id})).collect();
            Organisation::read(&people, &[], KnownBy::Id).expect("readable")
        };
        let first = of(&["a", "b", "c"]);
        let second = of(&["a", "c"]).after(&first);
        assert!(second.people["b"].left && second.people["b"].name.as_deref() == Some("b"));
        assert_eq!((second.gone_since(&first), second.at_work()), (1, 2));
        let third = of(&["a", "b", "c"]).after(&second);
        assert_eq!((third.gone_since(&second), third.at_work()), (0, 3));
    }

    #[test]
    fn too_many_gone_at_once_is_not_believed() {
        let of = |from: u32, until: u32| {
            let people: Vec<Json> = (from..until).map(|number| json!({"id": number})).collect();
            Organisation::read(&people, &[], KnownBy::Id).expect("readable")
        };
        let earlier = of(0, 100);
        for (now, too_many) in [(of(0, 90), false), (of(0, 89), true), (of(0, 1), true), (of(0, 200), false)] {
            assert_eq!(now.after(&earlier).too_many_gone(&earlier, 10), too_many);
        }
        let small = of(0, 8);
        assert!(!of(0, 4).after(&small).too_many_gone(&small, 10), "four of eight may leave in a day");
        assert!(of(0, 3).after(&small).too_many_gone(&small, 10));
    }
}
