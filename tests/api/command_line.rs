//! The subcommands that ask a running hub, and those that look at its machine, as their own processes.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use waybill::domain::flow::event::Command as Told;
use waybill::domain::permission::Permission;

use crate::rows::{document, exception, instance, order, stopped_order};
use crate::support::{Door, door, token};

pub struct Ended {
    pub code: i32,
    pub out: String,
    pub error: String,
}

pub async fn waybill(variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_waybill"));
    command.args(arguments).env_clear().envs(variables.iter().copied()).stdin(Stdio::null());
    let ended = command.output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: ended.status.code().unwrap(), out: text(ended.stdout), error: text(ended.stderr) }
}

pub async fn ask(door: &Door, arguments: &[&str]) -> Ended {
    let all = token(&Permission::ALL);
    waybill(&[("WAYBILL_URL", &door.base), ("WAYBILL_TOKEN", &all)], arguments).await
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_listed_shown_and_explained_by_any_key() {
    let door = door().await;
    door.write(order("PO-1", 0)).await;
    door.write(stopped_order("PO-9", 1)).await;
    let listed = ask(&door, &["documents", "list", "--limit", "1"]).await;
    assert_eq!(listed.code, 0, "{}", listed.error);
    let cursor = listed.out.lines().last().unwrap().rsplit(' ').next().unwrap().to_owned();
    assert!(listed.out.contains("PO-9") && !listed.out.contains("PO-1 "), "{}", listed.out);
    let next = ask(&door, &["documents", "list", "--limit", "1", "--cursor", &cursor]).await;
    assert!(next.out.contains("PO-1") && !next.out.contains("There are more"), "{}", next.out);

    for name in ["PO-1", "A-PO-1", &document("PO-1").to_string()] {
        let shown = ask(&door, &["documents", "show", name]).await;
        assert!(shown.code == 0 && shown.out.contains("oa_main") && shown.out.contains("A-PO-1"), "{name}: {}{}", shown.out, shown.error);
    }
    let why = ask(&door, &["documents", "why", "PO-9"]).await;
    assert!(why.out.contains("It stopped at `oa#1`") && why.out.contains("停在 oa#1"), "{}", why.out);
    assert!(why.out.contains(&format!("waybill exceptions retry {}", exception("PO-9"))), "{}", why.out);
    let json: Value = serde_json::from_str(&ask(&door, &["--output", "json", "documents", "why", "PO-9"]).await.out).unwrap();
    assert_eq!(json["code"], "exception");
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_tell_what_happened() {
    let door = door().await;
    door.write(stopped_order("PO-9", 0)).await;
    let id = instance("PO-9").to_string();
    for (arguments, expected) in [
        (vec!["instances", "list", "--document", "PO-9"], "exception"),
        (vec!["instances", "show", &id], "purchase_order_approval"),
        (vec!["instances", "history", &id], "entered"),
        (vec!["instances", "effects", &id], "WB-PO-9"),
        (vec!["instances", "attempts", &id], "No request was made yet."),
        (vec!["connections"], "/hooks/h1"),
    ] {
        let ended = ask(&door, &arguments).await;
        assert!(ended.code == 0 && ended.out.contains(expected), "{arguments:?}: {}{}", ended.out, ended.error);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exceptions_are_settled_from_the_command_line() {
    let door = door().await;
    door.write(stopped_order("PO-9", 0)).await;
    let id = exception("PO-9").to_string();
    let listed = ask(&door, &["exceptions", "list", "--document", "PO-9"]).await;
    assert!(listed.out.contains(&id) && listed.out.contains("data_wrong"), "{}{}", listed.out, listed.error);
    let settled = ask(&door, &["exceptions", "mark-done", &id, "--proof", "voucher 7", "--field", "external_id=V=7", "--key", "k1"]).await;
    assert!(settled.code == 0 && settled.out.contains("Accepted."), "{}{}", settled.out, settled.error);
    let taken = door.commands.taken.lock().unwrap().pop().unwrap();
    let output = serde_json::json!({"external_id": "V=7"});
    assert_eq!((taken.command, taken.key.as_str()), (Told::MarkDone { output, proof: "voucher 7".to_owned() }, "k1"));
    let nothing = ask(&door, &["exceptions", "list", "--state", "closed"]).await;
    assert!(nothing.out.contains("nothing wants a person"), "{}", nothing.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_tell_a_refusal_from_a_wrong_call_and_a_hub_that_is_away() {
    let door = door().await;
    let nil = uuid::Uuid::nil().to_string();
    let all = token(&Permission::ALL);
    let url = ("WAYBILL_URL", door.base.as_str());
    for (variables, arguments, code, said) in [
        (vec![url, ("WAYBILL_TOKEN", all.as_str())], vec!["exceptions", "retry", &nil], 1, "[not_found] (request "),
        (vec![url, ("WAYBILL_TOKEN", "wrong")], vec!["documents", "list"], 1, "[unauthenticated]"),
        (vec![url, ("WAYBILL_TOKEN", all.as_str())], vec!["documents", "show", "PO-404"], 1, "no document has the key"),
        (vec![url], vec!["documents", "list"], 2, "no token is given"),
        (vec![url, ("WAYBILL_TOKEN", all.as_str())], vec!["documents", "lsit"], 2, "unrecognized subcommand"),
        (vec![url, ("WAYBILL_TOKEN", all.as_str())], vec!["exceptions", "skip", &nil], 2, "--reason"),
        (vec![("WAYBILL_URL", "http://127.0.0.1:9"), ("WAYBILL_TOKEN", all.as_str())], vec!["documents", "list"], 3, "cannot be reached"),
        (vec![], vec!["check", "surely/not/there"], 2, "cannot be read"),
        (vec![], vec!["migrate", "--config", "surely/not/there.yaml"], 2, "cannot be read"),
    ] {
        let ended = waybill(&variables, &arguments).await;
        assert!(ended.code == code && ended.error.contains(said), "{arguments:?}: {} {}", ended.code, ended.error);
        assert!(!ended.error.contains(&all), "{arguments:?} shows the token");
    }
}

pub fn project(folder: &Path) {
    let config = folder.join("config");
    std::fs::create_dir_all(config.join("connections")).unwrap();
    let store = folder.join("waybill.sqlite");
    let text = format!(
        "format: 1\nstore: {{url: 'sqlite:{}'}}\nserver:\n  tokens: [{{name: ops, token: {{secret: env/OPS}}}}]\nproject: {{folder: ..}}\n",
        store.display()
    );
    std::fs::write(config.join("waybill.yaml"), text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn migrate_makes_the_database_and_doctor_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path());
    let config = folder.path().join("config/waybill.yaml").display().to_string();
    let ops = [("OPS", "0123456789abcdef0123456789abcdef")];

    let before = waybill(&ops, &["doctor", "--config", &config, "--output", "json"]).await;
    let checks: Vec<Value> = serde_json::from_str(&before.out).unwrap_or_else(|_| panic!("{}{}", before.out, before.error));
    let verdict = |checks: &[Value], name: &str| {
        let check = checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no check `{name}`"));
        check["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!((before.code, verdict(&checks, "database").as_str()), (1, "failed"));

    let first = waybill(&ops, &["migrate", "--config", &config]).await;
    assert!(first.code == 0 && first.out.contains("Applied: "), "{}{}", first.out, first.error);
    let second = waybill(&ops, &["migrate", "--config", &config]).await;
    assert!(second.out.contains("is up to date"), "{}", second.out);

    let after = waybill(&ops, &["doctor", "--config", &config, "--output", "json"]).await;
    let checks: Vec<Value> = serde_json::from_str(&after.out).unwrap();
    for (name, expected) in
        [("configuration", "good"), ("token ops", "good"), ("database", "good"), ("database writes", "good"), ("definitions", "warning")]
    {
        assert_eq!(verdict(&checks, name), expected, "{}", after.out);
    }
    let missing_secret = waybill(&[], &["doctor", "--config", &config]).await;
    assert!(missing_secret.code == 2 && missing_secret.error.contains("`OPS` is not set"), "{}", missing_secret.error);
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_reaches_partners_within_their_allow_list_only() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path());
    let partner = door().await;
    for (id, url, egress) in [
        ("reached", partner.base.as_str(), partner.address()),
        ("unlisted", partner.base.as_str(), "10.0.0.0/8"),
        ("metadata", "http://169.254.169.254", "169.254.169.254"),
        ("silent", "http://127.0.0.1:9", "127.0.0.1:9"),
    ] {
        let text =
            format!("format: 1\nconnection: {id}\nconnector: demo\nsettings: {{base_url: '{url}'}}\negress: {{allow: ['{egress}']}}\n");
        std::fs::write(folder.path().join(format!("config/connections/{id}.yaml")), text).unwrap();
    }
    let config = folder.path().join("config/waybill.yaml").display().to_string();
    let variables = [("OPS", "0123456789abcdef0123456789abcdef"), ("WAYBILL_GATEWAY_ALLOW_LOOPBACK", "true")];
    let ended = waybill(&variables, &["doctor", "--config", &config]).await;
    for (id, word, said) in [
        ("reached", "ok", "answers (HTTP 404)"),
        ("unlisted", "FAILED", "is not on the connection's egress list"),
        ("metadata", "FAILED", "never reached"),
        ("silent", "FAILED", "does not answer"),
    ] {
        let line = ended.out.lines().find(|line| line.contains(&format!("connection {id} "))).unwrap_or_else(|| panic!("{}", ended.out));
        assert!(line.starts_with(word) && line.contains(said), "{line}");
    }
    let strict = waybill(&variables[..1], &["doctor", "--config", &config]).await;
    assert!(strict.out.contains("loopback"), "{}", strict.out);
}
