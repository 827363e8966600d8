//! Changes that want two people: which kinds there are, and who may be the second.

use crate::domain::ids::UserId;

/// A kind of change that an installation may want two people for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Publishing and rolling back.
    Publish,
    /// Users, what they may do, links that let them in, tokens of services.
    Roles,
    /// Secrets that the hub keeps.
    Secrets,
    /// Masked values.
    Reveal,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [Kind::Publish, Kind::Roles, Kind::Secrets, Kind::Reveal];
    /// Their words, in the same order.
    pub const WORDS: [&'static str; 4] = ["publish", "roles", "secrets", "reveal"];

    /// The word in rows, files and messages.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Publish => "publish",
            Kind::Roles => "roles",
            Kind::Secrets => "secrets",
            Kind::Reveal => "reveal",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// One of the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// By name.
    pub name: String,
    /// The user; none for a program.
    pub user: Option<UserId>,
    /// The person of the directory.
    pub person: Option<String>,
}

/// Why somebody cannot be the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSecond {
    /// It is the one who proposed it, by this account or another.
    #[error("whoever proposed it cannot confirm it")]
    Same,
    /// It is a program.
    #[error("a second person confirms it, signed in; a token cannot")]
    Program,
}

/// Whether somebody may confirm what another proposed. A person with two accounts is one person; programs propose and never
/// confirm.
///
/// # Errors
/// Why not.
pub fn may_confirm(proposer: &Party, second: &Party, signed_in: bool) -> Result<(), NotSecond> {
    let Some(user) = second.user.filter(|_| signed_in) else { return Err(NotSecond::Program) };
    let person = second.person.is_some() && second.person == proposer.person;
    if proposer.user == Some(user) || person || proposer.name == second.name { Err(NotSecond::Same) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn party(name: &str, user: u128, person: &str) -> Party {
        let user = Some(user).filter(|user| *user > 0).map(|user| UserId(Uuid::from_u128(user)));
        Party { name: name.to_owned(), user, person: Some(person.to_owned()).filter(|person| !person.is_empty()) }
    }

    #[test]
    fn the_second_is_another_person_who_signed_in() {
        let table = [
            (party("ana", 1, "E1"), party("bo", 2, "E2"), true, Ok(())),
            (party("ana", 1, ""), party("bo", 2, ""), true, Ok(())),
            (party("robot", 0, ""), party("bo", 2, "E2"), true, Ok(())),
            (party("ana", 1, "E1"), party("ana", 1, "E1"), true, Err(NotSecond::Same)),
            // The same person by another account, and the same user by another name.
            (party("ana", 1, "E1"), party("ana.admin", 3, "E1"), true, Err(NotSecond::Same)),
            (party("ana", 1, "E1"), party("renamed", 1, ""), true, Err(NotSecond::Same)),
            // A token of somebody is no second look.
            (party("ana", 1, "E1"), party("bo", 2, "E2"), false, Err(NotSecond::Program)),
            (party("ana", 1, "E1"), party("robot", 0, ""), true, Err(NotSecond::Program)),
        ];
        for (proposer, second, signed_in, expected) in table {
            assert_eq!(may_confirm(&proposer, &second, signed_in), expected, "{} then {}", proposer.name, second.name);
        }
    }

    #[test]
    fn words_lead_back() {
        assert_eq!(Kind::ALL.map(Kind::word), Kind::WORDS);
        assert!(Kind::WORDS.iter().all(|word| Kind::of(word).is_some()) && Kind::of("everything").is_none());
    }
}
