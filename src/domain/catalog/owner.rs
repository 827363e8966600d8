//! Whose a message is that cannot be worked on: nobody's instance is behind it, so no flow says it.

use super::compile::Catalog;
use crate::domain::flow::Who;
use crate::domain::flow::environment::Person;
use std::collections::BTreeSet;

impl Catalog {
    /// In the form stored with exceptions: the owner of the connection, else the default of the bindings, else the owner of
    /// the flows in which the connection plays a role, when they are one and the same.
    pub fn owner_of_messages(&self, connection: &str) -> Option<String> {
        let own = self.connections.get(connection).and_then(|connection| connection.owner.as_ref());
        own.or(self.bindings.owner.as_ref()).map(Person::word).or_else(|| self.owner_of_flows(connection))
    }

    fn owner_of_flows(&self, connection: &str) -> Option<String> {
        let roles = self.bindings.roles_of(connection);
        let flows = self.flows.values().filter(|version| version.roles.iter().any(|role| roles.contains(role)));
        let owners: BTreeSet<String> = flows
            .filter_map(|version| match &version.flow.owner {
                // A message was begun by nobody here.
                Some(Who::Initiator) | None => None,
                Some(who @ Who::Person(_)) => Some(who.word()),
            })
            .collect();
        let mut owners = owners.into_iter();
        owners.next().filter(|_| owners.next().is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{FLOW, flow_files};
    use super::*;

    #[test]
    fn a_message_that_stops_has_an_owner() {
        let owner = |changes: &[(&str, &str, &str)]| {
            let mut files = flow_files();
            for (path, from, to) in changes {
                let text = files.get(path).unwrap().replacen(from, to, 1);
                files.insert(*path, text);
            }
            let (catalog, found) = Catalog::compile(files);
            (catalog.owner_of_messages("oa_main"), found.into_iter().map(|one| format!("{} {}", one.code, one.file)).collect::<Vec<_>>())
        };
        let (connection, bindings) = ("config/connections/oa_main.yaml", "config/bindings.yaml");
        let of = |role: &str| Some(format!("role:{role}"));
        assert_eq!(owner(&[]), (of("boss"), vec![]), "the flow in which the connection plays a role");
        let default = (bindings, "bind:", "owner: {role: other}\nbind:");
        assert_eq!(owner(&[default]), (of("other"), vec![]), "the default of the bindings");
        let own = (connection, "connector:", "owner: {user: ada}\nconnector:");
        assert_eq!(owner(&[default, own]), (Some("user:ada".to_owned()), vec![]), "the connection's own");
        for (path, words, code) in [
            (connection, "owner: {role: bos}", "unknown_definition"),
            (bindings, "owner: {user: eve}", "unknown_definition"),
            (connection, "owner: initiator", "wrong_type"),
        ] {
            let key = if path == connection { "connector:" } else { "bind:" };
            let (_, found) = owner(&[(path, key, &format!("{words}\n{key}"))]);
            assert_eq!(found, [format!("{code} {path}")], "{words}");
        }
        let vacant = ("config/directory.yaml", "{role: other, users: [ada]}", "{role: other, users: []}");
        assert!(owner(&[vacant, default]).1.iter().any(|found| found.starts_with("vacant_role config/bindings")), "nobody has it");
        let mut two = flow_files();
        two.insert("flows/other.yaml", FLOW.replace("flow: greet", "flow: other").replace("owner: {role: boss}", "owner: {role: other}"));
        assert_eq!(Catalog::compile(two).0.owner_of_messages("oa_main"), None, "two flows that do not agree");
        assert_eq!(Catalog::compile(flow_files()).0.owner_of_messages("nobody"), None);
    }
}
