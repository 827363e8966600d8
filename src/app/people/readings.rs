//! What the newest readings of a connected system brought: who came, who went, what was held back, what failed.
//!
//! Readings that brought the same one after the other are one entry, so that a daily reading without news takes no place.

use crate::domain::directory::Organisation;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Entries kept of a source.
const READINGS_MAX: usize = 30;
/// People named of one reading, each way; the numbers count all.
const NAMED_MAX: usize = 50;

/// What became of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReadingOutcome {
    /// It counts.
    Taken,
    /// Too many are gone in it: somebody has to look.
    Held,
    /// It was held back, and somebody has taken it.
    Accepted,
    /// It gave nothing; what was read before still counts.
    Failed,
}

/// One reading, or several alike one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reading {
    /// When, the last of those alike.
    pub at: Timestamp,
    /// The first of those alike.
    pub since: Timestamp,
    /// How many.
    pub times: u32,
    /// What became of it.
    pub outcome: ReadingOutcome,
    /// How many work here by it; of one that failed, by what still counts.
    pub people: u64,
    /// Who works here by it and did not before.
    pub came: Several,
    /// Who does not by it and did before.
    pub went: Several,
    /// Why it gave nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Some people, by id, and how many they all are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Several {
    /// How many.
    pub total: u64,
    /// The first of them.
    pub some: Vec<String>,
}

impl Several {
    pub fn of<'a>(people: impl Iterator<Item = &'a String>) -> Several {
        let mut several = Several::default();
        for person in people {
            several.total += 1;
            if several.some.len() < NAMED_MAX {
                several.some.push(person.clone());
            }
        }
        several
    }
}

impl Reading {
    /// Of what a source says now, after what counted before.
    pub fn of(outcome: ReadingOutcome, next: &Organisation, earlier: &Organisation, at: Timestamp) -> Reading {
        let (came, went) = (Several::of(next.but_not(earlier)), Several::of(earlier.but_not(next)));
        Reading { at, since: at, times: 1, outcome, people: next.at_work() as u64, came, went, problem: None }
    }

    /// Of one that gave nothing.
    pub fn failed(problem: &str, counts: &Organisation, at: Timestamp) -> Reading {
        Reading { problem: Some(problem.to_owned()), ..Reading::of(ReadingOutcome::Failed, counts, counts, at) }
    }

    /// Whether it came into force.
    pub fn counts(&self) -> bool {
        matches!(self.outcome, ReadingOutcome::Taken | ReadingOutcome::Accepted)
    }

    fn is_like(&self, other: &Reading) -> bool {
        *self == Reading { at: self.at, since: self.since, times: self.times, ..other.clone() }
    }
}

/// The entries with one more, as they are stored.
pub(super) fn with(entries: &str, next: Reading) -> String {
    let mut entries = read(entries);
    match entries.first_mut().filter(|newest| newest.is_like(&next)) {
        Some(newest) => (newest.at, newest.times) = (next.at, newest.times.saturating_add(1)),
        None => entries.insert(0, next),
    }
    entries.truncate(READINGS_MAX);
    serde_json::to_string(&entries).unwrap_or_default()
}

/// Entries as they were stored, the newest first; what are none say nothing.
pub(super) fn read(entries: &str) -> Vec<Reading> {
    serde_json::from_str(entries).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::directory::KnownBy;
    use serde_json::json;

    fn of(ids: &[&str]) -> Organisation {
        let people: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
        Organisation::read(&people, &[], KnownBy::Id).expect("readable")
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn a_reading_names_who_came_and_who_went() {
        let first = of(&["a", "b"]);
        let next = of(&["b", "c", "d"]).after(&first);
        let reading = Reading::of(ReadingOutcome::Taken, &next, &first, at(1));
        assert_eq!((reading.came.some, reading.went.some, reading.people), (vec!["c".to_owned(), "d".to_owned()], vec!["a".to_owned()], 3));
        let everybody = Reading::of(ReadingOutcome::Taken, &of(&["a", "b"]), &Organisation::default(), at(1));
        assert_eq!((everybody.came.total, everybody.went.total), (2, 0));
    }

    #[test]
    fn many_are_counted_and_some_are_named() {
        let ids: Vec<String> = (0..200).map(|number| format!("p{number:03}")).collect();
        let several = Several::of(ids.iter());
        assert_eq!((several.total, several.some.len(), several.some[0].as_str()), (200, NAMED_MAX, "p000"));
    }

    #[test]
    fn readings_without_news_are_one_entry_and_a_bounded_number_is_kept() {
        let (small, large) = (of(&["a"]), of(&["a", "b"]));
        let same = |second| Reading::of(ReadingOutcome::Taken, &small, &small, at(second));
        let mut entries = String::new();
        for second in [1, 2, 3] {
            entries = with(&entries, same(second));
        }
        entries = with(&entries, Reading::failed("away", &small, at(4)));
        entries = with(&entries, Reading::failed("away", &small, at(5)));
        entries = with(&entries, Reading::failed("no right", &small, at(6)));
        entries = with(&entries, Reading::of(ReadingOutcome::Taken, &large, &small, at(7)));
        let told: Vec<_> = read(&entries).iter().map(|one| (one.since.as_second(), one.at.as_second(), one.times, one.outcome)).collect();
        let (taken, failed) = (ReadingOutcome::Taken, ReadingOutcome::Failed);
        assert_eq!(told, [(7, 7, 1, taken), (6, 6, 1, failed), (4, 5, 2, failed), (1, 3, 3, taken)]);
        for number in 0..100 {
            entries = with(&entries, Reading::failed(&number.to_string(), &small, at(8)));
        }
        let kept = read(&entries);
        assert_eq!((kept.len(), kept[0].problem.as_deref()), (READINGS_MAX, Some("99")));
    }
}
