//! Step kinds, one small flow each.

use super::world::*;
use crate::domain::flow::effect::{Cause, EffectResult, Work};
use crate::domain::flow::environment::MapFailure;
use crate::domain::flow::event::{Event, Outcome};
use crate::domain::flow::instance::State;
use crate::domain::flow::stage::Stage;
use crate::domain::value::Value;
use serde_json::json;

fn state(stage: &Stage<'_>, step: &str) -> Option<State> {
    stage.instance.visits.iter().rev().find(|visit| visit.step == step).map(|visit| visit.state)
}

fn input(stage: &Stage<'_>, position: usize) -> serde_json::Value {
    match &stage.outbox[position].effect.work {
        Work::Call { input, .. } => input.clone(),
        Work::Notice { .. } => json!("notice"),
    }
}

#[test]
fn a_call_is_mapped_and_carries_a_reference() {
    let world = World::new();
    let flow = world.steps("  - {id: oa, call: oa.create_approval, map: po_plain_oa}", "");
    let stage = start(&flow, &world, "10.00");
    let Work::Call { connection, operation, input, reference, .. } = &stage.outbox[0].effect.work else { panic!("a call") };
    assert_eq!((connection.as_str(), operation.as_str()), ("oa_main", "create_approval"));
    assert_eq!(input["title"], "PO-4417");
    assert_eq!(input["reference"], reference.as_str());
    assert!(reference.starts_with("PO-4417-") && reference.len() == "PO-4417-".len() + 7, "{reference}");
}

#[test]
fn a_short_field_gets_a_reference_that_fits() {
    use crate::domain::value::Type;
    let mut world = World::new();
    let oa = std::sync::Arc::make_mut(&mut world.env.roles.get_mut("oa").unwrap()[0]);
    let create = oa.operations.get_mut("create_approval").unwrap();
    let Type::Object(input) = &mut create.input else { panic!() };
    std::sync::Arc::make_mut(input).fields.get_mut("reference").unwrap().max_length = Some(12);
    let flow = world.steps("  - {id: oa, call: oa.create_approval, map: po_plain_oa}", "");
    let stage = start(&flow, &world, "10.00");
    let Work::Call { input, reference, .. } = &stage.outbox[0].effect.work else { panic!("a call") };
    assert_eq!(input["reference"], reference.as_str());
    assert!(reference.len() == 12 && reference.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()), "{reference}");
    // Decided anew from the same facts, it is the same: a look-up after a restart asks for what was written.
    let again = start(&flow, &world, "10.00");
    let Work::Call { reference: second, .. } = &again.outbox[0].effect.work else { panic!("a call") };
    assert_eq!(second, reference);
}

#[test]
fn with_names_are_the_input_without_a_mapping() {
    let world = World::new();
    let flow = world.steps("  - {id: tell, call: erp.reject_order, with: {id: doc.source.id, reason: \"'no'\"}}", "");
    let stage = start(&flow, &world, "10.00");
    assert_eq!(input(&stage, 0), json!({"id": "100001", "reason": "no"}));
}

#[test]
fn when_leaves_a_step_out() {
    let world = World::new();
    let flow = world.steps("  - {id: tell, when: \"doc.total_gross > 5000\", call: erp.reject_order, map: po_ref}", "");
    assert_eq!(waiting(&start(&flow, &world, "5000.00")), Vec::<String>::new());
    assert_eq!(waiting(&start(&flow, &world, "5000.01")), ["reject_order"]);
}

#[test]
fn an_unvisited_step_is_unset_and_the_branch_is_not_taken() {
    let world = World::new();
    let steps = "  - {id: never, when: \"false\", call: erp.check_budget, map: po_to_budget}\n  - id: pick\n    choose:\n      branches:\n        \
                 - {id: a, when: \"steps.never.output.ok || steps.never.outcome != 'rejected' || steps.never.state == 'done'\", steps: []}\n      \
                 otherwise: {id: b, steps: []}";
    let flow = world.steps(steps, "");
    assert_eq!(start(&flow, &world, "1.00").path(), ["pick.b", "done"]);
}

#[test]
fn a_created_document_is_what_for_steps_act_on() {
    let world = World::new();
    let steps = "  - {id: pay, create: payable, map: po_to_payable, link: pays}\n  \
                 - {id: post, for: pay, call: finance.create_payable, map: payable_to_finance}";
    let flow = world.steps(steps, "");
    let mut stage = Stage::new(&flow, &world, facts("7.00"), now());
    let changes = stage.tell(&Event::Started);
    let made = &changes.documents[0];
    assert_eq!((made.kind.as_str(), made.key.as_str(), made.relation.as_str()), ("payable", "AP-PO-4417", "pays"));
    assert_eq!(stage.outbox[0].effect.document, made.id);
    assert_eq!(input(&stage, 0)["number"], "AP-PO-4417");
    assert_eq!(input(&stage, 0)["amount"], "7.00");
    let id = stage.outbox[0].effect.id;
    let changes = stage.end(id, done(&[("external_id", "F1")]));
    let link = &changes.links[0];
    assert_eq!((link.document, link.connection.as_str(), link.external_id.as_str()), (made.id, "finance_main", "F1"));
    assert_eq!(stage.status(), "released");
}

#[test]
fn what_is_for_a_document_that_was_not_made_does_not_fall_back_on_another() {
    let world = World::new();
    let steps = "  - {id: pay, when: \"false\", create: payable, map: po_to_payable, link: pays}\n  \
                 - {id: post, for: pay, call: finance.create_payable, map: payable_to_finance}";
    let flow = world.steps(steps, "");
    let stage = start(&flow, &world, "7.00");
    assert_eq!((waiting(&stage), codes(&stage)), (vec![], vec!["no_document"]));
}

#[test]
fn assigned_fields_are_seen_by_later_steps_only() {
    let world = World::new();
    let steps = "  - {id: set, assign: {note: \"doc.number + '!'\", total_gross: doc.total_gross}}\n  \
                 - {id: tell, call: erp.reject_order, with: {id: doc.note}}";
    let flow = world.steps(steps, "");
    let stage = start(&flow, &world, "1.00");
    assert_eq!(input(&stage, 0)["id"], "PO-4417!");
    assert!(stage.facts.document.doc.member("note").is_unset());
}

#[test]
fn each_runs_one_after_another_and_collects_outputs() {
    let world = World::new();
    let steps = "  - id: lines\n    each: doc.lines\n    as: line\n    steps: [{id: one, call: erp.tell_line, with: {line_no: line.line_no}}]\n  \
                 - {id: after, call: erp.reject_order, with: {id: \"steps.lines.output[2].line\"}}";
    let flow = world.steps(steps, "");
    let mut stage = start(&flow, &world, "1.00");
    for number in ["1", "2", "3"] {
        assert_eq!(waiting(&stage), ["tell_line"]);
        assert_eq!(input(&stage, 0)["line_no"], number);
        answer(&mut stage, "tell_line", done(&[("line", &format!("L{number}"))]));
    }
    assert_eq!(input(&stage, 0)["id"], "L3");
}

#[test]
fn each_keeps_to_its_bound_and_iterations_do_not_see_each_other() {
    let world = World::new();
    let steps = "  - id: lines\n    each: doc.lines\n    as: line\n    concurrency: 2\n    steps:\n      \
                 - {id: one, call: erp.tell_line, with: {line_no: line.line_no}}\n      \
                 - {id: two, call: erp.reject_order, with: {id: steps.one.output.line}}";
    let flow = world.steps(steps, "");
    let mut stage = start(&flow, &world, "1.00");
    assert_eq!(waiting(&stage), ["tell_line", "tell_line"]);
    answer(&mut stage, "tell_line", done(&[("line", "first")]));
    answer(&mut stage, "tell_line", done(&[("line", "second")]));
    assert_eq!(waiting(&stage), ["reject_order", "reject_order"]);
    assert_eq!((input(&stage, 0)["id"].clone(), input(&stage, 1)["id"].clone()), (json!("first"), json!("second")));
    answer(&mut stage, "reject_order", done(&[]));
    assert_eq!(waiting(&stage), ["reject_order", "tell_line"]);
}

#[test]
fn each_refuses_a_list_that_is_too_long() {
    let world = World::new();
    let flow = world.steps("  - {id: lines, each: doc.lines, as: line, max: 2, steps: [{id: x, outcome: approved}]}", "");
    assert_eq!(codes(&start(&flow, &world, "1.00")), ["too_many"]);
}

#[test]
fn loops_in_loops_stop_at_the_bound_and_can_be_cancelled() {
    let world = World::new();
    let inner = "{id: b, each: doc.lines, as: two, max: 1000, steps: [{id: c, outcome: approved}]}";
    let flow = world.steps(&format!("  - {{id: a, each: doc.lines, as: one, max: 1000, steps: [{inner}]}}"), "");
    let mut facts = facts("1.00");
    let line = facts.document.doc.member("lines").clone();
    let Value::List(lines) = line else { panic!("lines") };
    let many = Value::list((0..100).map(|_| lines[0].clone()));
    facts.document.doc = crate::domain::flow::scope::set_path(&facts.document.doc, "lines", many);
    let mut stage = Stage::new(&flow, &world, facts, now());
    stage.tell(&Event::Started);
    assert_eq!((codes(&stage), stage.instance.status_word()), (vec!["too_many"], "exception"));
    let cancel = crate::domain::flow::event::Command::Cancel;
    stage.tell(&Event::Command { command: cancel, exception: None, actor: "ops".into(), reason: None });
    assert_eq!((stage.instance.outcome_word(), codes(&stage)), (Some("cancelled"), vec![]));
}

#[test]
fn the_stored_state_of_an_open_approval_is_small() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    let mut stage = start(&flow, &world, "20000.00");
    answer(&mut stage, "check_budget", budget(true));
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    let stored = serde_json::to_string(&stage.instance).expect("a state can be written");
    assert!(stored.len() < 800, "{} bytes: {stored}", stored.len());
}

#[test]
fn wait_goes_on_when_its_time_has_come() {
    let world = World::new();
    let flow = world.steps("  - {id: pause, wait: 2h}\n  - {id: until, wait: {until: doc.due}}", "");
    let mut stage = start(&flow, &world, "1.00");
    let (number, due) = stage.next_timer().expect("a timer");
    assert_eq!(due.to_string(), "2026-09-28T04:00:00Z");
    stage.fire(number);
    let (second, due) = stage.next_timer().expect("another");
    assert_eq!(due.to_string(), "2026-10-01T00:00:00Z");
    stage.tell(&Event::TimerFired { timer: number });
    assert_eq!(stage.instance.outcome_word(), None, "a timer fires once");
    stage.fire(second);
    assert_eq!(stage.instance.outcome_word(), Some("approved"));
}

#[test]
fn a_notice_does_not_hold_the_flow_up_and_its_failure_is_an_exception() {
    let world = World::new();
    let flow = world.steps("  - {id: tell, notify: initiator, template: po_released}", "");
    let mut stage = start(&flow, &world, "1.00");
    assert_eq!((stage.instance.status_word(), waiting(&stage)), ("ended", vec!["notice".to_owned()]));
    let Work::Notice { to, body, .. } = &stage.outbox[0].effect.work else { panic!("a notice") };
    assert_eq!((to.as_slice(), body.as_str()), (["li@example.com".to_owned()].as_slice(), "about PO-4417"));
    let id = stage.outbox[0].effect.id;
    stage.end(id, failed(Cause::PartnerDown));
    assert_eq!(codes(&stage), ["notice_failed"]);
    assert_eq!(stage.instance.status_word(), "ended");
}

#[test]
fn people_of_two_languages_get_a_notice_each() {
    let world = World::new();
    let flow = world.steps("  - {id: tell, notify: {from: \"['li_zh', 'ann', 'wu_zh']\"}, template: po_released}", "");
    let stage = start(&flow, &world, "1.00");
    let sent: Vec<(String, String)> = stage
        .outbox
        .iter()
        .filter_map(|open| match &open.effect.work {
            Work::Notice { to, subject, .. } => Some((to.join(" "), subject.clone())),
            Work::Call { .. } => None,
        })
        .collect();
    assert_eq!(sent, [("li_zh wu_zh".into(), "po_releasedzh".into()), ("ann".into(), "po_released".into())]);
}

#[test]
fn expect_stops_or_takes_its_own_steps() {
    let world = World::new();
    let flow = world.steps("  - {id: again, call: erp.check_budget, map: po_to_budget, expect: output.ok, otherwise: exception}", "");
    let mut stage = start(&flow, &world, "1.00");
    let first = stage.outbox[0].effect.id;
    answer(&mut stage, "check_budget", budget(false));
    assert_eq!(codes(&stage), ["expect_failed"]);
    assert_ne!(stage.instance.status_word(), "ended");

    let otherwise = "  - {id: again, call: erp.check_budget, map: po_to_budget, expect: output.ok, otherwise: [{id: no, call: erp.reject_order, map: po_ref}]}";
    let flow = world.steps(otherwise, "");
    let mut stage = start(&flow, &world, "1.00");
    assert_eq!(stage.outbox[0].effect.id, first, "keys come from instance, step, visit and index alone");
    answer(&mut stage, "check_budget", budget(false));
    answer(&mut stage, "reject_order", done(&[]));
    assert_eq!((stage.instance.status_word(), codes(&stage)), ("ended", vec![]));
}

#[test]
fn on_error_says_retries_owner_and_whether_to_go_on() {
    let world = World::new();
    let policies = "on_error:\n  - {cause: partner_down, retry_for: 3d, then: exception}\n  - {cause: data_wrong, then: exception, owner: {role: procurement_clerk}}";
    let flow = world.steps("  - {id: tell, call: erp.reject_order, map: po_ref}", policies);
    let mut stage = start(&flow, &world, "1.00");
    assert_eq!(stage.outbox[0].effect.retry.retry_for_millis, [(Cause::PartnerDown, 3 * 86_400_000)]);
    answer(&mut stage, "reject_order", failed(Cause::DataWrong));
    assert_eq!(stage.exceptions[0].owner.as_deref(), Some("role:procurement_clerk"));

    let steps = "  - {id: tell, call: erp.reject_order, map: po_ref, on_error: [{cause: data_wrong, then: continue}]}\n  \
                 - {id: after, when: \"steps.tell.error.class == 'refused' && steps.tell.state == 'failed'\", call: erp.return_order, map: po_ref}";
    let flow = world.steps(steps, policies);
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "reject_order", failed(Cause::DataWrong));
    assert_eq!((waiting(&stage), codes(&stage)), (vec!["return_order".to_owned()], vec![]));
}

#[test]
fn retry_of_a_call_is_how_long_a_dead_partner_is_called() {
    let world = World::new();
    let flow =
        world.steps("  - {id: tell, call: erp.reject_order, map: po_ref, retry: 2h}", "on_error: [{cause: partner_down, retry_for: 3d}]");
    let stage = start(&flow, &world, "1.00");
    assert_eq!(stage.outbox[0].effect.retry.retry_for_millis, [(Cause::PartnerDown, 2 * 3_600_000)]);
}

#[test]
fn what_cannot_be_entered_stops_with_its_cause() {
    let mut world = World::new();
    world.broken.insert("po_ref".into(), MapFailure { cause: Cause::RuleMissing, message: "no row".into() });
    let flow = world.steps("  - {id: tell, call: erp.reject_order, map: po_ref}", "");
    let stage = start(&flow, &world, "1.00");
    assert_eq!((codes(&stage), stage.exceptions[0].cause), (vec!["mapping_failed"], Cause::RuleMissing));

    let world = World::new();
    let flow = world.steps("  - {id: tell, call: erp.reject_order, map: po_ref}", "");
    let mut facts = facts("1.00");
    facts.binding.roles.remove("erp");
    let mut stage = Stage::new(&flow, &world, facts, now());
    stage.tell(&Event::Started);
    assert_eq!(codes(&stage), ["no_connection"]);
}

const AWAIT: &str = "  - {id: oa, call: oa.create_approval, map: po_plain_oa, sets: in_approval, await: {event: oa.approval_changed, \
                     ladder: [{every: 1wd, remind: {from: output.holders}}, {after: 3wd, escalate: {role: procurement_head}}, {after: 10wd, outcome: expired}]}}";

#[test]
fn an_await_ends_by_a_final_outcome_about_its_own_object() {
    let world = World::new();
    let flow = world.steps(AWAIT, "");
    let mut stage = start(&flow, &world, "1.00");
    assert_eq!(stage.status(), "submitted");
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    assert_eq!((stage.status(), stage.timers.len()), ("in_approval", 3));
    for (id, outcome) in [("A2", Outcome::Approved), ("A1", Outcome::Pending), ("A1", Outcome::Unknown)] {
        stage.tell(&heard(id, outcome));
        assert_eq!(state(&stage, "oa"), Some(State::Awaiting), "{id} {outcome:?}");
    }
    assert_eq!((codes(&stage), stage.instance.status_word()), (vec!["unknown_status"], "exception"));
    stage.tell(&heard("A1", Outcome::Pending));
    assert_eq!((codes(&stage), stage.instance.status_word()), (vec![], "running"));
    stage.tell(&heard("A1", Outcome::Rejected));
    assert_eq!(stage.instance.outcome_word(), Some("approved"), "the flow decides, here it just ends");
    assert_eq!(stage.timers.len(), 0);
    stage.tell(&heard("A1", Outcome::Approved));
    assert_eq!(stage.history.last().map(|entry| entry.kind.as_str()), Some("ignored"));
}

#[test]
fn an_event_before_the_answer_is_kept() {
    let world = World::new();
    let flow = world.steps(AWAIT, "");
    let mut stage = start(&flow, &world, "1.00");
    stage.tell(&heard("A1", Outcome::Approved));
    stage.tell(&heard("A9", Outcome::Rejected));
    assert_eq!(state(&stage, "oa"), Some(State::Calling));
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    assert_eq!(state(&stage, "oa"), Some(State::Done));
    assert_eq!(stage.instance.visits[0].outcome, Some(Outcome::Approved));
}

#[test]
fn the_ladder_reminds_escalates_and_gives_up() {
    let world = World::new();
    let flow = world.steps(AWAIT, "");
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    stage.tell(&heard("A1", Outcome::Pending));
    let mut told = Vec::new();
    while let Some((number, _)) = stage.next_timer() {
        let changes = stage.fire(number);
        told.extend(changes.history.into_iter().map(|entry| entry.kind).filter(|kind| kind != "entered"));
        if waiting(&stage).contains(&"withdraw_approval".to_owned()) {
            break;
        }
    }
    assert_eq!(told.iter().filter(|kind| *kind == "reminded").count(), 9, "once each working day; on the tenth it gives up");
    assert_eq!(told.iter().filter(|kind| *kind == "escalated").count(), 1);
    assert_eq!((stage.timers.len(), stage.status()), (0, "in_approval"));
    answer(&mut stage, "withdraw_approval", done(&[]));
    assert_eq!(stage.instance.visits[0].outcome, Some(Outcome::Expired));
    assert_eq!((stage.instance.status_word(), stage.status()), ("ended", "released"));
}

#[test]
fn a_reminder_after_an_outage_does_not_catch_up() {
    let world = World::new();
    let flow = world.steps(AWAIT, "");
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    let (number, _) = stage.next_timer().expect("the reminder");
    stage.now = "2026-10-02T05:00:00Z".parse().expect("a time");
    stage.fire(number);
    let next = stage.timers.values().max().expect("set again").to_string();
    assert!(stage.timers.values().any(|due| due.to_string() == "2026-10-03T05:00:00Z"), "{next}");
}

#[test]
fn a_withdrawal_that_fails_is_an_exception_and_nothing_to_withdraw_is_not() {
    let world = World::new();
    let flow = world.steps(AWAIT, "");
    for (class, wanted) in [("refused", vec!["reverse_failed"]), ("not_found", vec![])] {
        let mut stage = start(&flow, &world, "1.00");
        answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
        while !waiting(&stage).contains(&"withdraw_approval".to_owned()) {
            let (number, _) = stage.next_timer().expect("a rung");
            stage.fire(number);
        }
        let result = EffectResult::Failed { cause: Cause::DataWrong, message: "no".into(), class: class.into() };
        answer(&mut stage, "withdraw_approval", result);
        assert_eq!(codes(&stage), wanted, "{class}");
    }
}

#[test]
fn a_timeout_raises_an_exception_that_a_late_answer_settles() {
    let world = World::new();
    let flow = world.steps("  - {id: tell, call: erp.reject_order, map: po_ref, timeout: 1h}", "");
    let mut stage = start(&flow, &world, "1.00");
    let (number, _) = stage.next_timer().expect("the timeout");
    stage.fire(number);
    assert_eq!((codes(&stage), waiting(&stage)), (vec!["timed_out"], vec!["reject_order".to_owned()]));
    answer(&mut stage, "reject_order", done(&[]));
    assert_eq!((codes(&stage), stage.instance.status_word()), (vec![], "ended"));
}

fn both(on_failure: &str) -> String {
    format!(
        "  - id: book\n    parallel:\n      on_failure: {on_failure}\n      branches:\n        \
         - {{id: money, steps: [{{id: pay, create: payable, map: po_to_payable}}, {{id: post, for: pay, call: finance.create_payable, map: payable_to_finance}}]}}\n        \
         - {{id: goods, steps: [{{id: free, call: erp.release_order, map: po_ref, sets: released}}, {{id: more, call: erp.tell_line, with: {{line_no: \"'1'\"}}}}]}}"
    )
}

#[test]
fn parallel_waits_for_all_branches() {
    let world = World::new();
    let flow = world.steps(&both("wait"), "");
    let mut stage = start(&flow, &world, "1.00");
    assert_eq!(waiting(&stage), ["create_payable", "release_order"]);
    answer(&mut stage, "create_payable", failed(Cause::DataWrong));
    answer(&mut stage, "release_order", done(&[]));
    answer(&mut stage, "tell_line", done(&[]));
    assert_eq!((stage.instance.status_word(), codes(&stage)), ("exception", vec!["call_failed"]));
}

#[test]
fn a_failed_branch_reverses_its_siblings_which_run_again_when_it_is_mended() {
    let world = World::new();
    let flow = world.steps(&both("reverse_siblings"), "");
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "release_order", done(&[]));
    assert_eq!(stage.status(), "released");
    answer(&mut stage, "create_payable", failed(Cause::DataWrong));
    // The sibling's second call is out: only its answer tells whether there is something to undo.
    assert_eq!((waiting(&stage), codes(&stage)), (vec!["tell_line".to_owned()], vec!["call_failed"]));
    answer(&mut stage, "tell_line", done(&[]));
    assert_eq!(waiting(&stage), ["return_order"]);
    answer(&mut stage, "return_order", done(&[]));
    assert_eq!((stage.status(), waiting(&stage)), ("submitted", vec![]));
    retry(&mut stage);
    answer(&mut stage, "create_payable", done(&[("external_id", "F1")]));
    assert_eq!(waiting(&stage), ["release_order"]);
    answer(&mut stage, "release_order", done(&[]));
    answer(&mut stage, "tell_line", done(&[]));
    assert_eq!((stage.instance.status_word(), stage.status()), ("ended", "released"));
    assert_eq!(stage.instance.visits.iter().filter(|visit| visit.step == "free").count(), 2);
}

#[test]
fn a_parallel_that_fails_as_a_whole_leaves_nothing_behind() {
    let world = World::new();
    let flow = world.steps(&both("fail"), "");
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "create_payable", done(&[("external_id", "F1")]));
    answer(&mut stage, "release_order", failed(Cause::DataWrong));
    assert_eq!(waiting(&stage), ["void_payable"]);
    answer(&mut stage, "void_payable", done(&[]));
    assert_eq!(codes(&stage), ["branch_failed"]);
    retry(&mut stage);
    assert_eq!(waiting(&stage), ["create_payable", "release_order"]);
}

fn retry(stage: &mut Stage<'_>) {
    use crate::domain::flow::event::Command;
    stage.tell(&Event::Command { command: Command::Retry, exception: None, actor: "ops".into(), reason: None });
}

#[test]
fn an_end_inside_a_branch_takes_back_what_is_open_elsewhere() {
    let world = World::new();
    let steps = format!(
        "  - id: both\n    parallel:\n      branches:\n        - {{id: ask, steps: [{}]}}\n        \
         - {{id: stop, steps: [{{id: tell, call: erp.reject_order, map: po_ref}}, {{id: over, end: {{outcome: cancelled, status: cancelled}}}}]}}",
        AWAIT.trim_start().trim_start_matches("- ")
    );
    // What stands behind can be reached no more, so the usual end is cut off.
    let text = text(&steps, "").replace("  - {id: done, end: {outcome: approved, status: released}}\n", "");
    let flow = world.flow(&text);
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    answer(&mut stage, "reject_order", done(&[]));
    assert_eq!((waiting(&stage), stage.instance.status_word()), (vec!["withdraw_approval".to_owned()], "running"));
    stage.tell(&heard("A1", Outcome::Withdrawn));
    answer(&mut stage, "withdraw_approval", done(&[]));
    assert_eq!((stage.instance.outcome_word(), stage.status(), stage.timers.len()), (Some("cancelled"), "cancelled", 0));
}

#[test]
fn outputs_of_any_shape_are_taken() {
    let world = World::new();
    let flow = world.steps("  - {id: again, call: erp.check_budget, map: po_to_budget, expect: output.ok, otherwise: exception}", "");
    for output in [Value::Unset, Value::Null, Value::Int(7), Value::text("ok"), Value::list([Value::Bool(true)])] {
        let mut stage = start(&flow, &world, "1.00");
        answer(&mut stage, "check_budget", EffectResult::Done { output });
        assert_eq!(stage.exceptions.len(), 1);
    }
}

#[test]
fn a_call_without_what_its_operation_must_be_given_stops_before_it_is_made() {
    let world = World::new();
    let flow = world.steps("  - {id: tell, call: erp.tell_line, with: {line_no: doc.note}}", "");
    let stage = start(&flow, &world, "1.00");
    assert_eq!((waiting(&stage), stage.exceptions.len()), (vec![], 1));
    let open = &stage.exceptions[0];
    assert_eq!((open.code.as_str(), open.message.as_str()), ("bad_input", "`tell_line` needs `line_no`, which is unset"));
}
