//! Roles: named sets of permissions. Few and separate, so that nobody gets by accident what he was not meant to have.

use crate::domain::permission::Permission;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// Sets and removes secrets.
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
            Role::SecretAdmin => &[P::Read, P::Secrets],
            Role::Auditor => &[P::Read, P::Audit],
            Role::Owner => &P::ALL,
        }
    }
}

/// Longest name of a role.
const WORD_CHARACTERS_MAX: usize = 64;

/// Why a role of an installation cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRole {
    /// The product has a role of that name.
    #[error("is a role of the product, which means the same everywhere")]
    Known,
    /// The name is none.
    #[error("must be lower-case letters, digits and `_`, beginning with a letter, at most {WORD_CHARACTERS_MAX} characters")]
    Word,
    /// It permits nothing.
    #[error("permits nothing")]
    Empty,
    /// It would make owners.
    #[error("must not permit `users`: whoever says who may do what may do everything, and that is the owner's")]
    Owns,
}

/// The roles of one installation: those of the product, and its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(Arc<BTreeMap<String, Vec<Permission>>>);

impl Roles {
    /// The product's roles with these beside them.
    ///
    /// # Errors
    /// The name of one that cannot be, and why.
    pub fn new(own: impl IntoIterator<Item = (String, Vec<Permission>)>) -> Result<Roles, (String, BadRole)> {
        let mut roles = BTreeMap::new();
        for (word, permissions) in own {
            if let Some(bad) = bad(&word, &permissions) {
                return Err((word, bad));
            }
            roles.insert(word, permissions);
        }
        Ok(Roles(Arc::new(roles)))
    }

    /// What a role permits; none when there is no such role.
    pub fn permissions(&self, word: &str) -> Option<&[Permission]> {
        match Role::of(word) {
            Some(role) => Some(role.permissions()),
            None => self.0.get(word).map(Vec::as_slice),
        }
    }

    /// All of them with what they permit: the product's first, then its own by name.
    pub fn all(&self) -> impl Iterator<Item = (&str, &[Permission])> {
        let own = self.0.iter().map(|(word, permissions)| (word.as_str(), permissions.as_slice()));
        Role::ALL.into_iter().map(|role| (role.word(), role.permissions())).chain(own)
    }
}

/// Why a role cannot be.
pub fn bad(word: &str, permissions: &[Permission]) -> Option<BadRole> {
    let letters = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if Role::of(word).is_some() {
        Some(BadRole::Known)
    } else if !word.starts_with(|first: char| first.is_ascii_lowercase()) || !word.chars().all(letters) || word.len() > WORD_CHARACTERS_MAX
    {
        Some(BadRole::Word)
    } else if permissions.is_empty() {
        Some(BadRole::Empty)
    } else if permissions.contains(&Permission::Users) {
        Some(BadRole::Owns)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_adds_roles_and_changes_none() {
        use Permission as P;
        let roles = Roles::new([("buyer".to_owned(), vec![P::Read, P::Start])]).unwrap();
        assert_eq!(roles.permissions("buyer"), Some(&[P::Read, P::Start][..]));
        assert_eq!(roles.permissions("auditor"), Some(Role::Auditor.permissions()));
        assert_eq!((roles.permissions("seller"), Roles::default().permissions("buyer")), (None, None));
        let words: Vec<&str> = roles.all().map(|(word, _)| word).collect();
        assert_eq!((&words[..10], words[10]), (&Role::ALL.map(Role::word)[..], "buyer"));
        for (word, permissions, why) in [
            ("viewer", vec![P::Read], BadRole::Known),
            ("Buyer", vec![P::Read], BadRole::Word),
            ("", vec![P::Read], BadRole::Word),
            ("9lives", vec![P::Read], BadRole::Word),
            ("buyer@flow", vec![P::Read], BadRole::Word),
            ("buyer", vec![], BadRole::Empty),
            ("chief", vec![P::Read, P::Users], BadRole::Owns),
        ] {
            assert_eq!(Roles::new([(word.to_owned(), permissions)]), Err((word.to_owned(), why)), "{word}");
        }
    }

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
