//! Who works here by the contacts of DingTalk, Feishu and WeCom, as a process against the vendors' mocks: read whole, taken over
//! while flows run, believed only as far as it is likely, and nobody's task left to somebody who is gone.

#[path = "../support/hub.rs"]
#[expect(dead_code, reason = "other tests use other parts")]
mod hub;
#[path = "../support/postgres.rs"]
mod postgres;
mod world;

use postgres::FreshDatabase;
use serde_json::{Value, json};
use world::{DINGTALK, FEISHU, VENDORS, WECOM, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_manager_whom_an_app_names_is_asked_and_when_they_leave_their_superior() {
    for vendor in VENDORS {
        let world = World::start(vendor, "").await;
        // The answer to the first requests is lost, the token lapses, there are too many: it is read all the same.
        world.switch(json!({"token_expired.people": 1, "throttled.departments": 1, "slow_ms": 0})).await;
        let read = world.read(|view| view["sources"][0]["people"] == 5).await;
        // WeCom lists the root and so does DingTalk; Feishu does not.
        let departments = if vendor.name == "feishu" { 2 } else { 3 };
        assert_eq!(read["sources"][0]["departments"], departments, "{read}");
        assert_eq!(read["people"], 6 + i64::from(vendor.name == "wecom"), "with whom the file alone knows: {read}");

        world.request("r1", vendor.buyer).await;
        assert_eq!(world.holders().await, [vendor.manager], "{}", vendor.name);
        world.leaves("manager01").await;
        world.read_again().await;
        world.until_held_by(&[vendor.boss]).await;
        let view = world.organisation().await;
        assert_eq!(view["sources"][0]["people"], 4, "{view}");
        let reading = &view["sources"][0]["readings"][0];
        assert_eq!(
            (&reading["outcome"], &reading["came_total"], &reading["went_total"]),
            (&json!("taken"), &json!(0), &json!(1)),
            "{reading}"
        );
        assert_eq!(reading["went"][0]["person"], vendor.manager, "{reading}");
        let leaver = &view["leavers"][0];
        assert_eq!((&leaver["person"], &leaver["open"], &leaver["handed_on"]), (&json!(vendor.manager), &json!(0), &json!(1)), "{leaver}");
        assert_eq!((&leaver["left_at"], &leaver["left_of"]), (&reading["at"], &view["sources"][0]["connection"]), "{leaver}");
        let (code, told) = world.asks(&["leavers"]).await;
        assert!(code == 0 && told.lines().nth(1).is_some_and(|line| line.starts_with(vendor.manager)), "{told}");
        let asked: Vec<String> = world.find("").await;
        assert!(!asked.contains(&vendor.manager.to_owned()), "{asked:?}");

        // A hub that starts again knows them before it works.
        let world = world.restarted().await;
        assert_eq!(world.holders().await, [vendor.boss]);
        world.request("r2", vendor.buyer).await;
        assert_eq!(world.holders().await, [vendor.boss, "e1006"], "a manager who has left is not asked, and whom `empty` names is");
        world.hub.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_file_and_an_app_say_differently_is_shown_with_whose_word_counts() {
    let file = "  - {id: e1001, name: Li Hui, email: li@example.com, department: sales, manager: auditor}\n";
    let world = World::start(&DINGTALK, file).await;
    let view = world.read(|view| view["sources"][0]["people"] == 5).await;
    let of = |field: &str| {
        let found = view["conflicts"].as_array().into_iter().flatten();
        found.filter(|conflict| conflict["id"] == "e1001" && conflict["field"] == field).cloned().collect::<Vec<Value>>()
    };
    let name = of("name");
    assert_eq!((name.len(), &name[0]["used"], &name[0]["other"]), (1, &json!("Li Hui"), &json!("李慧")), "{view}");
    assert_eq!((&name[0]["used_of"], &name[0]["other_of"]), (&Value::Null, &json!("contacts_dingtalk")));
    let department = of("department");
    assert_eq!((&department[0]["used"], &department[0]["other"]), (&json!("3"), &json!("sales")), "there DingTalk wins: {view}");
    assert!(of("manager").is_empty(), "DingTalk names no managers: {view}");
    world.request("r1", "e1001").await;
    assert_eq!(world.holders().await, ["auditor"], "the file's word");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_gone_at_once_are_gone_only_when_somebody_says_so() {
    let world = World::start(&FEISHU, "").await;
    world.read(|view| view["sources"][0]["people"] == 5).await;
    let mut company = world.company().await;
    let more = (0..20).map(|number| json!({"id": format!("x{number}"), "number": format!("n{number}"), "departments": [3]}));
    company["people"].as_array_mut().expect("a list").extend(more);
    world.set_company(&company).await;
    world.read_again().await;
    world.read(|view| view["sources"][0]["people"] == 25).await;
    world.request("r1", "e1001").await;

    // A right is taken from the app: it sees the root department alone.
    let few: Vec<Value> = company["people"].as_array().into_iter().flatten().filter(|person| person["id"] == "boss").cloned().collect();
    world.set_company(&json!({"departments": company["departments"], "people": few})).await;
    world.read_again().await;
    let held = world.read(|view| !view["sources"][0]["held"].is_null()).await;
    assert_eq!((&held["sources"][0]["held"]["gone"], &held["sources"][0]["people"]), (&json!(24), &json!(25)), "{held}");
    assert_eq!(world.holders().await, ["e1003"], "nobody has left");

    assert_eq!(held["sources"][0]["readings"][0]["outcome"], "held", "{held}");
    let (code, told) = world.asks(&["accept", "contacts_feishu"]).await;
    assert!(code == 0 && told.starts_with("24 people would leave") && told.contains("Nothing was done"), "{told}");
    assert_eq!(world.organisation().await["sources"][0]["people"], 25, "it was only said");
    let (code, told) = world.asks(&["accept", "contacts_feishu", "--yes"]).await;
    assert!(code == 0 && told.starts_with("24 people left"), "{told}");
    world.until_held_by(&["e1006"]).await;
    let (status, answer) = world.post("/api/v1/organisation/contacts_feishu/accept").await;
    assert_eq!(status, 422, "there is none any more: {answer}");
    assert_eq!(world.asks(&["accept", "contacts_feishu", "--yes"]).await.0, 1, "nor from the command line");
    let view = world.organisation().await;
    let outcomes: Vec<&Value> = view["sources"][0]["readings"].as_array().into_iter().flatten().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes[..2], ["accepted", "held"], "{view}");
    assert_eq!(view["leavers"].as_array().map(Vec::len), Some(24), "{view}");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_changes_nothing_and_says_why() {
    let world = World::start(&WECOM, "").await;
    world.read(|view| view["sources"][0]["people"] == 5).await;
    world.request("r1", "buyer01").await;
    world.switch(json!({"ip_not_trusted": true})).await;
    world.read_again().await;
    let view = world.read(|view| !view["sources"][0]["problem"].is_null()).await;
    assert!(view["sources"][0]["problem"].as_str().is_some_and(|why| why.contains("refused")), "{view}");
    assert_eq!(view["sources"][0]["people"], 5, "{view}");
    let reading = &view["sources"][0]["readings"][0];
    assert_eq!(
        (&reading["outcome"], &reading["problem"], &reading["people"]),
        (&json!("failed"), &view["sources"][0]["problem"], &json!(5))
    );
    assert_eq!(view["leavers"], json!([]), "{view}");
    assert_eq!(world.holders().await, ["manager01"]);
    world.switch(json!({"ip_not_trusted": false})).await;
    world.read_again().await;
    world.read(|view| view["sources"][0]["problem"].is_null()).await;
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_dies_while_it_keeps_what_it_read_reads_again() {
    let database = FreshDatabase::create("organisation").await;
    // Both stores at once: the hubs mostly wait.
    tokio::join!(dies_and_reads_again(None), dies_and_reads_again(Some(&database.url)));
    database.drop().await;
}

async fn dies_and_reads_again(store: Option<&str>) {
    let mut world = World::start_on(store, &DINGTALK, "").await;
    world.read(|view| view["sources"][0]["people"] == 5).await;
    for (point, left) in [("desk.keep_organisation", "buyer02"), ("desk.read_organisation", "0142")] {
        world.leaves(left).await;
        for side in ["before", "after"] {
            world.dies_at(&format!("{point}:{side}:1")).await;
        }
        world.read_again().await;
        let there = if left == "buyer02" { 4 } else { 3 };
        world.read(|view| view["sources"][0]["people"] == there).await;
    }
    world.hub.stop().await;
}
