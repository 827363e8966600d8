//! Who is asked: the ways to say it, nobody, those who leave, the forecast.

use super::super::world::*;
use super::support::*;
use crate::domain::approval::RefusalCode;
use crate::domain::flow::event::{Event, Outcome};
use crate::domain::flow::people::forecast::{Coming, forecast, of_beginning};
use crate::domain::flow::stage::Stage;

#[test]
fn every_way_to_say_who_leads_to_the_people_it_names() {
    let world = world();
    let cases = [
        ("{user: ma}", vec!["ma"]),
        ("{role: board}", vec!["ma", "he", "sun", "zhao"]),
        ("{manager: 1}", vec!["wu"]),
        ("{manager: 2}", vec!["zhao"]),
        ("{head: finance}", vec!["sun"]),
        ("{department_head: 1}", vec!["wu"]),
        ("{department_head: 3}", vec!["qian"]),
        ("{managers: 2}", vec!["wu", "zhao"]),
        ("{managers: 9}", vec!["wu", "zhao", "qian"]),
        ("{managers: {until: cfo}}", vec!["wu", "zhao", "qian"]),
        ("{managers: {until: cfo, most: 1}}", vec!["wu"]),
        ("initiator", vec!["e1001"]),
        ("{from: doc.requester.id}", vec!["e1001"]),
        ("{from: doc.requester}", vec!["e1001"]),
        ("[{manager: 1}, {role: cfo}, {user: wu}]", vec!["wu", "qian"]),
        ("[{user: gone}, {user: ma}]", vec!["ma"]),
    ];
    for (who, people) in cases {
        let flow = asking(&world, &format!("by: {who}, empty: block"));
        assert_eq!(Play::new(&flow, &world).turn(), people, "{who}");
    }
}

#[test]
fn nobody_is_what_the_step_says_it_is() {
    let world = world();
    let play = |empty: &str| {
        let flow = asking(&world, &format!("by: {{role: vacant}}, empty: {empty}"));
        let flow = Box::leak(Box::new(flow));
        let play = Play::new(flow, Box::leak(Box::new(self::world())));
        (play.turn(), play.outcome("ask"), codes_of(&play), play.records())
    };
    assert_eq!(play("pass"), (vec![], Some(Outcome::Approved), vec![], 1));
    assert_eq!(play("reject"), (vec![], Some(Outcome::Rejected), vec![], 1));
    assert_eq!(play("block"), (vec![], None, vec!["nobody_to_ask".to_owned()], 0));
    assert_eq!(play("{to: {user: ma}}"), (vec!["ma".to_owned()], None, vec![], 0));
    assert_eq!(play("{to: {user: gone}}"), (vec![], None, vec!["nobody_to_ask".to_owned()], 0));
}

#[test]
fn more_votes_than_people_want_a_person() {
    let world = world();
    let flow = asking(&world, "by: {role: board}, mode: {votes: 5}, empty: block");
    let play = Play::new(&flow, &world);
    assert_eq!(codes_of(&play), ["too_few_people"]);
}

#[test]
fn the_forecast_says_what_the_run_does() {
    let world = world();
    let steps = "  - {id: one, approve: {by: {managers: 2}, mode: sequence, empty: block}, due: 1d}\n  - id: size\n    choose:\n      branches:\n        - {id: big, when: \"doc.total_gross > 5000\", steps: [{id: two, approve: {by: {role: cfo}, empty: block}, due: 1d}]}\n      otherwise: {id: small, steps: []}\n  - id: money\n    choose:\n      branches:\n        - {id: ok, when: \"steps.one.outcome == 'approved'\", steps: [{id: three, approve: {by: {user: sun}, empty: block}, due: 1d}]}\n      otherwise: {id: no, steps: []}";
    let flow = world.steps(steps, "");
    let facts = facts("9000.00");
    let before = forecast(&flow, &world, &facts, &crate::domain::flow::Instance::default(), now());
    let names: Vec<(&str, Vec<&str>, bool)> = before
        .iter()
        .map(|coming| (coming.step.as_str(), coming.people.iter().map(|(person, _)| person.as_str()).collect(), coming.certain))
        .collect();
    assert_eq!(names, [("one", vec!["wu", "zhao"], true), ("two", vec!["qian"], true), ("three", vec!["sun"], false)]);
    let mut play = Play::new(&flow, &world);
    for person in ["wu", "zhao", "qian"] {
        play.says(person, "approve").expect("whom the forecast named");
    }
    let after = forecast(&flow, &world, &facts, &play.stage.instance, now());
    assert_eq!(after, [], "the last step asks now");
    assert_eq!(play.turn(), ["sun"]);
}

/// Step, people, `*` for whose share passes, and what is not certain or not known.
fn told(steps: &[Coming]) -> Vec<String> {
    let one = |coming: &Coming| {
        let people: Vec<String> =
            coming.people.iter().map(|(person, why)| format!("{person}{}", if why.is_some() { "*" } else { "" })).collect();
        let sure = match (coming.certain, coming.known) {
            (true, true) => "",
            (false, true) => "?",
            (_, false) => "??",
        };
        format!("{}{sure}: {}", coming.step, people.join(" "))
    };
    steps.iter().map(one).collect()
}

#[test]
fn a_beginning_is_told_as_it_is_begun() {
    let world = world();
    let ask = |id: &str, keys: &str| format!("  - {{id: {id}, approve: {{{keys}, empty: block}}, due: 1d}}");
    let cases: [(&str, Vec<String>, &[&str]); 7] = [
        ("who passes by themselves", vec![ask("own", "by: [{user: e1001}, {user: ma}], own: pass")], &["own: e1001* ma"]),
        (
            "a field that is set is known",
            vec![
                "  - {id: set, assign: {total_gross: doc.total_gross - doc.total_gross}}".to_owned(),
                "  - {id: big, when: doc.total_gross > 5000, approve: {by: {user: ma}, empty: block}, due: 1d}".to_owned(),
                ask("all", "by: {user: he}"),
            ],
            &["all: he"],
        ),
        ("the handler of a step to come", vec![ask("one", "by: {user: ma}"), ask("two", "by: {handler_of: one}")], &["one: ma", "two: ma"]),
        (
            "of several only one decides",
            vec![ask("one", "by: {role: board}, mode: any"), ask("two", "by: {handler_of: one}")],
            &["one: ma he sun zhao", "two??: "],
        ),
        (
            "who has agreed before is not asked again",
            vec![ask("one", "by: {user: ma}"), ask("two", "by: [{user: ma}, {user: he}], repeated: pass_earlier")],
            &["one: ma", "two: ma* he"],
        ),
        (
            "a second person",
            vec![ask("one", "by: {user: ma}"), ask("two", "by: [{user: ma}, {user: he}], second_person: true")],
            &["one: ma", "two: he"],
        ),
        (
            "behind a possible end nothing is certain",
            vec![
                ask("one", "by: {user: ma}"),
                "  - id: which\n    choose:\n      branches:\n        - {id: no, when: \"steps.one.outcome == 'rejected'\", steps: [{id: over, end: {outcome: rejected, status: rejected}}]}\n      otherwise: {id: yes, steps: []}".to_owned(),
                ask("two", "by: {user: he}"),
            ],
            &["one: ma", "two?: he"],
        ),
    ];
    for (what, steps, wanted) in cases {
        let flow = world.steps(&steps.join("\n"), "");
        let beginning = of_beginning(&flow, &world, &facts("9000.00"), now());
        assert_eq!((told(&beginning.steps), beginning.stopped), (wanted.iter().map(ToString::to_string).collect(), vec![]), "{what}");
        // Whoever is foretold as first is whose turn it is.
        let mut stage = Stage::new(&flow, &world, facts("9000.00"), now());
        stage.tell(&Event::Started);
        let first = stage.instance.visits.iter().rev().find_map(|visit| visit.people.as_ref()).map(|activation| activation.holders());
        let foretold: Vec<String> =
            beginning.steps[0].people.iter().filter(|(_, why)| why.is_none()).map(|(person, _)| person.clone()).collect();
        assert_eq!(first, Some(foretold), "{what}");
    }
    let flow = asking(&world, "by: {role: vacant}, empty: block");
    let stopped = of_beginning(&flow, &world, &facts("9000.00"), now());
    assert_eq!((told(&stopped.steps), stopped.stopped), (vec!["ask: ".to_owned()], vec!["ask".to_owned()]));
}

#[test]
fn who_leaves_leaves_no_task_behind() {
    let mut world = world();
    let flow = asking(&world, "by: [{user: ma}, {user: he}], mode: sequence, empty: block");
    let mut instance = {
        let play = Play::new(&flow, &world);
        play.stage.instance.clone()
    };
    for user in ["ma", "he"] {
        world.directory.users.get_mut(user).expect("known").active = false;
    }
    let mut play = Play::new(&flow, &world);
    std::mem::swap(&mut play.stage.instance, &mut instance);
    play.stage.tell(&Event::Left { person: "ma".to_owned() });
    assert_eq!(play.turn(), ["sun"]);
    play.stage.tell(&Event::Left { person: "he".to_owned() });
    assert_eq!(play.says("sun", "approve"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved), "both duties went to the superior and became one");
    play.stage.tell(&Event::Left { person: "sun".to_owned() });
}

#[test]
fn who_has_left_decides_nothing_even_before_their_task_is_handed_on() {
    let mut world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block");
    let instance = Play::new(&flow, &world).stage.instance;
    world.directory.users.get_mut("ma").expect("known").active = false;
    let mut play = Play::new(&flow, &world);
    play.stage.instance = instance;
    assert_eq!(play.turn(), ["ma"]);
    assert_eq!(play.says("ma", "approve"), Err(RefusalCode::NotYours));
    play.stage.tell(&Event::Left { person: "ma".to_owned() });
    assert_eq!(play.says("sun", "approve"), Ok(()));
}
