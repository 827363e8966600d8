//! What only a broker can do wrong. One private broker for all of it, one case after the other: they restart and starve it.

use crate::support::broker::PrivateBroker;
use crate::support::proxy::Proxy;
use crate::world::*;
use std::sync::Arc;
use std::time::{Duration, Instant};
use waybill::transport::rabbitmq::{DeadAct, Names, dead_letters, inspect};
use waybill::transport::{Acknowledged, LinkState, Published, Transport};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_may_do_anything_and_comes_back() {
    let broker = PrivateBroker::start("waybill_conformance").await;
    an_unreadable_message_is_put_aside(&broker).await;
    a_full_queue_refuses(&broker).await;
    a_queue_of_another_kind_is_said(&broker).await;
    a_queue_of_an_earlier_release_is_used_as_it_is(&broker).await;
    dead_letters_are_listed_returned_and_dropped(&broker).await;
    a_queue_that_is_deleted_under_its_consumer_comes_back(&broker).await;
    what_came_back_is_known_to_who_sent_it(&broker).await;
    a_cut_line_is_mended(&broker).await;
    a_restart_loses_no_ticket(&broker).await;
    a_blocked_broker_takes_nothing_and_is_waited_for(&broker).await;
}

fn counts(transport: &Arc<dyn Transport>) -> waybill::transport::Counts {
    transport.health().counts
}

async fn an_unreadable_message_is_put_aside(broker: &PrivateBroker) {
    let world = World::at(&broker.url(), "unreadable").await;
    let transport = world.listening(1).await;
    publish_raw(broker, &Names::new("unreadable").effects("oa"), b"no ticket").await;
    transport.announce(&[ticket("oa", 1)]).await;
    assert_eq!(next(&transport).await.ticket, ticket("oa", 1), "the next one is taken all the same");
    assert_eq!(counts(&transport).unreadable, 1);
    until("the dead letter is seen", || transport.health().dead_letters == Some(1)).await;
    world.remove().await;
}

async fn a_full_queue_refuses(broker: &PrivateBroker) {
    let world = World::at(&broker.url(), "full").await;
    broker.ctl(&["set_policy", "full", "^full\\.effects\\.", r#"{"max-length":3}"#, "--apply-to", "queues"]).await;
    let transport = world.listening(1).await;
    let mut published = Vec::new();
    for number in 0..12 {
        published.extend(transport.announce(&[ticket("oa", number)]).await);
    }
    let refused = published.iter().filter(|published| **published == Published::Refused).count();
    assert!(refused > 0, "{published:?}");
    assert_eq!(counts(&transport).refused, refused as u64);
    assert_eq!(published.iter().filter(|published| **published == Published::Confirmed).count(), 12 - refused, "{published:?}");
    assert!(transport.carries(), "a refusal is an answer");
    world.remove().await;
}

async fn a_queue_of_another_kind_is_said(broker: &PrivateBroker) {
    use lapin::options::QueueDeclareOptions;
    let connection = lapin::Connection::connect(&broker.url(), lapin::ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    channel.queue_declare("classic.effects.oa".into(), QueueDeclareOptions::durable(), Default::default()).await.unwrap();
    let world = World::at(&broker.url(), "classic").await;
    let transport = world.listening(1).await;
    let why = || transport.health().apart.get("oa").cloned().unwrap_or_default();
    until("it says what is wrong", || why().contains("PRECONDITION_FAILED")).await;
    assert!(transport.carries() && transport.apart() == ["oa"], "the other connection goes on over the broker");
    let published = transport.announce(&[ticket("oa", 1), ticket("erp", 2), ticket("oa", 3)]).await;
    assert_eq!(published, [Published::Unsent, Published::Confirmed, Published::Unsent]);
    let other = next(&transport).await;
    assert_eq!(other.ticket, ticket("erp", 2));
    other.done().await;
    let left =
        channel.queue_declare("classic.effects.oa".into(), QueueDeclareOptions::durable().passive(), Default::default()).await.unwrap();
    assert_eq!(left.message_count(), 0, "nothing of ours goes where we do not belong");
    let found = inspect(&options(broker, "classic"), &["oa".to_owned(), "erp".to_owned()]).await.expect("it can be looked at");
    assert_eq!((found.apart.len(), found.tickets.len()), (1, 1), "{found:?}");
    channel.queue_delete("classic.effects.oa".into(), Default::default()).await.unwrap();
    until("it is found that it can be used", || transport.apart().is_empty()).await;
    up(&transport).await;
    assert_eq!(transport.announce(&[ticket("oa", 4)]).await, [Published::Confirmed]);
    assert_eq!(next(&transport).await.ticket, ticket("oa", 4));
    world.remove().await;
}

/// The broker cancels the consumer of a queue that goes away, and says so once; whoever overhears it waits for ever.
async fn a_queue_that_is_deleted_under_its_consumer_comes_back(broker: &PrivateBroker) {
    let world = World::at(&broker.url(), "deleted").await;
    let transport = world.listening(1).await;
    assert_eq!(transport.announce(&[ticket("oa", 1)]).await, [Published::Confirmed]);
    next(&transport).await.done().await;
    let connection = lapin::Connection::connect(&broker.url(), lapin::ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    channel.queue_delete(Names::new("deleted").effects("oa").into(), Default::default()).await.expect("deleted");
    let (began, mut number) = (Instant::now(), 10);
    while transport.announce(&[ticket("oa", number)]).await != [Published::Confirmed] {
        assert!(began.elapsed() < 2 * SOON, "the queue does not come back");
        number += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(next(&transport).await.ticket, ticket("oa", number));
    assert_eq!(transport.announce(&[ticket("erp", 3)]).await, [Published::Confirmed], "the others were not left hanging");
    assert_eq!(next(&transport).await.ticket, ticket("erp", 3));
    world.remove().await;
}

/// Batches that are under way at the same time: each is told of its own messages, however the broker's words lie.
async fn what_came_back_is_known_to_who_sent_it(broker: &PrivateBroker) {
    let world = World::at(&broker.url(), "returns").await;
    let transport = world.listening(64).await;
    // Of a connection that no replica listens to, there is no queue.
    let batches = (0..40_u128).map(|batch| {
        let transport = &transport;
        let tickets: Vec<_> = (0..8).map(|number| ticket(if batch % 2 == 0 { "nobody" } else { "oa" }, batch * 8 + number)).collect();
        async move { transport.announce(&tickets).await }
    });
    let answers = futures::future::join_all(batches).await;
    for (batch, answers) in answers.into_iter().enumerate() {
        let right = if batch % 2 == 0 { Published::Returned } else { Published::Confirmed };
        assert_eq!(answers, vec![right; 8], "batch {batch}");
    }
    world.remove().await;
}

/// The arguments of a queue of tickets, as a hub declares it.
fn arguments(prefix: &str, strategy: Option<&str>) -> lapin::types::FieldTable {
    use lapin::types::AMQPValue;
    let mut arguments = lapin::types::FieldTable::default();
    let dead = Names::new(prefix).dead();
    let texts = [
        ("x-queue-type", "quorum"),
        ("x-overflow", "reject-publish"),
        ("x-dead-letter-exchange", ""),
        ("x-dead-letter-routing-key", &*dead),
    ];
    for (name, value) in texts.into_iter().chain(strategy.map(|strategy| ("x-dead-letter-strategy", strategy))) {
        arguments.insert(name.into(), AMQPValue::LongString(value.into()));
    }
    for (name, value) in [("x-max-length", 100_000), ("x-delivery-limit", 20)] {
        arguments.insert(name.into(), AMQPValue::LongLongInt(value));
    }
    arguments
}

/// Declared before dead letters left their queue only once they had arrived: a release that demanded it of a queue that is there
/// would work by polling until somebody removed it.
async fn a_queue_of_an_earlier_release_is_used_as_it_is(broker: &PrivateBroker) {
    use lapin::options::QueueDeclareOptions;
    let connection = lapin::Connection::connect(&broker.url(), lapin::ConnectionProperties::default()).await.unwrap();
    let declare = async |queue: &str, strategy: Option<&str>| {
        let channel = connection.create_channel().await.unwrap();
        channel.queue_declare(queue.into(), QueueDeclareOptions::durable(), arguments("earlier", strategy)).await
    };
    let (old, new) = (Names::new("earlier").effects("oa"), Names::new("earlier").effects("erp"));
    declare(&old, None).await.expect("the queue of the release before");
    let world = World::at(&broker.url(), "earlier").await;
    let transport = world.listening(1).await;
    assert!(transport.apart().is_empty(), "{:?}", transport.health().apart);
    let published = transport.announce(&[ticket("oa", 1), ticket("erp", 2)]).await;
    assert_eq!(published, [Published::Confirmed, Published::Confirmed]);
    for _ in 0..2 {
        next(&transport).await.done().await;
    }
    // What is put aside arrives from either.
    publish_raw(broker, &old, b"no ticket").await;
    publish_raw(broker, &new, b"none either").await;
    until("both are put aside", || transport.health().dead_letters == Some(2)).await;
    let found = inspect(&options(broker, "earlier"), &["oa".to_owned(), "erp".to_owned()]).await.expect("it can be looked at");
    assert_eq!((found.earlier, found.apart), (vec!["oa".to_owned()], vec![]));
    // A broker takes the same arguments again and no others: the new queue has the strategy.
    declare(&new, Some("at-least-once")).await.expect("declared like this");
    let refused = declare(&new, None).await.expect_err("not like this").to_string();
    assert!(refused.contains("x-dead-letter-strategy"), "{refused}");
    world.remove().await;
}

/// What could not be handled is listed, and goes back or away only when that is asked for.
async fn dead_letters_are_listed_returned_and_dropped(broker: &PrivateBroker) {
    let options = options(broker, "dead");
    let none = dead_letters(&options, DeadAct::Look, 10).await.expect("no hub has run here yet");
    assert_eq!((none.in_queue, none.messages.len()), (0, 0));
    let world = World::at(&broker.url(), "dead").await;
    let transport = world.listening(1).await;
    let names = Names::new("dead");
    // As the broker puts it aside itself: rubbish by our refusal, a ticket by hand.
    publish_raw(broker, &names.effects("oa"), b"no ticket").await;
    until("the rubbish is put aside", || counts(&transport).unreadable == 1).await;
    publish_raw(broker, &names.dead(), &ticket("oa", 1).encode()).await;
    publish_raw(broker, &names.dead(), &ticket("gone", 2).encode()).await;
    let began = Instant::now();
    let listed = loop {
        let listed = dead_letters(&options, DeadAct::Look, 10).await.expect("it can be looked at");
        if listed.messages.len() == 3 {
            break listed;
        }
        assert!(began.elapsed() < SOON, "{listed:?}");
    };
    let rubbish = listed.messages.iter().find(|letter| letter.ticket.is_none()).expect("the rubbish");
    assert_eq!((rubbish.reason.as_deref(), rubbish.queue.clone()), (Some("rejected"), Some(names.effects("oa"))));
    assert_eq!(rubbish.beginning.as_deref(), Some("no ticket"));
    assert!(listed.messages.iter().all(|letter| letter.became == "kept"));
    let one = dead_letters(&options, DeadAct::Look, 1).await.expect("bounded");
    assert_eq!((one.in_queue, one.messages.len()), (3, 1), "a look takes nothing away");
    let returned = dead_letters(&options, DeadAct::Return, 10).await.expect("returned");
    let became = |wanted: &str| returned.messages.iter().filter(|letter| letter.became == wanted).count();
    assert_eq!((became("returned"), became("kept")), (1, 2), "{returned:?}");
    assert_eq!(next(&transport).await.ticket, ticket("oa", 1));
    let kept: Vec<_> = returned.messages.iter().filter_map(|letter| letter.why_kept).collect();
    assert!(kept.iter().any(|why| why.contains("no ticket")) && kept.iter().any(|why| why.contains("gone")), "{kept:?}");
    let dropped = dead_letters(&options, DeadAct::Drop, 1).await.expect("dropped");
    assert_eq!((dropped.in_queue, dropped.messages[0].became), (2, "dropped"));
    let rest = dead_letters(&options, DeadAct::Drop, 10).await.expect("dropped");
    assert_eq!(rest.messages.len(), 1, "only as many as were asked for");
    assert_eq!(dead_letters(&options, DeadAct::Look, 10).await.expect("empty").in_queue, 0);
    world.remove().await;
}

fn options(broker: &PrivateBroker, prefix: &str) -> waybill::transport::rabbitmq::Options {
    let (prefix, process) = (prefix.to_owned(), "doctor".to_owned());
    waybill::transport::rabbitmq::Options { url: broker.url().into(), ca: None, prefix, process, seed: 1 }
}

async fn a_cut_line_is_mended(broker: &PrivateBroker) {
    let proxy = Proxy::start(vec![broker.port()]).await;
    let world = World::at(&broker.url_at(proxy.port()), "cut").await;
    let transport = world.listening(4).await;
    transport.announce(&[ticket("oa", 1), ticket("oa", 2)]).await;
    let (first, second) = (next(&transport).await, next(&transport).await);
    assert_eq!(first.done().await, Acknowledged::Yes);
    proxy.cut();
    until("the cut is noticed", || transport.health().links.iter().all(|link| link.state != LinkState::Up)).await;
    assert_eq!(transport.announce(&[ticket("oa", 3)]).await, [Published::Unsent]);
    assert_eq!(second.done().await, Acknowledged::Lost, "its channel is gone");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(transport.health().trouble_lasting() >= Duration::from_millis(300));
    proxy.mend();
    up(&transport).await;
    // An acknowledgement is not confirmed by the broker: what the cut caught on its way comes again too.
    let mut again = next(&transport).await;
    if again.ticket == ticket("oa", 1) {
        assert!(again.redelivered);
        again.done().await;
        again = next(&transport).await;
    }
    assert_eq!((&again.ticket, again.redelivered), (&ticket("oa", 2), true));
    assert_eq!(again.done().await, Acknowledged::Yes);
    assert!(counts(&transport).disconnects >= 2, "both connections went");
    assert_eq!(transport.announce(&[ticket("oa", 4)]).await, [Published::Confirmed]);
    assert_eq!(next(&transport).await.ticket, ticket("oa", 4));
    world.remove().await;
}

async fn a_restart_loses_no_ticket(broker: &PrivateBroker) {
    let world = World::at(&broker.url(), "restart").await;
    let transport = world.listening(1).await;
    let sent: Vec<_> = (0..20).map(|number| ticket("erp", number)).collect();
    assert_eq!(transport.announce(&sent).await, [Published::Confirmed; 20]);
    let in_hand = next(&transport).await;
    // Killed within seconds of a queue's declaration, RabbitMQ 3.10 can forget who leads it: nothing is consumed then, and the
    // hub polls. That is not what is asked here.
    tokio::time::sleep(Duration::from_secs(8)).await;
    broker.kill().await;
    until("the end is noticed", || transport.health().links.iter().all(|link| link.state != LinkState::Up)).await;
    assert_eq!(in_hand.done().await, Acknowledged::Lost);
    broker.launch().await;
    up(&transport).await;
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < 20 {
        let delivery = next(&transport).await;
        seen.insert(delivery.ticket.lanes[0].0.as_u128());
        delivery.done().await;
    }
    world.remove().await;
}

async fn a_blocked_broker_takes_nothing_and_is_waited_for(broker: &PrivateBroker) {
    let world = World::at(&broker.url(), "blocked").await;
    let transport = world.listening(4).await;
    assert_eq!(transport.announce(&[ticket("oa", 1)]).await, [Published::Confirmed]);
    let in_hand = next(&transport).await;
    broker.ctl(&["set_vm_memory_high_watermark", "0.00001"]).await;
    // The broker says so to whoever publishes; until then it may take one more.
    let began = Instant::now();
    let mut published = Vec::new();
    while transport.carries() {
        assert!(began.elapsed() < SOON, "it says that it blocks: {published:?}");
        published.extend(transport.announce(&[ticket("oa", 2)]).await);
    }
    let asked = Instant::now();
    assert_eq!(transport.announce(&[ticket("oa", 3)]).await, [Published::Unsent]);
    assert!(asked.elapsed() < Duration::from_secs(1), "nobody waits for a broker that takes nothing");
    assert!(transport.health().trouble().is_some_and(|trouble| trouble.contains("blocked")), "{:?}", transport.health());
    assert_eq!(in_hand.done().await, Acknowledged::Yes, "the other connection works");
    let found = inspect(&options(broker, "blocked"), &["oa".to_owned()]).await.expect("it can be looked at");
    assert!(found.blocked.is_some(), "{found:?}");
    assert!(found.version.is_some(), "{found:?}");
    broker.ctl(&["set_vm_memory_high_watermark", "0.6"]).await;
    up(&transport).await;
    assert_eq!(transport.announce(&[ticket("oa", 4)]).await, [Published::Confirmed]);
    world.remove().await;
}

async fn publish_raw(broker: &PrivateBroker, queue: &str, body: &[u8]) {
    let connection = lapin::Connection::connect(&broker.url(), lapin::ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    let published = channel.basic_publish("".into(), queue.into(), Default::default(), body, Default::default());
    published.await.unwrap().await.unwrap();
    connection.close(200, "done".into()).await.unwrap();
}
