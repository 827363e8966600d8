use serde_json::json;

use super::*;
use crate::app::reading::HistoryLine;
use crate::domain::ids::{EffectId, ExceptionId, InstanceId};
use crate::store::{DocumentRow, LinkRow};

fn at(minute: i64) -> Timestamp {
    "2026-09-28T10:00:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_mins(minute)
}

const INSTANCE: InstanceId = InstanceId(Uuid::from_u128(2));
const DOCUMENT: DocumentId = DocumentId(Uuid::from_u128(1));
const EFFECT: EffectId = EffectId(Uuid::from_u128(3));

fn instance(status: &str) -> InstanceRow {
    InstanceRow {
        id: INSTANCE,
        tenant: TenantId::DEFAULT,
        flow: "approval".into(),
        version: "v".into(),
        document: DOCUMENT,
        revision: 1,
        status: status.into(),
        outcome: (status == "ended").then(|| "approved".into()),
        at_step: Some("oa".into()),
        state: "{}".into(),
        lock: 3,
        started_at: at(0),
        updated_at: at(5),
        ended_at: (status == "ended").then(|| at(9)),
    }
}

fn view(instances: Vec<InstanceRow>, links: Vec<LinkRow>) -> DocumentView {
    let document = DocumentRow {
        id: DOCUMENT,
        tenant: TenantId::DEFAULT,
        kind: "purchase_order".into(),
        source: "erp".into(),
        key: "PO-1".into(),
        external_id: None,
        revision: 2,
        status: "released".into(),
        source_status: None,
        source_version: None,
        withdrawn: false,
        display: "{}".into(),
        created_at: at(0),
        updated_at: at(0),
    };
    DocumentView { document, revisions: vec![], links, drifts: vec![], relations: vec![], instances }
}

fn facts() -> Facts {
    Facts { instance: instance("running"), effects: vec![], attempts: vec![], exceptions: vec![], history: vec![] }
}

fn effect(state: &str) -> EffectRow {
    EffectRow {
        id: EFFECT,
        tenant: TenantId::DEFAULT,
        instance: INSTANCE,
        document: DOCUMENT,
        connection: "oa_main".into(),
        lane: "oa_main:x".into(),
        seq: 1,
        step: "oa#1".into(),
        priority: 0,
        version: "v".into(),
        work: json!({"kind": "call", "operation": "create_approval"}).to_string(),
        retry: "{}".into(),
        state: state.into(),
        delivery: "{}".into(),
        attempt: 2,
        due_at: at(12),
        created_at: at(1),
    }
}

fn attempt(number: u32, purpose: &str, class: &str) -> AttemptRow {
    AttemptRow {
        tenant: TenantId::DEFAULT,
        instance: INSTANCE,
        effect: EFFECT,
        number,
        part: 0,
        purpose: purpose.into(),
        connection: "oa_main".into(),
        operation: "create_approval".into(),
        started_at: at(1 + i64::from(number)),
        duration_millis: 10,
        status: Some(503),
        class: class.into(),
        message: Some("busy".into()),
        request: "{}".into(),
        response: "{}".into(),
    }
}

fn exception(minute: i64, owner: Option<&str>) -> ExceptionRow {
    ExceptionRow {
        id: ExceptionId(Uuid::from_u128(u128::try_from(minute).unwrap())),
        tenant: TenantId::DEFAULT,
        instance: Some(INSTANCE),
        document: Some(DOCUMENT),
        effect: Some(EFFECT),
        step: Some("post#1".into()),
        fingerprint: Uuid::nil(),
        flow: None,
        connection: Some("finance_main".into()),
        operation: None,
        cause: "data_wrong".into(),
        code: "refused".into(),
        message: "the account 6601 is closed.".into(),
        owner: owner.map(str::to_owned),
        assignee: None,
        state: "open".into(),
        resolution: None,
        resolved_by: None,
        opened_at: at(minute),
        closed_at: None,
    }
}

fn link() -> LinkRow {
    LinkRow {
        tenant: TenantId::DEFAULT,
        connection: "oa_main".into(),
        external_id: "A1".into(),
        document: DOCUMENT,
        instance: Some(INSTANCE),
        step: Some("oa#1".into()),
        written: Some("new".into()),
        written_at: Some(at(3)),
        seen: Some("running".into()),
        seen_at: Some(at(4)),
        closed: false,
        reread_at: Some(at(130)),
        rereads: 0,
    }
}

fn check(diagnosis: &Diagnosis, code: &str, state: State, since: Timestamp, cause: &str, next: &str) {
    assert_eq!((diagnosis.code.as_str(), diagnosis.state, diagnosis.since), (code, state, since));
    assert!(diagnosis.cause.en.contains(cause), "{}", diagnosis.cause.en);
    assert!(diagnosis.next.en.contains(next), "{}", diagnosis.next.en);
    for chinese in [&diagnosis.cause.zh, &diagnosis.next.zh] {
        assert!(chinese.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter)), "{chinese}");
    }
}

#[test]
fn an_exception_names_cause_owner_and_what_can_be_done() {
    let view = view(vec![instance("exception")], vec![link()]);
    let stopped = Facts { exceptions: vec![exception(7, None), exception(6, Some("role:clerk"))], ..facts() };
    let diagnosis = judge(&view, &[stopped], at(10));
    check(&diagnosis, "exception", State::Stopped, at(6), "`post#1`: the partner refuses the data", "the role `clerk` decides");
    assert!(diagnosis.cause.en.contains("(the account 6601 is closed). 1 more"), "{}", diagnosis.cause.en);
    assert_eq!(diagnosis.waiting_on, Some(WaitingOn { kind: "person".into(), reference: "role:clerk".into() }));
    assert_eq!(diagnosis.actions.len(), 14);
}

#[test]
fn an_unknown_write_stays_unknown_while_it_is_looked_up() {
    let view = view(vec![instance("running")], vec![]);
    for attempts in [vec![attempt(1, "call", "unknown")], vec![attempt(1, "call", "unknown"), attempt(2, "look_up", "not_found")]] {
        let waiting = Facts { effects: vec![effect("waiting")], attempts, ..facts() };
        let diagnosis = judge(&view, &[waiting], at(10));
        check(&diagnosis, "outcome_unknown", State::Working, at(2), "may or may not have been done", "in 2 minutes");
        assert_eq!(diagnosis.next_action_at, Some(at(12)));
    }
}

#[test]
fn an_unknown_write_stays_unknown_also_during_a_look_up_but_not_while_it_is_sent_again() {
    let view = view(vec![instance("running")], vec![]);
    let started = |delivery: &str| Facts {
        effects: vec![EffectRow { delivery: delivery.into(), ..effect("started") }],
        attempts: vec![attempt(1, "call", "unknown")],
        ..facts()
    };
    let asking = judge(&view, &[started(r#"{"phase":"look_up"}"#)], at(10));
    check(&asking, "outcome_unknown", State::Working, at(2), "may or may not have been done", "by look-up");
    let sending = judge(&view, &[started(r#"{"repeats":1}"#)], at(10));
    check(&sending, "calling", State::Working, at(2), "is under way", "goes on");
}

#[test]
fn an_answer_that_came_is_never_called_none() {
    let view = view(vec![instance("running")], vec![]);
    let waiting = Facts { effects: vec![effect("waiting")], attempts: vec![attempt(1, "call", "unknown")], ..facts() };
    let diagnosis = judge(&view, &[waiting], at(10));
    check(&diagnosis, "outcome_unknown", State::Working, at(2), "`oa_main` answered `create_approval` with: HTTP 503, unknown, busy", "");
    let silent = AttemptRow { status: None, ..attempt(1, "call", "unknown") };
    let waiting = Facts { effects: vec![effect("waiting")], attempts: vec![silent], ..facts() };
    let diagnosis = judge(&view, &[waiting], at(10));
    check(&diagnosis, "outcome_unknown", State::Working, at(2), "`oa_main` did not answer `create_approval`", "never repeated blindly");
}

#[test]
fn a_success_that_cannot_be_read_is_neither_a_refusal_nor_a_silence() {
    let view = view(vec![instance("exception")], vec![]);
    for (code, words) in [
        ("unread_success", "the partner says that it did it, but its answer is not what the connector declares"),
        ("bad_answer", "`post#1`: the partner's answer is not what the connector declares"),
    ] {
        let stopped = Facts { exceptions: vec![ExceptionRow { code: code.into(), ..exception(6, None) }], ..facts() };
        check(&judge(&view, &[stopped], at(10)), "exception", State::Stopped, at(6), words, "decides");
    }
}

#[test]
fn a_failed_attempt_tells_the_answer_and_the_next_try() {
    let view = view(vec![instance("running")], vec![]);
    let attempts = vec![attempt(1, "call", "unknown"), attempt(2, "call", "retryable")];
    let waiting = Facts { effects: vec![effect("waiting")], attempts, ..facts() };
    let diagnosis = judge(&view, &[waiting], at(11));
    check(&diagnosis, "retry_later", State::Working, at(2), "2 time(s), last with: HTTP 503, retryable, busy", "in 60 seconds");
}

#[test]
fn work_not_yet_tried_is_under_way() {
    let view = view(vec![instance("running")], vec![]);
    for state in ["planned", "started"] {
        let calling = Facts { effects: vec![effect(state)], ..facts() };
        check(&judge(&view, &[calling], at(2)), "calling", State::Working, at(1), "`create_approval` at `oa_main`", "goes on");
    }
}

#[test]
fn a_decision_is_awaited_where_the_open_link_is() {
    let heard = HistoryLine { kind: "heard".into(), step: Some("oa".into()), visit: Some(1), detail: json!({"holders": ["u7", "u9"]}) };
    let history = vec![HistoryItem { at: at(4), number: 2, entries: vec![heard] }];
    let done = Facts { effects: vec![effect("done")], attempts: vec![attempt(1, "call", "ok")], history, ..facts() };
    let diagnosis = judge(&view(vec![instance("running")], vec![link()]), &[done], at(10));
    check(
        &diagnosis,
        "awaiting_partner",
        State::Waiting,
        at(3),
        "at `oa_main` (`A1`) with u7, u9, which last said `running`",
        "asks by itself in 2 hours",
    );
    assert_eq!(diagnosis.waiting_on, Some(WaitingOn { kind: "person".into(), reference: "u7, u9".into() }));
    let closed = LinkRow { closed: true, ..link() };
    check(
        &judge(&view(vec![instance("running")], vec![closed]), &[facts()], at(10)),
        "standing",
        State::Waiting,
        at(5),
        "`oa`",
        "its time",
    );
}

#[test]
fn the_most_pressing_instance_speaks() {
    let view = view(vec![instance("running")], vec![link()]);
    let stopped = Facts { exceptions: vec![exception(6, None)], ..facts() };
    assert_eq!(judge(&view, &[facts(), stopped], at(10)).code, "exception");
}

#[test]
fn at_rest_it_says_how_it_came_to_rest() {
    check(
        &judge(&view(vec![instance("ended")], vec![]), &[], at(20)),
        "ended",
        State::Ended,
        at(9),
        "`approved`; the document is `released`",
        "Nothing more",
    );
    check(
        &judge(&view(vec![instance("superseded")], vec![]), &[], at(20)),
        "superseded",
        State::Working,
        at(5),
        "Revision 2",
        "new instance",
    );
    check(&judge(&view(vec![], vec![]), &[], at(20)), "not_started", State::Idle, at(0), "No flow", "start conditions");
    let mut withdrawn = view(vec![], vec![]);
    withdrawn.document.withdrawn = true;
    check(&judge(&withdrawn, &[], at(20)), "not_started", State::Idle, at(0), "withdrawn", "Nothing");
}
