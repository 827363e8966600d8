//! Branches side by side: joins and rejections.

use super::support::*;

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
