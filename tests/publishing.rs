//! Publishing on running hubs: releases, replicas that follow, instances that keep their versions and are moved, rollback,
//! export; and a hub that dies while it publishes.

#![expect(clippy::print_stdout, reason = "figures for whoever runs it with --nocapture")]

mod support;

use mock_systems::{ApprovalStatus, Mode, NewOrders, Registration, Running, System};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use support::hub::{HubProcess, Project, TOKEN, text};
use support::postgres::FreshDatabase;

const WITHIN: Duration = Duration::from_secs(60);
const FLOW: &str = "flows/purchase_order_approval.yaml";
const FLOW_ID: &str = "purchase_order_approval";

fn project(mocks: &Running) -> Project {
    Project::shipped(mocks).retime(&[("every: 30s", "every: 1s"), ("every: [10s, 1m, 10m, 2h]", "every: [1s, 2s, 4s]")])
}

fn edit(project: &Project, old: &str, new: &str) {
    let path = project.path().join(FLOW);
    let before = std::fs::read_to_string(&path).unwrap();
    assert!(before.contains(old), "the flow does not say `{old}`");
    std::fs::write(path, before.replace(old, new)).unwrap();
}

/// A subcommand against a hub: exit code, output, errors.
fn waybill(hub: &HubProcess, folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waybill"));
    command.current_dir(folder).args(arguments).env("WAYBILL_URL", hub.url("")).env("WAYBILL_TOKEN", TOKEN);
    let ended = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ended.status.code().unwrap(), text(ended.stdout), text(ended.stderr))
}

async fn eventually<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < WITHIN, "not within {WITHIN:?}: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

struct World {
    mocks: Running,
    hub: HubProcess,
}

impl World {
    async fn start(mocks: Running, project: &Project, store: &str) -> World {
        let hub = HubProcess::start(project, store).await;
        for (system, connection, webhook, secret) in [(System::Erp, "erp_hq", "orders", "erp"), (System::Oa, "oa_main", "approvals", "oa")]
        {
            let url = hub.hook_url(connection, webhook).await;
            let registration = Registration { url, secret: support::hub::secret(secret), mode: Mode::Thin };
            mocks.register_webhook(system, &registration).expect("loopback");
        }
        World { mocks, hub }
    }

    /// A new order that waits for its approval.
    async fn order(&self, number: &str) -> String {
        let wanted =
            NewOrders { count: 1, number: Some(format!("PO-{number}")), amount: Some(12_000.into()), lines: 1, ..NewOrders::default() };
        let made = self.mocks.create_orders(&wanted).expect("orders are made");
        let number = made[0].1.clone();
        eventually(&format!("{number} waits for its approval"), || async {
            self.instance(&number).await.is_some_and(|instance| instance["at_step"] == "oa") && self.approval(&number).is_some()
        })
        .await;
        number
    }

    fn approval(&self, number: &str) -> Option<String> {
        let audit = self.mocks.audit();
        let approvals = &audit.orders.get(number)?.approvals;
        approvals.iter().find(|approval| approval.status == ApprovalStatus::Running).map(|approval| approval.id.clone())
    }

    async fn instance(&self, number: &str) -> Option<Value> {
        let document = self.hub.document(number).await?;
        let id = text(&document["instances"].get(0)?["id"]);
        Some(self.hub.get(&format!("/api/v1/instances/{id}")).await)
    }

    /// Approves an order; gives the steps that its instance entered.
    async fn approve(&self, number: &str) -> Vec<String> {
        self.mocks.decide(&self.approval(number).expect("one is open"), ApprovalStatus::Approved).expect("it is open");
        eventually(&format!("{number} ends"), || async {
            self.instance(number).await.is_some_and(|instance| instance["status"] == "ended")
        })
        .await;
        let id = text(&self.instance(number).await.unwrap()["id"]);
        let history = self.hub.get(&format!("/api/v1/instances/{id}/history")).await;
        let lines = history["items"].as_array().unwrap().iter().flat_map(|item| item["entries"].as_array().unwrap().clone());
        lines
            .filter(|line| matches!(line["kind"].as_str(), Some("entered" | "migrated")))
            .map(|line| match line["kind"].as_str() {
                Some("migrated") => "migrated".to_owned(),
                _ => text(&line["step"]),
            })
            .collect()
    }

    async fn live(&self) -> u64 {
        self.hub.get("/api/v1/releases/live").await["number"].as_u64().unwrap()
    }
}

async fn version_in_force(hub: &HubProcess) -> String {
    text(&hub.get(&format!("/api/v1/definitions/flow/{FLOW_ID}")).await["version"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_goes_from_text_to_running_instances_and_back() {
    let database = FreshDatabase::create("publishing").await;
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let (folder, twin) = (project(&mocks), project(&mocks));
    let world = World::start(mocks, &folder, &database.url).await;
    let other = HubProcess::start(&twin, &database.url).await;
    assert_eq!(world.live().await, 1, "the folder became release 1, and the same folder elsewhere is no news");
    let first = version_in_force(&other).await;

    let (kept, moved) = (world.order("A").await, world.order("B").await);
    let version_one = text(&world.instance(&kept).await.unwrap()["version"]);

    // A change that breaks a case is not published, and says which.
    edit(&folder, "  - {id: budget_again, call: erp.check_budget, map: po_to_budget, expect: \"output.ok\", otherwise: exception}\n", "");
    let (code, out, error) = waybill(&world.hub, folder.path(), &["apply", ".", "--message", "no second look"]);
    assert_eq!(code, 1, "{out}{error}");
    assert!(error.contains("flows/tests/") && error.contains("nothing is published"), "{error}");
    assert_eq!(world.live().await, 1);
    let broken = std::fs::read_to_string(folder.path().join(FLOW)).unwrap();
    let body = json!({"message": "no second look", "files": {FLOW: broken}});
    let (status, problem) = world.hub.post("/api/v1/releases", &body).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("cases_fail")));
    assert!(problem["cases"].as_array().unwrap().iter().any(|case| case["passes"] == false), "{problem}");

    // The change that is meant: a step with another name. The diff says so, then it is live on both replicas.
    std::fs::copy(twin.path().join(FLOW), folder.path().join(FLOW)).unwrap();
    edit(&folder, "{id: tell, notify", "{id: tell_people, notify");
    let (code, out, _) = waybill(&world.hub, folder.path(), &["diff"]);
    assert_eq!(code, 1);
    for line in ["~ flow purchase_order_approval", "+ notify tell_people", "- notify tell", "+  - {id: tell_people"] {
        assert!(out.contains(line), "{line}: {out}");
    }
    let (code, out, error) = waybill(&world.hub, folder.path(), &["apply", ".", "--message", "people are told"]);
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.contains("Release 2 is live"), "{out}");
    let published = Instant::now();
    eventually("the other replica follows", || async { version_in_force(&other).await != first }).await;
    println!("the other replica followed after {:?}", published.elapsed());
    assert!(published.elapsed() < Duration::from_secs(15), "within a few polls");
    assert_eq!(version_in_force(&other).await, version_in_force(&world.hub).await);
    let (code, out, _) = waybill(&world.hub, folder.path(), &["apply", ".", "--message", "again"]);
    assert_eq!((code, out.contains("Nothing differs from release 2")), (0, true), "{out}");

    // The old instance ends on its version, a new one begins on the new version.
    let steps = world.approve(&kept).await;
    assert!(steps.contains(&"tell".to_owned()) && !steps.contains(&"tell_people".to_owned()), "{steps:?}");
    assert_eq!(text(&world.instance(&kept).await.unwrap()["version"]), version_one);
    let fresh = world.order("C").await;
    let version_two = text(&world.instance(&fresh).await.unwrap()["version"]);
    assert_ne!(version_two, version_one);
    assert!(world.approve(&fresh).await.contains(&"tell_people".to_owned()));

    // One that waits is moved: first in words, then really.
    let id = text(&world.instance(&moved).await.unwrap()["id"]);
    let ask = |dry_run: bool| json!({"flow": FLOW_ID, "instances": [id], "dry_run": dry_run, "reason": "people are to be told"});
    let (status, planned) = world.hub.post("/api/v1/instances/migrations", &ask(true)).await;
    assert_eq!((status, planned["moved"].as_u64(), planned["to"].as_str()), (200, Some(1), Some(version_two.as_str())), "{planned}");
    assert_eq!((planned["items"][0]["result"].as_str(), &planned["items"][0]["stands_at"]), (Some("can"), &json!(["oa"])));
    assert_eq!(text(&world.instance(&moved).await.unwrap()["version"]), version_one, "a dry run changes nothing");
    let (code, out, error) = waybill(&world.hub, folder.path(), &["instances", "migrate", FLOW_ID, "--reason", "people are to be told"]);
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.contains(&id) && out.contains("1 moved, 0 not"), "{out}");
    assert_eq!(text(&world.instance(&moved).await.unwrap()["version"]), version_two);
    let (_, again) = world.hub.post("/api/v1/instances/migrations", &ask(false)).await;
    assert_eq!(again["items"][0]["result"], "there_already", "{again}");
    let steps = world.approve(&moved).await;
    assert!(steps.contains(&"migrated".to_owned()) && steps.contains(&"tell_people".to_owned()), "{steps:?}");

    // An earlier content comes back as a new release.
    let (code, out, error) = waybill(&world.hub, folder.path(), &["releases", "rollback", "1", "--message", "told too much"]);
    assert_eq!(code, 0, "{out}{error}");
    assert_eq!(world.live().await, 3);
    assert_eq!(version_in_force(&world.hub).await, first);
    let (code, out, _) = waybill(&world.hub, folder.path(), &["releases", "list", "--output", "json"]);
    let list: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(code, 0);
    assert_eq!((list["items"][0]["restores"].as_u64(), &list["items"][0]["digest"]), (Some(1), &list["items"][2]["digest"]));

    // What is exported is what was published, byte for byte.
    let target = tempfile::tempdir().unwrap();
    let (code, out, error) = waybill(&world.hub, target.path(), &["export", "."]);
    assert_eq!(code, 0, "{out}{error}");
    let mut expected = files(twin.path());
    expected.retain(|path, _| !path.starts_with("config/waybill"));
    assert_eq!(files(target.path()).keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    assert_eq!(files(target.path()), expected);
    let (code, _, error) = waybill(&world.hub, folder.path(), &["export", "."]);
    assert_eq!((code, error.contains(FLOW)), (1, true), "a changed file is not overwritten: {error}");

    assert_eq!(world.hub.open_exceptions().await, Vec::<Value>::new());
    other.stop().await;
    world.hub.stop().await;
    database.drop().await;
}

/// Files of a project by path.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, found);
            } else if path.extension().is_some_and(|ending| ["yaml", "json", "csv"].iter().any(|known| ending == *known)) {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_dies_while_it_publishes_leaves_a_whole_release_on_the_embedded_store() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    dies_publishing(&format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_dies_while_it_publishes_leaves_a_whole_release_on_postgres() {
    let database = FreshDatabase::create("dies_publishing").await;
    dies_publishing(&database.url).await;
    database.drop().await;
}

/// Rounds of publishing, each with a kill a little later than the one before.
const ROUNDS: u32 = 8;

async fn dies_publishing(store: &str) {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = project(&mocks);
    let mut hub = HubProcess::start(&project, store).await;
    let flow = std::fs::read_to_string(project.path().join(FLOW)).unwrap();
    let changed = |round: u32| format!("# round {round}\n{flow}");
    let body = |round: u32| json!({"message": format!("round {round}"), "files": {FLOW: changed(round)}});
    let began = Instant::now();
    let (status, answer) = hub.post("/api/v1/releases", &body(0)).await;
    assert_eq!(status, 201, "{answer}");
    let takes = began.elapsed();
    let (mut before, mut kept, mut gone) = (0, 0, 0);
    for round in 1..=ROUNDS {
        let number = hub.get("/api/v1/releases/live").await["number"].as_u64().unwrap();
        let (url, client) = (hub.url("/api/v1/releases"), reqwest::Client::builder().no_proxy().build().unwrap());
        let request = client.post(url).bearer_auth(TOKEN).header("content-type", "application/json").body(body(round).to_string());
        let sent = tokio::spawn(request.send());
        // Up to a little beyond the time that it takes undisturbed.
        tokio::time::sleep(takes * 5 * round / (4 * ROUNDS)).await;
        hub.kill().await;
        let acknowledged = sent.await.unwrap().is_ok_and(|answer| answer.status() == 201);
        hub.restart(store).await;
        let live = hub.get("/api/v1/releases/live/files").await;
        let now = live["number"].as_u64().unwrap();
        assert!(now == number || now == number + 1, "round {round}: {number} then {now}");
        assert!(!acknowledged || now == number + 1, "round {round}: what was acknowledged is live");
        let round_live = if now == number { before } else { round };
        let files = live["files"].as_array().unwrap();
        let text_of = |path: &str| files.iter().find(|file| file["path"] == path).map(|file| text(&file["text"]));
        assert_eq!(text_of(FLOW), Some(changed(round_live)), "round {round}");
        assert_eq!(files.len(), answer_files(&project), "round {round}: the release is whole");
        (kept, gone) = if now == number { (kept, gone + 1) } else { (kept + 1, gone) };
        before = round_live;
    }
    println!("{takes:?} a publication; of {ROUNDS} kills {gone} left the old release, {kept} the new one");
    hub.stop().await;
}

fn answer_files(project: &Project) -> usize {
    files(project.path()).keys().filter(|path| !path.starts_with("config/waybill")).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_is_behind_does_not_undo_what_people_published() {
    let database = FreshDatabase::create("behind").await;
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let (behind, ahead) = (project(&mocks), project(&mocks));
    let mut hub = HubProcess::start(&behind, &database.url).await;
    edit(&ahead, "{id: tell, notify", "{id: tell_people, notify");
    let (code, out, error) = waybill(&hub, ahead.path(), &["apply", ".", "--message", "people are told"]);
    assert_eq!(code, 0, "{out}{error}");

    // Its folder equals release 1: it is behind, and starts on release 2.
    hub.kill().await;
    hub.restart(&database.url).await;
    assert_eq!(hub.get("/api/v1/releases/live").await["number"], 2);

    // Neither does publishing it with something new, unless that is meant.
    std::fs::write(behind.path().join("samples/new.json"), "{}").expect("written");
    let (code, out, error) = waybill(&hub, behind.path(), &["apply", ".", "--message", "a sample"]);
    assert_eq!(code, 1, "{out}");
    assert!(error.contains("flow purchase_order_approval: as in release 1"), "{error}");
    assert_eq!(hub.get("/api/v1/releases/live").await["number"], 2);
    std::fs::remove_file(behind.path().join("samples/new.json")).unwrap();
    assert!(hub.log_tail(400).contains("equals release 1"), "{}", hub.log_tail(20));

    // A folder that nobody published yet is news.
    hub.kill().await;
    edit(&behind, "{id: tell, notify", "{id: tell_all, notify");
    hub.restart(&database.url).await;
    let live = hub.get("/api/v1/releases/live").await;
    assert_eq!((live["number"].as_u64(), live["author"].as_str()), (Some(3), Some("serve")));

    // A hub of the store reads no folder; without one it takes up what is live.
    let from_store = Project::shipped(&mocks).with_project("source: store");
    edit(&from_store, "flow: purchase_order_approval", "flow: unreadable: at: all");
    let second = HubProcess::start(&from_store, &database.url).await;
    assert_eq!(version_in_force(&second).await, version_in_force(&hub).await);

    // And one that may not differ does not start.
    hub.kill().await;
    edit(&behind, "{id: tell_all, notify", "{id: tell_none, notify");
    let refusing = behind.with_project("when_different: refuse");
    let (status, log) = HubProcess::refused(&refusing, &database.url).await;
    assert!(!status.success() && log.contains("differs from release 3"), "{log}");
    second.stop().await;
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_is_published_to_a_store_without_a_hub() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("hub.sqlite").display());
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = project(&mocks);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waybill"));
        let ended = command.current_dir(project.path()).args(arguments).args(["--store", &url, "--author", "ana"]).output().unwrap();
        (ended.status.code().unwrap(), String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap())
    };
    let (code, out, error) = run(&["apply", ".", "--message", "first", "--dry-run"]);
    assert_eq!((code, out.contains("Nothing was published")), (0, true), "{out}{error}");
    assert_eq!(run(&["apply", ".", "--message", "first"]).0, 0);
    assert_eq!(run(&["diff"]).0, 0);
    let (code, out, _) = run(&["releases", "show", "--output", "json"]);
    let shown: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, shown["number"].as_u64(), shown["author"].as_str()), (0, Some(1), Some("ana")));
    edit(&project, "  - {id: budget_again, call: erp.check_budget, map: po_to_budget, expect: \"output.ok\", otherwise: exception}\n", "");
    assert_eq!(run(&["apply", ".", "--message", "in a hurry"]).0, 1);
    let (code, out, error) = run(&["apply", ".", "--message", "in a hurry", "--untested", "--reason", "the cases come later"]);
    assert_eq!(code, 0, "{out}{error}");
    let (_, out, _) = run(&["releases", "show", "--output", "json"]);
    let shown: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(shown["untested"], "the cases come later");
    assert!(shown["tests_failed"].as_u64().unwrap() > 0);
}
