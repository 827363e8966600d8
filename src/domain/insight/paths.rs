//! Which ways instances have really gone.
//!
//! A way is the steps that were visited, each as often as it was, in the order of the flow: two branches that run at the same
//! time are one way, whichever was faster.

use super::measure::by_hand;
use super::sample::{Design, Sample};
use super::spread::Times;
use crate::domain::calendar::Calendar;
use crate::domain::ids::DocumentId;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Ways that are told; rarer ones are not worth a line each.
const PATHS_MAX: usize = 50;

/// One way and who has gone it.
#[derive(Clone, Debug, PartialEq)]
pub struct PathFigures {
    /// Its steps with how often each was visited.
    pub steps: Vec<(String, u64)>,
    /// Instances that went it.
    pub count: u64,
    /// By outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// Of them, those that stood in an exception.
    pub stopped: u64,
    /// Of them, those in which a person stepped in.
    pub by_hand: u64,
    /// From the beginning to the end.
    pub times: Times,
    /// Some of the documents, the newest first.
    pub documents: Vec<DocumentId>,
}

/// The ways of these, the most frequent first.
pub(super) fn paths(ended: &[&Sample], design: &Design, calendar: Option<&Calendar>, named: usize) -> Vec<PathFigures> {
    let mut found: BTreeMap<Vec<(String, u64)>, Vec<&Sample>> = BTreeMap::new();
    for sample in ended {
        found.entry(way(sample, design)).or_default().push(sample);
    }
    let mut paths: Vec<PathFigures> = found.into_iter().map(|(steps, samples)| of_path(steps, samples, calendar, named)).collect();
    // Stable: ways of one frequency stay in the order of their steps.
    paths.sort_by_key(|path| Reverse(path.count));
    paths.truncate(PATHS_MAX);
    paths
}

fn way(sample: &Sample, design: &Design) -> Vec<(String, u64)> {
    let mut visits: BTreeMap<&str, u64> = BTreeMap::new();
    for line in sample.lines.iter().filter(|line| line.kind == "entered") {
        let Some((step, number)) = &line.visit else { continue };
        if !design.holds(step) {
            let known = visits.entry(step).or_default();
            *known = (*known).max(u64::from(*number));
        }
    }
    let mut steps: Vec<(String, u64)> = visits.into_iter().map(|(step, times)| (step.to_owned(), times)).collect();
    steps.sort_by_key(|(step, _)| design.place(step));
    steps
}

fn of_path(steps: Vec<(String, u64)>, mut samples: Vec<&Sample>, calendar: Option<&Calendar>, named: usize) -> PathFigures {
    let size = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let with = |fits: &dyn Fn(&super::Line) -> bool| size(samples.iter().filter(|sample| sample.lines.iter().any(fits)).count());
    let (stopped, by_hand) = (with(&|line| line.kind == "exception"), with(&by_hand));
    let mut outcomes: BTreeMap<String, u64> = BTreeMap::new();
    for sample in &samples {
        *outcomes.entry(sample.outcome.clone().unwrap_or_default()).or_default() += 1;
    }
    let spans: Vec<_> = samples.iter().filter_map(|sample| Some((sample.started_at, sample.ended_at?))).collect();
    samples.sort_unstable_by_key(|sample| (Reverse(sample.started_at), sample.instance.0));
    let mut documents: Vec<DocumentId> = Vec::new();
    for sample in &samples {
        if documents.len() < named && !documents.contains(&sample.document) {
            documents.push(sample.document);
        }
    }
    PathFigures { count: size(samples.len()), outcomes, stopped, by_hand, times: Times::of(&spans, calendar), documents, steps }
}
