//! `waybill connector` as its own process: drafts that `check` accepts, tries and recordings against the mock systems.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use mock_systems::{Options, Running, SeedOrders, System};
use serde_json::Value as Json;

struct Ended {
    code: i32,
    out: String,
    error: String,
}

fn waybill(folder: &Path, variables: &[(&str, &str)], arguments: &[&str], typed: &str) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waybill"));
    command.current_dir(folder).args(arguments).env_clear().envs(variables.iter().copied());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: ended.status.code().unwrap(), out: text(ended.stdout), error: text(ended.stderr) }
}

/// The answer to a JSON request, as JSON.
fn post(base: &str, path: &str, body: &str) -> Json {
    let address = base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\nconnection: close\r\n");
    write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap_or_else(|problem| panic!("{problem}: {answer}"))
}

fn sound(folder: &Path, cases: usize) {
    let checked = waybill(folder, &[], &["check", "--output", "json"], "");
    let json: Json = serde_json::from_str(&checked.out).unwrap();
    assert_eq!((checked.code, &json["errors"], &json["warnings"]), (0, &Json::from(0), &Json::from(0)), "{}", checked.out);
    let tested = waybill(folder, &[], &["test", "--output", "json"], "");
    let json: Json = serde_json::from_str(&tested.out).unwrap();
    assert_eq!((tested.code, &json["passed"]), (0, &Json::from(cases)), "{}", tested.out);
}

#[test]
fn a_new_connector_is_asked_for_and_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let typed = "Crm\ncrm\n\n\nhttps://crm.example\nbearer\nget_order\n/orders/{id}\n\n/orders?changed_since={since}\n\ncreate_order\n/orders\nfind\n/orders?reference={reference}\n";
    let made = waybill(folder.path(), &[], &["connector", "new", "--guided"], typed);
    assert_eq!(made.code, 0, "{}{}", made.out, made.error);
    assert!(made.error.contains("`Crm` is no id"), "a wrong answer is asked for again: {}", made.error);
    for words in [
        "connectors/crm/connector.yaml",
        "config/connections/crm_main.yaml",
        "safe: looked up by `find_order`",
        "export WAYBILL_CRM_TOKEN=…",
    ] {
        assert!(made.out.contains(words), "{words}: {}", made.out);
    }
    sound(folder.path(), 4);
    let text = std::fs::read_to_string(folder.path().join("connectors/crm/connector.yaml")).unwrap();
    assert!(
        text.contains("cursor: {argument: since, overlap: 10m, initial: 30d}") && text.contains("heard_by: [{stream: order_changes}]"),
        "{text}"
    );
    let before = std::fs::read_to_string(folder.path().join("connectors/crm/connector.yaml")).unwrap();
    let again =
        waybill(folder.path(), &[], &["connector", "new", "crm", "--base-url", "https://b.example", "--read", "r", "--path", "/r"], "");
    assert_eq!(again.code, 2, "{}", again.out);
    assert!(again.error.contains("is there already"), "{}", again.error);
    assert_eq!(std::fs::read_to_string(folder.path().join("connectors/crm/connector.yaml")).unwrap(), before);
}

#[test]
fn a_system_without_http_begins_with_a_template_of_its_kind() {
    for (kind, place, variables, examples) in [
        ("sql", "postgres://db.example:5432/plant", 1, 3),
        ("file", "file:///srv/exchange", 0, 5),
        ("amqp", "amqps://broker.example:5671/plant", 1, 2),
        ("smtp", "smtps://mail.example:465", 1, 1),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let asked = waybill(folder.path(), &[], &["connector", "new", "--guided"], &format!("plant\n\n{kind}\nnowhere\n{place}\n"));
        assert_eq!(asked.code, 0, "{kind}: {}{}", asked.out, asked.error);
        assert!(asked.error.contains("`nowhere` is no address"), "{kind}: {}", asked.error);
        assert_eq!(asked.out.matches("export WAYBILL_PLANT_").count(), variables, "{kind}: {}", asked.out);
        sound(folder.path(), examples);

        let other = tempfile::tempdir().unwrap();
        let given = waybill(other.path(), &[], &["connector", "new", "plant", "--kind", kind, "--base-url", place], "");
        assert_eq!(given.code, 0, "{kind}: {}{}", given.out, given.error);
        let text = |folder: &Path| std::fs::read_to_string(folder.join("connectors/plant/connector.yaml")).unwrap();
        assert_eq!(text(folder.path()), text(other.path()), "{kind}: asked or given, it is the same");
    }
}

#[test]
fn a_listing_becomes_a_stream_and_an_event() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("one.json"),
        r#"{"data": {"number": 17, "quantity": 2, "state": "open", "updatedAt": "2026-01-31T08:00:00Z"}}"#,
    )
    .unwrap();
    std::fs::write(folder.path().join("all.json"), r#"{"total": 1, "rows": [{"number": 17, "state": "open"}]}"#).unwrap();
    let arguments = ["connector", "new", "crm", "--base-url", "https://crm.example", "--read", "get_order", "--path", "/orders/{id}"];
    let listed = ["--answer", "one.json", "--list-path", "/orders?open=true", "--list-answer", "all.json"];
    let made = waybill(folder.path(), &[], &[&arguments[..], &listed].concat(), "");
    assert_eq!(made.code, 0, "{}{}", made.out, made.error);
    let text = std::fs::read_to_string(folder.path().join("connectors/crm/connector.yaml")).unwrap();
    for part in [
        "    each: rows\n    ref: {id: {value: \"string(item.number)\"}}\n    every: 1m\n",
        "    then: {operation: get_order, with: {id: ref.id}}\n    link: {external_id: \"string(output.number)\"}\n",
        "    dedupe: [\"string(output.number)\", \"output.updated_at\"]\n",
        // A whole number in a measure is whole by chance.
        "quantity: {type: decimal,",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    sound(folder.path(), 2);
}

#[test]
fn what_is_missing_is_said_where_nobody_can_be_asked() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, words) in [
        (&["connector", "new", "crm"][..], "--base-url is missing"),
        (&["connector", "new", "crm", "--base-url", "ftp://x", "--read", "r", "--path", "/r"], "is no address"),
        (&["connector", "new", "crm", "--base-url", "https://u:p@x", "--read", "r", "--path", "/r"], "do not stand in the address"),
        (&["connector", "new", "crm", "--base-url", "https://x", "--read", "r", "--path", "r"], "begins with `/`"),
        (&["connector", "new", "crm", "--kind", "sql", "--base-url", "https://x"], "is no address of this kind"),
        (&["connector", "new", "crm", "--kind", "sql", "--base-url", "sqlite:///x", "--read", "r"], "`--read` is of systems over HTTP"),
        (
            &["connector", "new", "crm", "--base-url", "https://x", "--read", "r", "--path", "/r/{id}", "--list-path", "/r?state={state}"],
            "nobody gives the listing a `state`",
        ),
        (
            &["connector", "new", "crm", "--base-url", "https://x", "--read", "r", "--path", "/{company}/{id}", "--list-path", "/r"],
            "takes 2 arguments",
        ),
        (&["connector", "import", "curl", "-", "--as", "Crm"], "no curl command"),
        (&["connector", "import", "openapi", "nothing.yaml", "--as", "crm"], "cannot be read"),
    ] {
        let ended = waybill(folder.path(), &[], arguments, "");
        assert_eq!(ended.code, 2, "{arguments:?}: {}{}", ended.out, ended.error);
        assert!(ended.error.contains(words), "{arguments:?}: {}", ended.error);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_description_in_yaml_becomes_a_sound_draft() {
    let folder = tempfile::tempdir().unwrap();
    let text = "openapi: 3.1.0\ninfo: {title: Tickets, version: '1'}\nservers: [{url: 'https://tickets.example/api'}]\npaths:\n  /tickets/{id}:\n    get:\n      operationId: getTicket\n      parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n      responses:\n        '200':\n          content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: string}, due: {type: [string, 'null'], format: date}}}}}\n    put:\n      operationId: setTicket\n      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [title], properties: {title: {type: string}}}}}}\n      responses: {'204': {description: done}}\n";
    std::fs::write(folder.path().join("tickets.yaml"), text).unwrap();
    let dry = waybill(folder.path(), &[], &["connector", "import", "openapi", "tickets.yaml", "--as", "tickets", "--dry-run"], "");
    assert_eq!(dry.code, 0, "{}{}", dry.out, dry.error);
    assert!(dry.out.starts_with("Nothing was written") && !folder.path().join("connectors").exists(), "{}", dry.out);
    let made = waybill(folder.path(), &[], &["connector", "import", "openapi", "tickets.yaml", "--as", "tickets", "--output", "json"], "");
    let json: Json = serde_json::from_str(&made.out).unwrap_or_else(|problem| panic!("{problem}: {}{}", made.out, made.error));
    assert!(
        json["open"].as_array().unwrap().iter().any(|words| words.as_str().unwrap().starts_with("set_ticket: that a repeat is harmless")),
        "{json}"
    );
    std::fs::remove_file(folder.path().join("tickets.yaml")).unwrap();
    sound(folder.path(), 2);
}

/// A description of size that is not written for this: the hub's own.
#[test]
fn a_real_description_becomes_a_sound_draft() {
    let folder = tempfile::tempdir().unwrap();
    let description = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/api/openapi.json");
    let only = "connections,documents,exceptions,releases,instances";
    let arguments =
        ["connector", "import", "openapi", &description.display().to_string(), "--as", "hub", "--only", only, "--output", "json"];
    let made = waybill(folder.path(), &[], &arguments, "");
    let json: Json = serde_json::from_str(&made.out).unwrap_or_else(|problem| panic!("{problem}: {}{}", made.out, made.error));
    assert_eq!((made.code, &json["failed_examples"]), (0, &serde_json::json!([])), "{json:#}");
    let examples = json["files"].as_array().unwrap().iter().filter(|path| path.as_str().unwrap().contains("/examples/")).count();
    assert!(examples > 30, "{examples}");
    sound(folder.path(), examples);
}

/// A project whose connector was imported from curl commands for the mock ERP, and the ERP.
async fn erp() -> (tempfile::TempDir, Running, String) {
    let mocks = mock_systems::start(Options { orders: SeedOrders::Awkward, ..Options::default() }).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let base = mocks.url(System::Erp);
    let asked = serde_json::json!({"app_key": "waybill", "app_secret": mocks.options().erp.app_secret}).to_string();
    let told = post(&base, "/token", &asked);
    let token = told["access_token"].as_str().unwrap().to_owned();
    let commands = format!(
        "curl '{base}/orders/100001' -H 'Authorization: Bearer {token}'\ncurl -X POST '{base}/orders/100001/status' -H 'Authorization: Bearer {token}' --json '{{\"status\": \"x\", \"reference\": \"r\"}}'\n"
    );
    let answer = serde_json::json!({"id": "1", "number": "PO-1", "status": "new", "requester": {"email": "a@b.example"}});
    std::fs::write(folder.path().join("answer.json"), answer.to_string()).unwrap();
    let made = waybill(folder.path(), &[], &["connector", "import", "curl", "-", "--as", "crm", "--answer", "answer.json"], &commands);
    assert_eq!(made.code, 0, "{}{}", made.out, made.error);
    (folder, mocks, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_operation_is_tried_and_recorded() {
    let (folder, mocks, token) = erp().await;
    let secret = [("WAYBILL_CRM_TOKEN", token.as_str())];
    let id = "100002";
    let input = serde_json::json!({"id": id}).to_string();

    // This machine itself is kept from a draft as from anything else.
    let kept = waybill(folder.path(), &secret, &["connector", "try", "crm_main", "get_orders", "--input", &input], "");
    assert_eq!(kept.code, 1, "{}{}", kept.out, kept.error);
    assert!(kept.out.contains("add `--loopback`"), "{}", kept.out);

    let tried = waybill(folder.path(), &secret, &["connector", "try", "crm_main", "get_orders", "--input", &input, "--loopback"], "");
    assert_eq!(tried.code, 0, "{}{}", tried.out, tried.error);
    assert!(tried.out.contains("ok: the flow goes on") && tried.out.contains("\"number\""), "{}", tried.out);
    assert!(!tried.out.contains(&token), "the token is masked: {}", tried.out);

    // Without an input it is that of the drafted example, which the ERP does not know.
    let missing = waybill(folder.path(), &secret, &["connector", "try", "crm_main", "get_orders", "--loopback"], "");
    assert!(missing.out.contains("connectors/crm/examples/get_orders.json"), "{}{}", missing.out, missing.error);

    let recorded = waybill(folder.path(), &secret, &["connector", "record", "crm_main", "get_orders", "--input", &input, "--loopback"], "");
    assert_eq!(recorded.code, 0, "a drafted example is replaced: {}{}", recorded.out, recorded.error);
    let path = folder.path().join("connectors/crm/examples/get_orders.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let example: Json = serde_json::from_str(&text).unwrap();
    assert_eq!((&example["class"], &example["input"]["id"]), (&Json::from("ok"), &Json::from(id)), "{text}");
    assert_eq!(example["request"]["path"], format!("/orders/{id}"));
    assert_eq!(example["response"]["status"], 200);
    assert!(!text.contains(&token) && !text.contains("127.0.0.1"), "{text}");
    let again = waybill(folder.path(), &secret, &["connector", "record", "crm_main", "get_orders", "--input", &input, "--loopback"], "");
    assert_eq!(again.code, 2, "what was recorded is not replaced by itself: {}", again.out);

    let no = serde_json::json!({"id": "no-such-order"}).to_string();
    let recorded = waybill(
        folder.path(),
        &secret,
        &["connector", "record", "crm_main", "get_orders", "--input", &no, "--name", "get_orders_missing", "--loopback"],
        "",
    );
    assert_eq!(recorded.code, 0, "an answer that says no is an example too: {}{}", recorded.out, recorded.error);
    sound(folder.path(), 3);

    // The replay notices when the definition no longer reads what was recorded.
    let definition = folder.path().join("connectors/crm/connector.yaml");
    let yaml = std::fs::read_to_string(&definition).unwrap();
    std::fs::write(&definition, yaml.replace("\"$.number\"", "\"$.order_number\"")).unwrap();
    let tested = waybill(folder.path(), &[], &["test"], "");
    assert_eq!(tested.code, 1, "{}", tested.out);

    let unsent = waybill(folder.path(), &secret, &["connector", "record", "crm_main", "post_orders_status", "--loopback"], "");
    assert_eq!(unsent.code, 2, "{}", unsent.out);
    assert!(unsent.error.contains("add `--send`"), "{}", unsent.error);
    mocks.stop().await;
}

#[test]
fn check_says_what_each_write_promises() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = waybill(root, &[], &["check", "--promises"], "");
    assert_eq!(listed.code, 0, "{}", listed.out);
    for words in
        ["demo_oa.create_approval\n    safe: looked up by `find_approval` (by reference) before a repeat", "read back by `get_order`"]
    {
        assert!(listed.out.contains(words), "{words}: {}", listed.out);
    }
    let json: Json = serde_json::from_str(&waybill(root, &[], &["check", "--output", "json"], "").out).unwrap();
    let promises = json["promises"].as_array().unwrap();
    assert!(promises.iter().all(|promise| promise["words"].as_str().unwrap().starts_with(if promise["safe"] == true {
        "safe"
    } else {
        "may duplicate"
    })));
}
