//! Roles: named sets of permissions. Few and separate, so that nobody gets by accident what he was not meant to have.

use crate::domain::permission::Permission;

/// A role the product knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Sees documents, instances and exceptions.
    Viewer,
    /// Submits forms and decides tasks.
    Approver,
    /// Writes drafts.
    Editor,
    /// Publishes releases.
    Publisher,
    /// Settles exceptions.
    Operator,
    /// Changes the data of documents.
    DataEditor,
    /// Sees what documents and answers hold.
    PayloadViewer,
    /// Sets secrets and decides where connections may lead.
    SecretAdmin,
    /// Reads the audit.
    Auditor,
    /// May do everything, and says who may do what.
    Owner,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 10] = [
        Role::Viewer,
        Role::Approver,
        Role::Editor,
        Role::Publisher,
        Role::Operator,
        Role::DataEditor,
        Role::PayloadViewer,
        Role::SecretAdmin,
        Role::Auditor,
        Role::Owner,
    ];

    /// The word in rows, files and messages.
    pub fn word(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Approver => "approver",
            Role::Editor => "editor",
            Role::Publisher => "publisher",
            Role::Operator => "operator",
            Role::DataEditor => "data_editor",
            Role::PayloadViewer => "payload_viewer",
            Role::SecretAdmin => "secret_admin",
            Role::Auditor => "auditor",
            Role::Owner => "owner",
        }
    }

    /// The role of a word.
    pub fn of(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    /// What it may do. Every role but that of programs may see what it works on.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Role::Viewer => &[P::Read],
            Role::Approver => &[P::Read, P::Start, P::Decide],
            Role::Editor => &[P::Read, P::Edit],
            Role::Publisher => &[P::Read, P::Publish],
            Role::Operator => &[P::Read, P::Start, P::Operate],
            Role::DataEditor => &[P::Read, P::Payloads, P::Start, P::Operate, P::Amend],
            Role::PayloadViewer => &[P::Read, P::Payloads],
            Role::SecretAdmin => &[P::Read],
            Role::Auditor => &[P::Read, P::Audit],
            Role::Owner => &P::ALL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unique_and_lead_back() {
        for role in Role::ALL {
            assert_eq!(Role::of(role.word()), Some(role));
        }
        assert_eq!(Role::of("root"), None);
    }

    #[test]
    fn each_permission_but_the_programs_comes_with_a_role_that_is_not_the_owners() {
        let given: Vec<Permission> =
            Role::ALL.iter().filter(|role| **role != Role::Owner).flat_map(|role| role.permissions()).copied().collect();
        for permission in Permission::ALL {
            let owners = matches!(permission, Permission::Users | Permission::Metrics);
            assert_eq!(given.contains(&permission), !owners, "{permission:?}");
        }
        // Who settles exceptions does not see by that what documents hold.
        assert!(!Role::Operator.permissions().contains(&Permission::Payloads));
    }
}
