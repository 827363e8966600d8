//! Which state of an effect met which fault, and how often.

use crate::faults::Fault;
use std::collections::BTreeMap;

/// What an effect is at when something happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Committed, not yet claimed.
    Planned,
    /// Its first request is under way.
    Sending,
    /// A later one is.
    SendingAgain,
    /// It is being looked up.
    LookingUp,
    /// It is being read back.
    ReadingBack,
    /// It waits to be sent again.
    WaitingToSend,
    /// It waits to be looked up.
    WaitingToLookUp,
    /// It waits to be read back.
    WaitingToReadBack,
}

const UNDER_WAY: [Stage; 4] = [Stage::Sending, Stage::SendingAgain, Stage::LookingUp, Stage::ReadingBack];
const WAITING: [Stage; 4] = [Stage::Planned, Stage::WaitingToSend, Stage::WaitingToLookUp, Stage::WaitingToReadBack];

/// Counts of pairs, and of everything else worth telling.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    pub pairs: BTreeMap<(Stage, Fault), u64>,
    pub counts: BTreeMap<String, u64>,
}

impl Coverage {
    pub fn met(&mut self, stage: Stage, fault: Fault) {
        *self.pairs.entry((stage, fault)).or_default() += 1;
    }

    /// Counts one more; answers how many there are by now.
    pub fn count(&mut self, what: &str) -> u64 {
        if let Some(count) = self.counts.get_mut(what) {
            *count += 1;
            return *count;
        }
        self.counts.insert(what.to_owned(), 1);
        1
    }

    pub fn add(&mut self, other: &Coverage) {
        for (pair, count) in &other.pairs {
            *self.pairs.entry(*pair).or_default() += count;
        }
        for (what, count) in &other.counts {
            *self.counts.entry(what.clone()).or_default() += count;
        }
    }

    /// The pairs that can meet and were met less often than `least`.
    pub fn missing(&self, least: u64) -> Vec<(Stage, Fault, u64)> {
        let all = possible();
        let met = |pair: &(Stage, Fault)| self.pairs.get(pair).copied().unwrap_or(0);
        all.into_iter().map(|pair| (pair.0, pair.1, met(&pair))).filter(|(_, _, count)| *count < least).collect()
    }
}

/// The pairs that can meet at all.
pub fn possible() -> Vec<(Stage, Fault)> {
    let mut all = Vec::new();
    for fault in Fault::WIRE {
        for stage in UNDER_WAY {
            let reads = matches!(stage, Stage::LookingUp | Stage::ReadingBack);
            // A read that is executed late or shown late is a lost answer; only what changes something can pretend to.
            let of_writes = matches!(fault, Fault::SilentNoop | Fault::LateExecution | Fault::HiddenForAWhile);
            if !(reads && of_writes) {
                all.push((stage, fault));
            }
        }
    }
    for fault in Fault::PROCESS {
        let at_wire = matches!(fault, Fault::CrashAtSend | Fault::CrashAtAnswer);
        all.extend(UNDER_WAY.map(|stage| (stage, fault)));
        if !at_wire {
            all.extend(WAITING.map(|stage| (stage, fault)));
        }
    }
    all
}
