//! The figures of a flow.

use super::paths::{PathFigures, paths};
use super::sample::{Design, Line, Sample};
use super::spread::{Times, between};
use crate::domain::calendar::Calendar;
use crate::domain::ids::DocumentId;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Documents named with a step or a way, the ones that took longest.
const DOCUMENTS_NAMED: usize = 10;

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub of: u64,
}

/// What the instances tell together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Instances by status.
    pub statuses: BTreeMap<String, u64>,
    /// Ended ones by outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// Of the ended, those that an approver turned down.
    pub rejected: Share,
    /// Of the ended, those in which a step was come back to.
    pub returned: Share,
    /// Of the ended, those in which nothing stopped, nobody stepped in and no step was come back to.
    pub straight: Share,
    /// From the beginning to the end, of the ended.
    pub total: Times,
    /// Each step that was visited, in the order of the flow.
    pub steps: Vec<StepFigures>,
    /// The ways that were gone by the ended, most frequent first.
    pub paths: Vec<PathFigures>,
}

/// What the instances tell of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepFigures {
    /// The step.
    pub step: String,
    /// Whether the live flow still has it.
    pub in_design: bool,
    /// Visits of it.
    pub visits: u64,
    /// Visits that are not over: its queue.
    pub open: u64,
    /// Since when the oldest of these is there.
    pub oldest_open_at: Option<Timestamp>,
    /// Visits beyond the first of an instance.
    pub repeated: u64,
    /// Exceptions it stood in.
    pub stopped: u64,
    /// Who is waited for there: the systems that it called.
    pub waits_on: Vec<String>,
    /// How long the visits that are over took.
    pub times: Times,
    /// The documents whose visit took longest, with how long; what is not over counts up to now.
    pub slowest: Vec<(DocumentId, u64)>,
}

/// Measures instances at a time.
pub fn measure(samples: &[Sample], design: &Design, calendar: Option<&Calendar>, now: Timestamp) -> Figures {
    let mut figures = Figures::default();
    for sample in samples {
        *figures.statuses.entry(sample.status.clone()).or_default() += 1;
    }
    let ended: Vec<&Sample> = samples.iter().filter(|sample| sample.status == "ended").collect();
    for sample in &ended {
        *figures.outcomes.entry(sample.outcome.clone().unwrap_or_default()).or_default() += 1;
    }
    let of =
        |fits: &dyn Fn(&Sample) -> bool| Share { count: count(ended.iter().filter(|sample| fits(sample)).count()), of: count(ended.len()) };
    figures.rejected = of(&|sample| sample.outcome.as_deref() == Some("rejected"));
    figures.returned = of(&came_back);
    figures.straight = of(&|sample| !came_back(sample) && !sample.lines.iter().any(|line| by_hand(line) || line.kind == "exception"));
    let spans: Vec<_> = ended.iter().filter_map(|sample| Some((sample.started_at, sample.ended_at?))).collect();
    figures.total = Times::of(&spans, calendar);
    figures.steps = steps(samples, design, calendar, now);
    figures.paths = paths(&ended, design, calendar, DOCUMENTS_NAMED);
    figures
}

/// Whether a person's command is behind a line.
pub(super) fn by_hand(line: &Line) -> bool {
    line.kind == "command"
}

/// Whether a step was come back to: its second visit, not a second try of the first.
fn came_back(sample: &Sample) -> bool {
    sample.lines.iter().any(|line| line.visit.as_ref().is_some_and(|(_, number)| *number > 1) && line.kind == "entered")
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// One visit of a step by one instance.
struct Visited<'a> {
    document: DocumentId,
    number: u32,
    from: Timestamp,
    until: Option<Timestamp>,
    stopped: u64,
    called: Option<&'a str>,
}

/// Kinds of lines that end a visit.
const ENDINGS: [&str; 4] = ["done", "failed", "skipped", "left"];

/// The visits of an instance by step, in the order of their beginnings. A second try of a visit is the same visit; what is
/// open when the instance ends is over then.
fn visits(sample: &Sample) -> BTreeMap<&str, Vec<Visited<'_>>> {
    let mut found: BTreeMap<&str, Vec<Visited<'_>>> = BTreeMap::new();
    for line in &sample.lines {
        let Some((step, number)) = &line.visit else { continue };
        let known = found.entry(step).or_default();
        let place = known.iter().position(|visit| visit.number == *number);
        match (place, line.kind.as_str()) {
            (None, "entered") => {
                known.push(Visited { document: sample.document, number: *number, from: line.at, until: None, stopped: 0, called: None });
            }
            (Some(place), kind) => {
                let visit = &mut known[place];
                if ENDINGS.contains(&kind) {
                    visit.until.get_or_insert(line.at);
                }
                visit.stopped += u64::from(kind == "exception");
                visit.called = visit.called.or(line.connection.as_deref());
            }
            (None, _) => {}
        }
    }
    if matches!(sample.status.as_str(), "ended" | "superseded") {
        for visit in found.values_mut().flatten() {
            visit.until = visit.until.or(sample.ended_at);
        }
    }
    found
}

fn steps(samples: &[Sample], design: &Design, calendar: Option<&Calendar>, now: Timestamp) -> Vec<StepFigures> {
    let mut found: BTreeMap<(usize, &str), Vec<Visited<'_>>> = BTreeMap::new();
    for sample in samples {
        for (step, visits) in visits(sample) {
            if !design.holds(step) {
                found.entry((design.place(step), step)).or_default().extend(visits);
            }
        }
    }
    found
        .into_iter()
        .filter(|(_, visits)| !visits.is_empty())
        .map(|((_, step), visits)| of_step(step, &visits, design, calendar, now))
        .collect()
}

fn of_step(step: &str, visits: &[Visited<'_>], design: &Design, calendar: Option<&Calendar>, now: Timestamp) -> StepFigures {
    let spans: Vec<_> = visits.iter().filter_map(|visit| Some((visit.from, visit.until?))).collect();
    let open: Vec<&Visited<'_>> = visits.iter().filter(|visit| visit.until.is_none()).collect();
    let mut waits_on: Vec<String> = visits.iter().filter_map(|visit| visit.called).map(str::to_owned).collect();
    waits_on.sort_unstable();
    waits_on.dedup();
    let mut slowest: Vec<(DocumentId, u64)> =
        visits.iter().map(|visit| (visit.document, between(visit.from, visit.until.unwrap_or(now)))).collect();
    // By length and then by document, so that the same history tells the same.
    slowest.sort_unstable_by_key(|(document, millis)| (std::cmp::Reverse(*millis), document.0));
    slowest.truncate(DOCUMENTS_NAMED);
    StepFigures {
        step: step.to_owned(),
        in_design: design.has(step),
        visits: count(visits.len()),
        open: count(open.len()),
        oldest_open_at: open.iter().map(|visit| visit.from).min(),
        repeated: count(visits.iter().filter(|visit| visit.number > 1).count()),
        stopped: visits.iter().map(|visit| visit.stopped).sum(),
        waits_on,
        times: Times::of(&spans, calendar),
        slowest,
    }
}
