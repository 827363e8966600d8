//! Laws that hold after any acts of anybody.

use super::support::*;
use crate::domain::approval::Added;
use proptest::prelude::*;

/// One random act.
#[derive(Clone, Debug)]
struct Random {
    verb: usize,
    person: usize,
    other: usize,
    how: u8,
    step: usize,
    straight: bool,
    fire: bool,
    late: bool,
}

const PEOPLE: [&str; 8] = ["e1001", "wu", "zhao", "qian", "sun", "ma", "he", "root"];

fn random() -> impl Strategy<Value = Random> {
    (0_usize..40, 0_usize..8, 0_usize..8, 0_u8..3, 0_usize..4, any::<bool>(), 0_u8..10, any::<bool>()).prop_map(
        |(verb, person, other, how, step, straight, fire, late)| Random { verb, person, other, how, step, straight, fire: fire == 0, late },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever people do in whatever order: nothing is decided twice, somebody always has the turn, the end is one end.
    #[test]
    fn whatever_people_do_nothing_is_stuck_and_nothing_is_decided_twice(acts in proptest::collection::vec(random(), 1..60)) {
        let world = world();
        let steps = "  - {id: one, approve: {by: {managers: 2}, mode: sequence, empty: {to: {user: ma}}, own: superior, repeated: pass_earlier, ladder: [{every: 6h, remind: {from: output.holders}}, {after: 1d, hand_over: superior}, {after: 2d, outcome: expired}]}, due: 1d}\n  - id: both\n    parallel:\n      branches:\n        - {id: a, steps: [{id: two, approve: {by: {role: board}, mode: {percent: 60}, veto: {user: sun}, empty: block}, due: 1d}]}\n        - {id: b, steps: [{id: do, task: {by: {role: procurement_clerk}, mode: claim, empty: pass}, due: 1d}]}\n  - {id: three, approve: {by: [{user: sun}, {user: he}], mode: any, empty: pass, reject: return}, due: 1d}";
        let flow = world.steps(steps, "");
        let mut play = Play::new(&flow, &world);
        for random in acts {
            let before = play.stage.instance.clone();
            if random.fire {
                if let Some((number, _)) = play.stage.next_timer() {
                    play.stage.fire(number);
                }
            } else {
                let words = crate::domain::flow::people::verbs::WORDS;
                // Deciding comes more often than the rest.
                let verb = words.get(random.verb).copied().unwrap_or("approve");
                let person = PEOPLE[random.person];
                let (step, straight) = (["one", "two", "initiator", "three"][random.step].to_owned(), random.straight);
                let said = play.says_with(person, verb, |act| {
                    act.by.admin = person == "root";
                    act.to = to(&[PEOPLE[random.other]]);
                    act.how = Some([Added::Before, Added::After, Added::Beside][random.how as usize]);
                    act.step = if verb == "intervene" && random.late { None } else { Some(step) };
                    act.straight = straight;
                    act.in_turn = random.late;
                });
                if said.is_err() {
                    prop_assert_eq!(&play.stage.instance, &before, "what is refused changes nothing");
                }
                // Taking back is the one way from a decision to an open task.
                if verb != "take_back" {
                    for (old, new) in before.visits.iter().zip(&play.stage.instance.visits) {
                        let (Some(old), Some(new)) = (&old.people, &new.people) else { continue };
                        for (old, new) in old.tasks.iter().zip(&new.tasks) {
                            prop_assert!(old.state.is_open() || old.state == new.state, "a decided task stays decided: {:?} {:?}", old, new);
                        }
                    }
                }
            }
            let instance = &play.stage.instance;
            prop_assert!(play.stage.exceptions.iter().all(|open| open.code == "nobody_to_ask"), "{:?}", play.stage.exceptions);
            for visit in instance.visits.iter().filter(|visit| crate::domain::flow::people::is_asking(visit) && !visit.left) {
                let people = visit.people.as_ref().expect("asked");
                prop_assert!(!people.holders().is_empty(), "somebody has the turn: {:?}", people);
            }
            if instance.status.is_over() {
                prop_assert!(play.stage.timers.is_empty());
                prop_assert!(play.turn().is_empty());
            }
            let stored = serde_json::to_string(instance).expect("a state can be written");
            prop_assert_eq!(&serde_json::from_str::<crate::domain::flow::Instance>(&stored).expect("readable"), instance);
        }
    }
}
