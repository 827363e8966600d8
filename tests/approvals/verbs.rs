//! Every verb by HTTP and by `waybill tasks`, each with what goes along with it, and each twice under one key.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Stdio;
use waybill::domain::flow::people::verbs::WORDS;

use crate::support::hub::{TOKEN, text, token_of};
use crate::world::{World, rewrite, world_with};

/// Whoever runs the hub, and is nobody of the directory.
const ROOT: &str = "root";

/// What the world's flow has besides: two of finance who sign, something one of them does outside, and a revocation.
const STEPS: &[(&str, &str)] = &[
    (
        "  - id: verdict\n",
        "  - id: pay\n    when: steps.finance.outcome == 'approved'\n    task: {by: [{role: finance_manager}, {role: finance_clerk}], mode: claim, empty: block, proof: true}\n    due: 2wd\n  - id: verdict\n",
    ),
    (
        "      otherwise: {id: refused, steps: [{id: stop, end: {outcome: rejected, status: rejected}}]}\n",
        "      otherwise: {id: refused, steps: [{id: stop, end: {outcome: rejected, status: rejected}}]}\nreactions:\n  - {verb: revoke, do: [{end: {outcome: revoked, status: cancelled}}]}\n",
    ),
];

/// The way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Http,
    CommandLine,
}

/// How far an instance has come.
#[derive(Clone, Copy)]
enum At {
    /// e1003 is asked, e1004 told.
    Lead,
    /// e1005 and e1007 are asked.
    Finance,
    /// Either of them has something to do.
    Pay,
    /// It is approved.
    Approved,
}

/// What a verb is about: the newest task of somebody in a state, or the instance.
type About = Option<(&'static str, &'static str)>;

/// An act: who, what, about what, with what.
struct Does(&'static str, &'static str, About, Value);

/// One verb: where it is used, what comes before it, how, and what must be so then.
struct Row {
    at: At,
    before: Vec<Does>,
    act: Does,
    then: fn(&Value) -> bool,
}

fn row(at: At, before: Vec<Does>, act: Does, then: fn(&Value) -> bool) -> Row {
    Row { at, before, act, then }
}

/// Whether somebody has a task of a step in a state.
fn has(people: &Value, step: &str, person: &str, state: &str) -> bool {
    people["tasks"].as_array().into_iter().flatten().any(|task| task["step"] == step && task["person"] == person && task["state"] == state)
}

fn last(people: &Value) -> &Value {
    people["decisions"].as_array().and_then(|all| all.last()).unwrap_or(&Value::Null)
}

fn rows() -> Vec<Row> {
    let none = || json!({});
    let because = || json!({"comment": "because"});
    let lead: About = Some(("e1003", "pending"));
    let five: About = Some(("e1005", "pending"));
    let six: About = Some(("e1006", "pending"));
    let receipt = || json!({"attachments": [{"name": "receipt.pdf", "ref": "files/1"}]});
    let claimed = || vec![Does("e1005", "claim", five, json!({}))];
    let returned = || vec![Does("e1005", "return", five, json!({"comment": "which one", "step": "initiator"}))];
    let asks = |verb: &'static str| vec![Does("e1003", verb, lead, json!({"to": ["e1006"], "comment": "what do you think"}))];
    vec![
        row(At::Lead, vec![], Does("e1003", "approve", lead, json!({"comment": "fine", "edits": {"reason": "worn out"}})), |people| {
            has(people, "lead", "e1003", "approved")
                && last(people)["changes"][0]["after"] == "worn out"
                && last(people)["comment"] == "fine"
        }),
        row(At::Lead, vec![], Does("e1003", "reject", lead, because()), |people| {
            has(people, "lead", "e1003", "rejected") && people["status"] == "ended"
        }),
        row(At::Pay, claimed(), Does("e1005", "complete", five, receipt()), |people| {
            has(people, "pay", "e1005", "done") && last(people)["attachments"][0]["ref"] == "files/1"
        }),
        row(
            At::Pay,
            claimed(),
            Does("e1005", "return", five, json!({"comment": "again", "step": "finance", "straight": true})),
            // Straight back: whoever had agreed at the step is asked anew there, and whoever returned it waits for them.
            |people| has(people, "finance", "e1005", "pending") && has(people, "pay", "e1005", "returned"),
        ),
        row(
            At::Finance,
            returned(),
            Does("e1001", "resubmit", Some(("e1001", "pending")), json!({"edits": {"reason": "mended"}})),
            |people| people["round"] == 2 && has(people, "lead", "e1003", "pending"),
        ),
        row(At::Lead, vec![], Does("e1003", "transfer", lead, json!({"to": ["e1006"]})), |people| has(people, "lead", "e1006", "pending")),
        row(At::Lead, vec![], Does("e1003", "add", lead, json!({"to": ["e1005", "e1006"], "how": "before", "in_turn": true})), |people| {
            has(people, "lead", "e1005", "pending") && has(people, "lead", "e1006", "waiting") && has(people, "lead", "e1003", "waiting")
        }),
        row(
            At::Lead,
            vec![Does("e1003", "add", lead, json!({"to": ["e1006"], "how": "beside"}))],
            Does("e1003", "remove", six, none()),
            |people| has(people, "lead", "e1006", "cancelled"),
        ),
        row(At::Pay, vec![], Does("e1005", "claim", five, none()), |people| {
            people["tasks"].as_array().unwrap().iter().any(|task| task["claimed"] == true)
        }),
        row(At::Pay, claimed(), Does("e1005", "release", five, none()), |people| {
            has(people, "pay", "e1007", "pending") && !people["tasks"].as_array().unwrap().iter().any(|task| task["claimed"] == true)
        }),
        row(
            At::Lead,
            vec![Does("e1003", "approve", lead, json!({}))],
            Does("e1003", "take_back", Some(("e1003", "approved")), none()),
            |people| has(people, "lead", "e1003", "pending"),
        ),
        row(At::Lead, vec![], Does("e1003", "assist", lead, json!({"to": ["e1006"]})), |people| {
            has(people, "lead", "e1006", "pending") && has(people, "lead", "e1003", "pending")
        }),
        row(At::Lead, asks("assist"), Does("e1006", "contribute", six, receipt()), |people| has(people, "lead", "e1006", "done")),
        row(At::Lead, vec![], Does("e1003", "consult", lead, json!({"to": ["e1006"], "comment": "what do you think"})), |people| {
            has(people, "lead", "e1006", "pending") && has(people, "lead", "e1003", "waiting")
        }),
        row(At::Lead, asks("consult"), Does("e1006", "answer", six, because()), |people| has(people, "lead", "e1003", "pending")),
        row(At::Finance, vec![], Does("e1004", "read", Some(("e1004", "pending")), none()), |people| {
            has(people, "finance", "e1004", "done")
        }),
        row(At::Finance, vec![], Does("e1001", "withdraw", None, because()), |people| people["status"] == "ended"),
        row(At::Approved, vec![], Does(ROOT, "revoke", None, because()), |people| last(people)["comment"] == "because"),
        row(At::Finance, vec![], Does(ROOT, "terminate", None, because()), |people| people["status"] == "ended"),
        row(At::Lead, vec![], Does(ROOT, "intervene", None, json!({"outcome": "approved", "comment": "away"})), |people| {
            has(people, "finance", "e1005", "pending")
        }),
        row(At::Lead, vec![], Does(ROOT, "suspend", None, none()), |people| people["suspended_since"].is_string()),
        row(At::Lead, vec![Does(ROOT, "suspend", None, json!({}))], Does(ROOT, "resume", None, none()), |people| {
            people["suspended_since"].is_null()
        }),
        row(At::Lead, vec![], Does("e1001", "urge", None, none()), |people| people["status"] == "running"),
        row(At::Lead, vec![], Does("e1001", "comment", None, json!({"comment": "it is for Monday", "to": ["e1003"]})), |people| {
            last(people)["comment"] == "it is for Monday" && last(people)["to"] == json!(["e1003"])
        }),
        row(At::Lead, vec![], Does("e1001", "attach", None, receipt()), |people| last(people)["attachments"][0]["name"] == "receipt.pdf"),
        row(At::Lead, vec![], Does("e1003", "copy", None, json!({"to": ["e1006"]})), |people| last(people)["to"] == json!(["e1006"])),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_verb_is_used_by_http_and_from_the_command_line_and_done_once() {
    let rows = rows();
    let words: BTreeSet<&str> = rows.iter().map(|row| row.act.1).collect();
    assert_eq!(words, WORDS.iter().copied().collect(), "each verb has a row");
    let world = world_with(None, |project| rewrite(project, STEPS)).await;
    for door in [Door::Http, Door::CommandLine] {
        for row in &rows {
            let key = format!("{door:?}-{}", row.act.1);
            let instance = come(&world, row.at, &key).await;
            for (number, before) in row.before.iter().enumerate() {
                let done = act(&world, Door::Http, &instance, before, &format!("{key}-{number}")).await;
                assert!(done.is_ok(), "{key}, before it {}: {done:?}", before.1);
            }
            let path = path(&world, &instance, &row.act).await;
            // The request was submitted under the key, perhaps by the same caller.
            let act_key = format!("{key}-act");
            let done = send(&world, door, &path, &row.act, &act_key).await;
            assert_eq!(done.as_ref().map(|acted| text(&acted["instance"])), Ok(instance.clone()), "{key}");
            let people = world.people(&instance).await;
            let decided = last(&people);
            let person = if row.act.0 == ROOT { "token:test" } else { row.act.0 };
            assert_eq!((decided["verb"].as_str(), decided["person"].as_str()), (Some(row.act.1), Some(person)), "{key}: {decided}");
            assert!((row.then)(&people), "{key}: {people:#}");
            // The same again, as after an answer that got lost.
            let again = send(&world, door, &path, &row.act, &act_key).await;
            assert!(again.is_ok(), "{key}, again: {again:?}");
            assert_eq!(world.people(&instance).await, people, "{key}: done once");
            if world.people(&instance).await["status"] == "running" {
                let over = Does(ROOT, "terminate", None, json!({"comment": "over"}));
                assert!(act(&world, Door::Http, &instance, &over, &format!("{key}-over")).await.is_ok());
            }
        }
    }
    assert_eq!(world.hub.open_exceptions().await, Vec::<Value>::new());
    world.end().await;
}

/// A request that has come so far.
async fn come(world: &World, at: At, key: &str) -> String {
    let (_, instance) = world.request(key).await;
    let yes = |person: &'static str| Does(person, "approve", Some((person, "pending")), json!({}));
    let five = || Some(("e1005", "pending"));
    let paid = || json!({"attachments": [{"name": "receipt.pdf", "ref": "files/1"}]});
    let acts = match at {
        At::Lead => vec![],
        At::Finance => vec![yes("e1003")],
        At::Pay => vec![yes("e1003"), yes("e1005"), yes("e1007")],
        At::Approved => {
            let claim = Does("e1005", "claim", five(), json!({}));
            vec![yes("e1003"), yes("e1005"), yes("e1007"), claim, Does("e1005", "complete", five(), paid())]
        }
    };
    for (number, before) in acts.iter().enumerate() {
        let done = act(world, Door::Http, &instance, before, &format!("{key}-to-{number}")).await;
        assert!(done.is_ok(), "{key}, on the way {}: {done:?}", before.1);
    }
    instance
}

async fn act(world: &World, door: Door, instance: &str, does: &Does, key: &str) -> Result<Value, String> {
    let path = path(world, instance, does).await;
    send(world, door, &path, does, key).await
}

/// `tasks/ID` or `instances/ID/people`.
async fn path(world: &World, instance: &str, does: &Does) -> String {
    let Some((person, state)) = does.2 else { return format!("instances/{instance}/people") };
    let people = world.people(instance).await;
    let tasks = people["tasks"].as_array().cloned().unwrap_or_default();
    // Of somebody's several tasks the newest: a copy is one as well.
    let is = |task: &&Value| task["person"] == person && task["state"] == state && (task["kind"] == "copy") == (does.1 == "read");
    let task = tasks.iter().rev().find(is).unwrap_or_else(|| panic!("{}: {person} has no task that is {state}: {people:#}", does.1));
    format!("tasks/{}", text(&task["id"]))
}

async fn send(world: &World, door: Door, path: &str, does: &Does, key: &str) -> Result<Value, String> {
    let Does(who, verb, about, body) = does;
    match door {
        Door::Http => {
            let task = path.strip_prefix("tasks/").map(str::to_owned);
            let path = format!("/api/v1/{path}/{verb}");
            let sent = match task {
                Some(task) if *who != ROOT => world.act(who, &task, verb, key, body).await,
                _ if *who == ROOT => world.hub.post_as(&path, key, body).await,
                _ => world.hub.post_by(who, &path, key, body).await,
            };
            if sent.0 == 200 { Ok(sent.1) } else { Err(format!("{} {}", sent.0, sent.1)) }
        }
        Door::CommandLine => {
            let id = path.split('/').nth(1).unwrap_or_default();
            let command = if about.is_some() { "act" } else { "on-instance" };
            let mut words: Vec<String> = ["tasks", command, verb, id, "--key", key].map(str::to_owned).to_vec();
            words.extend(options(body));
            waybill(world, who, &words).await
        }
    }
}

/// A body as somebody types it.
fn options(body: &Value) -> Vec<String> {
    let mut words = Vec::new();
    for (name, value) in body.as_object().into_iter().flatten() {
        match name.as_str() {
            "to" => value.as_array().into_iter().flatten().for_each(|person| words.extend(["--to".to_owned(), text(person)])),
            "in_turn" => words.push("--in-turn".to_owned()),
            "straight" => words.push("--straight".to_owned()),
            "edits" => {
                let set = |(path, value): (&String, &Value)| ["--set".to_owned(), format!("{path}={}", text(value))];
                words.extend(value.as_object().into_iter().flatten().flat_map(set));
            }
            "attachments" => {
                let attach = |file: &Value| ["--attach".to_owned(), format!("{}={}", text(&file["name"]), text(&file["ref"]))];
                words.extend(value.as_array().into_iter().flatten().flat_map(attach));
            }
            _ => words.extend([format!("--{name}"), text(value)]),
        }
    }
    words
}

/// Has the command line do something as somebody; gives what it prints as JSON.
async fn waybill(world: &World, who: &str, words: &[String]) -> Result<Value, String> {
    let token = if who == ROOT { TOKEN.to_owned() } else { token_of(who) };
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_waybill"));
    command.args(["--output", "json"]).args(words).env_clear().stdin(Stdio::null());
    let ended = command.env("WAYBILL_URL", world.hub.url("")).env("WAYBILL_TOKEN", token).output().await.expect("it runs");
    if ended.status.success() {
        Ok(serde_json::from_slice(&ended.stdout).expect("JSON"))
    } else {
        Err(format!("{}: {}", ended.status, String::from_utf8_lossy(&ended.stderr)))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delegation_is_made_seen_used_and_ended_from_the_command_line() {
    let world = world_with(None, |project| rewrite(project, STEPS)).await;
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let now = jiff::Timestamp::now();
    let (from, until) = (now - jiff::SignedDuration::from_hours(1), now + jiff::SignedDuration::from_hours(1));
    let span = ["--from".to_owned(), from.to_string(), "--until".to_owned(), until.to_string()];
    let delegate = |more: &[&str]| [words(&["tasks", "delegate", "--to", "e1004"]), words(more), span.to_vec()].concat();
    // For oneself, and by whoever runs the hub for somebody else; for nobody else.
    let own = waybill(&world, "e1003", &delegate(&["--flow", "purchase_request_approval"])).await.expect("theirs to make");
    assert_eq!((&own["principal"], &own["flows"]), (&json!("e1003"), &json!(["purchase_request_approval"])));
    let made = waybill(&world, ROOT, &delegate(&["--principal", "e1005", "--new-only"])).await.expect("whoever runs it may");
    assert_eq!(made["principal"], "e1005");
    let refused = waybill(&world, "e1004", &delegate(&["--principal", "e1005"])).await.expect_err("not theirs to make");
    assert!(refused.contains("[not_yours]"), "{refused}");
    let listed = waybill(&world, "e1003", &words(&["tasks", "delegations"])).await.expect("listed");
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "one's own: {listed}");
    let instance = come(&world, At::Lead, "r1").await;
    let for_lead = Does("e1004", "approve", Some(("e1003", "pending")), json!({"comment": "for her"}));
    act(&world, Door::CommandLine, &instance, &for_lead, "agent").await.expect("they decide for e1003");
    let people = world.people(&instance).await;
    assert_eq!((&last(&people)["person"], &last(&people)["on_behalf_of"]), (&json!("e1004"), &json!("e1003")));
    let end = |id: &Value| words(&["tasks", "end-delegation", id.as_str().unwrap_or_default()]);
    assert!(waybill(&world, "e1004", &end(&own["id"])).await.expect_err("not theirs to end").contains("[not_found]"));
    assert_eq!(waybill(&world, "e1003", &end(&own["id"])).await, Ok(json!({"ended": own["id"]})));
    let instance = come(&world, At::Lead, "r2").await;
    let late = act(&world, Door::CommandLine, &instance, &for_lead, "late").await.expect_err("it holds no longer");
    assert!(late.contains("[not_yours]"), "{late}");
    world.end().await;
}
