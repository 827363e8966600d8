//! Whose the things are that no flow owns, such as a message that cannot be worked on: `owner:` of a connection, and the
//! default of the bindings.

use crate::domain::diagnostic::{Hint, Report, did_you_mean};
use crate::domain::directory::Directory;
use crate::domain::flow::environment::Person;
use crate::domain::text::tree::Node;

/// Reads a tree that was checked against the shape of a person.
pub fn read(node: Option<&Node>) -> Option<Person> {
    let text = |key: &str| node?.get(key).and_then(Node::text).map(str::to_owned);
    text("role").map(Person::Role).or_else(|| text("user").map(Person::User))
}

/// Whether there is such a role and somebody who works here has it, or such a user who does.
pub fn lint(node: Option<&Node>, directory: &Directory, report: &mut Report) {
    let Some(node) = node else { return };
    let unknown = |report: &mut Report, what: &str, named: &Node, known: Vec<&str>| {
        let text = named.text().unwrap_or_default();
        let near = did_you_mean(text, known).map(Hint::meant);
        report.error("unknown_definition", named.span, format!("there is no {what} `{text}`")).at("owner").hint = near;
    };
    if let Some((named, role)) = node.get("role").and_then(|named| Some((named, named.text()?))) {
        let grants = || directory.roles.iter().filter(|grant| &*grant.role == role);
        if grants().next().is_none() {
            unknown(report, "role of people", named, directory.roles.iter().map(|grant| &*grant.role).collect());
        } else if !grants().flat_map(|grant| &grant.users).any(|user| directory.works_here(user)) {
            report
                .warning("vacant_role", named.span, format!("nobody who works here has the role `{role}`"))
                .hint("give it to somebody in the directory, or name somebody else")
                .at("owner");
        }
    }
    if let Some((named, user)) = node.get("user").and_then(|named| Some((named, named.text()?)))
        && !directory.works_here(user)
    {
        unknown(report, "user who works here", named, directory.users.keys().map(AsRef::as_ref).collect());
    }
}
