//! The modes of a step, by the table of how products that people know decide.

use super::*;
use jiff::Timestamp;

/// A step with these decisions of four people: `+` agreed, `-` refused, `.` open.
fn step(decisions: &str) -> Activation {
    let state = |letter| match letter {
        '+' => TaskState::Approved,
        '-' => TaskState::Rejected,
        'x' => TaskState::Cancelled,
        '~' => TaskState::Skipped,
        _ => TaskState::Pending,
    };
    let tasks = decisions
        .chars()
        .zip('a'..)
        .map(|(letter, person)| Task { state: state(letter), ..Task::of(person.to_string(), TaskKind::Approve) });
    Activation { tasks: tasks.collect(), ..Activation::default() }
}

fn verdict(mode: Mode, decisions: &str) -> Verdict {
    mode.verdict(&step(decisions), |_| false)
}

#[test]
fn each_mode_decides_as_soon_as_it_can_and_not_before() {
    use Verdict::{Open, Passed, Rejected};
    let cases = [
        (Mode::All, "....", Open),
        (Mode::All, "+++.", Open),
        (Mode::All, "++++", Passed),
        (Mode::All, "+~x+", Passed),
        (Mode::All, "+-..", Rejected),
        (Mode::Sequence, "+...", Open),
        (Mode::Sequence, "+-..", Rejected),
        (Mode::Sequence, "++++", Passed),
        (Mode::Any, "....", Open),
        (Mode::Any, ".+..", Passed),
        (Mode::Any, "..-.", Rejected),
        (Mode::AnyAgrees, "-.-.", Open),
        (Mode::AnyAgrees, "-+-.", Passed),
        (Mode::AnyAgrees, "----", Rejected),
        (Mode::Percent(60), "++..", Open),
        (Mode::Percent(60), "+++.", Passed),
        (Mode::Percent(60), "+--.", Rejected),
        (Mode::Percent(50), "++--", Passed),
        (Mode::Percent(51), "++--", Rejected),
        (Mode::Percent(60), "+xx+", Passed),
        (Mode::Votes(2), "+-..", Open),
        (Mode::Votes(2), "+-+.", Passed),
        (Mode::Votes(2), "+---", Rejected),
        (Mode::Claim, ".", Open),
        (Mode::Claim, "+", Passed),
    ];
    for (mode, decisions, wanted) in cases {
        assert_eq!(verdict(mode, decisions), wanted, "{mode:?} {decisions}");
    }
}

#[test]
fn a_veto_ends_a_vote_that_could_still_be_won() {
    let vetoes = |person: &str| person == "b";
    assert_eq!(Mode::Percent(50).verdict(&step("+-++"), vetoes), Verdict::Rejected);
    assert_eq!(Mode::Percent(50).verdict(&step("-+++"), vetoes), Verdict::Passed);
}

#[test]
fn who_was_asked_after_a_yes_must_agree_before_it_counts() {
    let added = |state| {
        let mut step = step("+.");
        step.tasks[1].origin = Some(Origin { task: 0, how: Added::After, depth: 1 });
        step.tasks[1].state = state;
        step
    };
    for mode in [Mode::Any, Mode::All, Mode::Votes(1), Mode::AnyAgrees] {
        assert_eq!(mode.verdict(&added(TaskState::Pending), |_| false), Verdict::Open, "{mode:?}");
        assert_eq!(mode.verdict(&added(TaskState::Approved), |_| false), Verdict::Passed, "{mode:?}");
        assert_eq!(mode.verdict(&added(TaskState::Rejected), |_| false), Verdict::Rejected, "{mode:?}");
    }
}

#[test]
fn in_a_sequence_only_the_first_is_ready() {
    let people: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
    let mut step = Activation { tasks: tasks(Mode::Sequence, TaskKind::Approve, &people), ..Activation::default() };
    assert_eq!(step.ready(), [0]);
    step.tasks[0].state = TaskState::Approved;
    assert_eq!(step.ready(), [1]);
    // A task that was handed on is no yes: its successor takes its place, and the next one waits for that.
    step.tasks[1].state = TaskState::Cancelled;
    assert_eq!(step.ready(), [2]);
    let all = Activation { tasks: tasks(Mode::All, TaskKind::Approve, &people), ..Activation::default() };
    assert_eq!(all.ready(), [0, 1, 2]);
}

#[test]
fn a_delegation_covers_its_time_its_flows_and_no_chain() {
    let at = |text: &str| text.parse::<Timestamp>().expect("a time");
    let rule = Delegation {
        principal: "li".to_owned(),
        agent: "wang".to_owned(),
        from: at("2026-10-01T00:00:00Z"),
        until: at("2026-10-08T00:00:00Z"),
        flows: vec!["purchase".to_owned()],
        new_only: true,
    };
    let (before, during) = (at("2026-09-30T12:00:00Z"), at("2026-10-02T12:00:00Z"));
    assert!(rule.covers("li", "wang", "purchase", during, during));
    assert!(!rule.covers("li", "wang", "purchase", before, during), "it came up before");
    assert!(!rule.covers("li", "wang", "purchase", during, at("2026-10-08T00:00:00Z")), "it is over");
    assert!(!rule.covers("li", "wang", "expense", during, during), "another flow");
    assert!(!rule.covers("wang", "li", "purchase", during, during), "the other way round");
}

#[test]
fn a_vote_is_not_lost_because_duties_became_one_persons() {
    // Of two who must both agree, one has handed on to the other.
    let merged = |state| {
        let mut step = step("..");
        step.tasks[0].state = TaskState::Transferred;
        step.tasks[1].state = state;
        step
    };
    for (state, wanted) in
        [(TaskState::Pending, Verdict::Open), (TaskState::Approved, Verdict::Passed), (TaskState::Rejected, Verdict::Rejected)]
    {
        assert_eq!(Mode::Votes(2).verdict(&merged(state), |_| false), wanted, "{state:?}");
    }
    assert_eq!(verdict(Mode::Votes(2), "--."), Verdict::Rejected, "what people said no to is lost");
}
