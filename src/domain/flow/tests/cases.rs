//! The flow tests that ship beside the flow, played by the pure runner in the small world.

use super::world::{SHIPPED, World, binding, order};
use crate::domain::diagnostic::Report;
use crate::domain::flow::cases::{Case, CaseResult, Setting, run};
use crate::domain::text::tree::parse;
use crate::domain::value::Value;
use std::collections::BTreeMap;

fn play(text: &str) -> CaseResult {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    let mut report = Report::new("flows/tests/case.yaml");
    let case = parse(text, &mut report).and_then(|node| Case::read(&node, &mut report));
    let problems = report.into_items();
    assert!(problems.is_empty(), "{problems:#?}");
    let files = |path: &str| {
        let total = match path {
            "samples/po-small.json" => "100.00",
            "samples/po-1-changed.json" => "15820.00",
            _ => "20000.00",
        };
        Some(order(total).to_json().to_string())
    };
    let bind = |_: &Value| Ok(binding());
    run(&case.expect("the case reads"), &Setting { flow: &flow, variants: &BTreeMap::new(), env: &world, bind: &bind, files: &files })
}

fn failures(result: &CaseResult) -> Vec<(u32, String)> {
    result.failures.iter().map(|failure| (failure.span.line, failure.message.clone())).collect()
}

#[test]
fn shipped_cases_pass() {
    let cases = [
        include_str!("../../../../flows/tests/changed_while_in_approval.yaml"),
        include_str!("../../../../flows/tests/expired.yaml"),
        include_str!("../../../../flows/tests/large_order_approved.yaml"),
        include_str!("../../../../flows/tests/lost_create_response.yaml"),
        include_str!("../../../../flows/tests/rejected.yaml"),
        include_str!("../../../../flows/tests/revoked_after_approval.yaml"),
        include_str!("../../../../flows/tests/small_order_without_asking.yaml"),
        include_str!("../../../../flows/tests/withdrawn_in_the_erp.yaml"),
    ];
    for case in cases {
        let result = play(case);
        let trace: Vec<&str> = result.trace.iter().map(|entry| entry.words.as_str()).collect();
        assert!(result.failures.is_empty(), "{:#?}\n{trace:#?}", failures(&result));
    }
}

const HEAD: &str =
    "format: 1\ntest: a case\nflow: purchase_order_approval\ngiven: {document: samples/po-1.json, at: \"2026-09-28T10:00:00+08:00\"}\n";

#[test]
fn wrong_scripts_fail_at_their_line() {
    let budget = "  - {call: erp.check_budget, answer: {ok: true}}\n";
    for (script, line, says) in [
        (String::new(), 2, "the script is over, but these wait for an answer: erp_hq.check_budget"),
        ("script:\n  - {call: oa.create_approval, answer: {external_id: A1}}\n".to_owned(), 6, "not called here"),
        ("script:\n  - {call: erp.check_budget, answer: {ok: maybe}}\n".to_owned(), 6, "does not fit"),
        (
            format!("script:\n{budget}  - {{call: oa.create_approval, answer: {{}}}}\n"),
            7,
            "it has no `external_id`, without which the real one is refused",
        ),
        ("script:\n  - {call: erp.check_budget, answer: {class: not_found}}\n".to_owned(), 2, "an exception stands open: call_failed"),
        ("script:\n  - {call: erp.check_budget, answer: {class: odd}}\n".to_owned(), 6, "neither a class"),
        (format!("script:\n{budget}  - {{call: oa.create_approval, answer: lost}}\n"), 2, "oa_main.find_approval"),
        (
            format!("script:\n{budget}  - {{call: oa.create_approval, answer: {{refused: no}}}}\n"),
            2,
            "an exception stands open: call_failed",
        ),
        (
            format!("script:\n{budget}  - {{call: oa.create_approval, answer: {{external_id: A1}}, expect: {{status: released}}}}\n"),
            7,
            "`status` is [in_approval]",
        ),
        (
            format!(
                "script:\n{budget}  - {{call: oa.create_approval, answer: {{external_id: A1}}}}\nexpect: {{calls: {{oa.create_approval: 2}}}}\n"
            ),
            8,
            "called 1 times",
        ),
    ] {
        let found = failures(&play(&format!("{HEAD}{script}")));
        assert!(found.iter().any(|(at, message)| *at == line && message.contains(says)), "{script}: {found:?}");
    }
}

#[test]
fn a_look_up_that_finds_nothing_repeats_the_call() {
    let script = "script:\n  - {call: erp.check_budget, answer: {ok: true}}\n  - {call: oa.create_approval, answer: lost}\n  \
                  - {call: oa.find_approval, answer: {}}\n  - {call: oa.create_approval, answer: {external_id: A1}}\n\
                  expect: {status: in_approval, calls: {oa.create_approval: 2, oa.find_approval: 1}}\n";
    let result = play(&format!("{HEAD}{script}"));
    assert_eq!(failures(&result), vec![]);
}
