//! What a sighting of a document at its source means for the ledger. Pure.
//!
//! The rules of `language.md` section 3: identity is (tenant, type, source, key); a revision is new *content*; a status seen
//! in a source, and the echo of our own write, never make one; an older event never overwrites a newer state.

pub mod owners;

use jiff::Timestamp;

/// What the ledger holds of a document already.
#[derive(Clone, Debug, PartialEq)]
pub struct Known<'a> {
    /// Hash of the newest revision's content.
    pub hash: &'a str,
    /// The source's version we last took.
    pub version: Option<&'a str>,
    /// The source's status we last took.
    pub status: Option<&'a str>,
    /// Whether it was withdrawn at the source.
    pub withdrawn: bool,
}

/// What was seen at the source, after mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting<'a> {
    /// Hash of the content.
    pub hash: &'a str,
    /// The source's version or change time.
    pub version: Option<&'a str>,
    /// The source's status, in our words.
    pub status: Option<&'a str>,
    /// Withdrawn there.
    pub withdrawn: bool,
}

/// What it means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meaning {
    /// Older than what is known: nothing else holds.
    pub stale: bool,
    /// New content: a revision is due.
    pub revised: bool,
    /// The source's status is another than last time.
    pub status_moved: bool,
    /// Withdrawn now, and was not before.
    pub withdrawn_now: bool,
    /// Back from withdrawal.
    pub restored: bool,
}

/// Compares a sighting with what is known; nothing known means everything is new.
pub fn meaning(known: Option<&Known<'_>>, seen: &Sighting<'_>) -> Meaning {
    let Some(known) = known else {
        return Meaning { revised: true, status_moved: true, withdrawn_now: seen.withdrawn, ..Meaning::default() };
    };
    if let (Some(before), Some(now)) = (known.version, seen.version)
        && compare_versions(now, before) == std::cmp::Ordering::Less
    {
        return Meaning { stale: true, ..Meaning::default() };
    }
    Meaning {
        stale: false,
        revised: known.hash != seen.hash,
        status_moved: known.status != seen.status,
        withdrawn_now: seen.withdrawn && !known.withdrawn,
        restored: !seen.withdrawn && known.withdrawn,
    }
}

/// Orders two versions of one source: as instants, else as whole numbers of any length, else as text.
pub fn compare_versions(left: &str, right: &str) -> std::cmp::Ordering {
    if let (Ok(left), Ok(right)) = (left.parse::<Timestamp>(), right.parse::<Timestamp>()) {
        return left.cmp(&right);
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(left) && digits(right) {
        let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
        return left.len().cmp(&right.len()).then_with(|| left.cmp(right));
    }
    left.cmp(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Known<'_> = Known { hash: "h1", version: Some("9"), status: Some("submitted"), withdrawn: false };

    fn seen<'a>(hash: &'a str, version: &'a str, status: &'a str, withdrawn: bool) -> Sighting<'a> {
        Sighting { hash, version: Some(version), status: Some(status), withdrawn }
    }

    #[test]
    fn a_status_or_an_echo_never_makes_a_revision() {
        let echo = meaning(Some(&KNOWN), &seen("h1", "10", "released", false));
        assert!(!echo.revised && echo.status_moved && !echo.stale);
        let same = meaning(Some(&KNOWN), &seen("h1", "9", "submitted", false));
        assert_eq!(same, Meaning::default());
    }

    #[test]
    fn an_older_sighting_changes_nothing_whatever_it_says() {
        let older = meaning(Some(&KNOWN), &seen("h0", "8", "draft", true));
        assert_eq!(older, Meaning { stale: true, ..Meaning::default() });
    }

    #[test]
    fn withdrawal_is_told_once_and_can_be_taken_back() {
        assert!(meaning(Some(&KNOWN), &seen("h1", "10", "cancelled", true)).withdrawn_now);
        let withdrawn = Known { withdrawn: true, ..KNOWN };
        assert!(!meaning(Some(&withdrawn), &seen("h1", "10", "cancelled", true)).withdrawn_now);
        assert!(meaning(Some(&withdrawn), &seen("h1", "11", "draft", false)).restored);
    }

    #[test]
    fn versions_compare_as_times_numbers_and_text() {
        use std::cmp::Ordering::{Equal, Greater, Less};
        for (left, right, order) in [
            ("9", "10", Less),
            ("0010", "10", Equal),
            ("123456789012345678901", "99999999999999999999", Greater),
            ("2026-01-01T00:00:00+08:00", "2025-12-31T17:00:00Z", Less),
            ("b", "a", Greater),
        ] {
            assert_eq!(compare_versions(left, right), order, "{left} {right}");
        }
    }
}
