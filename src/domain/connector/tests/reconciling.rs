//! `reconcile`: what is refused, what an object says, and how a span is cut into windows.

use super::{HEAD, compile, sound};
use crate::domain::value::Value;
use std::sync::Arc;

const OPERATIONS: &str = "operations:\n  get: {effect: read, input: {id: string}, request: {method: GET, path: /}, output: {id: {type: string, from: $.id}, status: {type: string, from: $.s}, amount: {type: decimal, from: $.a, optional: true}, at: {type: instant, from: $.t}}}\n  list: {effect: read, input: {since: instant, until: instant}, request: {method: GET, path: /}, output: {rows: {from: \"$[*]\", many: true, fields: {id: {type: string, from: $.id}, status: {type: string, from: $.s}, amount: {type: decimal, from: $.a, optional: true}, at: {type: instant, from: $.t}}}}}\n  ids: {effect: read, input: {since: string}, request: {method: GET, path: /}, output: {ids: {type: [string], from: \"$[*]\", many: true}}}\n  put: {effect: write, request: {method: POST, path: /}, idempotency: {by: nature}}\n";
const GET: &str = "document: d, get: {operation: get, with: {id: link.external_id}}, id: theirs.id";

#[test]
fn what_cannot_work_is_refused_at_its_place() {
    let table: &[(String, &str, &str)] = &[
        ("{document: d, get: {operation: put}, id: theirs.id, status: {value: \"'x'\"}}".to_owned(), "wrong_type", "reconcile.o.get"),
        ("{document: d, get: {operation: nothing}, id: theirs.id}".to_owned(), "unknown_definition", "reconcile.o.get"),
        (
            "{document: d, get: {operation: get}, id: theirs.id, status: {value: theirs.status}}".to_owned(),
            "missing_key",
            "reconcile.o.get",
        ),
        (format!("{{{GET}}}"), "missing_key", "reconcile.o"),
        (format!("{{{GET}, executed_when: theirs.status}}"), "expression_type", "reconcile.o.executed_when"),
        (format!("{{{GET}, status: {{value: theirs.state}}}}"), "unknown_field", "reconcile.o.status.value"),
        (format!("{{{GET}, voided_when: \"true\", ours_when: \"true\"}}"), "missing_key", "reconcile.o"),
        (format!("{{{GET}, voided_when: \"true\", list: {{operation: ids, each: ids}}}}"), "expression_type", "reconcile.o.list"),
        (
            format!(
                "{{{GET}, voided_when: \"true\", list: {{operation: list, each: rows, since: since, slice: 1d, with: {{until: \"timestamp('2026-01-01T00:00:00Z')\"}}}}}}"
            ),
            "missing_key",
            "reconcile.o.list",
        ),
        (
            format!("{{{GET}, voided_when: \"true\", list: {{operation: list, each: rows, since: since}}}}"),
            "missing_key",
            "reconcile.o.list",
        ),
    ];
    for (entry, code, path) in table {
        let (connector, findings) = compile(&format!("{HEAD}{OPERATIONS}reconcile:\n  o: {entry}\n"));
        assert!(connector.is_none(), "{entry}");
        let found = findings.iter().any(|finding| finding.code == *code && finding.path.starts_with(path));
        assert!(found, "{entry}: {code} at {path} is not among {findings:#?}");
    }
    let twice = format!("{HEAD}{OPERATIONS}reconcile:\n  o: {{{GET}, voided_when: \"true\"}}\n  p: {{{GET}, voided_when: \"true\"}}\n");
    assert!(compile(&twice).1.iter().any(|finding| finding.code == "duplicate_definition"));
}

#[test]
fn an_object_says_where_it_stands() {
    let entry = format!(
        "{{{GET}, changed: theirs.at, executed_when: \"theirs.status == 'done'\", voided_when: \"theirs.status == 'void'\", status: {{value: theirs.status, agrees: {{done: [released]}}}}, compare: [{{field: total, value: theirs.amount, currency: \"'CNY'\"}}], settle: 1m, visible_within: 30s}}"
    );
    let connector = sound(&format!("{OPERATIONS}reconcile:\n  o: {entry}\n"));
    let entry = &connector.reconcile["o"];
    assert_eq!(entry.grace_millis, 90_000);
    let theirs = |status: &str| {
        Value::map([
            ("id", Value::text("7")),
            ("status", Value::text(status)),
            ("amount", Value::Decimal("1.10".parse().unwrap())),
            ("at", Value::Instant("2026-09-28T10:00:00Z".parse().unwrap())),
        ])
    };
    let done = entry.see(&theirs("done")).unwrap();
    assert_eq!((done.external_id.as_str(), done.executed, done.voided), ("7", Some(true), false));
    assert_eq!(done.agrees, Some(vec![Arc::from("released")]));
    assert_eq!(done.fields, [(Arc::from("total"), Value::Decimal("1.10".parse().unwrap()), Some("CNY".to_owned()))]);
    let strange = entry.see(&theirs("strange")).unwrap();
    assert_eq!(
        (strange.executed, strange.voided, strange.agrees),
        (Some(false), false, Some(vec![])),
        "a word nobody listed agrees with nothing"
    );
    let input = entry.get.input("A1").unwrap();
    assert_eq!(input.member("id"), &Value::text("A1"));
}

#[test]
fn a_span_is_cut_into_windows_without_a_gap() {
    let entry = format!("{{{GET}, voided_when: \"true\", list: {{operation: list, each: rows, since: since, until: until, slice: 1d}}}}");
    let connector = sound(&format!("{OPERATIONS}reconcile:\n  o: {entry}\n"));
    let list = connector.reconcile["o"].list.as_ref().unwrap();
    let (since, until) = ("2026-09-20T12:00:00Z".parse().unwrap(), "2026-09-23T06:00:00Z".parse().unwrap());
    let windows = list.windows(since, until);
    assert_eq!((windows.len(), windows[0].0, windows[2].1), (3, since, until));
    assert!(windows.windows(2).all(|pair| pair[0].1 == pair[1].0));
    let input = list.input(windows[1].0, windows[1].1).unwrap();
    assert_eq!(input.member("since"), &Value::Instant(windows[1].0));
}
