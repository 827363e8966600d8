//! Where a permission holds: everywhere, or for what belongs to a flow, a connection or a department.
//!
//! A single thing is judged by what it belongs to; a list is narrowed by the same rules in the store's query, before it is
//! cut into pages.

use super::grant::{Grant, Scope};
use super::role::Roles;
use crate::domain::permission::Permission;
use std::collections::BTreeSet;
use uuid::Uuid;

/// One thing that people look at or act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A document of the ledger.
    Document(Uuid),
    /// A run of a flow.
    Instance(Uuid),
    /// An exception.
    Exception(Uuid),
    /// A task.
    Task(Uuid),
    /// A file of an instance.
    File(Uuid),
}

/// What a thing belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Belongings {
    /// Flows: of a document every flow that took it.
    pub flows: BTreeSet<String>,
    /// Connections: of a document its source and every system that holds it.
    pub connections: BTreeSet<String>,
    /// People who began it.
    pub people: BTreeSet<String>,
}

/// What is reached of a list: what belongs to any of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Within {
    /// Of these flows.
    pub flows: Vec<String>,
    /// Of these connections.
    pub connections: Vec<String>,
    /// Begun by these people.
    pub people: Vec<String>,
}

/// Who works where, as far as scopes ask.
pub trait Departments {
    /// Whether somebody is of a department or one below it.
    fn is_of(&self, person: &str, department: &str) -> bool;
    /// The people of a department and those below it.
    fn people_of(&self, department: &str) -> Vec<String>;
}

/// Grants that hold for a part only.
pub fn narrow(grants: &[Grant]) -> impl Iterator<Item = &Grant> {
    grants.iter().filter(|grant| grant.scope != Scope::Tenant)
}

/// What the narrow ones of these grants permit on a thing.
pub fn on(grants: &[Grant], roles: &Roles, thing: &Belongings, departments: &dyn Departments) -> BTreeSet<Permission> {
    let holds = |grant: &&Grant| match &grant.scope {
        Scope::Tenant => false,
        Scope::Flow(id) => thing.flows.contains(id),
        Scope::Connection(name) => thing.connections.contains(name),
        Scope::Department(id) => thing.people.iter().any(|person| departments.is_of(person, id)),
    };
    narrow(grants).filter(holds).filter_map(|grant| roles.permissions(&grant.role)).flatten().copied().collect()
}

/// What the narrow ones of these grants reach with a permission; none when none of them gives it.
pub fn within(grants: &[Grant], roles: &Roles, permission: Permission, departments: &dyn Departments) -> Option<Within> {
    let mut within = Within::default();
    let mut any = false;
    let gives = |grant: &&Grant| roles.permissions(&grant.role).is_some_and(|all| all.contains(&permission));
    for grant in narrow(grants).filter(gives) {
        any = true;
        match &grant.scope {
            Scope::Tenant => {}
            Scope::Flow(id) => within.flows.push(id.clone()),
            Scope::Connection(name) => within.connections.push(name.clone()),
            Scope::Department(id) => within.people.extend(departments.people_of(id)),
        }
    }
    any.then_some(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Two;

    impl Departments for Two {
        fn is_of(&self, person: &str, department: &str) -> bool {
            self.people_of(department).contains(&person.to_owned())
        }

        fn people_of(&self, department: &str) -> Vec<String> {
            let all: &[&str] = match department {
                "dep_hq" => &["E001", "E002"],
                "dep_it" => &["E002"],
                _ => &[],
            };
            all.iter().map(|person| (*person).to_owned()).collect()
        }
    }

    fn grant(text: &str) -> Grant {
        let (role, scope) = text.split_once('@').unwrap_or((text, "tenant"));
        Grant { role: role.into(), scope: scope.parse().unwrap(), by: None }
    }

    fn thing(flow: &str, connection: &str, person: &str) -> Belongings {
        let one = |text: &str| BTreeSet::from([text.to_owned()]);
        Belongings { flows: one(flow), connections: one(connection), people: one(person) }
    }

    #[test]
    fn a_grant_holds_for_what_belongs_to_its_scope_and_for_nothing_else() {
        use Permission as P;
        let grants =
            [grant("viewer"), grant("operator@flow:pay"), grant("payload_viewer@connection:erp"), grant("approver@department:dep_hq")];
        for (belongs, expected) in [
            (thing("buy", "oa", "E009"), vec![]),
            (thing("pay", "oa", "E009"), vec![P::Read, P::Start, P::Operate]),
            (thing("buy", "erp", "E009"), vec![P::Read, P::Payloads]),
            (thing("buy", "oa", "E002"), vec![P::Read, P::Start, P::Decide]),
            (thing("pay", "erp", "E009"), vec![P::Read, P::Payloads, P::Start, P::Operate]),
            (Belongings::default(), vec![]),
        ] {
            assert_eq!(on(&grants, &Roles::default(), &belongs, &Two).into_iter().collect::<Vec<_>>(), expected, "{belongs:?}");
        }
    }

    #[test]
    fn a_list_reaches_what_gives_the_permission() {
        let grants =
            [grant("operator@flow:pay"), grant("viewer@connection:erp"), grant("wizard@flow:x"), grant("viewer@department:dep_hq")];
        let read = within(&grants, &Roles::default(), Permission::Read, &Two).unwrap();
        let expected = Within { flows: vec!["pay".into()], connections: vec!["erp".into()], people: vec!["E001".into(), "E002".into()] };
        assert_eq!(read, expected);
        let operate = within(&grants, &Roles::default(), Permission::Operate, &Two).unwrap();
        assert_eq!((operate.flows.len(), operate.connections.len()), (1, 0));
        assert_eq!(within(&grants, &Roles::default(), Permission::Users, &Two), None);
        assert_eq!(within(&[grant("owner")], &Roles::default(), Permission::Read, &Two), None, "what holds everywhere is not narrow");
        // A department without people reaches nothing, which is not everything.
        assert_eq!(within(&[grant("viewer@department:gone")], &Roles::default(), Permission::Read, &Two), Some(Within::default()));
    }
}
