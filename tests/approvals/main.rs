//! Approvals among our own people, as a process: lists, decisions, delegations, races, every verb, `kill -9`, leavers, on both stores.

#![expect(clippy::disallowed_methods, reason = "a delegation holds by the hub's own clock, which is the machine's")]

mod delegations;
mod races;
#[path = "../support/mod.rs"]
mod support;
mod verbs;
mod world;

use serde_json::{Value, json};
use support::hub::{text, token_of};
use world::{rewrite, world, world_with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_goes_from_list_to_list_and_survives_a_kill_on_both_stores() {
    for database in [None, Some("approvals")] {
        let mut world = world(database).await;
        let (document, instance) = world.request("r1").await;
        let lead = world.task("e1003").await;
        assert_eq!(world.list("e1001", "started").await.len(), 1);
        let (status, detail) = world.hub.get_by("e1003", &format!("/api/v1/tasks/{lead}")).await;
        assert_eq!(status, 200, "{detail}");
        assert_eq!(detail["document"].get("urgent"), None, "the step hides it");
        let field = &detail["fields"][0];
        assert_eq!(
            (&field["field"], &field["right"], &field["form"]["type"]),
            (&json!("reason"), &json!("edit"), &json!("text")),
            "{detail}"
        );
        assert_eq!(detail["fields"].as_array().map(Vec::len), Some(1), "what is hidden is not named either");
        let verbs: Vec<&str> = detail["verbs"].as_array().unwrap().iter().filter_map(|verb| verb["verb"].as_str()).collect();
        assert!(verbs.contains(&"approve") && verbs.contains(&"return") && !verbs.contains(&"revoke"), "{verbs:?}");
        let coming = &detail["people"]["forecast"];
        assert_eq!((coming[0]["step"].as_str(), &coming[0]["people"]), (Some("finance"), &json!(["e1005", "e1007"])), "{coming}");
        assert_eq!(world.hub.get_by("e1006", &format!("/api/v1/tasks/{lead}")).await.0, 404, "it is none of theirs");
        let edits = json!({"comment": "fine", "edits": {"reason": "the old one is broken"}, "seen": detail["version"]});
        let (status, acted) = world.act("e1003", &lead, "approve", "a", &edits).await;
        assert_eq!(status, 200, "{acted}");
        world.hub.kill().await;
        world.hub.restart(&world.store).await;
        let again = world.act("e1003", &lead, "approve", "a", &edits).await;
        assert_eq!(again.0, 200, "the same tap after the crash: {}", again.1);
        let other = world.act("e1003", &lead, "approve", "b", &json!({})).await;
        assert_eq!((other.0, other.1["code"].as_str()), (409, Some("already_handled")), "{}", other.1);
        assert_eq!(world.list("e1003", "done").await.len(), 1);
        let (five, seven) = (world.task("e1005").await, world.task("e1007").await);
        assert_eq!(world.hub.get_by("e1004", "/api/v1/tasks/counts").await.1["copies"], 1);
        assert_eq!(world.act("e1005", &seven, "approve", "c", &json!({})).await.1["code"], "not_yours");
        assert_eq!(world.act("e1005", &five, "reject", "d", &json!({})).await.1["code"], "act_incomplete");
        assert_eq!(world.act("e1005", &five, "approve", "e", &json!({})).await.0, 200);
        assert_eq!(world.status(&document).await, "in_approval");
        let (status, acted) = world.act("e1007", &seven, "approve", "f", &json!({})).await;
        assert_eq!((status, acted["outcome"].as_str()), (200, Some("approved")), "{acted}");
        assert_eq!(world.status(&document).await, "approved");
        let people = world.hub.get(&format!("/api/v1/instances/{instance}/people")).await;
        let decided: Vec<(String, String)> =
            people["decisions"].as_array().unwrap().iter().map(|one| (text(&one["person"]), text(&one["verb"]))).collect();
        let wanted =
            [("e1003", "approve"), ("e1005", "approve"), ("e1007", "approve")].map(|(who, verb)| (who.to_owned(), verb.to_owned()));
        assert_eq!(decided, wanted);
        assert_eq!(people["decisions"][0]["changes"][0]["field"], "reason");
        let copy = text(&world.list("e1004", "copies").await[0]["id"]);
        assert_eq!(world.act("e1004", &copy, "read", "g", &json!({})).await.0, 200, "also after the end");
        assert_eq!(world.hub.open_exceptions().await, Vec::<Value>::new());
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_goes_with_a_decision_to_everybody_who_comes_after_on_both_stores() {
    for database in [None, Some("approvals_files")] {
        let mut world = world(database).await;
        let (_, instance) = world.request("r1").await;
        let lead = world.task("e1003").await;
        let offer = json!({"price": "913155.10"});
        let upload = format!("/api/v1/tasks/{lead}/files?name=offer.json");
        assert_eq!(world.hub.post_by("e1005", &upload, "z", &offer).await.1["code"], "not_yours", "she is not asked yet");
        let (status, kept) = world.hub.post_by("e1003", &upload, "a", &offer).await;
        assert_eq!((status, &kept["content_type"]), (201, &json!("application/json")), "{kept}");
        let file = format!("/api/v1/files/{}", text(&kept["ref"]).trim_start_matches("file:"));
        let body = json!({"attachments": [{"name": "another name", "ref": kept["ref"]}]});
        let (status, acted) = world.act("e1003", &lead, "approve", "b", &body).await;
        assert_eq!(status, 200, "{acted}");
        world.hub.kill().await;
        world.hub.restart(&world.store).await;
        assert_eq!(world.act("e1003", &lead, "approve", "b", &body).await.0, 200, "the same tap after the crash");
        let five = world.task("e1005").await;
        let (_, detail) = world.hub.get_by("e1005", &format!("/api/v1/tasks/{five}")).await;
        let expected = json!([{
            "name": "offer.json", "ref": kept["ref"], "sha256": kept["sha256"], "size": kept["size"], "content_type": "application/json"
        }]);
        assert_eq!(detail["people"]["decisions"][0]["attachments"], expected, "{detail}");
        for who in ["e1001", "e1003", "e1005"] {
            assert_eq!(world.hub.get_by(who, &file).await, (200, offer.clone()), "{who}");
        }
        assert_eq!(world.hub.get_by("e1006", &file).await.0, 404, "it is none of theirs");
        assert_eq!(world.hub.get(&format!("/api/v1/instances/{instance}/people")).await["decisions"][0]["attachments"], expected);
        // What was attached may be named again by whoever comes after; who began it brings more.
        let again = json!({"comment": "as offered", "attachments": [{"name": "x", "ref": kept["ref"]}]});
        assert_eq!(world.act("e1005", &five, "approve", "c", &again).await.0, 200);
        let more = world.hub.post_by("e1001", &format!("/api/v1/instances/{instance}/files?name=more.json"), "d", &json!([1])).await;
        assert_eq!(more.0, 201, "{}", more.1);
        let attach = json!({"attachments": [{"name": "more", "ref": more.1["ref"]}]});
        let (status, acted) = world.hub.post_by("e1001", &format!("/api/v1/instances/{instance}/people/attach"), "e", &attach).await;
        assert_eq!(status, 200, "{acted}");
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_form_says_of_its_fields_at_a_step_holds_for_the_tasks_there() {
    let world = world_with(None, |project| {
        let path = project.path().join("forms/purchase_request.yaml");
        let form = std::fs::read_to_string(&path).expect("readable");
        let given = [
            ("id: category\n", "id: category\n        rights: {finance: edit}\n"),
            ("id: reason\n", "id: reason\n        rights: {lead: hide, finance: edit}\n"),
            ("{id: urgent, ", "{id: urgent, rights: {finance: hide}, "),
        ];
        let form = given.iter().fold(form, |form, (from, to)| {
            assert!(form.contains(from), "{from}");
            form.replacen(from, to, 1)
        });
        std::fs::write(&path, form).expect("writable");
    })
    .await;
    let (_, instance) = world.request("r1").await;
    let lead = world.task("e1003").await;
    let (_, detail) = world.hub.get_by("e1003", &format!("/api/v1/tasks/{lead}")).await;
    assert_eq!(detail["fields"][0]["right"], "edit", "the step's own word comes before the form's: {detail}");
    assert_eq!(world.act("e1003", &lead, "approve", "a", &json!({})).await.0, 200);

    let five = world.task("e1005").await;
    let (_, detail) = world.hub.get_by("e1005", &format!("/api/v1/tasks/{five}")).await;
    let fields: Vec<(&str, &str, &str)> = detail["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| (field["field"].as_str().unwrap(), field["right"].as_str().unwrap(), field["form"]["type"].as_str().unwrap_or("-")))
        .collect();
    // The form requires a category and a reason only sometimes.
    assert_eq!(fields, [("category", "required", "choice"), ("reason", "edit", "text")], "{detail}");
    assert_eq!(detail["document"].get("urgent"), None, "the form hides it here");
    for (edits, what) in [
        (json!({"category": "weapons"}), "none of the options"),
        (json!({"category": 7}), "the id of an option"),
        (json!({"needed_by": "2027-01-01"}), "may not be changed at this step"),
        (json!({"urgent": true}), "may not be changed at this step"),
        (json!({"category": null}), "must be filled in"),
    ] {
        let (status, problem) = world.act("e1005", &five, "approve", "x", &json!({"edits": edits})).await;
        assert!(status == 409 || status == 403 || status == 422, "{edits}: {status} {problem}");
        assert!(problem["detail"].as_str().unwrap_or_default().contains(what), "{edits}: {problem}");
    }
    let (status, acted) = world.act("e1005", &five, "approve", "y", &json!({"edits": {"category": "it", "reason": "a new one"}})).await;
    assert_eq!(status, 200, "{acted}");
    let people = world.hub.get(&format!("/api/v1/instances/{instance}/people")).await;
    let changes = people["decisions"].as_array().unwrap().last().unwrap()["changes"].clone();
    let named: Vec<(&str, &str)> =
        changes.as_array().unwrap().iter().map(|one| (one["field"].as_str().unwrap(), one["after"].as_str().unwrap())).collect();
    assert_eq!(named, [("category", "it"), ("reason", "a new one")], "what was changed stands with the decision: {people}");
    let seven = world.task("e1007").await;
    let (_, detail) = world.hub.get_by("e1007", &format!("/api/v1/tasks/{seven}")).await;
    assert_eq!(detail["document"]["category"], "it", "whoever is asked next sees it: {detail}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_step_hides_is_told_nowhere_to_those_whom_it_asks() {
    let world = world_with(None, |project| {
        let hides = "mode: all, empty: block, fields: {reason: hide, total_gross: hide, lines.amount: hide},";
        rewrite(project, &[("mode: all, empty: block,", hides)]);
    })
    .await;
    let (_, instance) = world.request("r1").await;
    let lead = world.task("e1003").await;
    let edits = json!({"edits": {"reason": "the old one is broken"}});
    let (status, acted) = world.act("e1003", &lead, "approve", "a", &edits).await;
    assert_eq!(status, 200, "{acted}");
    let listed = world.list("e1005", "mine").await;
    assert_eq!(listed[0]["document"]["display"].get("total_gross"), None, "{listed:?}");
    assert_eq!(listed[0]["document"]["display"]["currency"], "CNY", "the rest is there: {listed:?}");
    let five = text(&listed[0]["id"]);
    // Their own task, and that of another step, which they may look at because they take part.
    for task in [&five, &lead] {
        let (status, detail) = world.hub.get_by("e1005", &format!("/api/v1/tasks/{task}")).await;
        assert_eq!(status, 200, "{detail}");
        let document = &detail["document"];
        let found = (document.get("reason"), document.get("total_gross"), document["lines"][0].get("amount"));
        assert_eq!(found, (None, None, None), "{detail}");
        assert_eq!(document["lines"][0]["description"], "label printer", "the other columns are there: {detail}");
        assert_eq!(detail["people"]["decisions"][0]["changes"], json!([]), "{detail}");
        for item in detail["people"]["tasks"].as_array().unwrap().iter().chain([&detail["task"]]) {
            assert_eq!(item["document"]["display"].get("total_gross"), None, "{detail}");
        }
        let told = detail.to_string();
        assert!(!told.contains("the old one is broken") && !told.contains("800.00"), "{detail}");
    }
    // Who decided where it is not hidden, who began it and who runs it see it as before.
    assert_eq!(world.list("e1003", "done").await[0]["document"]["display"]["total_gross"], "800.00");
    let (_, detail) = world.hub.get_by("e1001", &format!("/api/v1/tasks/{lead}")).await;
    assert_eq!(detail["people"]["decisions"][0]["changes"][0]["after"], "the old one is broken", "{detail}");
    assert_eq!(world.people(&instance).await["decisions"][0]["changes"][0]["field"], "reason");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_decides_on_what_they_did_not_see_is_told_what_has_changed() {
    for database in [None, Some("approvals_seen")] {
        let world = world_with(database, |project| {
            rewrite(project, &[("mode: all, empty: block,", "mode: all, empty: block, fields: {reason: edit},")]);
        })
        .await;
        let (_, instance) = world.request("r1").await;
        let lead = world.task("e1003").await;
        assert_eq!(world.act("e1003", &lead, "approve", "a", &json!({})).await.0, 200);
        let (five, seven) = (world.task("e1005").await, world.task("e1007").await);
        let (of_five, of_seven) = (world.version("e1005", &five).await, world.version("e1007", &seven).await);
        assert_eq!(of_five, of_seven, "both see the same document");
        // What is changed is changed over what was seen.
        let (status, problem) = world.act_as_it_is("e1005", &five, "approve", "b", &json!({"edits": {"reason": "mine"}})).await;
        assert_eq!((status, problem["code"].as_str()), (428, Some("precondition_required")), "{problem}");
        let edits = json!({"edits": {"reason": "mine"}, "seen": of_five});
        assert_eq!(world.act_as_it_is("e1005", &five, "approve", "c", &edits).await.0, 200);
        assert_eq!(world.act_as_it_is("e1005", &five, "approve", "c", &edits).await.0, 200, "the same tap is not a later one");
        // The other one neither overwrites it nor agrees to it without having seen it.
        let late = [json!({"edits": {"reason": "no, mine"}, "seen": of_seven}), json!({"seen": of_seven}), json!({"seen": "odd"})];
        for (number, body) in late.into_iter().enumerate() {
            let (status, problem) = world.act_as_it_is("e1007", &seven, "approve", &format!("late-{number}"), &body).await;
            assert_eq!((status, problem["code"].as_str()), (412, Some("changed_meanwhile")), "{body}: {problem}");
            let names = problem["detail"].as_str().unwrap_or_default().contains("`reason` by");
            assert_eq!(names, body["seen"] != "odd", "{problem}");
        }
        assert_eq!(world.people(&instance).await["decisions"].as_array().map(Vec::len), Some(2), "nothing of it was done");
        let (status, detail) = world.hub.get_by("e1007", &format!("/api/v1/tasks/{seven}")).await;
        assert_eq!((status, &detail["document"]["reason"]), (200, &json!("mine")), "{detail}");
        // What is said meanwhile changes nothing of the document.
        let comment = json!({"comment": "see the offer"});
        assert_eq!(world.hub.post_by("e1003", &format!("/api/v1/instances/{instance}/people/comment"), "d", &comment).await.0, 200);
        let url = world.hub.url(&format!("/api/v1/tasks/{seven}"));
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let shown = client.get(&url).bearer_auth(token_of("e1007")).send().await.expect("an answer");
        let tag = shown.headers()["etag"].to_str().expect("text").to_owned();
        let send = |tag: String| {
            let request = client.post(format!("{url}/approve")).bearer_auth(token_of("e1007")).header("content-type", "application/json");
            request.header("if-match", tag).body("{}").send()
        };
        assert_eq!(send(format!("\"{of_seven}\"")).await.expect("an answer").status(), 412, "the header says the same");
        assert_ne!(tag, format!("\"{}\"", text(&detail["version"])), "a comment is new to whoever reads it");
        assert_eq!(world.act_as_it_is("e1007", &seven, "approve", "e", &json!({"seen": detail["version"]})).await.0, 200);
        assert_eq!(send(tag).await.expect("an answer").status(), 409, "it is over");
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_whoever_decides_changes_fields() {
    let world = world(None).await;
    let (_, instance) = world.request("r1").await;
    let lead = world.task("e1003").await;
    let edits = json!({"comment": "x", "to": ["e1006"], "edits": {"reason": "another"}});
    let said = world.act("e1003", &lead, "transfer", "a", &edits).await;
    assert_eq!((said.0, said.1["code"].as_str()), (409, Some("verb_not_allowed")), "{}", said.1);
    let said = world
        .hub
        .post_by(
            "e1001",
            &format!("/api/v1/instances/{instance}/people/comment"),
            "b",
            &json!({"comment": "x", "edits": {"reason": "another"}, "seen": world.version("e1001", &lead).await}),
        )
        .await;
    assert_eq!((said.0, said.1["code"].as_str()), (409, Some("verb_not_allowed")), "{}", said.1);
    let (_, detail) = world.hub.get_by("e1003", &format!("/api/v1/tasks/{lead}")).await;
    assert_ne!(detail["document"]["reason"], "another", "{detail}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leavers_tasks_go_to_their_superior() {
    let world = world(None).await;
    world.request("r1").await;
    world.task("e1003").await;
    let path = world.project.path().join("config/directory.yaml");
    let directory = std::fs::read_to_string(&path).expect("text");
    let left = directory.replace("{id: e1003, name: 陈昱,", "{id: e1003, active: false, name: 陈昱,");
    assert_ne!(left, directory);
    std::fs::write(&path, left).expect("writable");
    let mut world = world;
    // The definitions are read at the start; the first look for leavers comes with it.
    world.hub.end().await;
    world.hub.restart(&world.store).await;
    for _ in 0..100 {
        if world.list("e1006", "mine").await.len() == 1 {
            assert!(world.list("e1003", "mine").await.is_empty());
            world.hub.stop().await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the superior has no task: {}", world.hub.log_tail(20));
}
