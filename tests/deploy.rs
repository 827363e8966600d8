//! What stands under `deploy/` fits the hub: every metric and label that dashboard and alert rules name exists, and the example
//! configuration is one.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use waybill::domain::diagnostic::Report;
use waybill::domain::text::tree::{Node, parse};
use waybill::runtime::metrics::list::ALL;

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(path)).expect("it is there")
}

fn yaml(path: &str) -> Node {
    let mut report = Report::new(path);
    let tree = parse(&text(path), &mut report);
    assert!(report.is_empty(), "{path}: {:?}", report.into_items());
    tree.expect("a tree")
}

/// Words that belong to Prometheus itself and to the scrape.
const FOREIGN_LABELS: &[&str] = &["job", "instance", "le"];

/// The metrics an expression names, each judged with the labels that are asked of it; what it groups by must be a label too.
fn judge(place: &str, expression: &str) {
    let mut rest = expression;
    let mut labels: BTreeSet<&str> = FOREIGN_LABELS.iter().copied().collect();
    let mut found = 0;
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_lowercase()) {
        rest = &rest[at..];
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        if !word.starts_with("waybill_") && !word.starts_with("process_") {
            continue;
        }
        found += 1;
        let metric = ALL.iter().find(|metric| {
            let suffixes: &[&str] = if metric.kind.is_histogram() { &["_bucket", "_sum", "_count"] } else { &[""] };
            suffixes.iter().any(|suffix| word == format!("{}{suffix}", metric.name))
        });
        let metric = metric.unwrap_or_else(|| panic!("{place}: there is no metric `{word}`"));
        labels.extend(metric.labels);
        let Some(inside) = after.strip_prefix('{').and_then(|after| after.split('}').next()) else { continue };
        for matcher in inside.split(',').filter(|matcher| matcher.contains(['=', '~'])) {
            let label = matcher.split(['=', '!', '~']).next().unwrap_or_default().trim();
            let known = metric.labels.contains(&label) || FOREIGN_LABELS.contains(&label);
            assert!(known, "{place}: `{word}` has no label `{label}`");
        }
        rest = after;
    }
    assert!(found > 0 || expression.starts_with("up{"), "{place}: `{expression}` looks at no metric");
    for grouping in expression.split(" by (").skip(1).chain(expression.split(") by (").skip(1)) {
        for label in grouping.split(')').next().unwrap_or_default().split(',').map(str::trim) {
            assert!(labels.contains(label), "{place}: nothing it looks at has the label `{label}`");
        }
    }
    let depth = expression.chars().fold(0_i32, |depth, letter| depth + i32::from(letter == '(') - i32::from(letter == ')'));
    assert_eq!(depth, 0, "{place}: brackets do not close");
}

#[test]
fn alert_rules_have_the_form_of_prometheus_and_look_at_metrics_that_exist() {
    let tree = yaml("prometheus/alerts.yaml");
    let mut names = BTreeSet::new();
    for group in tree.get("groups").expect("groups").items() {
        assert!(group.get("name").and_then(Node::text).is_some());
        for rule in group.get("rules").expect("rules").items() {
            let name = rule.get("alert").and_then(Node::text).expect("a name");
            assert!(names.insert(name.to_owned()), "`{name}` stands twice");
            for (key, _) in rule.entries() {
                assert!(["alert", "expr", "for", "labels", "annotations"].contains(&key.text.as_str()), "{name}: `{}`", key.text);
            }
            judge(name, rule.get("expr").and_then(Node::text).expect("an expression"));
            let severity = rule.get("labels").and_then(|labels| labels.get("severity")).and_then(Node::text);
            assert!(matches!(severity, Some("critical" | "warning")), "{name}: {severity:?}");
            for part in ["summary", "description"] {
                let words = rule.get("annotations").and_then(|annotations| annotations.get(part)).and_then(Node::text);
                assert!(words.is_some_and(|words| words.len() > 10), "{name} has no {part}");
            }
        }
    }
    assert!(names.len() >= 12, "{names:?}");
}

#[test]
fn the_dashboard_looks_at_metrics_that_exist_and_its_panels_do_not_overlap() {
    let dashboard: Value = serde_json::from_str(&text("grafana/waybill.json")).expect("JSON");
    let mut places = BTreeSet::new();
    let mut ids = BTreeSet::new();
    let panels = dashboard["panels"].as_array().expect("panels");
    for panel in panels {
        let title = panel["title"].as_str().expect("a title");
        assert!(ids.insert(panel["id"].as_u64()), "`{title}` has the id of another panel");
        for target in panel["targets"].as_array().into_iter().flatten() {
            judge(title, target["expr"].as_str().expect("an expression"));
        }
        let grid = |key: &str| panel["gridPos"][key].as_u64().expect("a place");
        assert!(grid("x") + grid("w") <= 24, "`{title}` is too wide");
        for x in grid("x")..grid("x") + grid("w") {
            for y in grid("y")..grid("y") + grid("h") {
                assert!(places.insert((x, y)), "`{title}` lies on another panel");
            }
        }
    }
    assert!(panels.len() > 20);
}

#[test]
fn every_alert_and_panel_expression_is_judged_by_what_it_says() {
    for (expression, fault) in [
        ("sum(rate(waybill_no_such_total[5m]))", "no metric"),
        ("max(waybill_exceptions_open{conection=\"a\"})", "no label"),
        ("sum by (operation) (waybill_exceptions_open)", "has the label"),
        ("rate(waybill_gateway_request_seconds[5m])", "no metric"),
        ("sum(waybill_documents", "brackets"),
    ] {
        let judged = std::panic::catch_unwind(|| judge("x", expression)).expect_err(expression);
        let words = judged.downcast_ref::<String>().expect("words");
        assert!(words.contains(fault), "{expression}: {words}");
    }
}

#[test]
fn the_example_configuration_is_one_but_for_its_secrets() {
    let environment = std::collections::BTreeMap::new();
    let loaded = waybill::config::read("waybill.production.yaml", &text("waybill.production.yaml"), Path::new("/nowhere"), &environment);
    let others: Vec<_> = loaded.findings.iter().filter(|finding| finding.code != "secret_missing").collect();
    assert!(others.is_empty(), "{others:?}");
    assert_eq!(loaded.findings.len(), 4, "its secrets are files that are not here: {:?}", loaded.findings);
}
