//! What stands under `deploy/` fits the hub: every metric, label and value that dashboard and alert rules name exists, what should
//! raise an alarm does and is shown, the example configuration is one that fits the examples around it, and the unit is one.

#![expect(clippy::print_stdout, reason = "what was left out is said")]

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
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
/// Labels whose values come from definitions or from the form of a request, not from a list of words in the code.
const FREE_LABELS: &[&str] = &["connection", "operation", "stream", "provider", "channel", "route", "method", "status"];
/// Labels whose words are made elsewhere than where they are counted.
const WORDS_IN: &[(&str, &str, &[&str])] = &[
    ("waybill_instances", "status", &["src/domain/flow/instance.rs"]),
    ("waybill_exceptions_open", "cause", &["src/domain/flow/effect.rs"]),
    ("waybill_gateway_requests_total", "class", &["src/domain/connector/class.rs"]),
    ("waybill_webhooks_refused_total", "reason", &["src/domain/signature/verdict.rs"]),
    ("waybill_provider_sign_ins_total", "result", &["src/domain/access/oidc/refusal.rs", "src/app/access/providers/mod.rs"]),
];

/// Where the values of a metric's label are written: the files that count it, and those where its words are made. None where they
/// come from definitions.
fn written_in(metric: &str, label: &str) -> Option<String> {
    let made = WORDS_IN.iter().find(|(name, known, _)| *name == metric && *known == label);
    if made.is_none() && (FREE_LABELS.contains(&label) || FOREIGN_LABELS.contains(&label)) {
        return None;
    }
    let list = source(Path::new("src/runtime/metrics/list.rs"));
    let line = list.lines().find(|line| line.contains(&format!("\"{metric}\""))).expect("every metric stands in the list");
    let constant = line.split_whitespace().next().expect("a name");
    let mut found = String::new();
    for file in sources().iter().filter(|file| !file.starts_with("src/runtime/metrics")) {
        let text = source(file);
        if text.contains(&format!("{constant}.")) || text.contains(&format!("&{constant},")) {
            found += &text;
        }
    }
    for file in made.into_iter().flat_map(|(_, _, files)| *files) {
        found += &source(Path::new(file));
    }
    Some(found)
}

/// A source without comments, which may speak of words that the code does not know.
fn source(path: &Path) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it is there");
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Every Rust file under `src/`.
fn sources() -> Vec<PathBuf> {
    let (mut folders, mut found) = (vec![PathBuf::from("src")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let path = folder.join(entry.file_name());
            if entry.file_type().expect("a kind").is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found
}

/// A value that is asked of a label: a word, or with `~` several, the last with a beginning of words (`wrong_.*`).
fn judge_value(place: &str, metric: &str, label: &str, asked: &str) {
    let Some(code) = written_in(metric, label) else { return };
    for word in asked.split('|') {
        let literal = word.strip_suffix(".*").map_or_else(|| format!("\"{word}\""), |beginning| format!("\"{beginning}"));
        let there = code.contains(&literal);
        assert!(there, "{place}: nothing gives `{metric}` the {label} `{word}`");
    }
}

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
            let asked = matcher.split('"').nth(1).unwrap_or_default();
            if !asked.starts_with('$') {
                judge_value(place, metric.name, label, asked);
            }
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

/// The hub's own metrics that an expression names, without the endings of histograms.
fn metrics_in(expression: &str) -> BTreeSet<&'static str> {
    let words = expression.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let metric = |word: &str| {
        let plain = ["_bucket", "_sum", "_count"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
        ALL.iter().map(|metric| metric.name).find(|name| *name == word || *name == plain)
    };
    words.filter_map(metric).collect()
}

/// The metrics that alert rules look at.
fn watched() -> BTreeSet<&'static str> {
    let tree = yaml("prometheus/alerts.yaml");
    let groups = tree.get("groups").expect("groups").items();
    let rules = groups.iter().flat_map(|group| group.get("rules").expect("rules").items());
    rules.flat_map(|rule| metrics_in(rule.get("expr").and_then(Node::text).expect("an expression"))).collect()
}

#[test]
fn a_metric_that_says_when_to_raise_an_alarm_has_a_rule() {
    let watched = watched();
    let asks: Vec<&str> = ALL.iter().filter(|metric| metric.help.contains("alert")).map(|metric| metric.name).collect();
    assert!(asks.len() >= 2, "{asks:?}");
    let without: Vec<&&str> = asks.iter().filter(|name| !watched.contains(**name)).collect();
    assert_eq!(without, Vec::<&&str>::new());
}

#[test]
fn whatever_raises_an_alarm_stands_on_the_dashboard() {
    let dashboard: Value = serde_json::from_str(&text("grafana/waybill.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let shown: BTreeSet<&str> = targets.flat_map(|target| metrics_in(target["expr"].as_str().expect("an expression"))).collect();
    assert_eq!(watched().difference(&shown).collect::<Vec<_>>(), Vec::<&&str>::new());
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
        ("sum(rate(waybill_webhooks_refused_total{reason=\"unstored\"}[5m]))", "gives"),
        ("sum(rate(waybill_provider_sign_ins_total{result=~\"unknown_key|strange_.*\"}[5m]))", "gives"),
        ("max(waybill_instances{status=\"walking\"})", "gives"),
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
    assert_eq!(loaded.findings.len(), 7, "its secrets are files that are not here: {:?}", loaded.findings);
}

#[test]
fn the_replicas_of_the_example_share_what_replicas_share() {
    let deployment = text("kubernetes/waybill.yaml");
    let replicas = deployment.lines().find_map(|line| line.trim().strip_prefix("replicas: ")).expect("replicas");
    assert!(replicas.parse::<u32>().expect("a number") > 1);
    let production = yaml("waybill.production.yaml");
    let option = |section: &str, name: &str| production.get(section).and_then(|section| section.get(name));
    assert!(option("store", "sealing_key").is_some(), "without it replicas throw each other out at partners");
    assert_eq!(option("transport", "kind").and_then(Node::text), Some("rabbitmq"));
}

#[test]
fn the_example_keeps_tenants_apart_by_the_database_too_and_knows_its_proxy() {
    let production = yaml("waybill.production.yaml");
    let option = |section: &str, name: &str| production.get(section).and_then(|section| section.get(name)).is_some();
    assert!(option("store", "people_url") && option("store", "people_role"), "what people read and write goes past row-level security");
    assert!(option("server", "trusted_proxies"), "all clients of the proxy share the attempts of one address");
}

/// The folder at which the Kubernetes example mounts a volume.
fn mounted(deployment: &str, volume: &str) -> String {
    let line = deployment.lines().find(|line| line.contains(&format!("{{name: {volume}, mountPath: "))).expect("a mount");
    let after = line.split("mountPath: ").nth(1).expect("a path");
    after.split([',', '}']).next().expect("a path").to_owned()
}

#[test]
fn the_example_deployment_brings_the_files_that_the_example_configuration_names() {
    let (deployment, production) = (text("kubernetes/waybill.yaml"), text("waybill.production.yaml"));
    let secrets = mounted(&deployment, "secrets");
    let named: Vec<&str> = production.split("{secret: file/").skip(1).filter_map(|rest| rest.split('}').next()).collect();
    assert_eq!(named.len(), 7, "{named:?}");
    for file in named {
        assert_eq!(Path::new(file).parent(), Some(Path::new(&secrets)), "`{file}` is not mounted");
    }
    let project = mounted(&deployment, "project");
    assert!(deployment.contains(&format!("--config, {project}/config/waybill.yaml]")), "{project}");
    let folder =
        yaml("waybill.production.yaml").get("project").and_then(|section| section.get("folder")).and_then(Node::text).map(str::to_owned);
    assert_eq!(folder, Some(project));
}

/// Whether `.dockerignore` keeps a file from the builder: the last line decides that fits it or a folder above it.
fn kept_from_the_builder(file: &str) -> bool {
    let rules = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".dockerignore")).expect("it is there");
    let parts: Vec<&str> = file.split('/').collect();
    let mut kept = false;
    for rule in rules.lines().map(str::trim).filter(|rule| !rule.is_empty() && !rule.starts_with('#')) {
        let (pattern, verdict) = rule.strip_prefix('!').map_or((rule, true), |pattern| (pattern, false));
        let pattern: Vec<&str> = pattern.trim_matches('/').split('/').collect();
        if (1..=parts.len()).any(|length| fits(&pattern, &parts[..length])) {
            kept = verdict;
        }
    }
    kept
}

/// Names against a pattern's: `**` is any number of names, `*` any part of one.
fn fits(pattern: &[&str], names: &[&str]) -> bool {
    match pattern.split_first() {
        None => names.is_empty(),
        Some((&"**", rest)) => (0..=names.len()).any(|skipped| fits(rest, &names[skipped..])),
        Some((first, rest)) => names.split_first().is_some_and(|(name, after)| fits_name(first, name) && fits(rest, after)),
    }
}

fn fits_name(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, rest)) => name
            .strip_prefix(before)
            .is_some_and(|after| after.char_indices().map(|(at, _)| at).chain([after.len()]).any(|at| fits_name(rest, &after[at..]))),
    }
}

#[test]
fn the_image_is_built_from_all_that_the_build_reads() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, kept) in [("target/debug/waybill", true), ("console/node_modules/a/b.js", true), ("docs/guide/console.md", true)] {
        assert_eq!(kept_from_the_builder(file), kept, "{file}");
    }
    assert!(kept_from_the_builder("a/b/waybill.sqlite-wal") && kept_from_the_builder("waybill.sqlite"));
    let script = fs::read_to_string(root.join("build.rs")).expect("it is there");
    let list = script.split("const SOURCES").nth(1).and_then(|rest| rest.split("];").next()).expect("the list");
    let mut wanted: Vec<PathBuf> = ["build.rs", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml"].map(PathBuf::from).to_vec();
    for entry in list.split('"').skip(1).step_by(2) {
        wanted.push(entry.strip_prefix("../").map_or_else(|| Path::new("console").join(entry), PathBuf::from));
    }
    assert!(wanted.len() > 12, "{wanted:?}");
    wanted.extend(["src", "mock-systems", "migrations", "config", "documents", "flows", "benches/bench-content"].map(PathBuf::from));
    let mut files = 0;
    while let Some(path) = wanted.pop() {
        assert!(root.join(&path).exists(), "`{}` is not there", path.display());
        if root.join(&path).is_dir() {
            wanted.extend(fs::read_dir(root.join(&path)).expect("a folder").map(|entry| path.join(entry.expect("an entry").file_name())));
            continue;
        }
        files += 1;
        assert!(!kept_from_the_builder(&path.display().to_string()), "`.dockerignore` keeps `{}` from the build", path.display());
    }
    assert!(files > 500, "{files}");
}

/// What `systemd-analyze verify` says of this unit, but for other units of this machine; none where there is no such tool.
fn verified(unit: &str) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("waybill.service");
    fs::write(&path, unit).expect("writable");
    let run = std::process::Command::new("systemd-analyze").arg("verify").arg(&path).env("LC_ALL", "C").output();
    let output = match run {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        run => run.expect("systemd-analyze runs"),
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Some(said.lines().filter(|line| line.contains("waybill.service")).map(str::to_owned).collect())
}

#[test]
fn the_unit_is_one_that_systemd_understands() {
    // Where it is installed there is a hub: this one stands in for it, so that nothing is said of a program that is missing.
    let unit = text("systemd/waybill.service").replace("/usr/bin/waybill", env!("CARGO_BIN_EXE_waybill"));
    let Some(said) = verified(&unit) else {
        println!("systemd-analyze is not here: deploy/systemd/waybill.service was not verified");
        return;
    };
    assert_eq!(said, Vec::<String>::new());
    for (right, wrong) in
        [("ProtectHome=", "ProtectHomes="), ("Restart=always", "Restart=whenever"), ("serve --config", "\"serve --config")]
    {
        assert!(unit.contains(right), "{right}");
        let said = verified(&unit.replace(right, wrong)).expect("it was here a moment ago");
        assert!(!said.is_empty(), "`{wrong}` is not noticed");
    }
}
