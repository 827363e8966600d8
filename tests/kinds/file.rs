//! `kind: file` on folders of this machine.

use crate::bench::{Bench, findings, gallery, told};
use crate::folders::{Place, all};
use serde_json::json;
use waybill::domain::connector::Class;

fn settings(root: &std::path::Path) -> String {
    format!("{{place: \"file://{}\"}}", root.display())
}

#[tokio::test]
async fn files_of_this_machine_are_exchanged_whole_and_once() {
    let folder = tempfile::tempdir().expect("a folder");
    all(&Place::new(settings(folder.path()), folder.path())).await;
}

#[tokio::test]
async fn only_folders_that_the_process_names_are_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = tempfile::tempdir().expect("a folder");
    let bench = Bench::new(&gallery("folder"), &settings(folder.path()), vec![other.path().to_owned()]);
    let refused = bench.call("list_orders", json!({}), "k").await;
    assert_eq!((refused.class, refused.code.as_deref()), (Class::Refused, Some("egress_blocked")), "{}", told(&refused));
    assert!(refused.message.is_some_and(|message| message.contains("gateway.folders")));
    let bench = Bench::new(&gallery("folder"), &settings(folder.path()), vec![folder.path().to_owned()]);
    let empty = bench.call("list_orders", json!({}), "k").await;
    assert_eq!(empty.class, Class::Refused, "the folders are for people to make: {}", told(&empty));
}

const HEAD: &str =
    "format: 1\nconnector: x\nkind: file\nsettings: {place: {type: url}}\nfile: {place: \"{{settings.place}}\"}\noperations:\n";

#[tokio::test]
async fn a_marker_says_when_a_file_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["in", "done"] {
        std::fs::create_dir(folder.path().join(name)).expect("writable");
    }
    let text = format!(
        "{HEAD}  look: {{effect: read, request: {{list: in, ready: {{marker: .done}}}}, output: {{files: {{type: [object], from: \"$.files[*]\", many: true}}}}}}
  file_away: {{effect: write, idempotency: {{by: nature}}, input: {{id: string}}, request: {{move: {{value: input.id}}, from: in, to: done, marker: .done}}}}
  json: {{effect: read, input: {{id: string}}, request: {{read: {{value: input.id}}, in: [in, done], as: {{kind: json}}}}, output: {{n: {{type: decimal, from: $.content.n}}}}}}
"
    );
    let bench = Bench::new(&text, &settings(folder.path()), vec![folder.path().to_owned()]);
    let names = async || {
        let files = bench.ok("look", json!({}), "k").await;
        files["files"].as_array().expect("a list").iter().map(|file| file["name"].as_str().expect("text").to_owned()).collect::<Vec<_>>()
    };
    std::fs::write(folder.path().join("in/a.json"), "{\"n\": 12345678901234567.89}").expect("writable");
    assert_eq!(names().await, Vec::<String>::new());
    std::fs::write(folder.path().join("in/a.json.done"), "").expect("writable");
    assert_eq!(names().await, ["a.json"]);
    assert_eq!(bench.ok("json", json!({"id": "a.json"}), "k").await["n"], "12345678901234567.89");
    bench.ok("file_away", json!({"id": "a.json"}), "k").await;
    assert_eq!(std::fs::read_dir(folder.path().join("in")).expect("readable").count(), 0, "the marker goes with it");
    bench.ok("file_away", json!({"id": "a.json"}), "k").await;
}

#[test]
fn what_cannot_be_meant_is_found_before_it_runs() {
    for (operation, code, path) in [
        ("{effect: read, request: {list: in}}", "missing_key", "operations.x.request"),
        ("{effect: read, request: {list: ../in, ready: at_once}}", "bad_value", "operations.x.request.list"),
        ("{effect: read, request: {list: in, ready: {}}}", "missing_key", "operations.x.request.ready"),
        ("{effect: write, idempotency: {by: nature}, request: {list: in, ready: at_once}}", "wrong_type", "operations.x.request"),
        ("{effect: read, input: {n: string}, request: {move: {value: input.n}, from: in, to: out}}", "wrong_type", "operations.x.request"),
        (
            "{effect: read, input: {n: string}, request: {read: {value: input.n}, in: in, as: {kind: word}}}",
            "bad_word",
            "operations.x.request.as.kind",
        ),
        (
            "{effect: read, input: {n: string}, request: {read: {value: input.n}, in: \"{{input.n}}\", as: {kind: text}}}",
            "template_name",
            "operations.x.request.in",
        ),
        (
            "{effect: write, idempotency: {by: key}, input: {n: string}, request: {write: {value: input.n}, into: out, json: {}}}",
            "missing_key",
            "operations.x.idempotency",
        ),
        (
            "{effect: write, idempotency: {by: none}, input: {n: string}, request: {write: {value: input.n}, into: out}}",
            "missing_key",
            "operations.x.request",
        ),
    ] {
        let found = findings(&format!("{HEAD}  x: {operation}\n"));
        assert!(found.contains(&(code, path.to_owned())), "{operation}: {found:?}");
    }
}
