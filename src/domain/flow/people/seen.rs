//! Which document somebody decides on: what they saw of it, held against what stands there when they act.
//!
//! Counters alone, nothing that is made of the content: a version would else tell whoever guesses well what is hidden from them.

use crate::domain::flow::instance::Instance;
use std::fmt;

/// A version of the document within an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The revision that the instance runs for.
    revision: u32,
    /// How often it was changed here since.
    changed: u32,
    /// The newest decision; what was decided after it is new to whoever saw this.
    pub decision: u32,
}

impl Seen {
    /// What is seen now.
    pub fn now(revision: u32, instance: &Instance) -> Seen {
        Seen { revision, changed: instance.changed, decision: instance.decisions }
    }

    /// What somebody gave back.
    pub fn read(text: &str) -> Option<Seen> {
        let mut numbers = text.split('-').map(|number| number.parse().ok());
        let seen = Seen { revision: numbers.next()??, changed: numbers.next()??, decision: numbers.next()?? };
        numbers.next().is_none().then_some(seen)
    }

    /// Whether the document is the same, whatever was decided on it.
    pub fn is_same_document(self, other: Seen) -> bool {
        (self.revision, self.changed) == (other.revision, other.changed)
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}-{}", self.revision, self.changed, self.decision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_is_what_was_told_and_nothing_else_is_read() {
        let seen = Seen { revision: 2, changed: 3, decision: 7 };
        assert_eq!(seen.to_string(), "2-3-7");
        assert_eq!(Seen::read("2-3-7"), Some(seen));
        for odd in ["", "2", "2-3", "2-3-7-1", "2-3-x", "-2-3-7", "\"2-3-7\"", "2-3-99999999999"] {
            assert_eq!(Seen::read(odd), None, "{odd}");
        }
        assert!(seen.is_same_document(Seen { decision: 9, ..seen }));
        assert!(!seen.is_same_document(Seen { changed: 4, ..seen }) && !seen.is_same_document(Seen { revision: 3, ..seen }));
    }
}
