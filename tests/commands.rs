//! The subcommands for authors, as their own processes on the shipped project: check, test, call, preview, simulate.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mock_systems::{Options, Running, SeedOrders};
use serde_json::Value as Json;
use support::hub::Project;

struct Ended {
    code: i32,
    out: String,
    error: String,
}

impl Ended {
    fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|problem| panic!("{problem}: {}{}", self.out, self.error))
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn waybill(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waybill"));
    command.current_dir(folder).args(arguments).env_clear().envs(variables.iter().copied()).stdin(Stdio::null());
    let ended = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: ended.status.code().unwrap(), out: text(ended.stdout), error: text(ended.stderr) }
}

fn shipped(arguments: &[&str]) -> Ended {
    waybill(&root(), &[], arguments)
}

/// A copy of the shipped project in which one text stands for another.
fn broken(file: &str, old: &str, new: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for part in ["documents", "dictionaries", "tables", "forms", "calendars", "connectors", "mappings", "flows", "config", "samples"] {
        copy(&root().join(part), &folder.path().join(part));
    }
    let path = folder.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{file} does not say `{old}`");
    std::fs::write(path, text.replacen(old, new, 1)).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn every_shipped_project_is_clean_and_its_cases_pass() {
    for (project, kinds) in
        [(".", &["mapping", "connector", "flow"][..]), ("examples/tryton", &["mapping", "flow"]), ("benches/bench-content", &[])]
    {
        let checked = shipped(&["check", project, "--output", "json"]);
        let json = checked.json();
        assert_eq!((checked.code, &json["errors"], &json["warnings"]), (0, &Json::from(0), &Json::from(0)), "{project}: {}", checked.out);
        let tested = shipped(&["test", project, "--output", "json"]);
        let json = tested.json();
        assert_eq!((tested.code, &json["failed"]), (0, &Json::from(0)), "{project}: {}", tested.out);
        for kind in kinds {
            assert!(json["cases"].as_array().unwrap().iter().any(|case| case["kind"] == *kind), "{project} has no case of a {kind}");
        }
    }
}

#[test]
fn a_broken_expectation_of_any_kind_fails_and_says_where() {
    for (file, old, new, says) in [
        (
            "flows/tests/rejected.yaml",
            "outcome: rejected, status",
            "outcome: approved, status",
            "`outcome` is [rejected], but [approved] is expected",
        ),
        ("samples/po-1.form.json", "\"11300.00\"", "\"11300.01\"", "`form['金额']` is \"11300.00\" instead of \"11300.01\""),
        ("connectors/demo_oa/examples/create_approval.json", "\"/approvals\"", "\"/approval\"", "expected: "),
    ] {
        let folder = broken(file, old, new);
        let ended = waybill(folder.path(), &[], &["test"]);
        assert!(ended.code == 1 && ended.out.contains(says) && ended.out.contains("1 failed"), "{file}: {}{}", ended.out, ended.error);
        let only = waybill(folder.path(), &[], &["test", "--only", "nothing has this name"]);
        assert_eq!(only.code, 1, "a filter that fits nothing is no success");
    }
}

#[test]
fn a_flow_test_about_what_is_not_there_is_found_by_check() {
    for (old, new, says) in [
        ("flow: purchase_order_approval", "flow: purchase_order_aproval", "did you mean `purchase_order_approval`?"),
        ("document: samples/po-1.json", "document: samples/po-one.json", "the project has no file `samples/po-one.json`"),
        ("script:", "scrpt:", "scrpt"),
        ("script:\n", "script:\n  - {event: erp.purchase_orders, document: samples/no.json}\n", "no file `samples/no.json`"),
    ] {
        let folder = broken("flows/tests/rejected.yaml", old, new);
        let ended = waybill(folder.path(), &[], &["check"]);
        assert!(ended.code == 1 && ended.out.contains(says) && ended.out.contains("flows/tests/rejected.yaml:"), "{new}: {}", ended.out);
        let tested = waybill(folder.path(), &[], &["test"]);
        assert!(tested.code == 1 && tested.out.contains("No case was run"), "{}", tested.out);
    }
}

/// A folder alone cannot say it; a configuration can.
#[test]
fn a_sealed_type_wants_a_hub_with_a_master_key() {
    let folder = broken("documents/purchase_order.yaml", "key: number\n", "key: number\nsealed: true\n");
    let alone = waybill(folder.path(), &[], &["check"]);
    assert!(alone.code == 0 && alone.out.contains("`purchase_order` is sealed"), "{}{}", alone.out, alone.error);
    let config = folder.path().join("config/waybill.yaml");
    let key = "format: 1\nstore:\n  master_keys:\n    - {id: one, key: {secret: env/WAYBILL_TEST_MASTER}}\n";
    for (text, code) in [("format: 1\n", 1), (key, 0)] {
        std::fs::write(&config, text).unwrap();
        let variables = [("WAYBILL_TEST_MASTER", "0123456789abcdef0123456789abcdef")];
        let ended = waybill(folder.path(), &variables, &["check", "--config", "config/waybill.yaml"]);
        assert_eq!(ended.code, code, "{text}: {}{}", ended.out, ended.error);
        let told = ended.out.contains("documents/purchase_order.yaml:") && ended.out.contains("unsealable");
        assert_eq!(told, code == 1, "{}", ended.out);
    }
}

#[test]
fn preview_makes_what_the_mapping_s_own_case_expects() {
    let ended = shipped(&["preview", "po_to_oa", "--inputs", "samples/po-1-with-budget.inputs.json"]);
    let expected: Json = serde_json::from_str(&std::fs::read_to_string(root().join("samples/po-1.form.json")).unwrap()).unwrap();
    assert_eq!((ended.code, ended.json()), (0, expected), "{}", ended.error);
}

#[test]
fn preview_explains_every_value_by_rule_and_inputs() {
    let arguments = ["preview", "po_to_oa", "--inputs", "samples/po-1.inputs.json", "--explain"];
    let text = shipped(&arguments).out;
    let row = text.lines().find(|line| line.starts_with("form['明细'][1]['数量']")).unwrap_or_else(|| panic!("{text}"));
    assert!(row.contains("\"1.0000\"") && row.contains("mappings/po_to_oa.yaml:") && row.contains("doc.lines[1].quantity"), "{row}");
    let json = shipped(&[&arguments[..], &["--output", "json"]].concat()).json();
    let explained = json["explained"].as_array().unwrap();
    let amount = explained.iter().find(|one| one["target"] == "form['金额']").unwrap();
    assert_eq!((&amount["value"], &amount["inputs"][0]), (&json["result"]["form"]["金额"], &Json::from("doc.total_gross")));
    let line = usize::try_from(amount["rule"]["line"].as_u64().unwrap()).unwrap();
    let file = std::fs::read_to_string(root().join("mappings/po_to_oa.yaml")).unwrap();
    assert!(file.lines().nth(line - 1).unwrap().contains("form['金额']"), "line {line}");
}

#[test]
fn preview_tells_wrong_calls_from_rules_that_fail() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let document = std::fs::read_to_string(root().join("samples/po-1.json")).unwrap();
    let mut order: Json = serde_json::from_str(&document).unwrap();
    order["requester"]["id"] = "nobody".into();
    for (mapping, inputs, code, says) in [
        ("po_to_oo", file("a", "{}"), 2, "did you mean `po_to_oa`?"),
        ("po_to_oa", file("b", "{"), 2, "is not JSON"),
        ("po_to_oa", file("c", &document), 2, "one member for each input of the mapping: doc"),
        ("po_to_oa", file("d", "{\"doc\": {\"total_gross\": \"much\"}}"), 2, "input `doc`"),
        ("po_to_oa", "no/such/file".to_owned(), 2, "cannot be read"),
        ("po_to_oa", file("e", &format!("{{\"doc\": {order}}}")), 1, "mappings/po_to_oa.yaml:7: `originator` cannot be mapped"),
    ] {
        let ended = shipped(&["preview", mapping, "--inputs", &inputs]);
        assert!(
            ended.code == code && (ended.out.clone() + &ended.error).contains(says),
            "{says}: {} {}{}",
            ended.code,
            ended.out,
            ended.error
        );
    }
}

#[test]
fn simulate_plays_to_the_first_question_and_says_what_it_wants() {
    let arguments = ["simulate", "purchase_order_approval", "--document", "samples/po-1.json"];
    let ended = shipped(&arguments);
    assert!(ended.code == 0 && ended.out.contains("It waits for 1 answer:\n  erp.check_budget"), "{}{}", ended.out, ended.error);
    let json = shipped(&[&arguments[..], &["--output", "json"]].concat()).json();
    assert_eq!((&json["path"][0], &json["outcome"]), (&Json::from("budget"), &Json::Null));
    assert_eq!(
        (&json["waits"][0]["call"], &json["waits"][0]["input"]["amount"]),
        (&Json::from("erp.check_budget"), &Json::from("11300.00"))
    );

    // What it prints as an example is an answer it takes: following the advice leads to the next question.
    let (_, advice) = ended.out.split_once("`--answers`:\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let answers = folder.path().join("answers.yaml");
    std::fs::write(&answers, advice).unwrap();
    let next = shipped(&[&arguments[..], &["--answers", &answers.display().to_string()]].concat());
    assert!(next.code == 0 && next.out.contains("oa.create_approval, called by `oa`"), "{}{}", next.out, next.error);
}

#[test]
fn simulate_plays_answers_by_name_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let answers = folder.path().join("answers.yaml");
    let text = "calls:\n  erp.check_budget: {ok: true, available: \"90000.00\"}\n  oa.create_approval: [lost, {external_id: A1}]\n  \
                oa.find_approval: {}\n  finance.create_payable: {external_id: V1}\n  erp.release_order: {}\n\
                events:\n  oa.approval_changed: [{outcome: pending}, {outcome: approved}]\n  oa.nothing: {}\n";
    std::fs::write(&answers, text).unwrap();
    let answers = answers.display().to_string();
    let all = ["simulate", "purchase_order_approval", "--document", "samples/po-1.json", "--at", "2026-09-28T10:00:00+08:00", "--answers"];
    let json = shipped(&[&all[..], &[&answers, "--output", "json"]].concat()).json();
    assert_eq!((&json["outcome"], &json["status"]), (&Json::from("approved"), &Json::from("released")), "{json:#}");
    assert_eq!((&json["calls"]["oa_main.create_approval"], &json["calls"]["oa_main.find_approval"]), (&Json::from(2), &Json::from(1)));
    assert_eq!((&json["unused_answers"], &json["waits"]), (&serde_json::json!(["oa.nothing"]), &serde_json::json!([])));
    assert_eq!(json["trace"][0]["at"], "2026-09-28T02:00:00Z");
    let text = shipped(&[&all[..], &[&answers]].concat()).out;
    assert!(
        text.contains("the answer of oa.create_approval is lost; it is looked up") && text.contains("the look-up finds nothing"),
        "{text}"
    );
}

#[test]
fn simulate_plays_a_script_and_fails_with_it() {
    let script = "flows/tests/lost_create_response.yaml";
    let ended = shipped(&["simulate", "purchase_order_approval", "--script", script]);
    assert!(
        ended.code == 0 && ended.out.contains("oa: reminds u7") && ended.out.contains("outcome     rejected"),
        "{}{}",
        ended.out,
        ended.error
    );
    // The small order never asks the OA, so the same script goes wrong with it.
    let other = shipped(&["simulate", "purchase_order_approval", "--script", script, "--document", "samples/po-small.json"]);
    assert!(other.code == 1 && other.out.contains("`oa.create_approval` is not called here"), "{}{}", other.out, other.error);
}

#[test]
fn simulate_refuses_what_it_cannot_play() {
    let order = ["--document", "samples/po-1.json"];
    for (flow, options, code, says) in [
        ("purchase_order_aproval", &order[..], 2, "did you mean `purchase_order_approval`?"),
        ("purchase_order_approval", &[], 2, "--document"),
        ("purchase_order_approval", &["--document", "samples/no.json"], 2, "cannot be read"),
        ("purchase_order_approval", &["--document", "README.md"], 1, "is not JSON"),
        ("purchase_order_approval", &["--script", "flows/purchase_order_approval.yaml"], 2, "is not a sound flow test"),
        ("purchase_order_approval", &["--document", "samples/po-1.json", "--answers", "flows/tests/rejected.yaml"], 2, "no sound answers"),
    ] {
        let ended = shipped(&[&["simulate", flow], options].concat());
        let said = ended.out.clone() + &ended.error;
        assert!(ended.code == code && said.contains(says), "{options:?}: {} {said}", ended.code);
    }
}

/// The mocks of a test and the shipped project pointed at them.
async fn mocks() -> (Running, Project) {
    let options = Options { erp_port: 0, oa_port: 0, finance_port: 0, orders: SeedOrders::Awkward, ..Options::default() };
    let running = mock_systems::start(options).await.unwrap();
    let project = Project::shipped(&running);
    (running, project)
}

async fn call(running: &Running, project: &Project, loopback: bool, arguments: &[&str]) -> Ended {
    let (erp, oa) = (running.options().erp.app_secret.clone(), running.options().oa.app_secret.clone());
    let folder = project.path().to_owned();
    let arguments: Vec<String> = ["call"].iter().chain(arguments).map(ToString::to_string).collect();
    // The mocks answer on this runtime, so the child is waited for on a thread of its own.
    let ended = tokio::task::spawn_blocking(move || {
        let variables = [
            ("WAYBILL_DEMO_ERP_SECRET", erp.as_str()),
            ("WAYBILL_DEMO_OA_SECRET", oa.as_str()),
            ("WAYBILL_DEMO_ERP_WEBHOOK_SECRET", "not-used-by-calls"),
            ("WAYBILL_DEMO_OA_CALLBACK_SECRET", "not-used-by-calls"),
            ("WAYBILL_GATEWAY_ALLOW_LOOPBACK", if loopback { "true" } else { "false" }),
        ];
        waybill(&folder, &variables, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    });
    ended.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn call_reads_at_once_and_writes_only_when_told() {
    let (running, project) = mocks().await;
    let budget = r#"{"order_number": "PO-1", "amount": "10.00", "currency": "CNY"}"#;
    let read = call(&running, &project, true, &["erp_hq", "check_budget", "--input", budget, "--output", "json"]).await;
    let json = read.json();
    assert_eq!((read.code, &json["class"], &json["output"]["ok"]), (0, &Json::from("ok"), &Json::from(true)), "{json:#}");
    assert_eq!((&json["effect"], &json["promise"]), (&Json::from("read"), &Json::from("reads only")));

    let approval = r#"{"title": "PO", "originator": "u1", "form": {"单号": "PO-1"}}"#;
    let write = ["oa_main", "create_approval", "--input", approval, "--reference", "R-1"];
    let shown = call(&running, &project, true, &write).await;
    assert!(
        shown.code == 0 && shown.out.contains("Nothing was sent.") && shown.out.contains("looked up by `find_approval`"),
        "{}{}",
        shown.out,
        shown.error
    );
    let find = ["oa_main", "find_approval", "--input", r#"{"reference": "R-1"}"#, "--output", "json"];
    assert_eq!(call(&running, &project, true, &find).await.json()["output"]["external_id"], Json::Null, "nothing was made yet");

    let sent = call(&running, &project, true, &[&write[..], &["--send", "--output", "json"]].concat()).await.json();
    let made = &sent["output"]["external_id"];
    assert!(sent["class"] == "ok" && made.is_string(), "{sent:#}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn call_shows_no_secret_and_says_what_went_wrong() {
    let (running, project) = mocks().await;
    let secret = running.options().erp.app_secret.clone();
    let order = r#"{"id": "no-such-order"}"#;
    let read = call(&running, &project, true, &["erp_hq", "get_order", "--input", order]).await;
    assert!(read.code == 1 && read.out.contains("not_found"), "{}{}", read.out, read.error);
    assert!(!read.out.contains(&secret) && read.out.contains("authorization: [redacted]"), "{}", read.out);
    for (loopback, arguments, code, says) in [
        (false, &["erp_hq", "get_order", "--input", order][..], 1, "allow_loopback"),
        (true, &["erp_hq", "get_order"], 1, "the input of `get_order`"),
        (true, &["erp_hq", "get_ordr"], 2, "did you mean `get_order`?"),
        (true, &["erp_hg", "get_order"], 2, "did you mean `erp_hq`?"),
        (true, &["erp_hq", "get_order", "--input", "{"], 2, "`--input` is not JSON"),
        (true, &["finance_main", "find_payable", "--input", "{\"reference\": \"R\"}"], 1, "`WAYBILL_DEMO_FINANCE_SECRET` is not set"),
    ] {
        let ended = call(&running, &project, loopback, arguments).await;
        let said = ended.out.clone() + &ended.error;
        assert!(ended.code == code && said.contains(says), "{arguments:?}: {} {said}", ended.code);
    }
    running.stop().await;
}
