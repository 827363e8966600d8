//! Moving running instances to another version of their flow.

use super::world::*;
use crate::domain::approval::TaskState;
use crate::domain::flow::Flow;
use crate::domain::flow::event::{Event, Outcome};
use crate::domain::flow::instance::{Instance, State, TimerPurpose};
use crate::domain::flow::migrate::{Plan, moved, plan};
use crate::domain::flow::stage::Stage;

const ASKED: &str = "  - {id: budget, call: erp.check_budget, map: po_to_budget}\n  \
    - {id: note, assign: {note: \"'x'\"}}\n  \
    - {id: oa, call: oa.create_approval, map: po_plain_oa, sets: in_approval, await: {event: oa.approval_changed, ladder: [{after: 1d, outcome: expired}]}}\n  \
    - {id: tell, when: \"steps.oa.outcome == 'approved'\", call: erp.release_order, map: po_ref}";

/// An instance that waits for its approval.
fn waiting_at_oa<'a>(flow: &'a Flow, world: &'a World) -> Stage<'a> {
    let mut stage = start(flow, world, "1.00");
    answer(&mut stage, "check_budget", budget(true));
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    stage
}

fn planned(world: &World, instance: &Instance, steps: &str) -> Plan {
    plan(&world.steps(ASKED, ""), &world.steps(steps, ""), world, instance)
}

fn codes_of(plan: &Plan) -> Vec<String> {
    plan.obstacles.iter().map(|one| format!("{} {}", one.step, one.code)).collect()
}

#[test]
fn a_waiting_instance_goes_on_under_the_new_version() {
    let world = World::new();
    let (flow, steps) = (world.steps(ASKED, ""), ASKED.replace("  - {id: note, assign: {note: \"'x'\"}}\n", "  - {id: extra, wait: 1h}\n"));
    let steps =
        steps.replace("id: tell, when: \"steps.oa.outcome == 'approved'\", call: erp.release_order", "id: told, call: erp.reject_order");
    let stage = waiting_at_oa(&flow, &world);
    let planned = planned(&world, &stage.instance, &steps);
    assert_eq!(codes_of(&planned), Vec::<String>::new());
    assert_eq!(
        (&planned.stands_at[..], &planned.lost[..], &planned.not_run[..]),
        (&["oa".to_owned()][..], &["note".to_owned()][..], &["extra".to_owned()][..])
    );

    let new = world.steps(&steps, "");
    let mut after = Stage::new(&new, &world, facts("1.00"), now());
    after.instance = moved(&new, stage.instance.clone());
    after.exceptions.clear();
    assert_eq!(after.instance.visits.iter().map(|visit| visit.step.as_str()).collect::<Vec<_>>(), ["budget", "oa"]);
    after.tell(&heard("A1", Outcome::Approved));
    assert_eq!((codes(&after), waiting(&after)), (vec![], vec!["reject_order".to_owned()]), "it goes on as the new version says");
}

#[test]
fn an_effect_under_way_answers_to_the_new_version() {
    let world = World::new();
    let (flow, new) = (world.steps(ASKED, ""), world.steps(&ASKED.replace("id: tell", "id: told"), ""));
    let mut stage = start(&flow, &world, "1.00");
    let planned = plan(&flow, &new, &world, &stage.instance);
    assert_eq!((codes_of(&planned), &planned.open_effects[..]), (vec![], &["budget".to_owned()][..]));
    let open = stage.outbox.remove(0);
    let mut after = Stage::new(&new, &world, facts("1.00"), now());
    after.instance = moved(&new, stage.instance.clone());
    let id = open.effect.id;
    after.outbox.push(open);
    after.end(id, budget(true));
    assert_eq!((codes(&after), waiting(&after)), (vec![], vec!["create_approval".to_owned()]));
}

#[test]
fn what_does_not_fit_is_named() {
    let world = World::new();
    let flow = world.steps(ASKED, "");
    let stage = waiting_at_oa(&flow, &world);
    let oa = ASKED.lines().nth(2).unwrap();
    for (old, new, expected) in [
        (oa, "  - {id: other, wait: 1h}", vec!["oa step_gone"]),
        (oa, "  - {id: oa, wait: 1h}", vec!["oa other_kind"]),
        (", ladder: [{after: 1d, outcome: expired}]", "", vec!["oa ladder_shorter"]),
        (
            "call: oa.create_approval, map: po_plain_oa, sets: in_approval, await: {event: oa.approval_changed, ladder: [{after: 1d, outcome: expired}]}",
            "call: erp.release_order, map: po_ref",
            vec!["oa other_call", "oa other_call", "oa ladder_shorter"],
        ),
    ] {
        let steps = ASKED.replace(old, new).replace("when: \"steps.oa.outcome == 'approved'\", ", "");
        let found = planned(&world, &stage.instance, &steps);
        assert!(expected.iter().all(|code| codes_of(&found).contains(&(*code).to_owned())), "{new}: {:?}", codes_of(&found));
        assert!(!found.is_possible());
    }
}

#[test]
fn a_step_that_moved_into_a_branch_keeps_the_instance_where_it_is() {
    let world = World::new();
    let flow = world.steps(ASKED, "");
    let stage = waiting_at_oa(&flow, &world);
    let oa = ASKED.lines().nth(2).unwrap().trim().trim_start_matches("- ");
    let inside =
        format!("  - {{id: book, parallel: {{branches: [{{id: one, steps: [{oa}]}}, {{id: two, steps: [{{id: w, wait: 1h}}]}}]}}}}");
    let steps = ASKED.replace(ASKED.lines().nth(2).unwrap(), &inside);
    assert!(codes_of(&planned(&world, &stage.instance, &steps)).contains(&"oa other_place".to_owned()));
}

#[test]
fn branches_under_way_must_keep_their_number() {
    let world = World::new();
    let two = "  - id: book\n    parallel:\n      branches:\n        - {id: a, steps: [{id: x, call: erp.release_order, map: po_ref}]}\n        - {id: b, steps: [{id: y, wait: 1h}]}";
    let (flow, new) = (world.steps(two, ""), world.steps(&format!("{two}\n        - {{id: c, steps: [{{id: z, wait: 1h}}]}}"), ""));
    let stage = start(&flow, &world, "1.00");
    assert_eq!(codes_of(&plan(&flow, &new, &world, &stage.instance)), ["book branches"]);
}

#[test]
fn what_is_over_stays_where_it_is() {
    let world = World::new();
    let flow = world.steps("  - {id: note, assign: {note: \"'x'\"}}", "");
    let stage = start(&flow, &world, "1.00");
    assert_eq!(codes_of(&plan(&flow, &flow, &world, &stage.instance)), [" over"]);
}

/// A step that three people are asked at, with its keys; then the time of the whole.
fn asked(keys: &str, more: &str) -> (String, String) {
    (
        format!("  - {{id: ask, approve: {{by: [{{user: ma}}, {{user: he}}, {{user: sun}}], empty: block, {keys}}}, due: 2wd}}"),
        more.to_owned(),
    )
}

fn company() -> World {
    World { directory: super::people::support::directory(), ..World::new() }
}

const LADDER: &str = "[{every: 1d, remind: {from: output.holders}}, {after: 2d, escalate: {user: qian}}, {after: 3d, outcome: expired}]";
const WITHIN: &str = "within: {ladder: [{after: 5d, escalate: {user: qian}}, {after: 9d, outcome: expired}]}";

#[test]
fn whoever_is_asked_is_asked_and_reminded_by_what_means_the_same_in_the_new_version() {
    let world = company();
    let (steps, more) = asked(&format!("mode: all, ladder: {LADDER}"), WITHIN);
    let flow = world.steps(&steps, &more);
    let stage = start(&flow, &world, "1.00");
    assert_eq!(stage.instance.visits[0].people.as_ref().map(|activation| activation.tasks.len()), Some(3));
    let with = |ladder: &str| format!("mode: all, ladder: {ladder}");
    let reordered = "[{every: 1d, remind: {from: output.holders}}, {after: 3d, outcome: expired}, {after: 2d, escalate: {user: qian}}]";
    for (keys, more, expected) in [
        (with(LADDER), WITHIN, vec![]),
        // Whom it reaches, and when, may be others.
        (with(&LADDER.replace("qian", "sun").replace("after: 3d", "after: 30d")), WITHIN, vec![]),
        (with("[{every: 1d, remind: {from: output.holders}}]"), WITHIN, vec!["ask ladder_shorter"]),
        ("mode: all".to_owned(), WITHIN, vec!["ask ladder_shorter"]),
        (with(reordered), WITHIN, vec!["ask ladder_other"]),
        (with(&LADDER.replace("outcome: expired", "outcome: approved")), WITHIN, vec!["ask ladder_other"]),
        (format!("mode: any, ladder: {LADDER}"), WITHIN, vec!["ask mode_changed"]),
        (format!("mode: sequence, ladder: {LADDER}"), WITHIN, vec!["ask mode_changed"]),
        (with(LADDER), "within: {ladder: [{after: 5d, escalate: {user: qian}}]}", vec![" ladder_shorter"]),
        (with(LADDER), "", vec![" ladder_shorter"]),
        (with(LADDER), "within: {ladder: [{after: 9d, outcome: expired}, {after: 5d, escalate: {user: qian}}]}", vec![" ladder_other"]),
    ] {
        let (steps, more) = asked(&keys, more);
        let planned = plan(&flow, &world.steps(&steps, &more), &world, &stage.instance);
        assert_eq!(codes_of(&planned), expected, "{keys} {more}");
        assert_eq!(planned.is_possible(), expected.is_empty());
    }
}

#[test]
fn rules_that_hold_from_now_on_are_noted() {
    let world = company();
    let flow = world.steps(&asked(&format!("mode: all, ladder: {LADDER}, fields: {{note: edit}}"), "").0, "");
    let stage = start(&flow, &world, "1.00");
    let longer = LADDER.replace("]", ", {after: 4d, escalate: {user: sun}}]");
    for (keys, expected) in [
        (format!("mode: all, ladder: {LADDER}, fields: {{note: edit}}"), vec![]),
        (format!("mode: all, ladder: {LADDER}, fields: {{note: required}}"), vec![("rules_changed", "`fields`")]),
        (
            format!("mode: all, ladder: {LADDER}, fields: {{note: edit}}, reject: return, comment: [approve]"),
            vec![("rules_changed", "`reject`, `comment`")],
        ),
        (format!("mode: all, ladder: {longer}, fields: {{note: edit}}"), vec![("rungs_not_set", "3 rungs")]),
    ] {
        let planned = plan(&flow, &world.steps(&asked(&keys, "").0, ""), &world, &stage.instance);
        assert_eq!(codes_of(&planned), Vec::<String>::new(), "{keys}");
        let notes: Vec<(&str, &str)> = planned.notes.iter().map(|note| (note.code.as_str(), note.message.as_str())).collect();
        assert_eq!(notes.len(), expected.len(), "{keys}: {notes:?}");
        for ((code, message), (wanted, words)) in notes.iter().zip(&expected) {
            assert!(code == wanted && message.contains(words), "{keys}: {notes:?}");
        }
    }
    // Nobody is asked any more: what holds for those who are is nothing to them.
    let mut stage = stage;
    let visit = &mut stage.instance.visits[0];
    visit.state = State::Done;
    visit.people.as_mut().unwrap().tasks.iter_mut().for_each(|task| task.state = TaskState::Approved);
    stage.instance.timers.clear();
    let planned = plan(&flow, &world.steps(&asked("mode: any", "").0, ""), &world, &stage.instance);
    assert_eq!((codes_of(&planned), planned.notes), (vec![], vec![]));
}

#[test]
fn a_rung_that_the_version_does_not_have_is_ignored_and_said_so() {
    let world = company();
    let (steps, more) = asked(&format!("mode: all, ladder: {LADDER}"), WITHIN);
    let flow = world.steps(&steps, &more);
    let stage = start(&flow, &world, "1.00");
    let bare = world.steps(&asked("mode: all", "").0, "");
    let mut after = Stage::new(&bare, &world, facts("1.00"), now());
    after.instance = stage.instance.clone();
    let timers: Vec<(u32, TimerPurpose)> = after.instance.timers.iter().map(|timer| (timer.number, timer.purpose)).collect();
    assert_eq!(timers.len(), 5, "three of the step, two of the whole");
    for (number, purpose) in timers {
        let changes = after.tell(&Event::TimerFired { timer: number });
        let said: Vec<&str> = changes.history.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(said, ["ignored"], "{purpose:?}");
    }
}
