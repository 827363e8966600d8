//! Who may come in: users, attempts, links and sessions, the same on every database.

use crate::fixtures::{TENANT, at};
use crate::world::World;
use uuid::Uuid;
use waybill::domain::access::chain::{Head, Verifier};
use waybill::domain::ids::{SessionId, TenantId, UserId};
use waybill::store::Page;
use waybill::store::identity::{
    AuditChoice, AuditRow, KeptAudit, LinkedRow, LinkedSaved, OnceLinkRow, PasswordChange, PasswordHash, PendingRow, ProposalRow,
    ProposalStep, SecretRow, SessionChoice, SessionRow, UserRow, UserSaved,
};

const ELSEWHERE: TenantId = TenantId(2);

fn user(number: u128, name: &str) -> UserRow {
    UserRow {
        id: UserId(Uuid::from_u128(number)),
        tenant: TENANT,
        version: 1,
        name: name.into(),
        title: name.to_uppercase(),
        email: Some(format!("{name}@example.com")),
        person: None,
        status: "active".into(),
        roles: "[]".into(),
        owner: false,
        password: Some(PasswordHash("hash one".into())),
        password_at: Some(at(1)),
        failures: 0,
        locked_until: None,
        last_sign_in_at: None,
        created_at: at(1),
        updated_at: at(1),
    }
}

/// An entry of its own each time.
pub fn entry() -> AuditRow {
    AuditRow {
        id: Uuid::now_v7(),
        tenant: TENANT,
        at: at(1),
        actor: "test".into(),
        via: "token".into(),
        action: "test".into(),
        object: None,
        outcome: Some("done".into()),
        detail: "{}".into(),
        address: None,
        request: None,
    }
}

fn session(number: u128, user: &UserRow, used: i64, expires: i64) -> SessionRow {
    SessionRow {
        id: SessionId(Uuid::from_u128(number)),
        digest: format!("digest of {number}"),
        tenant: TENANT,
        user: user.id,
        method: "password".into(),
        address: Some("192.0.2.1".into()),
        agent: None,
        created_at: at(used),
        used_at: at(used),
        expires_at: at(expires),
    }
}

pub async fn a_name_is_given_once_and_a_user_changes_only_from_what_was_seen(world: World) {
    let door = world.store.identity();
    let (ana, bo) = (user(1, "ana"), user(2, "bo"));
    assert!(door.add_user(&ana, None, &entry()).await.unwrap());
    assert!(!door.add_user(&user(3, "ana"), None, &entry()).await.unwrap(), "the name is taken");
    assert!(door.add_user(&UserRow { tenant: ELSEWHERE, ..user(4, "ana") }, None, &entry()).await.unwrap(), "another tenant's");
    assert!(door.add_user(&bo, None, &entry()).await.unwrap());
    assert!(!door.add_user(&user(5, "cy"), Some("no such link"), &entry()).await.unwrap());
    assert!(door.user_named(TENANT, "cy").await.unwrap().is_none(), "without its link it is not added");

    let names = |rows: Vec<UserRow>| rows.into_iter().map(|row| row.name).collect::<Vec<_>>();
    assert_eq!(names(door.users(TENANT, None, 9).await.unwrap()), ["ana", "bo"]);
    assert_eq!(names(door.users(TENANT, Some("ana"), 9).await.unwrap()), ["bo"]);
    assert_eq!(names(door.users(TENANT, None, 1).await.unwrap()), ["ana"]);
    assert_eq!(door.user(TENANT, ana.id).await.unwrap().as_ref(), Some(&ana));
    assert_eq!(door.user(ELSEWHERE, ana.id).await.unwrap(), None);

    let changed = UserRow { version: 2, title: "Ana Li".into(), roles: "[1]".into(), person: Some("E1".into()), ..ana.clone() };
    assert_eq!(door.save_user(&changed, &entry()).await.unwrap(), UserSaved::Saved);
    assert_eq!(door.save_user(&changed, &entry()).await.unwrap(), UserSaved::Changed);
    assert_eq!(door.user_named(TENANT, "ana").await.unwrap().as_ref(), Some(&changed));
    let foreign = UserRow { tenant: ELSEWHERE, version: 3, ..changed };
    assert_eq!(door.save_user(&foreign, &entry()).await.unwrap(), UserSaved::Changed);
}

pub async fn attempts_are_counted_and_the_waits_grow(world: World) {
    let (door, other) = (world.store.identity(), world.other.identity());
    let ana = user(1, "ana");
    door.add_user(&ana, None, &entry()).await.unwrap();
    for count in 1..=4 {
        let row = door.count_attempt(TENANT, "ana", at(10)).await.unwrap().unwrap();
        assert_eq!((row.failures, row.locked_until), (count, None));
    }
    assert_eq!(other.count_attempt(TENANT, "ana", at(10)).await.unwrap().unwrap().locked_until, Some(at(70)));
    assert!(door.count_attempt(TENANT, "ana", at(69)).await.unwrap().is_none(), "it has to wait");
    assert_eq!(door.user(TENANT, ana.id).await.unwrap().unwrap().failures, 5, "what finds nobody does not count");
    let mut now = 70;
    for count in 6..=10_u32 {
        let row = door.count_attempt(TENANT, "ana", at(now)).await.unwrap().unwrap();
        let wait = if count < 10 { 60 } else { 900 };
        assert_eq!((row.failures, row.locked_until), (count, Some(at(now + wait))));
        now += wait;
    }
    door.start_session(&session(1, &ana, now, now + 100), &entry()).await.unwrap();
    let row = door.user(TENANT, ana.id).await.unwrap().unwrap();
    assert_eq!((row.failures, row.locked_until, row.last_sign_in_at), (0, None, Some(at(now))));
    assert_eq!(row.version, 1, "signing in is no change of the user");

    for nobody in ["bo", "ANA"] {
        assert!(door.count_attempt(TENANT, nobody, at(now)).await.unwrap().is_none());
    }
    assert!(door.count_attempt(ELSEWHERE, "ana", at(now)).await.unwrap().is_none());
    let disabled = UserRow { version: 2, status: "disabled".into(), ..ana };
    assert_eq!(door.save_user(&disabled, &entry()).await.unwrap(), UserSaved::Saved);
    assert!(door.count_attempt(TENANT, "ana", at(now)).await.unwrap().is_none());
}

pub async fn a_password_is_set_over_the_one_that_was_seen_and_ends_sessions(world: World) {
    let door = world.store.identity();
    let ana = user(1, "ana");
    let bo = UserRow { status: "invited".into(), password: None, password_at: None, ..user(2, "bo") };
    for one in [&ana, &bo] {
        door.add_user(one, None, &entry()).await.unwrap();
    }
    door.start_session(&session(1, &ana, 5, 900), &entry()).await.unwrap();
    let change = PasswordChange {
        tenant: TENANT,
        user: ana.id,
        before: ana.password.clone(),
        password: PasswordHash("hash two".into()),
        link: None,
        at: at(9),
    };
    let otherwise = PasswordChange { before: Some(PasswordHash("another".into())), ..change.clone() };
    assert!(!door.set_password(&otherwise, &entry()).await.unwrap());
    assert!(!door.set_password(&PasswordChange { before: None, ..change.clone() }, &entry()).await.unwrap());
    assert!(!door.set_password(&PasswordChange { link: Some("gone".into()), ..change.clone() }, &entry()).await.unwrap());
    assert!(door.session(TENANT, "digest of 1").await.unwrap().is_some(), "what fails ends nothing");
    assert!(door.set_password(&change, &entry()).await.unwrap());
    assert!(!door.set_password(&change, &entry()).await.unwrap(), "a repeat finds another password");
    assert!(door.session(TENANT, "digest of 1").await.unwrap().is_none());
    let row = door.user(TENANT, ana.id).await.unwrap().unwrap();
    assert_eq!((row.password, row.password_at), (Some(PasswordHash("hash two".into())), Some(at(9))));

    assert!(door.set_password(&PasswordChange { user: bo.id, before: None, ..change.clone() }, &entry()).await.unwrap());
    assert_eq!(door.user(TENANT, bo.id).await.unwrap().unwrap().status, "active");
    let disabled = UserRow { version: 2, status: "disabled".into(), ..bo.clone() };
    door.save_user(&disabled, &entry()).await.unwrap();
    let again = PasswordChange { user: bo.id, before: Some(PasswordHash("hash two".into())), ..change };
    assert!(!door.set_password(&again, &entry()).await.unwrap(), "who is kept out stays out");
}

pub async fn a_link_works_once_and_a_newer_one_takes_its_place(world: World) {
    let (door, other) = (world.store.identity(), world.other.identity());
    let ana = user(1, "ana");
    door.add_user(&ana, None, &entry()).await.unwrap();
    let link = |digest: &str, user: Option<UserId>| OnceLinkRow {
        digest: digest.into(),
        tenant: TENANT,
        purpose: if user.is_some() { "password" } else { "setup" }.into(),
        user,
        created_by: "test".into(),
        created_at: at(1),
        expires_at: at(100),
    };
    for one in [link("first", Some(ana.id)), link("second", Some(ana.id)), link("setup one", None), link("setup two", None)] {
        door.add_link(&one, &entry()).await.unwrap();
    }
    assert_eq!(door.link(TENANT, "first", at(2)).await.unwrap(), None, "the second took its place");
    assert_eq!(door.link(TENANT, "second", at(99)).await.unwrap(), Some(link("second", Some(ana.id))));
    assert_eq!(door.link(TENANT, "second", at(100)).await.unwrap(), None, "it is over");
    assert_eq!(door.link(ELSEWHERE, "second", at(2)).await.unwrap(), None);
    assert!(door.link(TENANT, "setup one", at(2)).await.unwrap().is_some(), "replicas that start together each make one");

    let with = |link: &str, at_: i64| PasswordChange {
        tenant: TENANT,
        user: ana.id,
        before: ana.password.clone(),
        password: PasswordHash("hash two".into()),
        link: Some(link.into()),
        at: at(at_),
    };
    assert!(!door.set_password(&with("second", 100), &entry()).await.unwrap(), "too late");
    let (late, soon) = (with("second", 50), with("second", 51));
    let (entry_one, entry_two) = (entry(), entry());
    let (one, two) = tokio::join!(door.set_password(&late, &entry_one), other.set_password(&soon, &entry_two));
    assert_eq!(u8::from(one.unwrap()) + u8::from(two.unwrap()), 1, "once");
    assert_eq!(door.link(TENANT, "second", at(52)).await.unwrap(), None);
    let owner = UserRow { owner: true, ..user(2, "bo") };
    assert!(door.add_user(&owner, Some("setup one"), &entry()).await.unwrap());
    assert!(!door.add_user(&user(3, "cy"), Some("setup one"), &entry()).await.unwrap());
}

pub async fn sessions_are_found_ended_and_swept(world: World) {
    let door = world.store.identity();
    let (ana, bo) = (user(1, "ana"), user(2, "bo"));
    for one in [&ana, &bo] {
        door.add_user(one, None, &entry()).await.unwrap();
    }
    let all = [session(1, &ana, 10, 500), session(2, &ana, 20, 600), session(3, &ana, 30, 700), session(4, &bo, 40, 800)];
    for one in &all {
        door.start_session(one, &entry()).await.unwrap();
    }
    let (found, who) = door.session(TENANT, "digest of 2").await.unwrap().unwrap();
    assert_eq!((&found, who.id), (&all[1], ana.id));
    assert!(door.session(ELSEWHERE, "digest of 2").await.unwrap().is_none());
    assert!(door.session(TENANT, "digest of 9").await.unwrap().is_none());
    let ids = |rows: Vec<SessionRow>| rows.iter().map(|row| row.id.0.as_u128()).collect::<Vec<_>>();
    door.touch_session(TENANT, all[0].id, at(50)).await.unwrap();
    door.touch_session(TENANT, all[0].id, at(45)).await.unwrap();
    assert_eq!(door.session(TENANT, "digest of 1").await.unwrap().unwrap().0.used_at, at(50), "time does not go back");
    assert_eq!(ids(door.sessions(TENANT, ana.id, at(499)).await.unwrap()), [1, 3, 2]);
    assert_eq!(ids(door.sessions(TENANT, ana.id, at(500)).await.unwrap()), [3, 2], "one is over");

    let of = |user: &UserRow, only, except| SessionChoice { tenant: TENANT, user: user.id, only, except };
    assert_eq!(door.end_sessions(&of(&bo, Some(all[0].id), None), &entry()).await.unwrap(), 0, "another's");
    assert_eq!(door.end_sessions(&of(&ana, None, Some(all[2].id)), &entry()).await.unwrap(), 2);
    assert_eq!(ids(door.sessions(TENANT, ana.id, at(60)).await.unwrap()), [3]);
    assert_eq!(door.sweep_identity(at(700), at(0)).await.unwrap(), 1);
    assert_eq!(door.sweep_identity(at(701), at(40)).await.unwrap(), 1, "nobody has used it since");
    assert!(door.session(TENANT, "digest of 4").await.unwrap().is_none());
}

pub async fn an_answer_is_taken_once_and_an_account_elsewhere_is_one_user(world: World) {
    let (door, other) = (world.store.identity(), world.other.identity());
    let pending = PendingRow {
        digest: "digest of a secret".into(),
        tenant: TENANT,
        provider: "corp".into(),
        return_to: "/documents".into(),
        created_at: at(1),
        expires_at: at(11),
    };
    door.add_pending(&pending).await.unwrap();
    assert_eq!(door.take_pending(ELSEWHERE, &pending.digest, at(2)).await.unwrap(), None, "another tenant's");
    let (one, two) = tokio::join!(door.take_pending(TENANT, &pending.digest, at(2)), other.take_pending(TENANT, &pending.digest, at(2)));
    let mut taken = [one.unwrap(), two.unwrap()];
    taken.sort_by_key(Option::is_none);
    assert_eq!(taken, [Some(pending.clone()), None], "two replicas that get the same answer at once");
    door.add_pending(&pending).await.unwrap();
    assert_eq!(door.take_pending(TENANT, &pending.digest, at(11)).await.unwrap(), None, "it is over");
    door.add_pending(&PendingRow { digest: "never answered".into(), ..pending }).await.unwrap();
    assert_eq!(door.sweep_identity(at(11), at(0)).await.unwrap(), 1);

    let linked = |number: u128, user: &UserRow, subject: &str| LinkedRow {
        id: Uuid::from_u128(number),
        tenant: user.tenant,
        user: user.id,
        provider: "corp".into(),
        issuer: "https://login.example".into(),
        subject: subject.into(),
        created_by: "ana".into(),
        created_at: at(1),
    };
    let (ana, bo) = (user(1, "ana"), user(2, "bo"));
    let first = linked(91, &ana, "u-1");
    assert_eq!(door.add_linked(&first, Some(&ana), &entry()).await.unwrap(), LinkedSaved::Saved);
    assert_eq!(door.add_linked(&linked(92, &bo, "u-1"), Some(&bo), &entry()).await.unwrap(), LinkedSaved::SubjectTaken);
    let namesake = UserRow { id: bo.id, ..ana.clone() };
    assert_eq!(door.add_linked(&linked(93, &bo, "u-2"), Some(&namesake), &entry()).await.unwrap(), LinkedSaved::NameTaken);
    assert!(door.user_linked(TENANT, "https://login.example", "u-2").await.unwrap().is_none(), "no link without its user");
    assert!(door.user(TENANT, bo.id).await.unwrap().is_none(), "no user without its link");
    let found = |issuer: &'static str, subject: &'static str| async move { door.user_linked(TENANT, issuer, subject).await.unwrap() };
    assert_eq!(found("https://login.example", "u-1").await.map(|user| user.id), Some(ana.id));
    assert_eq!(found("https://login.example", "U-1").await, None, "letter by letter");
    assert_eq!(found("https://other.example", "u-1").await, None);
    assert!(door.user_linked(ELSEWHERE, "https://login.example", "u-1").await.unwrap().is_none());
    assert_eq!(door.linked(TENANT, ana.id).await.unwrap(), std::slice::from_ref(&first));

    door.start_session(&session(1, &ana, 10, 500), &entry()).await.unwrap();
    assert!(!door.unlink(TENANT, bo.id, first.id, &entry()).await.unwrap(), "another's");
    assert!(door.unlink(TENANT, ana.id, first.id, &entry()).await.unwrap());
    assert!(door.session(TENANT, "digest of 1").await.unwrap().is_none());
    assert_eq!(found("https://login.example", "u-1").await, None);
}

pub async fn two_owners_cannot_both_go(world: World) {
    let (door, other) = (world.store.identity(), world.other.identity());
    let (ana, bo) = (UserRow { owner: true, ..user(1, "ana") }, UserRow { owner: true, ..user(2, "bo") });
    assert!(!door.has_owner(TENANT).await.unwrap());
    for one in [&ana, &bo, &UserRow { owner: true, status: "invited".into(), ..user(3, "cy") }] {
        door.add_user(one, None, &entry()).await.unwrap();
    }
    assert!(door.has_owner(TENANT).await.unwrap());
    assert!(!door.has_owner(ELSEWHERE).await.unwrap());
    let demoted = UserRow { version: 2, owner: false, ..ana.clone() };
    let disabled = UserRow { version: 2, status: "disabled".into(), ..bo.clone() };
    let (entry_one, entry_two) = (entry(), entry());
    let (one, two) = tokio::join!(door.save_user(&demoted, &entry_one), other.save_user(&disabled, &entry_two));
    let mut outcomes = [one.unwrap(), two.unwrap()].map(|outcome| outcome == UserSaved::Saved);
    outcomes.sort_unstable();
    assert_eq!(outcomes, [false, true], "who was only invited cannot keep the hub alone");
    assert!(door.has_owner(TENANT).await.unwrap());
}

pub async fn entries_are_sealed_in_one_chain_whoever_seals(world: World) {
    let (door, other) = (world.store.identity(), world.other.identity());
    let numbered = |number: u128, tenant| AuditRow { id: Uuid::from_u128(number), tenant, ..entry() };
    let mut entries: Vec<AuditRow> = (1..=40).map(|number| numbered(number, TENANT)).collect();
    entries.extend((41..=45).map(|number| numbered(number, ELSEWHERE)));
    // This one has not ended yet.
    entries.push(AuditRow { outcome: None, at: at(60), ..numbered(50, TENANT) });
    door.note(&entries).await.unwrap();
    door.note(&entries[..3]).await.unwrap();
    assert_eq!(door.audit_head(TENANT).await.unwrap(), Head::default());

    let (one, two) = tokio::join!(door.seal_audit(at(0)), other.seal_audit(at(0)));
    assert_eq!(one.unwrap() + two.unwrap(), 45, "each is sealed once");
    let chain = door.audit_chain(TENANT, 0).await.unwrap();
    assert_eq!(chain.len(), 40);
    let mut verifier = Verifier::new(None);
    for kept in &chain {
        let sealed = kept.sealed.as_ref().unwrap();
        verifier.take(&kept.entry.link(sealed.number), &sealed.hash).unwrap();
    }
    let head = door.audit_head(TENANT).await.unwrap();
    assert_eq!(verifier.end(&head).unwrap(), head);
    let heads = door.audit_heads().await.unwrap();
    assert_eq!(heads.iter().map(|(tenant, head)| (tenant.0, head.number)).collect::<Vec<_>>(), [(1, 40), (2, 5)]);

    door.finish(&[(Uuid::from_u128(50), "202".into()), (Uuid::from_u128(7), "500".into())]).await.unwrap();
    assert_eq!(other.seal_audit(at(0)).await.unwrap(), 1);
    let last = door.audit_chain(TENANT, 40).await.unwrap();
    assert_eq!((last.len(), last[0].entry.outcome.as_deref()), (1, Some("202")));
    assert_eq!(door.audit_chain(TENANT, 6).await.unwrap()[0].entry.outcome.as_deref(), Some("done"), "a sealed one stays");

    door.note(&[AuditRow { outcome: None, at: at(100), ..numbered(51, TENANT) }]).await.unwrap();
    assert_eq!(door.seal_audit(at(99)).await.unwrap(), 0);
    assert_eq!(door.seal_audit(at(100)).await.unwrap(), 1);
    door.finish(&[(Uuid::from_u128(51), "200".into())]).await.unwrap();

    let all = AuditChoice { tenant: TENANT, actor: None, action: None, object: None, outcome: None, since: None, until: None };
    let page = |limit, after| Page { limit, after };
    let newest = door.audit(&all, &page(2, None)).await.unwrap();
    let ids = |rows: &[KeptAudit]| rows.iter().map(|row| row.entry.id.as_u128()).collect::<Vec<_>>();
    assert_eq!(ids(&newest), [51, 50]);
    assert_eq!(newest[0].entry.outcome.as_deref(), Some("unknown"));
    let after = newest.last().map(|row| (row.entry.at, row.entry.id));
    assert_eq!(ids(&door.audit(&all, &page(2, after)).await.unwrap()), [40, 39]);
    let unknown = AuditChoice { outcome: Some("unknown".into()), since: Some(at(60)), until: Some(at(101)), ..all.clone() };
    assert_eq!(ids(&door.audit(&unknown, &page(9, None)).await.unwrap()), [51]);
    let nobody = AuditChoice { actor: Some("nobody".into()), ..all };
    assert!(door.audit(&nobody, &page(9, None)).await.unwrap().is_empty());
}

fn secret(name: &str, version: u32, text: &str) -> SecretRow {
    SecretRow {
        tenant: TENANT,
        name: name.into(),
        version,
        master: "k1".into(),
        wrapped: format!("wrapped {text}"),
        sealed: format!("sealed {text}"),
        set_at: at(i64::from(version)),
        set_by: "ana".into(),
        expires_at: (version > 1).then(|| at(900)),
    }
}

pub async fn a_secret_changes_only_from_the_version_before(world: World) {
    let (door, other) = (world.store.identity(), world.other.identity());
    let (first, rival) = (secret("erp", 1, "a"), secret("erp", 1, "b"));
    let (entry_one, entry_two) = (entry(), entry());
    let (one, two) = tokio::join!(door.save_secret(&first, &entry_one), other.save_secret(&rival, &entry_two));
    assert!(one.unwrap() != two.unwrap(), "one of two first values");
    let kept = door.secrets(TENANT).await.unwrap().remove(0);
    assert!(kept == first || kept == rival);
    assert!(!door.save_secret(&secret("erp", 3, "c"), &entry()).await.unwrap(), "a version in between is missing");
    assert!(door.save_secret(&secret("erp", 2, "c"), &entry()).await.unwrap());
    assert!(!other.save_secret(&secret("erp", 2, "d"), &entry()).await.unwrap());
    assert_eq!(other.secrets(TENANT).await.unwrap(), [secret("erp", 2, "c")]);

    // A new envelope only over the one that was opened.
    let (before, after) = (secret("erp", 2, "c"), SecretRow { master: "k2".into(), wrapped: "anew".into(), ..secret("erp", 2, "c") });
    assert!(!door.rewrap_secret(&secret("erp", 1, "a"), &after).await.unwrap(), "an older value");
    assert!(!door.rewrap_secret(&SecretRow { wrapped: "another".into(), ..before.clone() }, &after).await.unwrap(), "another envelope");
    assert!(door.rewrap_secret(&before, &after).await.unwrap());
    assert!(!other.rewrap_secret(&before, &after).await.unwrap(), "once");
    assert_eq!(door.secrets(TENANT).await.unwrap(), [after]);

    let elsewhere = SecretRow { tenant: ELSEWHERE, ..secret("erp", 1, "e") };
    assert!(door.save_secret(&elsewhere, &AuditRow { tenant: ELSEWHERE, ..entry() }).await.unwrap());
    assert!(!door.remove_secret(ELSEWHERE, "oa", 1, &entry()).await.unwrap());
    assert_eq!(door.all_secrets().await.unwrap().iter().map(|row| row.tenant.0).collect::<Vec<_>>(), [1, 2]);
    assert!(!door.remove_secret(TENANT, "erp", 1, &entry()).await.unwrap(), "an older value");
    assert!(door.remove_secret(TENANT, "erp", 2, &entry()).await.unwrap());
    assert_eq!((door.secrets(TENANT).await.unwrap(), door.secrets(ELSEWHERE).await.unwrap().len()), (vec![], 1));
    let debug = format!("{elsewhere:?}");
    assert!(!debug.contains("sealed e") && !debug.contains("wrapped e"), "{debug}");
}

fn proposal(number: u128, digest: &str) -> ProposalRow {
    ProposalRow {
        id: Uuid::from_u128(number),
        tenant: TENANT,
        kind: "secrets".into(),
        action: "PUT /api/v1/secrets/{name}".into(),
        object: "/api/v1/secrets/erp".into(),
        digest: digest.into(),
        shown: "{}".into(),
        proposed_by: "ana".into(),
        proposer: Some(UserId(Uuid::from_u128(1))),
        proposer_person: Some("E1".into()),
        state: "open".into(),
        created_at: at(1),
        expires_at: at(100),
        settled_at: None,
        settled_by: None,
        note: None,
    }
}

fn step(row: &ProposalRow, from: &'static str, to: &'static str, seconds: i64) -> ProposalStep {
    ProposalStep { tenant: row.tenant, id: row.id, from, to, at: at(seconds), by: Some("bo".into()), note: None, expires_at: None }
}

pub async fn a_proposal_waits_once_and_is_settled_once(world: World) {
    let (door, other) = (world.store.identity(), world.other.identity());
    let (one, twin) = (proposal(1, "d1"), proposal(2, "d1"));
    let (entry_one, entry_two) = (entry(), entry());
    let (first, second) = tokio::join!(door.add_proposal(&one, at(1), &entry_one), other.add_proposal(&twin, at(1), &entry_two));
    assert!(first.unwrap() != second.unwrap(), "the same waits once");
    let waits = door.waiting_proposal(TENANT, "d1", "ana").await.unwrap().unwrap();
    assert!(waits == one || waits == twin);
    assert_eq!(door.waiting_proposal(TENANT, "d1", "bo").await.unwrap(), None, "another's");
    assert_eq!(door.waiting_proposal(ELSEWHERE, "d1", "ana").await.unwrap(), None);
    assert!(door.add_proposal(&ProposalRow { proposed_by: "bo".into(), ..proposal(3, "d1") }, at(1), &entry()).await.unwrap());

    let (confirm, decline) = (step(&waits, "open", "confirmed", 5), step(&waits, "open", "declined", 5));
    let (entry_one, entry_two) = (entry(), entry());
    let (yes, no) = tokio::join!(door.step_proposal(&confirm, &entry_one), other.step_proposal(&decline, &entry_two));
    let (yes, no) = (yes.unwrap(), no.unwrap());
    assert!(yes != no, "one of two settles it");
    let settled = door.proposal(TENANT, waits.id).await.unwrap().unwrap();
    assert_eq!(
        (settled.state.as_str(), settled.settled_by.as_deref(), settled.settled_at),
        (if yes { "confirmed" } else { "declined" }, Some("bo"), Some(at(5)))
    );
    assert_eq!(door.proposal(ELSEWHERE, waits.id).await.unwrap(), None);
    let foreign = ProposalStep { tenant: ELSEWHERE, from: if yes { "confirmed" } else { "declined" }, to: "used", ..confirm };
    assert!(!door.step_proposal(&foreign, &entry()).await.unwrap());

    // What is over is not settled, and makes room for the same again.
    let late = proposal(4, "d2");
    assert!(door.add_proposal(&late, at(1), &entry()).await.unwrap());
    assert!(!door.step_proposal(&step(&late, "open", "confirmed", 100), &entry()).await.unwrap());
    let again = ProposalRow { created_at: at(100), expires_at: at(200), ..proposal(5, "d2") };
    assert!(!door.add_proposal(&again, at(99), &entry()).await.unwrap(), "it still waits");
    assert!(door.add_proposal(&again, at(100), &entry()).await.unwrap());
    assert_eq!(door.waiting_proposal(TENANT, "d2", "ana").await.unwrap().map(|row| row.id), Some(again.id));
    let kept = ProposalStep { by: None, note: Some("n".into()), expires_at: Some(at(500)), ..step(&again, "open", "confirmed", 150) };
    assert!(door.step_proposal(&kept, &entry()).await.unwrap());
    let row = door.proposal(TENANT, again.id).await.unwrap().unwrap();
    assert_eq!((row.settled_by, row.note.as_deref(), row.expires_at), (None, Some("n"), at(500)));
    let newest: Vec<_> = door.proposals(TENANT, Some("confirmed")).await.unwrap().into_iter().map(|row| row.id).collect();
    assert!(newest[0] == again.id && door.proposals(TENANT, None).await.unwrap().len() == 4, "{newest:?}");
}
