//! Lanes: order, leases, fences.

use crate::fixtures::*;
use crate::world::World;
use std::collections::HashSet;
use std::sync::Arc;
use waybill::store::*;

/// Queues effects of a stored instance in one batch.
async fn queue(store: &Arc<dyn Store>, instance: &InstanceRow, numbers: &[u64]) -> Committed {
    let effects = numbers.iter().map(|number| queued(effect(*number, instance, "oa"))).collect();
    write(store, Writes { effects, ..Writes::default() }).await
}

fn steps(claimed: &[ClaimedEffect]) -> Vec<&str> {
    claimed.iter().map(|claimed| claimed.effect.step.as_str()).collect()
}

async fn record(store: &Arc<dyn Store>, progress: Progress) -> Fenced {
    store.record_progress(&[progress]).await.expect("records")[0]
}

pub async fn effects_are_claimed_with_the_commit_when_the_lane_is_free(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    let ask = |number, connection| NewEffect { effect: effect(number, &started, connection), claim: Some(lease("a", 30)) };
    let committed =
        write(store, Writes { effects: vec![ask(1, "oa"), ask(2, "oa"), queued(effect(3, &started, "erp"))], ..Writes::default() }).await;
    assert_eq!((steps(&committed.claimed), committed.ready.len()), (vec!["step1#1"], 1));
    let first = &committed.claimed[0];
    assert_eq!((first.effect.state.as_str(), first.effect.attempt, first.orphaned), ("started", 1, false));
    let stored = store.effects(TENANT, started.id, Onward::all()).await.unwrap();
    assert_eq!(stored[0], first.effect, "what comes back is what is stored");
    assert_eq!(states(store, &started).await, [("started".into(), 1), ("planned".into(), 0), ("planned".into(), 0)]);
    let busy = write(store, Writes { effects: vec![ask(4, "oa")], ..Writes::default() }).await;
    assert_eq!((busy.claimed.len(), busy.ready.len()), (0, 0), "the lane is not free");
    assert!(claim(store, "b", 10, 40, "oa").await.is_empty(), "it is leased");
    assert_eq!(record(store, report(first, "done", 0)).await, Fenced::Held);
    assert_eq!(steps(&claim(store, "b", 10, 40, "oa").await), ["step2#1"]);
}

pub async fn a_lane_is_done_in_order_one_at_a_time(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    queue(store, &started, &[1, 2]).await;
    queue(store, &started, &[3]).await;
    for step in ["step1#1", "step2#1", "step3#1"] {
        let claimed = claim(store, "a", 0, 30, "oa").await;
        assert_eq!(steps(&claimed), [step]);
        assert!(claim(&world.other, "b", 1, 31, "oa").await.is_empty(), "{step} is under way");
        assert_eq!(record(store, report(&claimed[0], "done", 0)).await, Fenced::Held);
    }
    assert!(claim(store, "a", 99, 199, "oa").await.is_empty());
    assert!(states(store, &started).await.iter().all(|state| *state == ("done".to_owned(), 1)));
}

pub async fn a_long_lane_keeps_its_order(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    let numbers: Vec<u64> = (0..600).collect();
    let committed = queue(store, &started, &numbers).await;
    assert_eq!(committed.ready.len(), 1);
    let queued = store.effects(TENANT, started.id, Onward::all()).await.unwrap();
    let expected: Vec<String> = numbers.iter().map(|number| format!("step{number}#1")).collect();
    assert_eq!(queued.iter().map(|effect| effect.step.clone()).collect::<Vec<_>>(), expected);
    for step in &expected[..3] {
        let claimed = claim(store, "a", 0, 30, "oa").await;
        assert_eq!(steps(&claimed), [step.as_str()]);
        record(store, report(&claimed[0], "done", 0)).await;
    }
}

pub async fn a_waiting_head_blocks_its_lane_until_it_is_due(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    queue(store, &started, &[1, 2]).await;
    let claimed = claim(store, "a", 0, 30, "oa").await;
    assert_eq!(record(store, report(&claimed[0], "waiting", 100)).await, Fenced::Held);
    assert!(claim(store, "a", 99, 130, "oa").await.is_empty());
    let again = claim(store, "a", 100, 130, "oa").await;
    assert_eq!((steps(&again), again[0].effect.attempt, again[0].orphaned), (vec!["step1#1"], 2, false));
    assert_eq!(again[0].effect.delivery, "{\"state\":\"waiting\"}");
    assert!(again[0].token > claimed[0].token);
}

pub async fn a_failed_head_frees_its_lane(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    queue(store, &started, &[1, 2]).await;
    let claimed = claim(store, "a", 0, 30, "oa").await;
    let keys = Keys { instances: vec![started.id], effects: vec![hold(&claimed[0])], ..Keys::default() };
    let failed = report(&claimed[0], "failed", 0);
    let committed = decide(store, keys, |loaded| {
        assert_eq!(loaded.held, [failed.hold.effect]);
        Writes { progress: vec![failed], ..Writes::default() }
    });
    assert_eq!(committed.await.unwrap().ready.len(), 1);
    assert_eq!(steps(&claim(store, "a", 0, 30, "oa").await), ["step2#1"]);
    assert_eq!(states(store, &started).await[0], ("failed".into(), 1));
}

pub async fn an_effect_given_back_is_claimed_again(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    queue(store, &started, &[1]).await;
    let claimed = claim(store, "a", 0, 30, "oa").await;
    assert_eq!(record(store, report(&claimed[0], "planned", 5)).await, Fenced::Held);
    assert!(claim(store, "b", 4, 30, "oa").await.is_empty());
    let again = claim(&world.other, "b", 5, 30, "oa").await;
    assert_eq!((steps(&again), again[0].orphaned), (vec!["step1#1"], false));
}

pub async fn a_zombie_writes_nothing(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    queue(store, &started, &[1]).await;
    let zombie = claim(store, "a", 0, 30, "oa").await.remove(0);
    let heir = claim(&world.other, "b", 30, 60, "oa").await.remove(0);
    assert_eq!((heir.effect.id, heir.orphaned, heir.effect.attempt), (zombie.effect.id, true, 1), "it may have been sent");
    assert!(heir.token > zombie.token);
    let late = Progress { attempts: vec![attempt(&zombie.effect, 0, 1)], ..report(&zombie, "done", 0) };
    assert_eq!(record(store, late).await, Fenced::Lost);
    assert_eq!(states(store, &started).await, [("started".into(), 1)]);
    assert!(store.attempts(TENANT, started.id, Onward::all()).await.unwrap().is_empty());
    let both = [report(&zombie, "failed", 0), report(&heir, "done", 0)];
    assert_eq!(store.record_progress(&both).await.unwrap(), [Fenced::Lost, Fenced::Held]);
    assert_eq!(states(store, &started).await, [("done".into(), 1)]);
}

pub async fn a_zombie_in_a_batch_is_not_held(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    queue(store, &started, &[1]).await;
    let zombie = claim(store, "a", 0, 30, "oa").await.remove(0);
    let heir = claim(&world.other, "b", 30, 60, "oa").await.remove(0);
    for (claimed, held) in [(&zombie, 0), (&heir, 1), (&heir, 0)] {
        let keys = Keys { instances: vec![started.id], effects: vec![hold(claimed)], ..Keys::default() };
        let (progress, found) = (report(claimed, "done", 0), Arc::new(std::sync::Mutex::new(0)));
        let inside = found.clone();
        decide(store, keys, move |loaded| {
            *inside.lock().unwrap() = loaded.held.len();
            // A careless decision reports anyway; the store drops what is not held.
            Writes { progress: vec![progress], ..Writes::default() }
        })
        .await
        .unwrap();
        assert_eq!(*found.lock().unwrap(), held);
        let expected = if claimed.token == zombie.token { "started" } else { "done" };
        assert_eq!(states(store, &started).await[0].0, expected);
    }
}

pub async fn a_second_report_on_a_hold_is_lost(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    queue(store, &started, &[1]).await;
    let claimed = claim(store, "a", 0, 30, "oa").await.remove(0);
    let twice = [report(&claimed, "waiting", 50), report(&claimed, "done", 0)];
    assert_eq!(store.record_progress(&twice).await.unwrap(), [Fenced::Held, Fenced::Lost]);
    assert_eq!(record(store, report(&claimed, "done", 0)).await, Fenced::Lost, "the hold was released");
    assert_eq!(states(store, &started).await, [("waiting".into(), 1)]);
}

pub async fn an_empty_lane_gives_no_token_twice(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    let mut tokens = HashSet::new();
    let mut last = 0;
    for number in 1..=5 {
        queue(store, &started, &[number]).await;
        let claimed = claim(store, "a", 0, 30, "oa").await.remove(0);
        assert!(tokens.insert(claimed.token), "the lane was empty in between");
        assert!(claimed.effect.seq > last);
        last = claimed.effect.seq;
        record(store, report(&claimed, "done", 0)).await;
    }
}

pub async fn concurrent_claimers_share_lanes(world: World) {
    let store = &world.store;
    let mut effects = Vec::new();
    for number in 0..60 {
        let (_, started) = stored_instance(store, number).await;
        effects.push(queued(effect(number, &started, "oa")));
    }
    write(store, Writes { effects, ..Writes::default() }).await;
    let claimers = (0..6).map(|turn| {
        let store = if turn % 2 == 0 { world.store.clone() } else { world.other.clone() };
        tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let claimed = store.claim_lanes(&lease(&format!("w{turn}"), 30), at(0), &[room("oa", 7)]).await.unwrap();
                // Another claimer may hold the rest locked for a moment; the last one to look finds nothing.
                if claimed.is_empty() {
                    return mine;
                }
                mine.extend(claimed.into_iter().map(|claimed| claimed.effect.id));
            }
        })
    });
    let mut all = Vec::new();
    for claimer in futures::future::join_all(claimers).await {
        all.extend(claimer.unwrap());
    }
    all.extend(claim(store, "rest", 0, 30, "oa").await.into_iter().map(|claimed| claimed.effect.id));
    assert_eq!((all.len(), all.iter().collect::<HashSet<_>>().len()), (60, 60));
}

pub async fn connections_get_their_room_in_turn(world: World) {
    let store = &world.store;
    let mut effects = Vec::new();
    for number in 0..10 {
        let (_, started) = stored_instance(store, number).await;
        let due = at(number as i64);
        for (offset, connection) in [(0, "oa"), (100, "erp"), (200, "slow")] {
            effects.push(queued(EffectRow { due_at: due, ..effect(number + offset, &started, connection) }));
        }
    }
    write(store, Writes { effects, ..Writes::default() }).await;
    let rooms = [room("oa", 3), room("erp", 2), room("slow", 0), room("nobody", 5)];
    let claimed = store.claim_lanes(&lease("a", 300), at(100), &rooms).await.unwrap();
    let order: Vec<(&str, i64)> =
        claimed.iter().map(|c| (c.effect.connection.as_str(), c.effect.due_at.as_second() - at(0).as_second())).collect();
    assert_eq!(order.len(), 5);
    let of = |connection: &str| order.iter().filter(|(name, _)| *name == connection).map(|(_, due)| *due).collect::<Vec<_>>();
    assert_eq!((of("oa"), of("erp")), (vec![0, 1, 2], vec![0, 1]), "each its room, oldest due first");
    let first_two: HashSet<&str> = order[..2].iter().map(|(name, _)| *name).collect();
    assert_eq!(first_two, HashSet::from(["oa", "erp"]), "no connection's second before another's first: {order:?}");
    let mut foreign = room("oa", 5);
    foreign.tenant.0 = 2;
    assert!(store.claim_lanes(&lease("a", 300), at(100), &[foreign]).await.unwrap().is_empty());
}

pub async fn priorities_go_first(world: World) {
    let store = &world.store;
    let mut effects = Vec::new();
    for (number, priority, due) in [(1, 5, 0), (2, 0, 3), (3, 99, 0), (4, 0, 2)] {
        let (_, started) = stored_instance(store, number).await;
        effects.push(queued(EffectRow { priority, due_at: at(due), ..effect(number, &started, "oa") }));
    }
    write(store, Writes { effects, ..Writes::default() }).await;
    assert_eq!(steps(&claim(store, "a", 9, 30, "oa").await), ["step4#1", "step2#1", "step1#1", "step3#1"]);
}

pub async fn nobody_waits_for_ever(world: World) {
    let store = &world.store;
    let queue = async |number: u64, priority: i16, due: i64| {
        let (_, started) = stored_instance(store, number).await;
        let effects = vec![queued(EffectRow { priority, due_at: at(due), ..effect(number, &started, "oa") })];
        write(store, Writes { effects, ..Writes::default() }).await;
    };
    queue(1, 2, 0).await;
    for number in 2..40 {
        queue(number, 0, i64::try_from(number).unwrap() * 5).await;
    }
    // One place at a time: those that were due within two times the patience after it go first, and no other.
    let mut order = Vec::new();
    for turn in 0_i64..39 {
        let claimed = store.claim_lanes(&lease("a", 1000 + turn), at(500), &[room("oa", 1)]).await.expect("claims");
        order.extend(steps(&claimed).into_iter().map(str::to_owned));
    }
    let place = order.iter().position(|step| step == "step1#1").unwrap();
    assert_eq!((order.len(), place), (39, 11), "{order:?}");
}

pub async fn unsent_effects_can_be_taken_back(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    queue(store, &started, &[1, 2, 3, 4]).await;
    let ids = |numbers: &[u64]| numbers.iter().map(|number| effect(*number, &started, "oa").id).collect::<Vec<_>>();
    let withdraw = |numbers: &[u64]| Writes { effects_withdrawn: ids(numbers), ..Writes::default() };
    let committed = write(store, withdraw(&[1, 3])).await;
    assert_eq!(committed.ready.len(), 1, "the lane goes on with the second");
    let claimed = claim(store, "a", 0, 30, "oa").await;
    assert_eq!(steps(&claimed), ["step2#1"]);
    write(store, withdraw(&[2])).await;
    assert_eq!(
        states(store, &started).await.iter().map(|(state, _)| state.as_str()).collect::<Vec<_>>(),
        ["withdrawn", "started", "withdrawn", "planned"]
    );
    assert_eq!(record(store, report(&claimed[0], "done", 0)).await, Fenced::Held, "what may be sent keeps its hold");
    write(store, withdraw(&[4])).await;
    assert!(claim(store, "a", 99, 130, "oa").await.is_empty());
    assert!(store.counts(at(0)).await.unwrap().effects.is_empty());
}

pub async fn stopped_effects_are_queued_again_in_order(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    queue(store, &started, &[1]).await;
    let requeue = |number| Writes { effects_requeued: vec![effect(number, &started, "oa").id], ..Writes::default() };
    let fail = async |step: &str| {
        let claimed = claim(store, "a", 0, 30, "oa").await.remove(0);
        assert_eq!(claimed.effect.step, step);
        record(store, report(&claimed, "failed", 0)).await;
    };
    fail("step1#1").await;
    assert_eq!(write(store, requeue(1)).await.ready.len(), 1, "its lane was gone and is made anew");
    fail("step1#1").await;
    queue(store, &started, &[2]).await;
    write(store, requeue(1)).await;
    let first = claim(store, "a", 0, 30, "oa").await.remove(0);
    assert_eq!((first.effect.step.as_str(), first.effect.attempt), ("step1#1", 3), "the older goes first");
    write(store, requeue(1)).await;
    assert_eq!(states(store, &started).await[0], ("started".into(), 3), "what is under way is not queued again");
    assert_eq!(record(store, report(&first, "done", 0)).await, Fenced::Held);
    let second = claim(store, "a", 0, 30, "oa").await.remove(0);
    assert_eq!(second.effect.step, "step2#1");
    record(store, report(&second, "failed", 0)).await;
    queue(store, &started, &[3]).await;
    let third = claim(store, "a", 0, 30, "oa").await.remove(0);
    assert_eq!(write(store, requeue(2)).await.ready.len(), 0, "the lane is held");
    record(store, report(&third, "done", 0)).await;
    assert_eq!(steps(&claim(store, "a", 0, 30, "oa").await), ["step2#1"]);
}

pub async fn a_repeated_effect_is_left_alone(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    queue(store, &started, &[1]).await;
    let claimed = claim(store, "a", 0, 30, "oa").await.remove(0);
    record(store, report(&claimed, "done", 0)).await;
    let again = NewEffect { effect: effect(1, &started, "oa"), claim: Some(lease("a", 30)) };
    let committed = write(store, Writes { effects: vec![again], ..Writes::default() }).await;
    assert_eq!((committed.claimed.len(), committed.ready.len()), (0, 0));
    assert!(claim(store, "a", 99, 130, "oa").await.is_empty(), "no lane for what is done");
}

pub async fn attempts_are_recorded_with_progress(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    queue(store, &started, &[1]).await;
    let claimed = claim(store, "a", 0, 30, "oa").await.remove(0);
    let attempts = vec![
        attempt(&claimed.effect, 0, 1),
        AttemptRow { status: None, message: Some("连接超时".into()), ..attempt(&claimed.effect, 1, 2) },
    ];
    let progress = Progress { attempts: attempts.clone(), ..report(&claimed, "done", 0) };
    assert_eq!(record(store, progress).await, Fenced::Held);
    assert_eq!(store.attempts(TENANT, started.id, Onward::all()).await.unwrap(), attempts);
    assert_eq!(store.effects(TENANT, started.id, Onward::all()).await.unwrap()[0].delivery, "{\"state\":\"done\"}");
}

pub async fn attempts_come_in_pages_whatever_began_at_once(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    queue(store, &started, &[1, 2]).await;
    let first = claim(store, "a", 0, 30, "oa").await.remove(0);
    // Two effects, parts and tries that began in the same microsecond.
    let of_first: Vec<AttemptRow> = (0..3).map(|part| attempt(&first.effect, part, 1)).collect();
    record(store, Progress { attempts: of_first.clone(), ..report(&first, "done", 0) }).await;
    let second = claim(store, "a", 0, 30, "oa").await.remove(0);
    let mut of_second: Vec<AttemptRow> = (0..2).map(|part| attempt(&second.effect, part, 1)).collect();
    of_second.push(AttemptRow { number: 2, ..attempt(&second.effect, 0, 1) });
    of_second.push(attempt(&second.effect, 0, 7));
    record(store, Progress { attempts: of_second.clone(), ..report(&second, "done", 0) }).await;

    let all = store.attempts(TENANT, started.id, Onward::all()).await.unwrap();
    assert_eq!(all.len(), 7);
    assert!(of_first.iter().chain(&of_second).all(|row| all.contains(row)));
    assert_eq!(all.last(), of_second.last(), "the newest comes last");
    for limit in 1..=8 {
        let mut paged = Vec::new();
        let mut after = None;
        loop {
            let page = store.attempts(TENANT, started.id, Onward { limit, after }).await.unwrap();
            assert!(page.len() <= limit as usize);
            let Some(last) = page.last() else { break };
            after = Some(AttemptPlace { started_at: last.started_at, number: last.number, part: last.part, effect: last.effect });
            paged.extend(page);
        }
        assert_eq!(paged, all, "in pages of {limit}");
    }
    assert!(store.attempts(waybill::domain::ids::TenantId(2), started.id, Onward::all()).await.unwrap().is_empty());
}
