//! Changes that want two people: proposed, confirmed by another, made once; nobody confirms their own.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use waybill::api::four_eyes::GUARDED;
use waybill::domain::access::second_person::Kind;
use waybill::domain::permission::Permission;

use crate::publishing::publish_all;
use crate::rows::{document, stopped_order};
use crate::sign_in::{Browser, PASSWORD, owned_with};
use crate::support::{Door, Setup, json as read, token};

/// A door with four eyes for these kinds, with the owners ana and bo, and cy who sees payloads, each signed in.
async fn people<'d>(door: &'d Door, roles: &[(&str, &str)]) -> Vec<Browser<'d>> {
    let mut owner = Browser::new(door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let mut found = vec![owner];
    for (name, role) in roles {
        let body = json!({"name": name, "roles": [{"role": role}], "person": format!("E-{name}")});
        let (status, made) = found[0].post("/api/v1/users", body).await;
        assert_eq!(status, 201, "{made}");
        let link = made["link"]["url"].as_str().unwrap().split_once("#link=").unwrap().1.to_owned();
        let mut browser = Browser::new(door);
        assert_eq!(browser.post("/api/v1/sign-in/link", json!({"link": link, "password": PASSWORD})).await.0, 200);
        found.push(browser);
    }
    found
}

async fn door(kinds: &[Kind]) -> Door {
    owned_with(Setup { four_eyes: kinds.to_vec(), ..Setup::default() }).await
}

const SECRET: &str = "/api/v1/secrets/erp_key";

fn value(text: &str) -> Value {
    json!({"value": text})
}

async fn confirm(browser: &mut Browser<'_>, id: &Value) -> (u16, Value) {
    browser.post(&format!("/api/v1/proposals/{}/confirm", id.as_str().unwrap()), json!({"note": "looked at it"})).await
}

#[tokio::test]
async fn a_secret_is_set_once_a_second_person_has_confirmed_it() {
    let door = door(&[Kind::Secrets]).await;
    let mut people = people(&door, &[("bo", "secret_admin"), ("cy", "viewer")]).await;
    let [ana, bo, cy] = &mut people[..] else { panic!("three people") };
    let (status, waits) = ana.send(Method::PUT, SECRET, Some(value("canary-one"))).await;
    assert_eq!((status, &waits["state"], &waits["kind"], &waits["proposed_by"]), (202, &json!("open"), &json!("secrets"), &json!("ana")));
    assert!(!waits.to_string().contains("canary") && !door.everything_kept().await.contains("canary-one"));
    let id = waits["proposal"].clone();
    // Asked again it is the same proposal, and nothing is done.
    let (status, again) = ana.send(Method::PUT, SECRET, Some(value("canary-one"))).await;
    assert_eq!((status, &again["proposal"]), (202, &id));
    assert_eq!(ana.get("/api/v1/secrets").await.1["items"].as_array().unwrap().iter().filter(|item| item["source"] == "store").count(), 0);

    let (status, own) = confirm(ana, &id).await;
    assert_eq!((status, own["code"].as_str()), (409, Some("conflict")), "nobody confirms their own");
    assert_eq!(confirm(cy, &id).await.0, 404, "who could not do it does not see it");
    assert_eq!(cy.get("/api/v1/proposals").await.1["items"], json!([]));
    let by_token = door.client.post(format!("{}/api/v1/proposals/{}/confirm", door.base, id.as_str().unwrap()));
    let by_token = by_token.bearer_auth(token(&Permission::ALL)).header("content-type", "application/json").body("{}");
    assert_eq!(read(by_token.send().await.unwrap()).await.0, 409, "a program is no second person");

    let (status, confirmed) = confirm(bo, &id).await;
    assert_eq!((status, &confirmed["state"], &confirmed["settled_by"]), (200, &json!("confirmed"), &json!("bo")));
    assert_eq!(confirm(bo, &id).await.0, 409, "once");
    // Something else is not what was confirmed; and neither is the same by another.
    let (status, other) = ana.send(Method::PUT, SECRET, Some(value("canary-two"))).await;
    assert!(status == 202 && other["proposal"] != id);
    let (status, other) = bo.send(Method::PUT, SECRET, Some(value("canary-one"))).await;
    assert!(status == 202 && other["proposal"] != id);
    let (status, set) = ana.send(Method::PUT, SECRET, Some(value("canary-one"))).await;
    assert_eq!((status, &set["version"]), (200, &json!(1)));
    // It counts once: the same again is another proposal.
    let (status, other) = ana.send(Method::PUT, SECRET, Some(value("canary-one"))).await;
    assert!(status == 202 && other["proposal"] != id);

    let (_, lines) = door.get("/api/v1/audit?limit=100").await;
    let told: Vec<(&str, &str)> = lines["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["action"].as_str().unwrap(), line["actor"].as_str().unwrap()))
        .filter(|(action, _)| action.starts_with("proposal") || action.starts_with("secret"))
        .collect();
    let expected = [
        ("proposal.make", "ana"),
        ("secret.set", "ana"),
        ("proposal.use", "ana"),
        ("proposal.make", "bo"),
        ("proposal.make", "ana"),
        ("proposal.confirm", "bo"),
        ("proposal.make", "ana"),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn what_is_refused_after_all_does_not_use_the_confirmation_up() {
    let door = door(&[Kind::Secrets]).await;
    let mut people = people(&door, &[("bo", "secret_admin")]).await;
    let [ana, bo] = &mut people[..] else { panic!("two people") };
    let id = ana.send(Method::DELETE, SECRET, None).await.1["proposal"].clone();
    assert_eq!(confirm(bo, &id).await.0, 200);
    assert_eq!(ana.send(Method::DELETE, SECRET, None).await.0, 404, "there is no such secret yet");
    let set = ana.send(Method::PUT, SECRET, Some(value("v"))).await.1["proposal"].clone();
    assert_eq!(confirm(bo, &set).await.0, 200);
    assert_eq!(ana.send(Method::PUT, SECRET, Some(value("v"))).await.0, 200);
    assert_eq!(ana.send(Method::DELETE, SECRET, None).await.0, 204, "the confirmation still holds");
    assert_eq!(ana.send(Method::DELETE, SECRET, None).await.0, 202);
}

#[tokio::test]
async fn proposals_are_declined_withdrawn_and_end_by_themselves() {
    let door = door(&[Kind::Secrets]).await;
    let mut people = people(&door, &[("bo", "secret_admin")]).await;
    let [ana, bo] = &mut people[..] else { panic!("two people") };
    let propose =
        async |ana: &mut Browser<'_>| ana.send(Method::PUT, SECRET, Some(value("v"))).await.1["proposal"].as_str().unwrap().to_owned();
    let id = propose(ana).await;
    assert_eq!(bo.post(&format!("/api/v1/proposals/{id}/withdraw"), json!({})).await.0, 409, "only its own");
    assert_eq!(bo.post(&format!("/api/v1/proposals/{id}/decline"), json!({"note": "why?"})).await.1["state"], json!("declined"));
    assert_eq!(confirm(bo, &json!(id)).await.0, 409, "it is settled");
    let id = propose(ana).await;
    assert_eq!(confirm(bo, &json!(id)).await.0, 200);
    assert_eq!(ana.post(&format!("/api/v1/proposals/{id}/withdraw"), json!({})).await.1["state"], json!("withdrawn"));
    let id = propose(ana).await;
    // A session does not outlive the week either.
    door.clock.advance(Duration::from_secs(7 * 24 * 3_600));
    assert_eq!(bo.sign_in("bo", PASSWORD).await, 200);
    assert_eq!(confirm(bo, &json!(id)).await.0, 409, "it is over");
    assert_eq!(ana.sign_in("ana", PASSWORD).await, 200);
    let new = propose(ana).await;
    assert_ne!(new, id, "the same may be proposed again");
    assert_eq!(confirm(bo, &json!(new)).await.0, 200);
    door.clock.advance(Duration::from_secs(24 * 3_600));
    assert_eq!(ana.sign_in("ana", PASSWORD).await, 200);
    assert_eq!(ana.send(Method::PUT, SECRET, Some(value("v"))).await.0, 202, "a confirmation holds for a day");
}

#[tokio::test]
async fn one_person_with_two_accounts_is_one_person() {
    let door = door(&[Kind::Secrets]).await;
    let mut people = people(&door, &[("bo", "owner")]).await;
    let [ana, bo] = &mut people[..] else { panic!("two people") };
    let (_, users) = ana.get("/api/v1/users").await;
    let found = users["items"].as_array().unwrap().iter().find(|user| user["name"] == json!("ana")).unwrap().clone();
    let change = json!({"title": "Ana Li", "person": "E-bo", "roles": [{"role": "owner"}]});
    let request = ana.request(Method::PUT, &format!("/api/v1/users/{}", found["id"].as_str().unwrap()), Some(&change));
    let answer = request.header("origin", &door.base).header("if-match", "*").send().await.unwrap();
    assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
    let id = ana.send(Method::PUT, SECRET, Some(value("v"))).await.1["proposal"].clone();
    assert_eq!(confirm(bo, &id).await.0, 409);
}

#[tokio::test]
async fn publishing_waits_too_and_what_was_confirmed_is_what_is_published() {
    let door = owned_with(Setup { four_eyes: vec![Kind::Publish], ..Setup::default() }).await;
    let mut people = people(&door, &[("bo", "publisher")]).await;
    let [ana, bo] = &mut people[..] else { panic!("two people") };
    let file = |text: &str| json!({"message": "m", "files": {"mappings/po_ref.yaml": text}});
    let (status, waits) = ana.post("/api/v1/releases", file("a")).await;
    assert_eq!((status, &waits["kind"]), (202, &json!("publish")), "{waits}");
    assert!(waits["shown"]["files"]["mappings/po_ref.yaml"].as_str().unwrap().starts_with("sha256:"));
    assert_eq!(confirm(bo, &waits["proposal"]).await.0, 200);
    assert_eq!(ana.post("/api/v1/releases", file("b")).await.0, 202, "another text is another change");
    // It is made, and refused for what it is: the text is no mapping.
    assert_eq!(ana.post("/api/v1/releases", file("a")).await.0, 422);
    // Saying what would be wants nobody.
    let dry = json!({"message": "m", "files": {"mappings/po_ref.yaml": "a"}, "dry_run": true});
    assert_eq!(ana.post("/api/v1/releases", dry).await.0, 422);
}

#[tokio::test]
async fn a_draft_that_was_changed_after_it_was_confirmed_is_not_published() {
    let door = owned_with(Setup { four_eyes: vec![Kind::Publish], ..Setup::default() }).await;
    let mut people = people(&door, &[("bo", "publisher")]).await;
    let [ana, bo] = &mut people[..] else { panic!("two people") };
    // The whole project first, as another pair of people would.
    let (status, whole) = publish_all(&door).await;
    assert_eq!(status, 202, "{whole}");
    assert_eq!(confirm(bo, &whole["proposal"]).await.0, 200);
    assert_eq!(publish_all(&door).await.0, 201);
    let draft = "/api/v1/definitions/mapping/po_ref/draft";
    let save = async |ana: &Browser<'_>, mark: &str| {
        let live = ana.request(Method::GET, "/api/v1/definitions/mapping/po_ref/text", None).send().await.unwrap();
        let text = read(live).await.1["text"].as_str().unwrap().to_owned();
        let seen = ana.request(Method::GET, draft, None).send().await.unwrap();
        let tag = match seen.headers().get("etag") {
            Some(tag) => tag.clone(),
            None => {
                let live = ana.request(Method::GET, "/api/v1/definitions/mapping/po_ref/text", None).send().await.unwrap();
                live.headers().get("etag").unwrap().clone()
            }
        };
        let body = json!({"text": format!("{text}# {mark}\n")});
        let request = ana.request(Method::PUT, draft, Some(&body)).header("origin", &door.base).header("if-match", tag);
        assert!(request.send().await.unwrap().status().is_success());
    };
    save(ana, "good").await;
    let publication = json!({"message": "m", "drafts": [{"kind": "mapping", "id": "po_ref"}]});
    let (status, waits) = ana.post("/api/v1/releases", publication.clone()).await;
    assert_eq!(status, 202, "{waits}");
    assert_eq!(confirm(bo, &waits["proposal"]).await.0, 200);
    save(ana, "evil").await;
    let (status, other) = ana.post("/api/v1/releases", publication.clone()).await;
    assert!(status == 202 && other["proposal"] != waits["proposal"], "{other}");
    save(ana, "good").await;
    let (status, published) = ana.post("/api/v1/releases", publication).await;
    assert_eq!((status, &published["release"]["number"]), (201, &json!(2)), "{published}");
    let (_, live) = ana.get("/api/v1/definitions/mapping/po_ref/text").await;
    assert!(live["text"].as_str().unwrap().ends_with("# good\n"));
    assert_eq!(ana.get("/api/v1/drafts").await.1["items"], json!([]), "the draft is what is live");
}

#[tokio::test]
async fn what_is_revealed_is_told_to_the_one_who_asked() {
    let door = door(&[Kind::Reveal]).await;
    door.write(stopped_order("PO-9", 0)).await;
    let mut people = people(&door, &[("bo", "payload_viewer")]).await;
    let [ana, bo] = &mut people[..] else { panic!("two people") };
    let path = format!("/api/v1/documents/{}/reveal", document("PO-9"));
    let why = json!({"reason": "ticket 4417"});
    let (status, waits) = bo.post(&path, why.clone()).await;
    assert_eq!((status, &waits["shown"]["reason"]), (202, &json!("ticket 4417")));
    assert_eq!(confirm(ana, &waits["proposal"]).await.0, 200);
    let (status, revealed) = bo.post(&path, why).await;
    assert_eq!((status, &revealed["body"]["number"]), (200, &json!("PO-9")));
}

#[tokio::test]
async fn every_guarded_operation_is_held_back_and_no_other() {
    let kinds = Kind::ALL;
    let description: Value = serde_json::from_str(&waybill::api::openapi::text()).unwrap();
    for (method, route, _) in GUARDED {
        let operation = &description["paths"][route][method.to_lowercase()];
        assert!(operation["responses"]["202"].is_object(), "{method} {route} is described");
    }
    let door = door(&kinds).await;
    let id = uuid::Uuid::nil().to_string();
    for (method, route, kind) in GUARDED {
        let path = route.replace("{id}", &id).replace("{number}", "1").replace("{name}", "x");
        let request = door.request(method.parse().unwrap(), &path).header("content-type", "application/json").body("{\"reason\": \"r\"}");
        let (status, body) = read(request.send().await.unwrap()).await;
        assert_eq!((status, &body["kind"]), (202, &json!(kind.word())), "{method} {route}: {body}");
        // Whoever could not do it does not even propose it.
        let request = door.client.request(method.parse().unwrap(), format!("{}{path}", door.base)).bearer_auth(token(&[Permission::Read]));
        assert_eq!(request.send().await.unwrap().status(), 403, "{method} {route}");
    }
    // What takes rights away does not wait.
    for (method, path) in [("POST", format!("/api/v1/users/{id}/disable")), ("DELETE", format!("/api/v1/tokens/{id}"))] {
        let request = door.request(method.parse().unwrap(), &path);
        assert_eq!(request.send().await.unwrap().status(), 404, "{path}");
    }
}
