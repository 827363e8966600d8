//! Branches side by side: joins and rejections.

use super::support::*;
use crate::domain::approval::Act;

const FORK: &str = "  - id: both\n    parallel:\n      JOIN\n      branches:\n        - {id: a, steps: [{id: a1, approve: {by: {user: ma}, empty: block}, due: 1d}]}\n        - {id: b, steps: [{id: b1, approve: {by: {user: he}, empty: block}, due: 1d}]}\n        - {id: c, steps: [{id: c1, approve: {by: {user: sun}, empty: block}, due: 1d}]}";

#[test]
fn a_fork_waits_for_all_for_some_or_for_one() {
    let world = world();
    for (join, needed) in [("join: all", 3), ("join: any", 1), ("join: {at_least: 2}", 2)] {
        let flow = world.steps(&FORK.replace("JOIN", join), "");
        let mut play = Play::new(&flow, &world);
        for (said, person) in ["he", "ma", "sun"].into_iter().take(needed).enumerate() {
            assert_eq!(play.stage.instance.outcome_word(), None, "{join}: after {said}");
            assert_eq!(play.says(person, "approve"), Ok(()));
        }
        assert_eq!((play.stage.instance.outcome_word(), play.turn()), (Some("approved"), vec![]), "{join}");
    }
}

#[test]
fn a_no_in_one_branch_leaves_the_others_where_the_fork_says_so() {
    let world = world();
    let after = "  - {id: end_here, when: steps.b1.outcome == 'rejected', approve: {by: {user: wu}, empty: block}, due: 1d}";
    for (join, turn) in [("on_rejection: wait", vec!["ma", "sun"]), ("on_rejection: leave_others", vec!["wu"])] {
        let flow = world.steps(&format!("{}\n{after}", FORK.replace("JOIN", join)), "");
        let mut play = Play::new(&flow, &world);
        assert_eq!(play.says("he", "reject"), Ok(()));
        assert_eq!(play.turn(), turn, "{join}");
    }
}

/// A branch of `a1`, `a2` and one of `b1`, in either order.
fn two_branches(swapped: bool) -> String {
    let a = "        - {id: a, steps: [{id: a1, approve: {by: {user: ma}, empty: block}, due: 1d}, {id: a2, approve: {by: [{user: sun}, {user: qian}], mode: sequence, empty: block}, due: 1d}]}";
    let b = "        - {id: b, steps: [{id: b1, approve: {by: {user: he}, empty: block}, due: 1d}, {id: b2, approve: {by: {user: zhao}, empty: block}, due: 1d}]}";
    let (first, second) = if swapped { (b, a) } else { (a, b) };
    let one = "  - {id: one, approve: {by: {user: wu}, empty: block}, due: 1d}";
    format!("{one}\n  - id: both\n    parallel:\n      branches:\n{first}\n{second}")
}

#[test]
fn straight_back_over_a_fork_passes_whoever_had_agreed_whatever_the_order_of_the_branches() {
    let world = world();
    for swapped in [false, true] {
        let flow = world.steps(&two_branches(swapped), "");
        let mut play = Play::new(&flow, &world);
        for person in ["wu", "ma", "he", "sun"] {
            play.says(person, "approve").expect("allowed");
        }
        let back = |act: &mut Act| {
            act.step = Some("one".to_owned());
            act.straight = true;
        };
        play.says_with("qian", "return", back).expect("allowed");
        assert_eq!(play.turn(), ["wu"], "swapped: {swapped}");
        play.says("wu", "approve").expect("allowed");
        let mut turn = play.turn();
        turn.sort();
        // Who had decided is not asked again, the other one of the step that returned it included; who had not is.
        assert_eq!(turn, ["qian", "zhao"], "swapped: {swapped}");
        play.says("qian", "approve").expect("allowed");
        play.says("zhao", "approve").expect("allowed");
        assert_eq!(play.stage.instance.outcome_word(), Some("approved"));
    }
}

#[test]
fn straight_back_passes_nobody_who_agreed_before_an_earlier_return() {
    let world = world();
    let flow = world.steps(&two_branches(false), "");
    let mut play = Play::new(&flow, &world);
    let back = |straight: bool| {
        move |act: &mut Act| {
            act.step = Some("one".to_owned());
            act.straight = straight;
        }
    };
    for person in ["wu", "ma", "he"] {
        play.says(person, "approve").expect("allowed");
    }
    // In the first run `he` had agreed; in the second only `ma` has when it goes straight back.
    play.says_with("zhao", "return", back(false)).expect("allowed");
    play.says("wu", "approve").expect("allowed");
    play.says("ma", "approve").expect("allowed");
    play.says_with("sun", "return", back(true)).expect("allowed");
    play.says("wu", "approve").expect("allowed");
    let mut turn = play.turn();
    turn.sort();
    assert_eq!(turn, ["he", "sun"]);
}
