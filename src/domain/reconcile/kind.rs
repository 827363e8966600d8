//! The kinds of drift.

/// What a difference is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Approved here, not carried out there.
    ApprovedNotExecuted,
    /// Carried out there, not approved here.
    ExecutedNotApproved,
    /// Void here, alive there.
    VoidedHere,
    /// Void there, alive here.
    VoidedThere,
    /// An amount or its currency differs.
    AmountDiffers,
    /// Another field differs.
    FieldDiffers,
    /// The statuses do not go together.
    StatusDiffers,
    /// The system does not have the object any more.
    MissingThere,
    /// The system has an object that ought to be known here and is not.
    UnknownHere,
    /// The object cannot be read or understood.
    Unreadable,
    /// A source changed a field whose owner it is not; seen by the engine.
    NotOwned,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 11] = [
        Kind::ApprovedNotExecuted,
        Kind::ExecutedNotApproved,
        Kind::VoidedHere,
        Kind::VoidedThere,
        Kind::AmountDiffers,
        Kind::FieldDiffers,
        Kind::StatusDiffers,
        Kind::MissingThere,
        Kind::UnknownHere,
        Kind::Unreadable,
        Kind::NotOwned,
    ];

    /// Their words, in the same order.
    pub const WORDS: [&'static str; 11] = [
        "approved_not_executed",
        "executed_not_approved",
        "voided_here",
        "voided_there",
        "amount_differs",
        "field_differs",
        "status_differs",
        "missing_there",
        "unknown_here",
        "unreadable",
        "not_owned",
    ];

    /// The word in tables, flows and the API.
    pub fn word(self) -> &'static str {
        let place = Kind::ALL.iter().position(|kind| *kind == self).unwrap_or(0);
        Kind::WORDS[place]
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_word() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_word(kind.word()), Some(kind));
        }
        assert_eq!(Kind::NotOwned.word(), "not_owned");
    }
}
