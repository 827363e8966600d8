//! The items of `each` are those there were when it was entered.

use super::world::*;
use crate::domain::flow::effect::Work;
use crate::domain::flow::event::Event;
use crate::domain::flow::scope::set_path;
use crate::domain::flow::stage::Stage;
use crate::domain::value::Value;
use proptest::prelude::*;
use serde_json::json;
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// What an `assign` inside the body may make of the list that is run over.
const LISTS: [&str; 5] = [
    "[doc.lines[2], doc.lines[1], doc.lines[0]]",
    "[doc.lines[0]]",
    "[doc.lines[1], doc.lines[1], doc.lines[1], doc.lines[1]]",
    "[doc.lines[2], doc.lines[2]]",
    "doc.lines",
];

fn told(stage: &Stage<'_>) -> (serde_json::Value, serde_json::Value) {
    let Work::Call { input, .. } = &stage.outbox[0].effect.work else { panic!("a call") };
    (input["line_no"].clone(), input["reason"].clone())
}

/// A loop whose body assigns the list before and after it tells of an item; both looks at the item are told.
fn flow_text(concurrency: u32, before: &str, after: &str) -> String {
    format!(
        "  - id: lines\n    each: doc.lines\n    as: line\n    concurrency: {concurrency}\n    steps:\n      \
         - {{id: first, assign: {{lines: \"{before}\"}}}}\n      \
         - {{id: one, call: erp.tell_line, with: {{line_no: line.line_no}}}}\n      \
         - {{id: second, assign: {{lines: \"{after}\"}}}}\n      \
         - {{id: two, call: erp.reject_order, with: {{id: line.line_no, reason: \"line.quantity > 4 ? \'many\' : \'few\'\"}}}}"
    )
}

proptest! {
    #[test]
    fn an_assign_inside_changes_neither_which_items_there_are_nor_what_they_say(
        concurrency in 1_u32..4, before in 0..LISTS.len(), after in 0..LISTS.len(), picks in proptest::collection::vec(0_usize..3, 6)
    ) {
        let flow = WORLD.steps(&flow_text(concurrency, LISTS[before], LISTS[after]), "");
        let mut stage = start(&flow, &WORLD, "1.00");
        let (mut ones, mut twos) = (Vec::new(), Vec::new());
        for pick in picks {
            prop_assert!(!stage.outbox.is_empty(), "three items make six calls: {ones:?} {twos:?}");
            let at = pick % stage.outbox.len();
            let effect = &stage.outbox[at].effect;
            let Work::Call { operation, input, .. } = &effect.work else { panic!("a call") };
            match operation.as_str() {
                "tell_line" => ones.push(input["line_no"].clone()),
                _ => twos.push((input["id"].clone(), input["reason"].clone())),
            }
            let id = effect.id;
            stage.end(id, done(&[("line", "x")]));
        }
        ones.sort_by_key(ToString::to_string);
        twos.sort_by_key(|(id, _)| id.to_string());
        prop_assert_eq!(ones, [json!("1"), json!("2"), json!("3")]);
        // Decimals stay decimals: as texts they could not be compared.
        prop_assert_eq!(twos, [(json!("1"), json!("few")), (json!("2"), json!("many")), (json!("3"), json!("many"))]);
        prop_assert!(stage.outbox.is_empty() && stage.status() == "released");
    }
}

const PLAIN: &str =
    "  - id: lines\n    each: doc.lines\n    as: line\n    steps: [{id: one, call: erp.tell_line, with: {line_no: line.line_no}}]";

/// A state that was stored before items were kept.
fn without_items(stage: &mut Stage<'_>) {
    for lanes in stage.instance.visits.iter_mut().filter_map(|visit| visit.lanes.as_mut()) {
        (lanes.items, lanes.revision) = (None, 0);
    }
}

#[test]
fn a_state_of_before_goes_on_by_the_list_as_it_is() {
    let flow = WORLD.steps(PLAIN, "");
    let mut stage = start(&flow, &WORLD, "1.00");
    without_items(&mut stage);
    let state = serde_json::to_string(&stage.instance).unwrap();
    assert!(!state.contains("\"it\":") && !state.contains("\"rv\":"), "{state}");
    for number in ["1", "2", "3"] {
        assert_eq!(told(&stage).0, number);
        answer(&mut stage, "tell_line", done(&[("line", "x")]));
    }
    assert_eq!(stage.status(), "released");
}

fn lines(numbers: &[&str]) -> Value {
    let line = |number: &&str| {
        Value::map([
            ("line_no", Value::text(*number)),
            ("quantity", order("1.00").member("lines").to_json().get(0).map_or(Value::Unset, |line| Value::from_json(&line["quantity"]))),
        ])
    };
    Value::list(numbers.iter().map(line))
}

#[test]
fn mended_data_reaches_the_items_that_are_still_to_come() {
    let flow = WORLD.steps(PLAIN, "");
    for (mended, next) in [(&["7", "8", "9"][..], "8"), (&["7"][..], "2")] {
        let mut stage = start(&flow, &WORLD, "1.00");
        let doc = set_path(&stage.facts.document.doc, "lines", lines(mended));
        stage.facts.document.doc = order_type().read(&doc).unwrap();
        stage.facts.document.revision += 1;
        answer(&mut stage, "tell_line", done(&[("line", "x")]));
        assert_eq!(told(&stage).0, next, "{mended:?}: a list of another length is not matched by place");
    }
}

#[test]
fn the_items_are_in_the_state_once() {
    let flow = WORLD.steps(PLAIN, "");
    let mut stage = start(&flow, &WORLD, "1.00");
    stage.tell(&Event::Started);
    let lanes = stage.instance.visits[0].lanes.as_ref().unwrap();
    assert_eq!(lanes.items.as_ref().map(Vec::len), Some(3));
    let read: crate::domain::flow::Instance = serde_json::from_str(&serde_json::to_string(&stage.instance).unwrap()).unwrap();
    assert_eq!(read, stage.instance);
}
