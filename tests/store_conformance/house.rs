//! Counts, cleaning, migrating, being away.

use crate::fixtures::*;
use crate::own::drift;
use crate::world::World;
use waybill::store::*;

pub async fn counts_tell_what_is_there(world: World) {
    let store = &world.store;
    assert_eq!(store.counts(at(0)).await.unwrap(), Counts::default());
    let (_, started) = stored_instance(store, 1).await;
    let (document, _) = stored_instance(store, 2).await;
    let effects = [1, 2, 3].map(|number| queued(effect(number, &started, "oa"))).into();
    let ended = InstanceRow { status: "ended".into(), ..instance(3, &document) };
    let timer = |number, due| (TimerKey { tenant: TENANT, instance: started.id, number }, at(due));
    let timers = vec![timer(1, 2), timer(2, 4), timer(3, 100)];
    let exceptions = vec![exception(1, &started)];
    let settled = DriftRow { state: "resolved".into(), ..drift(3, &document, "total_gross", 1) };
    let drifts = vec![drift(1, &document, "supplier", 1), drift(2, &document, "currency", 1), settled];
    write(store, Writes { effects, exceptions, timers, drifts, instances_new: vec![ended], ..Writes::default() }).await;
    store.receive(&[message(1)], &lease("a", 30)).await.unwrap();
    let words = |pairs: &[(&str, u64)]| pairs.iter().map(|(word, number)| (word.to_string(), *number)).collect::<Vec<_>>();
    let expected = Counts {
        documents: 2,
        instances: words(&[("ended", 1), ("running", 2)]),
        exceptions: words(&[("data_wrong", 1)]),
        drifts: words(&[("not_owned", 2)]),
        effects: words(&[("planned", 3)]),
        messages: words(&[("new", 1)]),
        duplicates: 0,
        oldest_ready_millis: Some(5000),
        oldest_timer_millis: Some(3000),
    };
    assert_eq!(store.counts(at(5)).await.unwrap(), expected);
    claim(store, "a", 5, 30, "oa").await;
    let held = Counts { effects: words(&[("planned", 2), ("started", 1)]), oldest_ready_millis: None, ..expected };
    assert_eq!(store.counts(at(5)).await.unwrap(), held);
}

pub async fn cleaning_drops_old_payloads_and_attempts(world: World) {
    let store = &world.store;
    let (old, started) = stored_instance(store, 1).await;
    let day = 86_400;
    let new = DocumentRow { created_at: at(40 * day), ..document(2) };
    let writes = Writes {
        documents_new: vec![new.clone()],
        revisions: vec![revision(&new, 1)],
        effects: vec![queued(effect(1, &started, "oa"))],
        ..Writes::default()
    };
    write(store, writes).await;
    let claimed = claim(store, "a", 0, 30, "oa").await.remove(0);
    let attempts = vec![attempt(&claimed.effect, 0, 1), attempt(&claimed.effect, 1, 40 * day)];
    store.record_progress(&[Progress { attempts: attempts.clone(), ..report(&claimed, "done", 0) }]).await.unwrap();
    let mut dropped = 0;
    loop {
        match store.clean(at(30 * day)).await.unwrap() {
            0 => break,
            some => dropped += some,
        }
    }
    assert!(dropped >= 2, "{dropped}");
    assert_eq!(store.attempts(TENANT, started.id, Onward::all()).await.unwrap(), attempts[1..]);
    assert_eq!(store.revision(TENANT, old.id, 1).await.unwrap(), Some(RevisionRow { payload: String::new(), ..revision(&old, 1) }));
    assert_eq!(store.revision(TENANT, new.id, 1).await.unwrap(), Some(revision(&new, 1)));
}

pub async fn migrating_twice_changes_nothing(world: World) {
    let (one, two) = futures::join!(world.store.migrate(), world.other.migrate());
    let (one, two) = (one.unwrap(), two.unwrap());
    assert!(one.applied.is_empty() && one == two && !one.current.is_empty(), "{one:?}");
    world.store.ping().await.unwrap();
}

pub async fn a_closed_store_is_unavailable(world: World) {
    world.store.close().await;
    assert!(matches!(world.store.ping().await, Err(Error::Unavailable(_))));
    assert!(matches!(world.store.receive(&[message(1)], &lease("a", 1)).await, Err(Error::Unavailable(_))));
    assert!(matches!(decide(&world.store, Keys::default(), |_| Writes::default()).await, Err(Error::Unavailable(_))));
}

pub async fn an_answer_is_given_once_per_key(world: World) {
    let store = &world.store;
    let ask = |key: u128, fingerprint: &str, now: i64| Question {
        key: uuid::Uuid::from_u128(key),
        tenant: TENANT,
        fingerprint: fingerprint.to_owned(),
        now: at(now),
        busy_until: at(now + 60),
    };
    assert_eq!(store.begin_answer(&ask(1, "a", 0)).await.unwrap(), Begun::Yours);
    assert_eq!(world.other.begin_answer(&ask(1, "a", 30)).await.unwrap(), Begun::Busy, "somebody works on it");
    assert_eq!(store.begin_answer(&ask(1, "b", 30)).await.unwrap(), Begun::Other);
    assert_eq!(store.begin_answer(&ask(2, "a", 30)).await.unwrap(), Begun::Yours, "another key");
    assert_eq!(world.other.begin_answer(&ask(1, "a", 61)).await.unwrap(), Begun::Yours, "whoever had it died");
    assert_eq!(store.begin_answer(&ask(1, "a", 100)).await.unwrap(), Begun::Busy);
    let answer = Answer { status: 202, body: r#"{"status":"接受"}"#.to_owned() };
    store.finish_answer(TENANT, ask(1, "a", 0).key, Some(&answer)).await.unwrap();
    store.finish_answer(TENANT, ask(1, "a", 0).key, Some(&Answer { status: 500, ..answer.clone() })).await.unwrap();
    store.finish_answer(TENANT, ask(1, "a", 0).key, None).await.unwrap();
    assert_eq!(world.other.begin_answer(&ask(1, "a", 900)).await.unwrap(), Begun::Answered(answer), "the first answer stays");
    assert_eq!(store.begin_answer(&ask(1, "b", 900)).await.unwrap(), Begun::Other);
    store.finish_answer(TENANT, ask(2, "a", 0).key, None).await.unwrap();
    assert_eq!(store.begin_answer(&ask(2, "b", 40)).await.unwrap(), Begun::Yours, "given back unanswered");
    assert_eq!(store.forget_answers(at(35)).await.unwrap(), 1);
    assert_eq!(store.begin_answer(&ask(1, "b", 950)).await.unwrap(), Begun::Yours, "forgotten");
}
