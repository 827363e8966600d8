//! How people are told: by which channel, in which language, at once or later, with links that decide.

use super::super::world::*;
use super::support::*;
use crate::domain::approval::{Act, Delegation, LinkKey};
use crate::domain::diagnostic::Report;
use crate::domain::directory::Directory;
use crate::domain::flow::Facts;
use crate::domain::flow::effect::Work;
use crate::domain::flow::event::{Bundle, BundleItem, Event};
use crate::domain::flow::stage::Stage;
use crate::domain::text::files::Files;
use crate::domain::text::tree::parse;
use crate::domain::value::Value;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// `ma` has quiet days, `he` reads Chinese in a digest, `sun` is told at once by mail.
fn told(more: &str) -> World {
    let text = format!(
        "format: 1\ndirectory: people\n{more}zone: UTC\nusers:\n  - {{id: e1001}}\n  - {{id: ma, channels: [log, mail], quiet: \"00:00-23:59\"}}\n  - {{id: he_zh, digest: \"01:00\"}}\n  - {{id: sun, channels: [mail]}}\n"
    );
    let mut report = Report::new("config/directory.yaml");
    let directory = Directory::read(&parse(&text, &mut report).unwrap(), &Files::default(), &BTreeMap::new(), &mut report);
    assert!(!report.has_errors(), "{:?}", report.into_items());
    World { directory: directory.unwrap(), ..World::new() }
}

const ALL: &str = "by: [{user: ma}, {user: he_zh}, {user: sun}], empty: block";

/// Letters: channel, whom, subject.
fn letters(stage: &Stage<'_>) -> Vec<(String, String, String)> {
    let letter = |work: &Work| match work {
        Work::Notice { channel, to, subject, .. } => Some((channel.clone(), to.join(" "), subject.clone())),
        Work::Call { .. } => None,
    };
    stage.outbox.iter().filter_map(|open| letter(&open.effect.work)).collect()
}

fn text(channel: &str, to: &str, subject: &str) -> (String, String, String) {
    (channel.to_owned(), to.to_owned(), subject.to_owned())
}

#[test]
fn what_can_wait_is_kept_with_its_time_and_the_rest_goes_at_once() {
    let world = told("");
    let flow = asking(&world, ALL);
    let mut stage = Stage::new(&flow, &world, facts("9000.00"), now());
    let changes = stage.tell(&Event::Started);
    assert_eq!(letters(&stage), [text("mail", "sun", "PO-4417: waiting for you")]);
    let waiting: Vec<(&str, &str, &str)> =
        changes.waiting.iter().map(|notice| (notice.channel.as_str(), notice.person.as_str(), notice.subject.as_str())).collect();
    let subject = "PO-4417: waiting for you";
    assert_eq!(waiting, [("log", "ma", subject), ("log", "he_zh", "PO-4417：待您处理"), ("mail", "ma", subject)]);
    let day = now().to_string()[..10].to_owned();
    let due: Timestamp = format!("{day}T23:59:00Z").parse().unwrap();
    assert_eq!((changes.waiting[0].due, changes.waiting[2].due), (due, due));
    assert!(changes.waiting[1].due > now(), "the next one o'clock");
    let task = changes.tasks.iter().find(|task| task.person == "ma").map(|task| task.id);
    assert_eq!(changes.waiting[0].task, task, "once the task is over nobody needs it");
    assert!(changes.waiting[0].id != changes.waiting[2].id);
}

#[test]
fn what_is_urgent_waits_for_nobody() {
    let world = told("");
    let flow = world.steps(&format!("  - {{id: ask, approve: {{{ALL}}}, due: 2wd, notices: {{turn: {{urgent: true}}}}}}"), "");
    let mut stage = Stage::new(&flow, &world, facts("9000.00"), now());
    assert_eq!(stage.tell(&Event::Started).waiting, []);
    let subject = "PO-4417: waiting for you";
    assert_eq!(
        letters(&stage),
        [text("log", "ma", subject), text("log", "he_zh", "PO-4417：待您处理"), text("mail", "ma", subject), text("mail", "sun", subject)]
    );
}

#[test]
fn what_a_step_hides_its_notices_do_not_tell() {
    let world = told("");
    let bodies = |fields: &str| {
        let keys = format!("by: {{user: sun}}, empty: block, fields: {{{fields}}}");
        let step = format!("  - {{id: ask, approve: {{{keys}}}, due: 2wd, notices: {{turn: {{template: po_released}}}}}}");
        let flow = world.steps(&step, "");
        let mut stage = Stage::new(&flow, &world, facts("9000.00"), now());
        stage.tell(&Event::Started);
        let body = |work: &Work| match work {
            Work::Notice { body, .. } => Some(body.clone()),
            Work::Call { .. } => None,
        };
        stage.outbox.iter().filter_map(|open| body(&open.effect.work)).collect::<Vec<String>>()
    };
    assert_eq!(bodies("note: hide"), ["about PO-4417"]);
    assert_eq!(bodies("number: hide"), ["about ?"]);
}

#[test]
fn a_bundle_is_one_notice_and_sent_once() {
    let world = told("");
    let flow = asking(&world, "by: {user: he_zh}, empty: block");
    let mut stage = Stage::new(&flow, &world, facts("9000.00"), now());
    let waiting = stage.tell(&Event::Started).waiting;
    let item = |subject: &str| BundleItem {
        event: "turn".to_owned(),
        subject: subject.to_owned(),
        text: "it waits".to_owned(),
        url: "waybill:/x".to_owned(),
    };
    let bundle = |number: u128, items: Vec<BundleItem>| {
        Event::Bundle(Bundle {
            id: uuid::Uuid::from_u128(number),
            person: "he_zh".to_owned(),
            channel: "log".to_owned(),
            step: waiting[0].step.clone(),
            visit: waiting[0].visit,
            items,
        })
    };
    let many = bundle(1, vec![item("PO-1"), item("PO-2")]);
    stage.tell(&many);
    assert_eq!(letters(&stage), [text("log", "he_zh", "2 条通知")]);
    let Work::Notice { body, .. } = &stage.outbox[0].effect.work else { panic!("a letter") };
    assert_eq!(body, "PO-1\nwaybill:/x\nPO-2\nwaybill:/x");
    stage.tell(&many);
    assert_eq!(letters(&stage).len(), 1, "the process died before it was forgotten");
    stage.tell(&bundle(2, vec![item("PO-3")]));
    assert_eq!(letters(&stage)[1], text("log", "he_zh", "PO-3"), "one alone comes as it was written");
}

#[test]
fn links_are_claims_of_one_person_about_one_task_and_signed_by_nobody_here() {
    let world = told("decision_links: {lasts: 1h}\n");
    let flow = asking(&world, "by: {user: sun}, empty: block");
    let mut stage = Stage::new(&flow, &world, facts("9000.00"), now());
    let changes = stage.tell(&Event::Started);
    let Work::Notice { body, .. } = &stage.outbox[0].effect.work else { panic!("a letter") };
    let payload = body.lines().find_map(|line| line.strip_prefix("Approve: waybill:/decide/")).unwrap_or_else(|| panic!("{body}"));
    let key = LinkKey::of(b"k");
    let later = now() + jiff::SignedDuration::from_mins(59);
    let link = key.read(&key.sign(payload), later).expect("a link");
    assert_eq!((link.person.as_str(), link.verb.as_str(), link.task), ("sun", "approve", changes.tasks[0].id));
    assert!(key.read(&key.sign(payload), later + jiff::SignedDuration::from_mins(1)).is_err(), "an hour is over");
    assert!(body.contains("Reject: waybill:/decide/"), "{body}");
    let without = told("");
    let mut stage = Stage::new(&flow, &without, facts("9000.00"), now());
    stage.tell(&Event::Started);
    let Work::Notice { body, .. } = &stage.outbox[0].effect.work else { panic!("a letter") };
    assert!(!body.contains("/decide/"), "{body}");
}

/// Everything people are told of, brought about one after the other, with whom it tells and what it says in each language.
#[test]
fn whatever_people_are_told_of_is_said_in_their_language() {
    for (language, ending) in [(0, ""), (1, "_zh")] {
        let [li, ma, he] = ["li", "ma", "he"].map(|person| format!("{person}{ending}"));
        let text = format!("format: 1\ndirectory: people\nzone: UTC\nusers: [{{id: {li}}}, {{id: {ma}}}, {{id: {he}}}]\n");
        let mut report = Report::new("config/directory.yaml");
        let directory = Directory::read(&parse(&text, &mut report).unwrap(), &Files::default(), &BTreeMap::new(), &mut report);
        let world = World { directory: directory.unwrap(), ..World::new() };
        let ladder = format!("ladder: [{{after: 1h, remind: {{from: output.holders}}}}, {{after: 2h, escalate: {{user: {he}}}}}]");
        let flow = asking(&world, &format!("by: {{user: {ma}}}, empty: block, copies: [{{to: {{user: {he}}}}}], {ladder}"));
        let mut facts = facts("9000.00");
        facts.initiator = Value::map([("id", Value::text(&li))]);
        let mut play = Play { stage: Stage::new(&flow, &world, facts, now()), tokens: 0 };
        let mut said: Vec<(&str, String, String)> = Vec::new();
        for event in ["turn", "mentioned", "urged", "reminded", "escalated", "returned"] {
            let known = letters(&play.stage).len();
            match event {
                "turn" => drop(play.stage.tell(&Event::Started)),
                "reminded" | "escalated" => {
                    let (number, _) = play.stage.next_timer().expect("a rung");
                    play.stage.fire(number);
                }
                "mentioned" => play
                    .act(Act { verb: "comment".to_owned(), by: by(&li), to: to(&[&he]), comment: Some("see".to_owned()), ..Act::default() })
                    .expect("they began it"),
                "urged" => play.whole(by(&li), "urge").expect("they began it"),
                _ => play.says_with(&ma, "return", |act| act.step = Some("initiator".to_owned())).expect("their turn"),
            }
            let letters = letters(&play.stage).split_off(known);
            said.extend(letters.into_iter().map(|(_, whom, subject)| (event, whom, subject)));
        }
        let escalated = format!("user:{he}");
        let words = [
            ("turn", &ma, ["waiting for you", "待您处理"]),
            ("turn", &he, ["for your information", "抄送给您"]),
            ("mentioned", &he, ["you were mentioned", "有人提到您"]),
            ("urged", &ma, ["waiting for a decision", "等待审批"]),
            ("reminded", &ma, ["waiting for a decision", "等待审批"]),
            // Whoever it is escalated to is written as the ladder names them.
            ("escalated", &escalated, ["takes long", "审批超时"]),
            ("returned", &li, ["returned to you", "已退回"]),
        ];
        let colon = [": ", "："][language];
        let mut wanted = words.map(|(event, whom, words)| (event, whom.clone(), format!("PO-4417{colon}{}", words[language])));
        wanted.sort();
        said.sort();
        assert_eq!(said, wanted);
    }
}

fn rule(principal: &str, agent: &str) -> Delegation {
    let (from, until) = (now() - SignedDuration::from_hours(1), now() + SignedDuration::from_hours(48));
    Delegation { principal: principal.to_owned(), agent: agent.to_owned(), from, until, flows: Vec::new(), new_only: false }
}

fn with(delegations: &[Delegation]) -> Facts {
    Facts { delegations: std::sync::Arc::new(delegations.iter().cloned().collect()), ..facts("9000.00") }
}

#[test]
fn who_decides_for_somebody_is_told_beside_them_with_a_link_of_their_own() {
    let world = told("decision_links: {lasts: 1h}\n");
    let flow = asking(&world, "by: {user: he_zh}, empty: block");
    let facts = with(&[rule("he_zh", "sun"), rule("sun", "e1001")]);
    let mut stage = Stage::new(&flow, &world, facts, now());
    let changes = stage.tell(&Event::Started);
    assert_eq!(changes.waiting.len(), 1, "whose duty it is has a digest, and is told all the same");
    assert_eq!(letters(&stage), [text("mail", "sun", "PO-4417: waiting for you (for he_zh)")], "no chain: e1001 is not told");
    let Work::Notice { body, .. } = &stage.outbox[0].effect.work else { panic!("a letter") };
    assert!(body.contains("\nYou decide for he_zh.\nwaybill:/tasks?task="), "{body}");
    let key = LinkKey::of(b"k");
    let payload = body.lines().find_map(|line| line.strip_prefix("Approve: waybill:/decide/")).unwrap_or_else(|| panic!("{body}"));
    let link = key.read(&key.sign(payload), now()).expect("a link");
    assert_eq!((link.person.as_str(), link.task), ("sun", changes.tasks[0].id), "their link, the other's task");
    let turn = changes.history.iter().find(|entry| entry.kind == "turn").expect("a line");
    assert_eq!(turn.detail, serde_json::json!({"to": ["he_zh"], "agents": ["sun"]}));
}

#[test]
fn only_who_may_decide_now_is_told_and_nobody_twice() {
    let world = told("");
    let at = now();
    let of = |keys: &str, delegations: &[Delegation]| {
        let flow = asking(&world, keys);
        let mut stage = Stage::new(&flow, &world, with(delegations), at);
        let waiting = stage.tell(&Event::Started).waiting;
        let mut told: Vec<String> = letters(&stage).into_iter().map(|(_, to, _)| to).collect();
        told.extend(waiting.into_iter().filter(|notice| notice.channel == "log").map(|notice| notice.person));
        told.sort();
        told
    };
    let by_he = "by: {user: he_zh}, empty: block";
    let hour = SignedDuration::from_hours(1);
    let cases: [(&str, &str, Vec<Delegation>, &[&str]); 8] = [
        ("it holds", by_he, vec![rule("he_zh", "sun")], &["he_zh", "sun"]),
        ("two rules, one notice", by_he, vec![rule("he_zh", "sun"), rule("he_zh", "sun")], &["he_zh", "sun"]),
        ("it is over", by_he, vec![Delegation { until: at, ..rule("he_zh", "sun") }], &["he_zh"]),
        ("it is to come", by_he, vec![Delegation { from: at + hour, ..rule("he_zh", "sun") }], &["he_zh"]),
        ("another flow", by_he, vec![Delegation { flows: vec!["other".into()], ..rule("he_zh", "sun") }], &["he_zh"]),
        ("nobody agrees to their own document for another", by_he, vec![rule("he_zh", "e1001")], &["he_zh"]),
        ("who has left", by_he, vec![rule("he_zh", "gone")], &["he_zh"]),
        ("who is asked themselves", "by: [{user: he_zh}, {user: sun}], empty: block", vec![rule("he_zh", "sun")], &["he_zh", "sun"]),
    ];
    for (what, keys, delegations, wanted) in cases {
        assert_eq!(of(keys, &delegations), wanted, "{what}");
    }
}

#[test]
fn reminders_and_urging_reach_who_decides_for_them_until_it_ends() {
    let world = told("");
    let flow = world.steps(
        "  - {id: ask, approve: {by: {user: he_zh}, empty: block, ladder: [{every: 1d, remind: {from: output.holders}}]}, due: 9d}",
        "",
    );
    let mut play = Play { stage: Stage::new(&flow, &world, with(&[rule("he_zh", "sun")]), now()), tokens: 0 };
    play.stage.tell(&Event::Started);
    let told = |play: &Play<'_>| letters(&play.stage).len();
    assert_eq!(told(&play), 1);
    play.whole(by("e1001"), "urge").expect("whoever began it may");
    assert_eq!(told(&play), 2, "urged");
    let ring = |play: &mut Play<'_>| {
        let (number, _) = play.stage.next_timer().expect("it reminds every day");
        play.stage.fire(number);
    };
    ring(&mut play);
    assert_eq!(told(&play), 3, "reminded");
    ring(&mut play);
    assert_eq!(told(&play), 3, "after 48 hours it holds no longer");
}
