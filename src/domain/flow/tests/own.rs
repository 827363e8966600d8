//! What flows do inside the hub: decision tables, subflows, linked documents that are waited for.

use super::world::*;
use crate::domain::diagnostic::Report;
use crate::domain::flow::environment::FlowSignature;
use crate::domain::flow::event::{Command, Event, Outcome};
use crate::domain::flow::instance::{Instance, Parent, State, Status};
use crate::domain::flow::stage::Stage;
use crate::domain::flow::{Flow, decide};
use crate::domain::ids::InstanceId;
use crate::domain::table::Table;
use crate::domain::text::tree::parse;
use crate::domain::value::{Type, Value};
use serde_json::json;
use std::sync::Arc;

const TABLE: &str = "format: 1
table: approvers
inputs: {amount: doc.total_gross}
currency: CNY
hit: unique
rows:
  - {amount: \"<= 5000\", out: {level: low}}
  - {amount: \"> 5000\", out: {level: high}}
";

/// The small world with two decision tables and a flow that is used as a step.
pub(super) fn world() -> World {
    let mut world = World::new();
    for (id, text) in [
        ("approvers", TABLE.to_owned()),
        ("gaps", TABLE.replace("approvers", "gaps").replace("> 5000", "> 6000").replace("unique", "first")),
    ] {
        let mut report = Report::new("t.yaml");
        let table = Table::read(&parse(&text, &mut report).unwrap(), &mut report).unwrap();
        assert!(!report.has_errors());
        world.env.tables.insert(id.to_owned(), Arc::new(table));
    }
    let signature = FlowSignature {
        document: "purchase_order".to_owned(),
        is_subflow: true,
        inputs: vec![("limit".to_owned(), Type::Decimal { currency: None })],
        outputs: vec![("agreed".to_owned(), Type::Bool)],
    };
    world.env.flows.insert("inner".to_owned(), signature);
    world
}

fn path(flow: &Flow, world: &World, amount: &str) -> Vec<String> {
    start(flow, world, amount).path()
}

#[test]
fn expressions_see_what_tables_decide() {
    let world = world();
    let steps = "  - id: pick\n    choose:\n      branches:\n        - {id: low, when: \"tables.approvers.level == 'low'\", steps: []}\n      \
                 otherwise: {id: high, steps: []}";
    let flow = world.steps(steps, "");
    assert_eq!(flow.tables.keys().collect::<Vec<_>>(), ["approvers"], "only what is looked at is the flow's");
    assert_eq!(path(&flow, &world, "5000.00"), ["pick.low", "done"]);
    assert_eq!(path(&flow, &world, "5000.01"), ["pick.high", "done"]);
    let unknown = world.compile(&text(&steps.replace("approvers", "approver"), "")).unwrap_err();
    assert!(unknown.iter().any(|item| item.code == "expression_name" || item.code == "unknown_field"), "{unknown:#?}");
}

#[test]
fn a_table_in_another_currency_decides_nothing() {
    let world = world();
    let flow = world.steps("  - {id: who, decide: approvers}", "");
    let mut facts = facts("10.00");
    facts.document.doc = crate::domain::flow::scope::set_path(&facts.document.doc, "currency", Value::text("EUR"));
    let mut stage = Stage::new(&flow, &world, facts, now());
    stage.tell(&Event::Started);
    assert_eq!(stage.exceptions[0].code, "expression_failed");
    assert!(stage.exceptions[0].message.contains("EUR") && stage.exceptions[0].message.contains("CNY"), "{}", stage.exceptions[0].message);
}

#[test]
fn decide_keeps_the_row_and_stops_where_no_row_holds() {
    let world = world();
    let flow = world.steps("  - {id: who, decide: approvers}", "");
    let stage = start(&flow, &world, "7000.00");
    let decided = stage.history.iter().find(|entry| entry.kind == "decided").unwrap();
    assert_eq!(decided.detail, json!({"table": "approvers", "rows": [2]}));
    assert_eq!(stage.instance.visits[0].output, Some(json!({"level": "high"})));
    let given = world.steps("  - {id: who, decide: approvers, with: {amount: doc.total_gross - doc.total_gross}}", "");
    assert_eq!(start(&given, &world, "7000.00").instance.visits[0].output, Some(json!({"level": "low"})), "`with` replaces an input");
    let gap = world.steps("  - {id: who, decide: gaps}", "");
    let stage = start(&gap, &world, "5500.00");
    assert_eq!(stage.exceptions.iter().map(|open| open.code.as_str()).collect::<Vec<_>>(), ["no_row"]);
}

fn asked(flow: &Flow, world: &World) -> (Instance, InstanceId) {
    let (instance, changes) = decide(flow, world, Instance::default(), &facts("10.00"), &Event::Started, now());
    let (name, parent) = changes.subflows[0].start.clone().unwrap();
    assert_eq!((name.as_str(), parent.depth, &parent.input), ("inner", 1, &json!({"limit": "5.00"})));
    (instance, changes.subflows[0].instance)
}

const SUB: &str = "  - {id: sub, subflow: inner, with: {limit: \"decimal('5.00')\"}}\n  - id: pick\n    choose:\n      branches:\n        \
                   - {id: yes, when: \"steps.sub.outcome == 'approved' && steps.sub.output.agreed\", steps: []}\n      otherwise: {id: no, steps: []}";

fn ended(instance: InstanceId, outcome: Outcome, output: serde_json::Value, taken_back: bool) -> Event {
    Event::SubflowEnded { instance, outcome, output, taken_back, decided_by: Vec::new() }
}

#[test]
fn a_subflow_is_waited_for_and_its_outcome_is_the_steps() {
    let world = world();
    let flow = world.steps(SUB, "");
    let (instance, sub) = asked(&flow, &world);
    assert_eq!(instance.visits[0].state, State::Awaiting);
    let other = ended(InstanceId(uuid::Uuid::nil()), Outcome::Approved, json!({}), false);
    let (instance, _) = decide(&flow, &world, instance, &facts("10.00"), &other, now());
    assert_eq!(instance.visits[0].state, State::Awaiting, "another instance's end is nothing to it");
    let (instance, _) =
        decide(&flow, &world, instance, &facts("10.00"), &ended(sub, Outcome::Approved, json!({"agreed": true}), false), now());
    assert!(matches!(instance.status, Status::Ended { .. }));
    assert_eq!(instance.visits[1].step, "pick");
    let detached = world.steps(&SUB.replace("with:", "detach: true, with:"), "");
    let (instance, _) = decide(&detached, &world, Instance::default(), &facts("10.00"), &Event::Started, now());
    assert!(instance.status.is_over(), "nobody waits");
}

#[test]
fn taking_a_step_back_takes_its_subflow_back_first() {
    let world = world();
    let flow = world.steps(SUB, "");
    let (instance, sub) = asked(&flow, &world);
    let cancel = Event::Command { command: Command::Cancel, exception: None, actor: "a".into(), reason: None };
    let (instance, changes) = decide(&flow, &world, instance, &facts("10.00"), &cancel, now());
    assert_eq!((changes.subflows.len(), changes.subflows[0].instance, changes.subflows[0].start.is_none()), (1, sub, true));
    assert!(!instance.status.is_over(), "the parent ends when the other has");
    let natural = ended(sub, Outcome::Approved, json!({}), false);
    let (instance, _) = decide(&flow, &world, instance, &facts("10.00"), &natural, now());
    assert!(!instance.status.is_over(), "an end that was under way is not the taking back");
    let (instance, changes) = decide(&flow, &world, instance, &facts("10.00"), &ended(sub, Outcome::Cancelled, json!(null), true), now());
    assert!(matches!(instance.status, Status::Ended { outcome: Outcome::Cancelled, .. }));
    assert!(changes.subflows.is_empty());
}

/// Found by the laws: a parallel step that waited for a subflow to be taken back counted as one that nothing moves any more, and
/// an exception said so.
#[test]
fn going_back_to_what_holds_a_subflow_waits_for_it_without_a_word() {
    let world = world();
    let steps = "  - id: both\n    parallel:\n      branches:\n        - {id: one, steps: [{id: sub, subflow: inner, with: {limit: \"decimal('5.00')\"}}]}\n        \
                 - {id: two, steps: [{id: tell, call: erp.release_order, map: po_ref, sets: released}]}";
    let flow = world.steps(steps, "");
    let mut stage = start(&flow, &world, "10.00");
    answer(&mut stage, "release_order", done(&[]));
    let sub = stage.instance.visits.iter().find_map(|visit| visit.sub.as_ref()).unwrap().instance;
    let back = Command::From { step: "both".to_owned() };
    stage.tell(&Event::Command { command: back, exception: None, actor: "a".into(), reason: None });
    answer(&mut stage, "return_order", done(&[]));
    assert_eq!((stage.instance.status_word(), codes(&stage)), ("running", vec![]), "the other flow is being taken back");
    let changes = stage.tell(&ended(sub, Outcome::Cancelled, json!(null), true));
    assert_eq!((changes.subflows.len(), changes.subflows[0].start.is_some()), (1, true), "then the step begins anew");
    assert_eq!(waiting(&stage), ["release_order"]);
}

/// A flow that is a step of another.
pub(super) fn inner(world: &World) -> Flow {
    let inner = "format: 1\nflow: inner\ndocument: purchase_order\nowner: {role: procurement_head}\nstart: [{subflow: true}]\n\
                 inputs: {limit: {type: decimal}}\noutputs: {agreed: {type: bool, value: \"input.limit > 1\"}}\n\
                 steps:\n  - {id: free, call: erp.release_order, map: po_ref, sets: released}\n  - {id: over, end: {outcome: approved}}\n";
    world.flow(inner)
}

/// The state such a flow begins with.
pub(super) fn as_step() -> Instance {
    let parent = Parent {
        instance: InstanceId(uuid::Uuid::nil()),
        step: "sub".into(),
        visit: 1,
        depth: 1,
        input: json!({"limit": "5.00"}),
        decided_by: Vec::new(),
    };
    Instance { parent: Some(parent), ..Instance::default() }
}

#[test]
fn a_subflow_reports_its_end_and_undoes_itself_when_taken_back_after_it() {
    let world = world();
    let flow = inner(&world);
    let mut stage = Stage::new(&flow, &world, facts("10.00"), now());
    stage.instance = as_step();
    stage.tell(&Event::Started);
    let call = stage.outbox[0].effect.id;
    let reported = stage.end(call, done(&[])).reported.unwrap();
    assert_eq!((reported.outcome, reported.output, reported.taken_back), (Outcome::Approved, json!({"agreed": true}), false));
    assert_eq!(stage.status(), "released", "an ending without a status leaves it as it is");
    stage.tell(&Event::Revision(crate::domain::flow::event::RevisionChange::Withdrawn));
    assert!(stage.outbox.is_empty(), "the parent answers for the document");
    stage.tell(&Event::TakenBack);
    assert_eq!(waiting(&stage), ["return_order"]);
    let undo = stage.outbox[0].effect.id;
    let reported = stage.end(undo, done(&[])).reported.unwrap();
    assert_eq!((reported.outcome, reported.taken_back), (Outcome::Cancelled, true));
    assert_eq!(stage.status(), "submitted", "the former status is back, and `cancelled` is not its word to say");
    assert!(stage.tell(&Event::TakenBack).reported.is_some_and(|reported| reported.taken_back), "asked twice, told twice");
}

#[test]
fn misuse_of_subflows_is_found() {
    let world = world();
    for (from, to, code) in [
        ("subflow: inner", "subflow: iner", "unknown_definition"),
        (", with: {limit: \"decimal('5.00')\"}", "", "missing_input"),
        ("{limit: \"decimal('5.00')\"}", "{limit: \"true\"}", "expression_type"),
        ("{limit: \"decimal('5.00')\"}", "{limit: \"decimal('5.00')\", more: \"1\"}", "unknown_definition"),
    ] {
        let found = world.compile(&text(&SUB.replacen(from, to, 1), "")).unwrap_err();
        assert!(found.iter().any(|item| item.code == code), "{to}: {found:#?}");
    }
}

#[test]
fn a_linked_document_is_waited_for_by_its_status() {
    let world = world();
    let steps = "  - {id: pay, create: payable, map: po_to_payable, link: pays, await: {statuses: {cancelled: cancelled}}}";
    let flow = world.steps(steps, "");
    let (instance, changes) = decide(&flow, &world, Instance::default(), &facts("7.00"), &Event::Started, now());
    let made = changes.documents[0].clone();
    assert!(made.awaited);
    assert_eq!((changes.links[0].connection.as_str(), changes.links[0].document), ("hub", made.id));
    let says = |status: &str| Event::Linked { document: made.id, status: status.to_owned() };
    let (instance, _) = decide(&flow, &world, instance, &facts("7.00"), &says("draft"), now());
    assert_eq!(instance.visits[0].state, State::Awaiting);
    let (instance, changes) = decide(&flow, &world, instance, &facts("7.00"), &says("cancelled"), now());
    assert_eq!(instance.visits[0].outcome, Some(Outcome::Cancelled));
    assert!(changes.links[0].closed && instance.status.is_over());
}

#[test]
fn a_step_of_the_same_flow_may_bring_the_status() {
    let world = world();
    let steps = "  - id: both\n    parallel:\n      join: all\n      branches:\n        - id: one\n          steps:\n            \
                 - {id: pay, create: payable, map: po_to_payable, await: {statuses: {cancelled: cancelled}}}\n        - id: two\n          \
                 steps:\n            - {id: post, for: pay, call: finance.create_payable, map: payable_to_finance, sets: cancelled}";
    let flow = world.steps(steps, "");
    let mut stage = Stage::new(&flow, &world, facts("7.00"), now());
    stage.tell(&Event::Started);
    let call = stage.outbox[0].effect.id;
    stage.end(call, done(&[("external_id", "F1")]));
    assert!(stage.instance.status.is_over(), "{:?}", stage.instance);
}
