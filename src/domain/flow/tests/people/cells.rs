//! The table of verbs, written down a second time by hand, and a walk that must meet every cell of it.
//!
//! `docs/reference/approvals.md` is made of the verbs themselves; this table is not, so that a verb which begins to allow more
//! than it should disagrees with it.

use super::support::*;
use super::walk::{self, INITIATOR, Walk, random, root, tasks};
use crate::domain::approval::{Act, Added, Attachment, RefusalCode, TaskKind, TaskState};
use crate::domain::flow::people::verbs::{On, VERBS};
use TaskKind::{Approve, Assist, Consult, Copy, Handle, Resubmit};
use TaskState::{Approved, Cancelled, Done, Expired, Pending, Rejected, Returned, Skipped, Transferred, Waiting};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Verbs about a task: of which kinds, in which states.
pub(super) const ABOUT_TASKS: [(&str, &[TaskKind], &[TaskState]); 16] = [
    ("approve", &[Approve], &[Pending]),
    ("reject", &[Approve], &[Pending]),
    ("complete", &[Handle], &[Pending]),
    ("return", &[Approve, Handle], &[Pending]),
    ("resubmit", &[Resubmit], &[Pending]),
    ("transfer", &[Approve, Handle, Assist, Consult], &[Pending]),
    ("add", &[Approve, Handle], &[Pending]),
    ("remove", &[Approve, Handle, Assist, Consult], &[Pending, Waiting]),
    ("claim", &[Approve, Handle], &[Pending]),
    ("release", &[Approve, Handle], &[Pending]),
    ("take_back", &[Approve, Handle], &[Approved, Done]),
    ("assist", &[Approve, Handle], &[Pending]),
    ("contribute", &[Assist], &[Pending]),
    ("consult", &[Approve, Handle], &[Pending]),
    ("answer", &[Consult], &[Pending]),
    ("read", &[Copy], &[Pending]),
];

/// The states a task of a kind can be in. Nobody waits before giving help or an opinion; a copy ends by being read alone; what is
/// handled has no no and is never passed by a rule; what is returned can only be submitted anew, end, or be handed on when its
/// holder leaves.
const STATES: [(TaskKind, &[TaskState]); 6] = [
    (Approve, &[Waiting, Pending, Approved, Rejected, Returned, Transferred, Cancelled, Skipped, Expired]),
    (Handle, &[Waiting, Pending, Done, Returned, Transferred, Cancelled, Expired]),
    (Assist, &[Pending, Done, Transferred, Cancelled, Expired]),
    (Consult, &[Pending, Done, Transferred, Cancelled, Expired]),
    (Copy, &[Pending, Done]),
    (Resubmit, &[Pending, Done, Transferred, Cancelled, Expired]),
];

/// Where an instance stands, for verbs about the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    Running,
    Suspended,
    /// A reaction to the withdrawal asks people.
    BeingWithdrawn,
    SuspendedWhileWithdrawn,
    Approved,
    /// A reaction to the revocation asks people.
    BeingRevoked,
    EndedOtherwise,
}

const STANDINGS: [Standing; 7] = [
    Standing::Running,
    Standing::Suspended,
    Standing::BeingWithdrawn,
    Standing::SuspendedWhileWithdrawn,
    Standing::Approved,
    Standing::BeingRevoked,
    Standing::EndedOtherwise,
];

const YES: Option<RefusalCode> = None;
const GONE: Option<RefusalCode> = Some(RefusalCode::AlreadyHandled);
const NO: Option<RefusalCode> = Some(RefusalCode::NotAllowed);
const STILL: Option<RefusalCode> = Some(RefusalCode::Suspended);

/// Verbs about the whole: what becomes of them in each standing, in the order of `STANDINGS`.
pub(super) const ABOUT_THE_WHOLE: [(&str, [Option<RefusalCode>; 7]); 10] = [
    ("withdraw", [YES, STILL, GONE, STILL, GONE, GONE, GONE]),
    ("revoke", [NO, NO, NO, NO, YES, GONE, NO]),
    ("terminate", [YES, YES, GONE, GONE, GONE, GONE, GONE]),
    ("intervene", [YES, STILL, YES, STILL, GONE, GONE, GONE]),
    ("suspend", [YES, STILL, YES, STILL, GONE, GONE, GONE]),
    ("resume", [GONE, YES, GONE, YES, GONE, GONE, GONE]),
    ("urge", [YES, STILL, YES, STILL, GONE, GONE, GONE]),
    ("comment", [YES, YES, YES, YES, YES, YES, YES]),
    ("attach", [YES, YES, YES, YES, YES, YES, YES]),
    ("copy", [YES, YES, YES, YES, GONE, GONE, GONE]),
];

/// A cell of either table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    Task { verb: &'static str, kind: &'static str, state: TaskState },
    Whole { verb: &'static str, standing: Standing },
}

/// The cells that were met: what the table allows was done, and what it refuses was refused in its words.
pub(super) type Met = BTreeSet<Cell>;

/// What the table says of a verb on a task; none where it may be used.
pub(super) fn refused(verb: &str, kind: TaskKind, state: TaskState) -> Option<RefusalCode> {
    let (_, kinds, states) = ABOUT_TASKS.iter().find(|(word, ..)| *word == verb)?;
    if !kinds.contains(&kind) {
        return Some(RefusalCode::NotAllowed);
    }
    (!states.contains(&state)).then_some(RefusalCode::AlreadyHandled)
}

/// Whether a task of a kind can be in a state.
pub(super) fn can_be(kind: TaskKind, state: TaskState) -> bool {
    STATES.iter().any(|(known, states)| *known == kind && states.contains(&state))
}

/// Every cell there is.
fn all() -> Met {
    let of_tasks = ABOUT_TASKS.iter().flat_map(|(verb, ..)| {
        STATES.iter().flat_map(move |(kind, states)| states.iter().map(move |state| Cell::Task { verb, kind: kind.word(), state: *state }))
    });
    let whole =
        ABOUT_THE_WHOLE.iter().flat_map(|(verb, _)| STANDINGS.iter().map(move |standing| Cell::Whole { verb, standing: *standing }));
    of_tasks.chain(whole).collect()
}

/// Tries whatever has not been met on all that is there now, without doing it.
pub(super) fn probe(walk: &Walk<'_>, met: &mut Met) -> Result<(), TestCaseError> {
    for (about, task) in tasks(&walk.play.stage.instance) {
        for (verb, ..) in ABOUT_TASKS {
            let cell = Cell::Task { verb, kind: task.kind.word(), state: task.state };
            if met.contains(&cell) {
                continue;
            }
            // Whoever added somebody may remove them, and so may who runs the flow; all else is tried by the task's holder.
            let who = if verb == "remove" { root() } else { by(&task.person) };
            let act = Act { by: who, task: Some(about.clone()), ..complete(verb) };
            let said = walk.would(&act)?;
            match refused(verb, task.kind, task.state) {
                Some(code) => {
                    prop_assert_eq!(said, Err(code), "`{}` on {:?}", verb, task);
                    met.insert(cell);
                }
                // It may still want what this task cannot give: a claim where nothing is claimed, for one.
                None if said.is_ok() => _ = met.insert(cell),
                None => {}
            }
        }
    }
    let standing = walk.standing();
    for (verb, said) in ABOUT_THE_WHOLE {
        let cell = Cell::Whole { verb, standing };
        if met.contains(&cell) || (verb == "withdraw" && walk.left == Some(INITIATOR)) {
            continue;
        }
        let expected = said[STANDINGS.iter().position(|known| *known == standing).expect("all are listed")];
        let who = if verb == "withdraw" { by(INITIATOR) } else { root() };
        let became = walk.would(&Act { by: who, ..complete(verb) })?;
        match expected {
            Some(code) => {
                prop_assert_eq!(became, Err(code), "`{}` while {:?}", verb, standing);
                met.insert(cell);
            }
            None if became.is_ok() => _ = met.insert(cell),
            None => {}
        }
    }
    Ok(())
}

/// An act with all that any verb may want.
fn complete(verb: &str) -> Act {
    Act {
        verb: verb.to_owned(),
        token: format!("probe {verb}"),
        comment: Some("because".to_owned()),
        to: to(&["lin"]),
        how: Some(Added::Beside),
        outcome: (verb == "intervene").then(|| "approved".to_owned()),
        attachments: vec![Attachment { name: "offer.pdf".to_owned(), reference: "files/1".to_owned(), sha256: None }],
        ..Act::default()
    }
}

#[test]
fn the_table_by_hand_is_the_table_of_the_verbs() {
    let by_hand: Vec<&str> = ABOUT_TASKS.iter().map(|(verb, ..)| *verb).chain(ABOUT_THE_WHOLE.iter().map(|(verb, _)| *verb)).collect();
    assert_eq!(by_hand, VERBS.iter().map(|verb| verb.word).collect::<Vec<_>>());
    for (verb, kinds, states) in ABOUT_TASKS {
        let verb = VERBS.iter().find(|known| known.word == verb).expect("just compared");
        let On::Task(its_kinds, its_states) = verb.on else { panic!("`{}` is about a task", verb.word) };
        assert_eq!((walk::words(its_kinds), its_states), (walk::words(kinds), states), "{}", verb.word);
    }
}

/// The same walks each time, so that a cell is not missed by chance.
#[test]
fn every_cell_of_state_and_verb_is_met() {
    let met = RefCell::new(Met::new());
    let config = Config { cases: 600, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let worlds = walk::Worlds::new();
    let flows: Vec<_> = (0..walk::FLOWS.len()).map(|number| worlds.flow(number)).collect();
    let walks = (0..walk::FLOWS.len(), proptest::collection::vec(random(), 1..60));
    let outcome = runner.run(&walks, |(flow, acts)| {
        let mut walk = Walk::new(&flows[flow], &worlds, Play::new(&flows[flow], worlds.all_there()));
        for act in &acts {
            walk.step(act, Some(&mut met.borrow_mut()))?;
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let met = met.into_inner();
    let missed: Vec<Cell> = all().difference(&met).copied().collect();
    assert!(missed.is_empty(), "{} of {} cells were never met: {missed:#?}", missed.len(), all().len());
}
