//! The space a table divides: sets of values of one input, and what a list of rows leaves uncovered.
//!
//! A set of ordered values is a union of half-open intervals between cuts; a cut stands just before or just after a value,
//! so that `< 5`, `<= 5` and `= 5` need no cases of their own and decimals stay exact whatever their scale. Whole numbers
//! and dates only have cuts before a value, so that nothing lies between 5 and 6.

use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A place between values: before the value, or (true) after it.
pub type Cut = (Decimal, bool);

/// An interval from a cut up to a cut; none is without end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// Where it begins.
    pub low: Option<Cut>,
    /// Where it ends.
    pub high: Option<Cut>,
}

/// The values of one input that a cell takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Set {
    /// Every value, also one that is not known.
    Any,
    /// Ordered values: intervals in order, none touching another.
    Ranges(Vec<Range>),
    /// These words, or every word but these.
    Words {
        /// The words.
        words: BTreeSet<Arc<str>>,
        /// Whether they are the ones left out.
        except: bool,
    },
}

/// Work one proof may take: beyond it the table is too interlaced to be judged, and says so.
const STEPS_MAX: u32 = 200_000;
/// Regions one proof names; the first few say it all.
const REGIONS_MAX: usize = 5;

/// The proof takes more work than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooInterlaced;

impl Range {
    /// The whole line.
    pub const ALL: Range = Range { low: None, high: None };

    fn meet(&self, other: &Range) -> Option<Range> {
        let low = self.low.max(other.low);
        let high = match (self.high, other.high) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        let empty = matches!((low, high), (Some(low), Some(high)) if low >= high);
        (!empty).then_some(Range { low, high })
    }

    fn covers(&self, part: &Range) -> bool {
        let from = self.low <= part.low;
        let to = match (self.high, part.high) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(mine), Some(theirs)) => theirs <= mine,
        };
        from && to
    }
}

impl Set {
    /// A set of intervals: sorted, empty ones gone, touching ones joined.
    pub fn ranges(mut ranges: Vec<Range>) -> Set {
        ranges.retain(|range| !matches!((range.low, range.high), (Some(low), Some(high)) if low >= high));
        ranges.sort();
        let mut joined: Vec<Range> = Vec::new();
        for range in ranges {
            match joined.last_mut() {
                Some(last) if last.high.is_none() || last.high >= range.low => {
                    last.high = match (last.high, range.high) {
                        (Some(one), Some(two)) => Some(one.max(two)),
                        _ => None,
                    };
                }
                _ => joined.push(range),
            }
        }
        Set::Ranges(joined)
    }

    /// Every value that is not in it.
    #[must_use]
    pub fn complement(&self) -> Set {
        match self {
            Set::Any => Set::Ranges(Vec::new()),
            Set::Words { words, except } => Set::Words { words: words.clone(), except: !except },
            Set::Ranges(ranges) => {
                let mut out = Vec::new();
                let mut low = None;
                for range in ranges {
                    if range.low.is_some() {
                        out.push(Range { low, high: range.low });
                    }
                    low = range.high;
                }
                if ranges.last().is_none_or(|last| last.high.is_some()) {
                    out.push(Range { low, high: None });
                }
                Set::ranges(out)
            }
        }
    }

    /// What is in both.
    #[must_use]
    pub fn meet(&self, other: &Set) -> Set {
        match (self, other) {
            (Set::Any, set) | (set, Set::Any) => set.clone(),
            (Set::Ranges(one), Set::Ranges(two)) => {
                Set::ranges(one.iter().flat_map(|range| two.iter().filter_map(|other| range.meet(other))).collect())
            }
            (Set::Words { words: one, except: false }, Set::Words { words: two, except }) => {
                Set::Words { words: one.iter().filter(|word| two.contains(*word) != *except).cloned().collect(), except: false }
            }
            (Set::Words { except: true, .. }, Set::Words { except: false, .. }) => other.meet(self),
            (Set::Words { words: one, .. }, Set::Words { words: two, .. }) => {
                Set::Words { words: one.union(two).cloned().collect(), except: true }
            }
            // Cells of one input are of one kind; two kinds have nothing in common.
            _ => Set::Ranges(Vec::new()),
        }
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Set::Any => false,
            Set::Ranges(ranges) => ranges.is_empty(),
            Set::Words { words, except } => words.is_empty() && !except,
        }
    }

    /// Whether all of a part that no cell divides further is in it.
    fn covers(&self, part: &Set) -> bool {
        match (self, part) {
            (Set::Any, _) => true,
            (Set::Ranges(mine), Set::Ranges(parts)) => parts.iter().all(|part| mine.iter().any(|range| range.covers(part))),
            (Set::Words { .. }, Set::Words { .. }) => self.meet(part) == *part,
            _ => false,
        }
    }

    /// Whether an ordered value is in it.
    pub fn holds(&self, value: Decimal) -> bool {
        match self {
            Set::Any => true,
            Set::Ranges(ranges) => {
                let point = Range { low: Some((value, false)), high: Some((value, true)) };
                ranges.iter().any(|range| range.low <= point.low && range.high.is_none_or(|high| high > (value, false)))
            }
            Set::Words { .. } => false,
        }
    }

    /// Whether a word is in it.
    pub fn holds_word(&self, word: &str) -> bool {
        match self {
            Set::Any => true,
            Set::Words { words, except } => words.contains(word) != *except,
            Set::Ranges(_) => false,
        }
    }
}

/// Regions of `universe` that no row covers, each a set for every input; at most a few.
pub fn uncovered(rows: &[&[Set]], universe: &[Set]) -> Result<Vec<Vec<Set>>, TooInterlaced> {
    let mut walk = Walk { universe, steps: STEPS_MAX, found: Vec::new() };
    walk.level(rows.to_vec(), &mut Vec::new())?;
    Ok(walk.found)
}

struct Walk<'a> {
    universe: &'a [Set],
    steps: u32,
    found: Vec<Vec<Set>>,
}

impl Walk<'_> {
    fn level(&mut self, rows: Vec<&[Set]>, above: &mut Vec<Set>) -> Result<(), TooInterlaced> {
        if self.found.len() >= REGIONS_MAX {
            return Ok(());
        }
        let level = above.len();
        if rows.is_empty() {
            self.found.push(above.iter().chain(&self.universe[level..]).cloned().collect());
            return Ok(());
        }
        // A row that takes everything from here on leaves nothing.
        if level == self.universe.len() || rows.iter().any(|row| row[level..].iter().all(|set| *set == Set::Any)) {
            return Ok(());
        }
        let mut ways: Vec<(Set, Vec<usize>)> = Vec::new();
        for part in parts(&self.universe[level], rows.iter().map(|row| &row[level])) {
            self.steps = self.steps.checked_sub(rows.len().max(1).try_into().unwrap_or(u32::MAX)).ok_or(TooInterlaced)?;
            let covering: Vec<usize> = (0..rows.len()).filter(|row| rows[*row][level].covers(&part)).collect();
            // Parts that the same rows cover are one way down.
            match ways.iter_mut().find(|(_, known)| *known == covering) {
                Some((set, _)) => *set = join(set, &part),
                None => ways.push((part, covering)),
            }
        }
        for (set, covering) in ways {
            above.push(set);
            self.level(covering.into_iter().map(|row| rows[row]).collect(), above)?;
            above.pop();
        }
        Ok(())
    }
}

fn join(one: &Set, other: &Set) -> Set {
    match (one, other) {
        (Set::Ranges(one), Set::Ranges(other)) => Set::ranges(one.iter().chain(other).cloned().collect()),
        (Set::Words { words, except: false }, Set::Words { words: other, except: false }) => {
            Set::Words { words: words.union(other).cloned().collect(), except: false }
        }
        (Set::Words { words, except: true }, Set::Words { words: other, .. })
        | (Set::Words { words: other, .. }, Set::Words { words, except: true }) => {
            Set::Words { words: words.difference(other).cloned().collect(), except: true }
        }
        _ => Set::Any,
    }
}

/// Divides a set so finely that every cell takes all of a part or nothing of it.
fn parts<'s>(whole: &'s Set, cells: impl Iterator<Item = &'s Set> + Clone) -> Vec<Set> {
    let mut cuts: BTreeSet<Cut> = BTreeSet::new();
    let mut named: BTreeSet<Arc<str>> = BTreeSet::new();
    let (mut ordered, mut worded) = (false, false);
    for cell in cells.chain(std::iter::once(whole)) {
        match cell {
            Set::Any => {}
            Set::Ranges(ranges) => {
                ordered = true;
                cuts.extend(ranges.iter().flat_map(|range| [range.low, range.high]).flatten());
            }
            Set::Words { words, .. } => {
                worded = true;
                named.extend(words.iter().cloned());
            }
        }
    }
    let all: Vec<Set> = if ordered {
        let ends: Vec<Option<Cut>> = std::iter::once(None).chain(cuts.into_iter().map(Some)).chain(std::iter::once(None)).collect();
        ends.windows(2).map(|pair| Set::Ranges(vec![Range { low: pair[0], high: pair[1] }])).collect()
    } else if worded {
        let one = |word: &Arc<str>| Set::Words { words: BTreeSet::from([word.clone()]), except: false };
        named.iter().map(one).chain(std::iter::once(Set::Words { words: named.clone(), except: true })).collect()
    } else {
        vec![Set::Any]
    };
    all.into_iter().map(|part| whole.meet(&part)).filter(|part| !part.is_empty()).collect()
}
