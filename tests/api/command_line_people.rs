//! The subcommands about people, tokens and the audit, as their own processes.

use serde_json::Value;

use crate::command_line::{ask, project, waybill};
use crate::support::{at, door};

#[tokio::test(flavor = "multi_thread")]
async fn users_and_tokens_are_kept_from_the_command_line() {
    let door = door().await;
    let added =
        ask(&door, &["users", "add", "Bo.Chen", "--title", "Bo Chen", "--person", "E7", "--role", "viewer", "--role", "operator@flow:x"])
            .await;
    assert!(
        added.code == 0 && added.out.contains("Added `bo.chen`") && added.out.contains("/sign-in#link=1."),
        "{}{}",
        added.out,
        added.error
    );
    let listed = ask(&door, &["users", "list"]).await;
    assert!(listed.out.contains("Bo Chen") && listed.out.contains("viewer operator@flow:x") && listed.out.contains("E7"), "{}", listed.out);
    for (verb, said) in [("disable", "is disabled"), ("enable", "is invited"), ("reset", "works once"), ("sign-out", "Ended 0 sessions")] {
        let done = ask(&door, &["users", verb, "bo.chen"]).await;
        assert!(done.code == 0 && done.out.contains(said), "{verb}: {}{}", done.out, done.error);
    }
    for (arguments, code, said) in [
        (vec!["users", "disable", "nobody"], 1, "there is no user `nobody`"),
        (vec!["users", "add", "bo.chen"], 1, "[conflict]"),
        (vec!["users", "add", "cy", "--role", "king"], 1, "names `king`"),
        (vec!["users", "add", "cy", "--role", "viewer@galaxy"], 2, "is no scope"),
    ] {
        let ended = ask(&door, &arguments).await;
        assert!(ended.code == code && ended.error.contains(said), "{arguments:?}: {} {}", ended.code, ended.error);
    }

    let made = ask(&door, &["--output", "json", "tokens", "make", "robot", "--permission", "read"]).await;
    let made: Value = serde_json::from_str(&made.out).unwrap_or_else(|_| panic!("{}{}", made.out, made.error));
    let token = made["token"].as_str().unwrap();
    let robot = [("WAYBILL_URL", door.base.as_str()), ("WAYBILL_TOKEN", token)];
    assert_eq!(waybill(&robot, &["documents", "list"]).await.code, 0);
    assert!(waybill(&robot, &["users", "list"]).await.error.contains("[forbidden]"));
    let listed = ask(&door, &["tokens", "list"]).await;
    assert!(listed.out.contains("robot") && listed.out.contains("service") && !listed.out.contains(token), "{}", listed.out);
    let revoked = ask(&door, &["tokens", "revoke", made["known"]["id"].as_str().unwrap()]).await;
    assert!(revoked.code == 0 && revoked.out.contains("opens nothing any more"), "{}{}", revoked.out, revoked.error);
    assert!(waybill(&robot, &["documents", "list"]).await.error.contains("[unauthenticated]"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_is_listed_exported_and_proved_from_the_command_line() {
    let door = door().await;
    for name in ["ana", "bo", "cy"] {
        assert_eq!(ask(&door, &["users", "add", name]).await.code, 0);
    }
    // Each user, and the link that goes with it.
    assert_eq!(door.store.identity().seal_audit(at(0)).await.unwrap(), 6);
    let listed = ask(&door, &["audit", "list", "--action", "user.add"]).await;
    assert_eq!(listed.out.matches("user.add").count(), 3, "{}{}", listed.out, listed.error);
    let head = ask(&door, &["audit", "head"]).await.out.trim().to_owned();
    assert!(head.starts_with("6:"), "{head}");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.ndjson").display().to_string();
    assert_eq!(ask(&door, &["audit", "export", "--file", &file]).await.code, 0);
    let holds = waybill(&[], &["audit", "verify", "--file", &file, "--head", &head]).await;
    assert!(holds.code == 0 && holds.out.contains("The audit holds: 6 entries"), "{}{}", holds.out, holds.error);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("\"ana\"", "\"eve\"", 1)).unwrap();
    let broken = waybill(&[], &["audit", "verify", "--file", &file]).await;
    assert!(broken.code == 1 && broken.error.contains("was changed after it was sealed"), "{}{}", broken.out, broken.error);
    let shorter: Vec<&str> = text.lines().take(5).collect();
    std::fs::write(&file, shorter.join("\n")).unwrap();
    assert_eq!(waybill(&[], &["audit", "verify", "--file", &file]).await.code, 0, "nothing tells that it went on");
    let cut = waybill(&[], &["audit", "verify", "--file", &file, "--head", &head]).await;
    assert!(cut.code == 1 && cut.error.contains("ends at entry 5, but went on to 6"), "{}{}", cut.out, cut.error);
    let wrong = waybill(&[], &["audit", "verify", "--file", &file, "--head", "6:abc"]).await;
    assert!(wrong.code == 2 && wrong.error.contains("NUMBER:HASH"), "{}", wrong.error);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_for_the_first_owner_comes_from_the_store() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path());
    let config = folder.path().join("config/waybill.yaml").display().to_string();
    let ops = [("OPS", "0123456789abcdef0123456789abcdef")];
    assert_eq!(waybill(&ops, &["migrate", "--config", &config]).await.code, 0);
    let link = waybill(&ops, &["users", "setup-link", "--config", &config]).await;
    assert!(link.code == 0 && link.out.contains("http://127.0.0.1:8480/sign-in#link=1."), "{}{}", link.out, link.error);
    let nobody = waybill(&ops, &["users", "setup-link", "--user", "ana", "--config", &config]).await;
    assert!(nobody.code == 1 && nobody.error.contains("there is no such user"), "{}", nobody.error);
    let verified = waybill(&ops, &["audit", "verify", "--config", &config]).await;
    assert!(verified.code == 0 && verified.out.contains("The audit holds: 0 entries"), "{}{}", verified.out, verified.error);
}
