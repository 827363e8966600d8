//! Files that people attach: uploaded by who may, named by who uploaded them, read by whoever has to do with it; and those that
//! should not come in, or not come out as they are.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;
use waybill::api::Limits;
use waybill::app::people::FileOptions;
use waybill::domain::file::FileKind;
use waybill::domain::ids::{TaskId, TenantId};
use waybill::domain::permission::Permission;
use waybill::store::desk::{FileContent, FileRow, FileUse};
use waybill::store::{TaskRow, Writes};

use crate::acting::user;
use crate::command_line::ask;
use crate::rows::{document, instance, order, stopped_order};
use crate::sign_in::{Browser, PASSWORD, owned_with};
use crate::support::{Door, FOREIGN, Setup, at, json as read, token};

const TASK: Uuid = Uuid::from_u128(1_003);
const PDF: &[u8] = b"%PDF-1.7\nan offer";
const BYTES_MAX: usize = 4_096;

/// A file of an order's instance, as it is kept.
pub fn file(key: &str) -> FileContent {
    let file = FileRow {
        id: Uuid::from_u128(instance(key).0.as_u128() ^ 1),
        tenant: TenantId::DEFAULT,
        instance: instance(key),
        kind: "purchase_order".into(),
        created_at: at(0),
        attached_at: None,
        uploaded_by: "e1009".into(),
        name: "page.html".into(),
        content_type: "text/html".into(),
        bytes: 3,
        sha256: "ab".into(),
    };
    FileContent { file, content: "YWJj".into() }
}

/// A decision that names it.
pub fn attached(kept: &FileContent) -> Writes {
    let row = &kept.file;
    Writes { files: vec![FileUse { tenant: row.tenant, instance: row.instance, id: row.id, at: at(1) }], ..Writes::default() }
}

/// An order whose approval is asked of `e1003`, and one that nobody is asked about.
async fn asked() -> Door {
    let limits = Limits { file_bytes_max: BYTES_MAX, ..Limits::default() };
    let files = FileOptions { bytes_max: BYTES_MAX, each_act_max: 2, kinds: kinds() };
    let door = owned_with(Setup { limits, files, ..Setup::default() }).await;
    let task = TaskRow {
        id: TaskId(TASK),
        tenant: TenantId::DEFAULT,
        instance: instance("PO-9"),
        document: document("PO-9"),
        flow: "purchase_order_approval".into(),
        step: "ask".into(),
        visit: 1,
        number: 0,
        round: 1,
        person: "e1003".into(),
        kind: "approve".into(),
        state: "pending".into(),
        since: at(1),
        due: None,
        ended: None,
        actor: None,
        claimed: false,
        outside: None,
    };
    door.write(Writes { tasks: vec![task], ..stopped_order("PO-9", 0) }).await;
    door.write(order("PO-1", 0)).await;
    door
}

/// All kinds but archives.
fn kinds() -> Vec<FileKind> {
    FileKind::ALL.into_iter().filter(|kind| *kind != FileKind::Zip).collect()
}

fn of_task() -> String {
    format!("/api/v1/tasks/{TASK}/files")
}

fn of_instance(key: &str) -> String {
    format!("/api/v1/instances/{}/files", instance(key))
}

/// The path of an upload, with what the file is called.
fn called(path: &str, name: &str) -> String {
    format!("{path}?{}", url::form_urlencoded::Serializer::new(String::new()).append_pair("name", name).finish())
}

async fn upload(who: &Browser<'_>, door: &Door, path: &str, name: &str, bytes: &[u8]) -> (u16, Value) {
    let request = who.request(Method::POST, &called(path, name), None).header("origin", &door.base);
    read(request.header("content-type", "application/octet-stream").body(bytes.to_vec()).send().await.unwrap()).await
}

async fn approve(who: &mut Browser<'_>, attachments: Value) -> (u16, Value) {
    who.post(&format!("/api/v1/tasks/{TASK}/approve"), json!({"attachments": attachments})).await
}

fn id_of(uploaded: &Value) -> Uuid {
    uploaded["ref"].as_str().and_then(|text| text.strip_prefix("file:")).unwrap_or_else(|| panic!("{uploaded}")).parse().unwrap()
}

async fn uses(door: &Door, id: Uuid) {
    let named = FileUse { tenant: TenantId::DEFAULT, instance: instance("PO-9"), id, at: at(61) };
    door.write(Writes { files: vec![named], ..Writes::default() }).await;
}

#[tokio::test]
async fn a_file_goes_up_goes_with_a_decision_and_comes_down() {
    let door = asked().await;
    let mut bo = user(&door, "bo", &["approver"], Some("e1003")).await;
    let other = user(&door, "cy", &["approver"], Some("e1004")).await;
    let (viewer, payloads) = (user(&door, "vi", &["viewer"], None).await, user(&door, "pay", &["payload_viewer"], None).await);
    let (status, kept) = upload(&bo, &door, &of_task(), "报价单.pdf", PDF).await;
    assert_eq!((status, &kept["name"], &kept["size"]), (201, &json!("报价单.pdf"), &json!(PDF.len())), "{kept}");
    assert_eq!(kept["content_type"], "application/pdf");
    assert_eq!(upload(&bo, &door, &of_instance("PO-9"), "报价单.pdf", PDF).await, (201, kept.clone()), "the same is the same");
    let (path, beside) = (format!("/api/v1/files/{}", id_of(&kept)), format!("{}/{}", of_instance("PO-9"), id_of(&kept)));
    let status = async |who: &Browser<'_>| {
        let of = async |path: &str| who.request(Method::GET, path, None).send().await.unwrap().status().as_u16();
        (of(&path).await, of(&beside).await)
    };
    for (who, expected) in [(&bo, (200, 403)), (&other, (404, 403)), (&viewer, (403, 403)), (&payloads, (403, 404))] {
        assert_eq!(status(who).await, expected, "while it goes with nothing it is its uploader's");
    }

    // The record says what the file is called, not what the act calls it.
    let (status_of_act, acted) = approve(&mut bo, json!([{"name": "x.exe", "ref": kept["ref"]}, {"name": "dms", "ref": "files/1"}])).await;
    assert_eq!(status_of_act, 200, "{acted}");
    let named = door.acts.lock().unwrap().last().unwrap().attachments.clone();
    assert_eq!((named[0].name.as_str(), named[0].sha256.as_deref()), ("报价单.pdf", kept["sha256"].as_str()));
    assert_eq!((named[1].reference.as_str(), named[1].sha256.as_deref()), ("files/1", None), "what lies elsewhere is as it is said");
    uses(&door, id_of(&kept)).await;
    for (who, expected) in [(&bo, (200, 403)), (&other, (404, 403)), (&viewer, (403, 403)), (&payloads, (403, 200))] {
        assert_eq!(status(who).await, expected);
    }
    let elsewhere = format!("{}/{}", of_instance("PO-1"), id_of(&kept));
    assert_eq!(payloads.request(Method::GET, &elsewhere, None).send().await.unwrap().status(), 404, "it is of another instance");
    for path in [&path, &beside] {
        let foreign = door.client.get(format!("{}{path}", door.base)).bearer_auth(FOREIGN).send().await.unwrap();
        assert_eq!(foreign.status(), 404, "another tenant's");
    }
    let told = door.get("/api/v1/audit?action=reveal").await.1;
    let who: Vec<&str> = told["items"].as_array().unwrap().iter().filter_map(|line| line["actor"].as_str()).collect();
    assert_eq!(who, ["pay", "pay", "pay"], "who has nothing to do with it leaves a line, found or not");
}

#[tokio::test]
async fn an_answer_runs_nowhere() {
    let door = asked().await;
    let bo = user(&door, "bo", &["approver"], Some("e1003")).await;
    let (_, pdf) = upload(&bo, &door, &of_task(), "offer.pdf", PDF).await;
    let (_, png) = upload(&bo, &door, &of_task(), "scan.png", b"\x89PNG\r\n\x1a\n").await;
    let (_, text) = upload(&bo, &door, &of_task(), "note.txt", b"<b>no page</b>").await;
    // It should never have been taken; were it there, it still would be no page.
    let page = file("PO-9");
    assert!(door.store.desk().keep_file(&page, 9).await.unwrap());
    door.write(attached(&page)).await;
    let table = [
        (id_of(&pdf), "inline", "application/pdf"),
        (id_of(&png), "inline", "image/png"),
        (id_of(&text), "attachment", "text/plain"),
        (page.file.id, "attachment", "text/html"),
    ];
    for (id, how, content_type) in table {
        for (query, how) in [("", "attachment"), ("?inline=true", how), ("?inline=false", "attachment")] {
            let answer = bo.request(Method::GET, &format!("/api/v1/files/{id}{query}"), None).send().await.unwrap();
            let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
            assert_eq!((answer.status().as_u16(), header("content-type").as_str()), (200, content_type));
            assert!(header("content-disposition").starts_with(&format!("{how}; filename=")), "{content_type}{query}");
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert!(header("content-security-policy").starts_with("sandbox;"), "no scripts, no origin");
            assert!(header("cache-control").starts_with("private"));
        }
    }
    let answer = bo.request(Method::GET, &format!("/api/v1/files/{}", id_of(&pdf)), None).send().await.unwrap();
    assert_eq!(answer.bytes().await.unwrap(), PDF);
}

#[tokio::test]
async fn what_should_not_come_in_does_not() {
    let door = asked().await;
    let bo = user(&door, "bo", &["approver"], Some("e1003")).await;
    let large = [PDF, &vec![b' '; BYTES_MAX]].concat();
    let page = b"<!DOCTYPE html><script>alert(1)</script>";
    let table: &[(&str, &[u8], u16, &str)] = &[
        ("offer.pdf", &large, 413, "body_too_large"),
        ("offer.pdf", b"", 422, "bad_file"),
        ("", PDF, 422, "bad_file"),
        ("../../etc/offer.pdf", PDF, 422, "bad_file"),
        ("C:\\offer.pdf", PDF, 422, "bad_file"),
        ("invoice\u{202e}fdp.pdf", PDF, 422, "bad_file"),
        ("offer\n.pdf", PDF, 400, "bad_query"),
        ("offer\0.pdf", PDF, 400, "bad_query"),
        (&"x".repeat(201), PDF, 422, "bad_file"),
        ("offer.pdf", b"MZ\x90\0\x03", 415, "file_type_not_taken"),
        ("offer.pdf.exe", PDF, 415, "file_type_not_taken"),
        ("page.html", page, 415, "file_type_not_taken"),
        ("page.txt", page, 415, "file_type_not_taken"),
        ("logo.svg", b"<svg onload='alert(1)'/>", 415, "file_type_not_taken"),
        ("data", b"\0\x01\x02", 415, "file_type_not_taken"),
        // A whole archive with nothing in it, which this hub is told not to take.
        ("a.zip", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 415, "file_type_not_taken"),
    ];
    for (name, bytes, status, code) in table {
        for path in [of_task(), of_instance("PO-9")] {
            let (given, problem) = upload(&bo, &door, &path, name, bytes).await;
            assert_eq!((given, problem["code"].as_str()), (*status, Some(*code)), "{name:?}: {problem}");
        }
    }
    assert!(door.store.desk().files(TenantId::DEFAULT, instance("PO-9")).await.unwrap().is_empty(), "nothing of it was kept");
    // A name may come as a header as well.
    let request = bo.request(Method::POST, &of_task(), None).header("origin", &door.base).body(PDF);
    let request = request.header("content-disposition", "attachment; filename*=UTF-8''%E6%8A%A5%E4%BB%B7.pdf");
    assert_eq!(read(request.send().await.unwrap()).await.1["name"], "报价.pdf");
}

#[tokio::test]
async fn who_has_nothing_to_do_with_it_brings_nothing() {
    let door = asked().await;
    let nobody = user(&door, "no", &["approver"], None).await;
    let other = user(&door, "cy", &["approver"], Some("e1004")).await;
    let viewer = user(&door, "vi", &["viewer"], Some("e1005")).await;
    let operator = user(&door, "op", &["approver", "operator"], None).await;
    for path in [of_task(), of_instance("PO-9")] {
        for (who, status, code) in [(&nobody, 403, "no_person"), (&other, 403, "not_yours"), (&viewer, 403, "forbidden")] {
            let (given, problem) = upload(who, &door, &path, "offer.pdf", PDF).await;
            assert_eq!((given, problem["code"].as_str()), (status, Some(code)), "{path}: {problem}");
        }
        let stranger = door.client.post(format!("{}{path}", door.base)).body(PDF).send().await.unwrap();
        assert_eq!(stranger.status(), 401);
        let foreign = door.client.post(format!("{}{path}", door.base)).bearer_auth(FOREIGN).body(PDF).send().await.unwrap();
        assert_eq!(foreign.status(), 404);
        assert_eq!(upload(&operator, &door, &path, "offer.pdf", PDF).await.0, 201, "who runs the flow may");
    }
    // Who was asked has to do with this instance, and with no other.
    let bo = user(&door, "bo", &["approver"], Some("e1003")).await;
    assert_eq!(upload(&bo, &door, &of_instance("PO-1"), "offer.pdf", PDF).await.1["code"], "not_yours");
}

#[tokio::test]
async fn an_act_names_what_its_person_uploaded_here_within_a_day() {
    let door = asked().await;
    let mut bo = user(&door, "bo", &["approver"], Some("e1003")).await;
    let operator = user(&door, "op", &["approver", "operator"], None).await;
    let (_, own) = upload(&bo, &door, &of_task(), "offer.pdf", PDF).await;
    let (_, theirs) = upload(&operator, &door, &of_task(), "other.pdf", PDF).await;
    let (_, elsewhere) = upload(&operator, &door, &of_instance("PO-1"), "offer.pdf", PDF).await;
    let mut foreign = file("PO-9");
    (foreign.file.tenant, foreign.file.uploaded_by) = (TenantId(2), "e1003".into());
    assert!(door.store.desk().keep_file(&foreign, 9).await.unwrap());
    let foreign = json!(waybill::domain::file::reference(foreign.file.id));
    let refused = [
        (json!([{"name": "a", "ref": theirs["ref"]}]), 403, "not_yours"),
        (json!([{"name": "a", "ref": elsewhere["ref"]}]), 422, "act_incomplete"),
        (json!([{"name": "a", "ref": foreign}]), 422, "act_incomplete"),
        (json!([{"name": "a", "ref": "file:00000000-0000-0000-0000-000000000001"}]), 422, "act_incomplete"),
        (json!([{"name": "a", "ref": "file:offer.pdf"}]), 422, "act_incomplete"),
        (json!([{"name": "a", "ref": own["ref"], "sha256": "00"}]), 422, "act_incomplete"),
        (json!([{"name": "a", "ref": "1"}, {"name": "b", "ref": "2"}, {"name": "c", "ref": "3"}]), 422, "act_incomplete"),
    ];
    for (attachments, status, code) in refused {
        let (given, problem) = approve(&mut bo, attachments.clone()).await;
        assert_eq!((given, problem["code"].as_str()), (status, Some(code)), "{attachments}: {problem}");
    }
    assert!(door.acts.lock().unwrap().is_empty(), "the engine was told of none of it");
    let twice = json!([{"name": "a", "ref": own["ref"]}, {"name": "b", "ref": own["ref"], "sha256": own["sha256"]}]);
    assert_eq!(approve(&mut bo, twice).await.0, 200);
    assert_eq!(door.acts.lock().unwrap().last().unwrap().attachments.len(), 1, "named twice, it goes along once");
    // What somebody has attached everybody may name, then and later.
    uses(&door, id_of(&theirs)).await;
    assert_eq!(approve(&mut bo, json!([{"name": "a", "ref": theirs["ref"]}])).await.0, 200);
    door.clock.advance(Duration::from_secs(24 * 3_600 + 1));
    assert_eq!(bo.sign_in("bo", PASSWORD).await, 200);
    let (status, problem) = approve(&mut bo, json!([{"name": "a", "ref": own["ref"]}])).await;
    assert_eq!((status, &problem["code"]), (422, &json!("act_incomplete")), "it waited too long");
    assert_eq!(approve(&mut bo, json!([{"name": "a", "ref": theirs["ref"]}])).await.0, 200);
    assert_eq!(upload(&bo, &door, &of_task(), "offer.pdf", PDF).await.1["ref"], own["ref"], "uploaded again its day begins anew");
    assert_eq!(approve(&mut bo, json!([{"name": "a", "ref": own["ref"]}])).await.0, 200);
}

#[tokio::test]
async fn nobody_fills_the_database_with_what_is_never_attached() {
    let door = asked().await;
    let bo = user(&door, "bo", &["approver"], Some("e1003")).await;
    for number in 0..60 {
        assert_eq!(upload(&bo, &door, &of_task(), &format!("{number}.pdf"), PDF).await.0, 201, "{number}");
    }
    let (status, problem) = upload(&bo, &door, &of_task(), "60.pdf", PDF).await;
    assert_eq!((status, &problem["code"]), (409, &json!("too_many_files")), "{problem}");
    assert_eq!(upload(&bo, &door, &of_task(), "7.pdf", PDF).await.0, 201, "it is there already");
    let kept = door.store.desk().files(TenantId::DEFAULT, instance("PO-9")).await.unwrap();
    uses(&door, kept[0].id).await;
    assert_eq!(upload(&bo, &door, &of_task(), "60.pdf", PDF).await.0, 201, "one went with a decision");
}

#[tokio::test]
async fn the_same_key_is_the_same_file_and_no_other() {
    let door = asked().await;
    let all = token(&Permission::ALL);
    let send = async |name: &str, bytes: &'static [u8]| {
        let request = door.client.post(format!("{}{}", door.base, called(&of_task(), name))).bearer_auth(&all);
        read(request.header("idempotency-key", "one").body(bytes).send().await.unwrap()).await
    };
    let (status, kept) = send("offer.pdf", PDF).await;
    assert_eq!(status, 201, "{kept}");
    assert_eq!(send("offer.pdf", PDF).await, (201, kept));
    for (name, bytes) in [("other.pdf", PDF), ("offer.pdf", b"%PDF-1.7\nanother".as_slice())] {
        let (status, problem) = send(name, bytes).await;
        assert_eq!((status, &problem["code"]), (422, &json!("idempotency_key_reused")), "{problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_brings_files_and_takes_them() {
    let door = asked().await;
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("offer.pdf"), folder.path().join("out.pdf"));
    std::fs::write(&path, PDF).unwrap();
    let (path, out, task) = (path.display().to_string(), out.display().to_string(), TASK.to_string());
    let done = ask(&door, &["tasks", "act", "transfer", &task, "--to", "e1004", "--attach", &path, "--attach", "dms=files/1"]).await;
    assert_eq!(done.code, 0, "{}{}", done.out, done.error);
    let named = door.acts.lock().unwrap().last().unwrap().attachments.clone();
    assert_eq!((named[0].name.as_str(), named[1].name.as_str(), named[1].reference.as_str()), ("offer.pdf", "dms", "files/1"));
    let saved = ask(&door, &["tasks", "file", &named[0].reference, "--out", &out]).await;
    assert!(saved.code == 0 && saved.out.contains("saved 17 bytes"), "{}{}", saved.out, saved.error);
    assert_eq!(std::fs::read(&out).unwrap(), PDF);
    let piped = ask(&door, &["tasks", "file", &named[0].reference, "--out", "-"]).await;
    assert_eq!(piped.out.as_bytes(), PDF);
    for (arguments, code, said) in [
        (["tasks", "act", "comment", &task, "--attach", "nowhere.pdf"].as_slice(), 2, "cannot be read"),
        (&["tasks", "file", "files/1", "--out", &out], 2, "is no file of a hub"),
        (&["tasks", "file", "file:00000000-0000-0000-0000-000000000001", "--out", &out], 1, "[not_found]"),
    ] {
        let ended = ask(&door, arguments).await;
        assert!(ended.code == code && ended.error.contains(said), "{arguments:?}: {} {}", ended.code, ended.error);
    }
}
