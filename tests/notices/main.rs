//! Notices through channels that are connectors, as a process against the vendors' mocks: each once, whatever befalls the line.

#![expect(clippy::disallowed_methods, reason = "a delegation holds by the hub's own clock, which is the machine's")]

#[path = "../support/hub.rs"]
#[expect(dead_code, reason = "other tests use other parts")]
mod hub;
#[path = "../support/postgres.rs"]
mod postgres;
mod world;

use jiff::{SignedDuration, Timestamp};
use postgres::FreshDatabase;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use world::{PUBLIC, World};

const PEOPLE: &[&str] = &["e1001", "e1003", "e1004", "e1005", "e1007"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_told_once_in_their_own_app_and_language() {
    let world = World::start(PEOPLE, &[]).await;
    let key = world.request("r1").await;
    let told = world.messages_of("dingtalk", 1).await;
    assert_eq!(told[0]["to"], "manager01");
    let card = &told[0]["message"]["action_card"];
    assert_eq!(card["title"], format!("采购申请 {key}（800.00 CNY）待您审批"));
    let task = world.task("e1003").await;
    assert_eq!(card["single_url"], format!("{PUBLIC}/tasks?task={task}"));
    assert_eq!(card["markdown"], format!("陈昱，采购申请 {key} 在「直属主管」等待您处理。\n{PUBLIC}/tasks?task={task}"));

    // Feishu takes the message and its answer is lost; the webhook is refused twice; WeCom's token has lapsed.
    world.switch("feishu", json!({"lost_response.message": 1})).await;
    world.switch("wecom", json!({"token_expired.message": 1})).await;
    world.refuse_hooks(2);
    world.approve("e1003").await;
    let feishu = world.messages_of("feishu", 2).await;
    let to: BTreeSet<&str> = feishu.iter().filter_map(|message| message["to"].as_str()).collect();
    assert_eq!(to, ["f1005", "f1007"].into());
    let text_to = |person: &str| {
        feishu.iter().find(|message| message["to"] == person).and_then(|message| message["message"]["text"].as_str()).unwrap_or_default()
    };
    assert!(text_to("f1005").starts_with(&format!("Request {key} over 800.00 CNY waits for you\nSun Lei, ")), "{feishu:?}");
    assert!(text_to("f1007").starts_with(&format!("采购申请 {key}（800.00 CNY）待您审批\n吴刚，")), "{feishu:?}");
    let wecom = world.messages_of("wecom", 2).await;
    let to: BTreeSet<&str> = wecom.iter().filter_map(|message| message["to"].as_str()).collect();
    assert_eq!(to, ["WuGang", "ZhaoMin"].into(), "who decides, and who gets a copy");
    let hooks = world.hooks(3).await;
    assert_eq!(hooks.iter().map(|hook| hook.answered).collect::<Vec<_>>(), [503, 503, 204]);
    assert_eq!(hooks.iter().map(|hook| &hook.id).collect::<BTreeSet<_>>().len(), 1, "one message, whatever befell it");
    assert_eq!((&hooks[2].body["type"], &hooks[2].body["data"]["people"]), (&json!("task.turn"), &json!(["e1005", "e1007"])));
    assert_eq!(hooks[2].body["data"]["key"], key);

    // The robot of DingTalk says that there are too many.
    world.switch("dingtalk", json!({"throttled.robot": 1})).await;
    world.approve("e1005").await;
    world.approve("e1007").await;
    for vendor in ["dingtalk", "feishu", "wecom"] {
        let count = if vendor == "dingtalk" { 2 } else { 3 };
        let messages = world.messages_of(vendor, count).await;
        let group: Vec<_> = messages.iter().filter(|message| message["to"] == "group").collect();
        assert_eq!(group.len(), 1, "{vendor}: {messages:?}");
        assert!(group[0]["message"].to_string().contains(&format!("采购申请 {key} 已批准。")), "{vendor}: {messages:?}");
    }
    assert_eq!(world.calls("dingtalk", "robot").await, 2);
    world.at_rest(&key).await;
    for (vendor, count) in [("dingtalk", 2), ("feishu", 3), ("wecom", 3)] {
        assert_eq!(world.messages(vendor).await.len(), count, "{vendor}: none twice");
    }
    assert!(world.calls("feishu", "message").await > 2, "the one whose answer was lost was sent again, under its key");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_is_killed_while_it_tells_tells_once() {
    let mut world = World::start(PEOPLE, &[]).await;
    let key = world.request("r1").await;
    world.messages_of("dingtalk", 1).await;
    // The answers come late: the hub dies with the requests on their way.
    world.switch("feishu", json!({"slow_ms": 1500})).await;
    world.approve("e1003").await;
    let began = std::time::Instant::now();
    while world.calls("feishu", "message").await < 2 {
        assert!(began.elapsed().as_secs() < 20, "both are on their way: {}", world.hub.log_tail(20));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    world.hub.kill().await;
    world.switch("feishu", json!({"slow_ms": 0})).await;
    let store = world.store.clone();
    world.hub.restart(&store).await;
    world.messages_of("feishu", 2).await;
    world.at_rest(&key).await;
    assert_eq!(world.messages("feishu").await.len(), 2, "under the same key it is one message");
    assert_eq!(world.calls("feishu", "message").await, 4, "each was sent again: nobody could know");
    world.hub.stop().await;
}

/// `e1003` is away: `e1005`, who reads Feishu in English, decides for them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_decides_for_somebody_is_told_of_it_and_of_each_turn_once_though_answers_are_lost_and_the_hub_dies() {
    let mut world = World::start(PEOPLE, &[]).await;
    let first = world.request("r1").await;
    world.messages_of("dingtalk", 1).await;
    let now = Timestamp::now();
    let body = json!({"agent": "e1005", "from": now, "until": now + SignedDuration::from_hours(1)});
    world.switch("feishu", json!({"lost_response.message": 1})).await;
    let (status, made) = world.hub.post_by("e1003", "/api/v1/delegations", "leave", &body).await;
    assert_eq!(status, 201, "{made}");
    world.hub.kill().await;
    let store = world.store.clone();
    world.hub.restart(&store).await;
    let again = world.hub.post_by("e1003", "/api/v1/delegations", "leave", &body).await;
    assert_eq!((again.0, &again.1["id"]), (201, &made["id"]), "the same tap after the crash");
    let told = world.messages_of("feishu", 1).await;
    let text = |message: &Value| message["message"]["text"].as_str().unwrap_or_default().to_owned();
    assert!(text(&told[0]).starts_with("delegation: you may decide for 陈昱\nFrom "), "{told:?}");
    world.at_rest(&first).await;
    assert!(world.calls("feishu", "message").await >= 2, "its answer was lost once");
    assert_eq!(world.messages("feishu").await.len(), 1, "told once");

    // What comes up now is told to both, each in their own app and language; so is that somebody urges them.
    world.switch("feishu", json!({"lost_response.message": 1})).await;
    let second = world.request("r2").await;
    assert_eq!(world.messages_of("dingtalk", 2).await[1]["to"], "manager01");
    let told = world.messages_of("feishu", 2).await;
    let line = format!("Request {second} over 800.00 CNY waits for you\nSun Lei (for 陈昱), request {second} waits for you at ");
    assert!(text(&told[1]).starts_with(&line), "{told:?}");
    let documents = world.hub.get(&format!("/api/v1/documents?key={second}")).await;
    let document = world.hub.get(&format!("/api/v1/documents/{}", hub::text(&documents["items"][0]["id"]))).await;
    let instance = hub::text(&document["instances"][0]["id"]);
    let urged = world.hub.post_by("e1001", &format!("/api/v1/instances/{instance}/people/urge"), "urge", &json!({})).await;
    assert_eq!(urged.0, 200, "{}", urged.1);
    world.messages_of("feishu", 3).await;
    world.at_rest(&second).await;
    assert_eq!((world.messages("dingtalk").await.len(), world.messages("feishu").await.len()), (3, 3), "none twice");

    // Ended by the one whose duty it is: the other is told once, and of nothing more.
    let ended = world.hub.delete_by("e1003", &format!("/api/v1/delegations/{}", hub::text(&made["id"]))).await;
    assert_eq!(ended.0, 204, "{}", ended.1);
    assert_eq!(world.hub.delete_by("e1003", &format!("/api/v1/delegations/{}", hub::text(&made["id"]))).await.0, 404);
    let told = world.messages_of("feishu", 4).await;
    assert!(text(&told[3]).starts_with("delegation ended: you may not decide for 陈昱 any more"), "{told:?}");
    let third = world.request("r3").await;
    world.messages_of("dingtalk", 4).await;
    world.at_rest(&third).await;
    assert_eq!(world.messages("feishu").await.len(), 4, "what comes up now is no longer theirs");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_can_tell_a_person_is_asked_and_nothing_is_sent_twice() {
    let world = World::start(PEOPLE, &[]).await;
    let key = world.request("r1").await;
    world.approve("e1003").await;
    world.switch("wecom", json!({"lost_response.robot": 1})).await;
    world.approve("e1005").await;
    world.approve("e1007").await;
    let began = std::time::Instant::now();
    let open = loop {
        let open = world.hub.open_exceptions().await;
        if !open.is_empty() {
            break open;
        }
        assert!(began.elapsed().as_secs() < 30, "{}", world.hub.log_tail(20));
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert_eq!((open.len(), open[0]["code"].as_str(), open[0]["cause"].as_str()), (1, Some("notice_failed"), Some("unknown")), "{open:?}");
    let documents = world.hub.get(&format!("/api/v1/documents?key={key}")).await;
    assert_eq!(documents["items"][0]["status"], "approved", "the flow does not wait for it");
    assert_eq!(world.calls("wecom", "robot").await, 1);
    world.hub.stop().await;
}

/// Somebody whom the app does not know stands in an exception; the approval itself waits for them all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_cannot_be_told_is_an_exception_with_the_reason() {
    let world = World::start(PEOPLE, &[("  - {from: e1003, to: \"manager01\", name: {en: Chen Yu, zh: 陈昱}}\n", "")]).await;
    world.request("r1").await;
    let began = std::time::Instant::now();
    let open = loop {
        let open = world.hub.open_exceptions().await;
        if !open.is_empty() {
            break open;
        }
        assert!(began.elapsed().as_secs() < 30, "{}", world.hub.log_tail(20));
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert_eq!(open[0]["code"], "notice_failed");
    assert!(open[0]["message"].as_str().unwrap_or_default().contains("people_dingtalk"), "{open:?}");
    world.approve("e1003").await;
    world.hub.stop().await;
}

/// Quiet until the end of a minute that is at least a quarter of a minute away, by the clock in UTC.
fn quiet_for_a_moment() -> String {
    #[expect(clippy::disallowed_methods, reason = "the hub's clock is the machine's")]
    let now = jiff::Timestamp::now();
    let utc = |at: jiff::Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%H:%M").to_string();
    format!("{}-{}", utc(now - jiff::SignedDuration::from_secs(60)), utc(now + jiff::SignedDuration::from_secs(75)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waited_comes_as_one_and_once_though_the_hub_dies_at_every_commit() {
    let database = FreshDatabase::create("notices").await;
    // Both stores at once: the hubs mostly wait for the end of the quiet time.
    tokio::join!(waits_and_dies(None), waits_and_dies(Some(&database.url)));
    database.drop().await;
}

async fn waits_and_dies(store: Option<&str>) {
    let quiet = quiet_for_a_moment();
    let person = format!("channels: [feishu], zone: UTC, quiet: \"{quiet}\"}}");
    let mut world = World::start_on(store, PEOPLE, &[("channels: [dingtalk]}", &person)]).await;
    let mut keys = Vec::new();
    for number in 0..3 {
        keys.push(world.request(&format!("r{number}")).await);
    }
    // One of the three is decided before anybody was told: nobody needs that notice any more.
    let (status, found) = world.hub.get_by("e1003", "/api/v1/tasks?list=mine").await;
    assert_eq!((status, found["items"].as_array().map(Vec::len)), (200, Some(3)), "{found}");
    let first = found["items"][0]["id"].as_str().unwrap_or_default().to_owned();
    let decided = found["items"][0]["document"]["key"].as_str().unwrap_or_default().to_owned();
    let (status, acted) = world.hub.post_by("e1003", &format!("/api/v1/tasks/{first}/reject"), "no", &json!({"comment": "no"})).await;
    assert_eq!(status, 200, "{acted}");
    assert_eq!(world.messages("feishu").await.len(), 0, "it is quiet");
    let store = world.store.clone();
    let second = found["items"][1]["id"].as_str().unwrap_or_default().to_owned();
    looks_and_dies(&mut world, &second).await;
    world.hub.kill().await;
    for point in ["desk.bundle_notices:before:1", "desk.bundle_notices:after:1", "desk.drop_bundle:before:1", "desk.drop_bundle:after:1"] {
        world.hub.restart_to_die(&store, point);
        let began = std::time::Instant::now();
        while !world.hub.is_dead() {
            assert!(began.elapsed().as_secs() < 150, "`{point}` was not passed: {}", world.hub.log_tail(20));
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
    world.hub.restart(&store).await;
    let told = world.messages_of("feishu", 1).await;
    for key in &keys {
        world.at_rest(key).await;
    }
    let told = if told.len() == 1 { world.messages("feishu").await } else { told };
    assert_eq!(told.len(), 1, "one message for all that waited, and once: {told:?}");
    let text = told[0]["message"]["text"].as_str().unwrap_or_default();
    assert!(text.starts_with("2 条通知\n"), "{text}");
    for key in &keys {
        assert_eq!(text.contains(key.as_str()), *key != decided, "{key}: {text}");
    }
    world.hub.stop().await;
}

/// How far somebody has looked is kept by one commit, or is still new to them.
async fn looks_and_dies(world: &mut World, task: &str) {
    let store = world.store.clone();
    for (side, is_kept) in [("before", false), ("after", true)] {
        world.hub.kill().await;
        let point = format!("desk.see:{side}:1");
        world.hub.restart_to_die(&store, &point);
        let began = std::time::Instant::now();
        while !world.hub.is_dead() {
            assert!(began.elapsed().as_secs() < 60, "`{point}` was not passed: {}", world.hub.log_tail(20));
            world.hub.try_by("e1003", &format!("/api/v1/tasks/{task}/seen"), side, &json!({})).await;
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        world.hub.restart(&store).await;
        let (status, shown) = world.hub.get_by("e1003", &format!("/api/v1/tasks/{task}")).await;
        assert_eq!((status, shown["since_last_view"]["seen_at"].is_string()), (200, is_kept), "{side}: {shown}");
    }
}

/// The signed text of a link in a message.
fn link_in(text: &str, word: &str) -> String {
    let line = text.lines().find(|line| line.starts_with(word)).unwrap_or_else(|| panic!("no `{word}` in: {text}"));
    line.rsplit_once("/decide/").map(|(_, token)| token.to_owned()).unwrap_or_else(|| panic!("no link: {line}"))
}

async fn open(world: &World, token: &str) -> (u16, String) {
    open_in(world, token, "en").await
}

async fn open_in(world: &World, token: &str, language: &str) -> (u16, String) {
    let request = world.client.get(world.hub.url(&format!("/decide/{token}"))).header("accept-language", language);
    let answer = request.send().await.expect("the hub answers");
    let status = answer.status().as_u16();
    (status, answer.text().await.expect("text"))
}

async fn press(world: &World, token: &str, bearer: Option<&str>) -> (u16, String) {
    let request = world.client.post(world.hub.url(&format!("/decide/{token}")));
    let request =
        request.header("content-type", "application/x-www-form-urlencoded").header("accept-language", "en").body("comment=fine+so");
    let request = match bearer {
        Some(person) => request.bearer_auth(format!("{}-{person}", hub::TOKEN)),
        None => request,
    };
    let answer = request.send().await.expect("the hub answers");
    let status = answer.status().as_u16();
    (status, answer.text().await.expect("text"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_decides_once_for_its_person_and_never_by_being_followed() {
    let texts =
        [("channels: [dingtalk]}", "channels: [feishu]}"), ("decision_links: {lasts: 3d}", "decision_links: {lasts: 3d, sign_in: false}")];
    let world = World::start(PEOPLE, &texts).await;
    world.request("r1").await;
    let told = world.messages_of("feishu", 1).await;
    let text = told[0]["message"]["text"].as_str().unwrap_or_default().to_owned();
    assert!(text.contains(&format!("{PUBLIC}/decide/")), "{text}");
    let (approve, reject) = (link_in(&text, "Approve"), link_in(&text, "Reject"));
    let task = world.task("e1003").await;

    // Scanners follow links, however often.
    for _ in 0..3 {
        let (status, page) = open_in(&world, &approve, "zh-CN,zh;q=0.9").await;
        assert!(
            status == 200 && page.contains("<button>同意</button>") && page.contains("<form method=\"post\">") && !page.contains("<script"),
            "{status} {page}"
        );
    }
    assert_eq!(world.task("e1003").await, task, "nothing was decided");
    // What is asked is said in the reader's language, with the task behind it; a no is told from a yes.
    let (_, page) = open(&world, &approve).await;
    assert!(page.contains("<h1>Approve this?</h1>") && page.contains(&format!("/a/{task}")) && !page.contains("同意"), "{page}");
    let (_, page) = open(&world, &reject).await;
    assert!(page.contains("<button class=\"no\">Reject</button>"), "{page}");
    let forged = format!("{}A", &approve[..approve.len() - 1]);
    let forged = if forged == approve { format!("{}B", &approve[..approve.len() - 1]) } else { forged };
    assert_eq!((open(&world, &forged).await.0, press(&world, &forged, None).await.0), (404, 404));
    // Somebody else who is signed in has got it by a forwarded mail.
    let (status, page) = press(&world, &approve, Some("e1004")).await;
    assert!(status == 403 && page.contains("somebody else"), "{status} {page}");
    assert_eq!(world.task("e1003").await, task, "nothing was decided");

    let (status, page) = press(&world, &approve, None).await;
    assert_eq!(status, 200, "{page}");
    for (token, words) in [(&approve, "The link has been used."), (&reject, "The task is over")] {
        let (status, page) = press(&world, token, None).await;
        assert!(status == 409 && page.contains(words), "{status} {page}");
        assert_eq!(open(&world, token).await.0, 409);
    }
    let (_, found) = world.hub.get_by("e1003", "/api/v1/tasks?list=done").await;
    let instance = found["items"][0]["instance"].as_str().unwrap_or_default().to_owned();
    let people = world.hub.get(&format!("/api/v1/instances/{instance}/people")).await;
    let decisions = people["decisions"].as_array().cloned().unwrap_or_default();
    assert_eq!(decisions.len(), 1, "{people}");
    assert_eq!(
        (&decisions[0]["person"], &decisions[0]["verb"], &decisions[0]["comment"]),
        (&json!("e1003"), &json!("approve"), &json!("fine so"))
    );
    // Every use that was tried has its line, but for what this hub never signed.
    let began = std::time::Instant::now();
    let outcomes = loop {
        let audit = world.hub.get("/api/v1/audit?limit=100").await;
        let lines = audit["items"].as_array().cloned().unwrap_or_default();
        let lines: Vec<_> = lines.into_iter().filter(|line| line["action"] == "decision_link.use").collect();
        let outcomes: Vec<String> = lines.iter().filter_map(|line| line["outcome"].as_str().map(str::to_owned)).collect();
        if outcomes.len() >= 4 {
            break outcomes;
        }
        assert!(began.elapsed().as_secs() < 20, "{lines:?}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    assert_eq!(outcomes, ["over", "used", "done", "forwarded"], "newest first");
    // What works is with its person alone: neither record nor log nor store has it.
    let attempts = world.hub.text(&format!("/api/v1/instances/{instance}/attempts")).await;
    let log = world.hub.log_tail(100_000);
    let signatures = [&approve, &reject].map(|token| token.split_once('.').expect("signed").1.to_owned());
    for signature in &signatures {
        assert!(!attempts.contains(signature.as_str()) && !log.contains(signature.as_str()), "{signature}");
    }
    let (folder, store) = (world.project.path().to_owned(), "hub.sqlite");
    world.hub.stop().await;
    for file in [store.to_owned(), format!("{store}-wal")] {
        let bytes = std::fs::read(folder.join(&file)).unwrap_or_default();
        for signature in &signatures {
            assert!(!bytes.windows(signature.len()).any(|part| part == signature.as_bytes()), "{file} holds {signature}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_of_a_task_that_went_to_somebody_else_and_one_without_a_session_do_nothing() {
    let world = World::start(PEOPLE, &[("channels: [dingtalk]}", "channels: [feishu]}")]).await;
    world.request("r1").await;
    let told = world.messages_of("feishu", 1).await;
    let approve = link_in(told[0]["message"]["text"].as_str().unwrap_or_default(), "Approve");
    let (status, page) = open(&world, &approve).await;
    assert!(status == 401 && page.contains("/sign-in") && !page.contains("<form"), "{status} {page}");
    assert_eq!(press(&world, &approve, None).await.0, 401);
    let task = world.task("e1003").await;
    let (status, acted) =
        world.hub.post_by("e1003", &format!("/api/v1/tasks/{task}/transfer"), "t", &json!({"to": ["e1005"], "comment": "yours"})).await;
    assert_eq!(status, 200, "{acted}");
    let (status, page) = press(&world, &approve, Some("e1003")).await;
    assert!(status == 409, "{status} {page}");
    let (status, _) = press(&world, &approve, Some("e1005")).await;
    assert_eq!(status, 403, "the link is not the new holder's");
    // The new holder has a link of their own, and is signed in.
    let told = world.messages_of("feishu", 2).await;
    let own = link_in(told[1]["message"]["text"].as_str().unwrap_or_default(), "Approve");
    let (status, page) = press(&world, &own, Some("e1005")).await;
    assert_eq!(status, 200, "{page}");
    world.hub.stop().await;
}
