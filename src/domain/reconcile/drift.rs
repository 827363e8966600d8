//! Drift over time: what becomes of differences that were known when an object is looked at again. Pure.

use super::judge::Finding;

/// A difference that was known and is not over.
#[derive(Clone, Debug, PartialEq)]
pub struct Known<'a> {
    /// Its kind, in words: a later release may know more.
    pub kind: &'a str,
    /// Its field.
    pub field: Option<&'a str>,
    /// What we held.
    pub ours: Option<&'a str>,
    /// What they said.
    pub theirs: Option<&'a str>,
    /// A person said that it may stay.
    pub accepted: bool,
}

/// What becomes of a known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Still there, as it was.
    Stays,
    /// Still there, with other values: an acceptance does not hold for them.
    Moves(usize),
    /// Gone.
    Ends,
}

/// What becomes of all.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// For each known one, in order.
    pub known: Vec<Change>,
    /// Which findings are new.
    pub new: Vec<usize>,
}

/// Compares what is found now with what was known of the same object. One is the same as another when kind and field are.
pub fn merge(known: &[Known<'_>], found: &[Finding]) -> Merged {
    let same = |known: &Known<'_>, finding: &Finding| known.kind == finding.kind.word() && known.field == finding.field.as_deref();
    let change = |one: &Known<'_>| match found.iter().position(|finding| same(one, finding)) {
        None => Change::Ends,
        Some(place) if one.ours == found[place].ours.as_deref() && one.theirs == found[place].theirs.as_deref() => Change::Stays,
        Some(place) => Change::Moves(place),
    };
    let new = (0..found.len()).filter(|place| !known.iter().any(|one| same(one, &found[*place]))).collect();
    Merged { known: known.iter().map(change).collect(), new }
}

#[cfg(test)]
mod tests {
    use super::super::kind::Kind;
    use super::*;

    fn finding(kind: Kind, theirs: &str) -> Finding {
        Finding { kind, field: None, ours: Some("released".to_owned()), theirs: Some(theirs.to_owned()) }
    }

    #[test]
    fn what_is_gone_ends_what_stays_stays_and_what_is_new_begins() {
        let known =
            |kind: Kind, theirs| Known { kind: kind.word(), field: None, ours: Some("released"), theirs: Some(theirs), accepted: true };
        let known = [known(Kind::VoidedThere, "cancelled"), known(Kind::StatusDiffers, "new"), known(Kind::ApprovedNotExecuted, "waiting")];
        let found = [finding(Kind::StatusDiffers, "hold"), finding(Kind::ApprovedNotExecuted, "waiting"), finding(Kind::MissingThere, "")];
        let merged = merge(&known, &found);
        assert_eq!(merged.known, [Change::Ends, Change::Moves(0), Change::Stays]);
        assert_eq!(merged.new, [2]);
    }
}
