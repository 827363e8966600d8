//! From a reference to people.

use super::definition::{Directory, RoleGrant, User};
use super::who::Who;
use crate::domain::access::scope::Departments;
use std::sync::Arc;

/// What a reference is seen from: the document at hand.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Who began it.
    pub initiator: Option<Arc<str>>,
    /// The department it belongs to; the initiator's when none.
    pub department: Option<Arc<str>>,
    /// The company it belongs to.
    pub company: Option<Arc<str>>,
}

/// A reference that leads to nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody is meant by {who}: {why}")]
pub struct Nobody {
    /// The reference.
    pub who: String,
    /// Why it leads to nobody.
    pub why: String,
}

impl Directory {
    /// The active people who are meant; never empty.
    pub fn resolve(&self, who: &Who, around: &Around) -> Result<Vec<&User>, Nobody> {
        let nobody = |why: String| Nobody { who: who.to_string(), why };
        let found = match who {
            Who::User(id) => vec![self.users.get(id).ok_or_else(|| nobody("the directory does not know this person".to_owned()))?],
            Who::Head(department) => vec![self.head(department).ok_or_else(|| nobody("the department has no head".to_owned()))?],
            Who::Manager(level) => vec![self.manager(*level, around).map_err(nobody)?],
            Who::Role(role) => self.with_role(role, around).map_err(nobody)?,
        };
        let active: Vec<&User> = found.into_iter().filter(|user| user.active).collect();
        if active.is_empty() { Err(nobody("those who are meant no longer work here".to_owned())) } else { Ok(active) }
    }

    fn head(&self, department: &str) -> Option<&User> {
        self.users.get(self.departments.get(department)?.head.as_ref()?)
    }

    /// Managers one by one; where none is named, the head of the department, and of those above it.
    fn manager(&self, level: u32, around: &Around) -> Result<&User, String> {
        let initiator = around.initiator.as_ref().ok_or("there is no initiator")?;
        let mut at = self.users.get(initiator).ok_or("the directory does not know the initiator")?;
        for step in 1..=level {
            at = self.above(at).ok_or_else(|| format!("`{}` has no manager (level {step})", at.id))?;
        }
        Ok(at)
    }

    fn above(&self, user: &User) -> Option<&User> {
        if let Some(manager) = &user.manager {
            return self.users.get(manager);
        }
        let mut lines = self.departments_up(user.department.as_ref()).into_iter();
        lines.find_map(|department| self.head(&department).filter(|head| head.id != user.id))
    }

    /// A department and those above it, nearest first. A circle (which the lint refuses) ends the walk.
    fn departments_up(&self, from: Option<&Arc<str>>) -> Vec<Arc<str>> {
        let mut line: Vec<Arc<str>> = Vec::new();
        let mut next = from.cloned();
        while let Some(id) = next.filter(|id| !line.contains(id)) {
            next = self.departments.get(&id).and_then(|department| department.parent.clone());
            line.push(id);
        }
        line
    }

    /// The grants of the nearest scope: this company before any, the nearest department before those above, no scope last.
    fn with_role(&self, role: &str, around: &Around) -> Result<Vec<&User>, String> {
        let own = || around.initiator.as_ref().and_then(|id| self.users.get(id)).and_then(|user| user.department.as_ref());
        let line = self.departments_up(around.department.as_ref().or_else(own));
        let distance = |grant: &RoleGrant| {
            let company = match &grant.company {
                Some(company) if around.company.as_ref() == Some(company) => 0,
                Some(_) => return None,
                None => 1,
            };
            let department = match &grant.department {
                Some(department) => line.iter().position(|id| id == department)?,
                None => usize::MAX,
            };
            Some((department, company))
        };
        let grants = || self.roles.iter().filter(|grant| &*grant.role == role);
        let nearest = grants().filter_map(distance).min().ok_or_else(|| match grants().next() {
            Some(_) => "nobody has this role for this department and company".to_owned(),
            None => "nobody has this role".to_owned(),
        })?;
        let mut users: Vec<&User> = Vec::new();
        for id in grants().filter(|grant| distance(grant) == Some(nearest)).flat_map(|grant| &grant.users) {
            if let Some(user) = self.users.get(id).filter(|user| !users.iter().any(|known| known.id == user.id)) {
                users.push(user);
            }
        }
        Ok(users)
    }
}

impl Directory {
    /// Whether somebody is known and still works here.
    pub fn works_here(&self, person: &str) -> bool {
        self.users.get(person).is_some_and(|user| user.active)
    }

    /// Whether somebody is of a department or one below it.
    fn of_department(&self, user: &User, department: &str) -> bool {
        self.departments_up(user.department.as_ref()).iter().any(|id| **id == *department)
    }

    /// Who is above somebody: the manager, else the head of the department or of one above it. Leavers are passed over.
    pub fn superior(&self, person: &str) -> Option<&User> {
        let mut seen: Vec<&str> = vec![person];
        let mut at = self.above(self.users.get(person)?)?;
        while !at.active {
            if seen.contains(&&*at.id) {
                return None;
            }
            seen.push(&at.id);
            at = self.above(at)?;
        }
        Some(at)
    }

    /// The head of the document's department (the initiator's when it has none) at a level from 1; departments without an
    /// active head are passed over.
    pub fn department_head(&self, level: u32, around: &Around) -> Option<&User> {
        let own = || around.initiator.as_ref().and_then(|id| self.users.get(id)).and_then(|user| user.department.as_ref());
        let line = self.departments_up(around.department.as_ref().or_else(own));
        let mut heads = line.iter().filter_map(|department| self.head(department)).filter(|head| head.active);
        heads.nth(level.saturating_sub(1) as usize)
    }

    /// The initiator's managers one above the other, each once: at most so many, until one has the role, or to the top.
    pub fn managers(&self, around: &Around, until: Option<&str>, most: u32) -> Vec<&User> {
        let last = until.map(|role| self.with_role(role, around).unwrap_or_default()).unwrap_or_default();
        let mut line: Vec<&User> = Vec::new();
        let mut at = around.initiator.as_ref().and_then(|id| self.superior(id));
        while let Some(user) = at.filter(|user| line.len() < most as usize && !line.iter().any(|known| known.id == user.id)) {
            line.push(user);
            if last.iter().any(|holder| holder.id == user.id) {
                break;
            }
            at = self.superior(&user.id);
        }
        line
    }
}

impl Departments for Directory {
    fn is_of(&self, person: &str, department: &str) -> bool {
        self.users.get(person).is_some_and(|user| self.of_department(user, department))
    }

    fn people_of(&self, department: &str) -> Vec<String> {
        // Leavers too: what they began is the department's still.
        self.users.values().filter(|user| self.of_department(user, department)).map(|user| user.id.to_string()).collect()
    }
}
