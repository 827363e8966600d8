//! Who works in a vendor's mock company: departments and people, as a test sets them. Each vendor shows them in its own words.

use serde::{Deserialize, Serialize};

/// A company as `PUT /__mock/organisation` takes it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Roster {
    pub departments: Vec<Department>,
    pub people: Vec<Person>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Department {
    pub id: i64,
    pub name: String,
    /// 0 of the root.
    pub parent: i64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Person {
    pub id: String,
    pub number: String,
    pub name: String,
    pub email: String,
    pub departments: Vec<i64>,
    pub manager: Option<String>,
    /// Departments they lead.
    pub leads: Vec<i64>,
    /// Listed as somebody who has left, where the vendor lists them.
    pub left: bool,
}

/// The root of every company.
pub(super) const ROOT: i64 = 1;

impl Roster {
    /// Three departments and five people.
    pub(super) fn new() -> Self {
        let department = |id: i64, name: &str, parent: i64| Department { id, name: name.to_owned(), parent };
        let person = |id: &str, number: &str, name: &str, department: i64, manager: Option<&str>, leads: &[i64]| Person {
            id: id.to_owned(),
            number: number.to_owned(),
            name: name.to_owned(),
            email: format!("{number}@example.com"),
            departments: vec![department],
            manager: manager.map(str::to_owned),
            leads: leads.to_vec(),
            left: false,
        };
        Self {
            departments: vec![department(ROOT, "总公司", 0), department(2, "采购部", ROOT), department(3, "采购一组", 2)],
            people: vec![
                person("boss", "e1006", "周静", ROOT, None, &[ROOT]),
                person("manager01", "e1003", "陈昱", 2, Some("boss"), &[2, 3]),
                person("buyer01", "e1001", "李慧", 3, Some("manager01"), &[]),
                person("buyer02", "e1002", "王涛", 3, Some("manager01"), &[]),
                person("0142", "e1004", "赵敏", 2, Some("manager01"), &[]),
            ],
        }
    }

    pub(super) fn department(&self, id: i64) -> Option<&Department> {
        self.departments.iter().find(|department| department.id == id)
    }

    /// People of a department, of it alone.
    pub(super) fn people_of(&self, department: i64) -> Vec<&Person> {
        self.people.iter().filter(|person| person.departments.contains(&department)).collect()
    }

    /// Whoever leads a department.
    pub(super) fn leader_of(&self, department: i64) -> Option<&Person> {
        self.people.iter().find(|person| person.leads.contains(&department))
    }
}
