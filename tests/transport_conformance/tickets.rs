//! Tickets: confirmed, returned, doubled, held back, handed out again.

use crate::world::*;
use std::collections::HashSet;
use waybill::transport::{Acknowledged, Published};

pub async fn a_ticket_arrives_as_it_was(world: World) {
    let transport = world.listening(4).await;
    let sent = ticket("oa", 1);
    assert_eq!(transport.announce(std::slice::from_ref(&sent)).await, [Published::Confirmed]);
    let delivery = next(&transport).await;
    assert_eq!((&delivery.ticket, delivery.redelivered), (&sent, false));
    assert_eq!(delivery.done().await, Acknowledged::Yes);
    let counts = transport.health().counts;
    assert_eq!((counts.tickets, counts.lanes, counts.tickets_confirmed, counts.taken, counts.acknowledged), (1, 2, 1, 1, 1));
}

pub async fn a_ticket_for_nobody_is_returned(world: World) {
    let transport = world.listening(4).await;
    let sent = [ticket("oa", 1), ticket("nowhere", 2), ticket("erp", 3)];
    assert_eq!(transport.announce(&sent).await, [Published::Confirmed, Published::Returned, Published::Confirmed]);
    assert_eq!(transport.health().counts.returned, 1);
    assert!(transport.health().trouble().is_none(), "a missing queue is no fault of the broker");
}

pub async fn a_doubled_ticket_arrives_twice(world: World) {
    let transport = world.listening(4).await;
    transport.announce(&[ticket("oa", 1)]).await;
    transport.announce(&[ticket("oa", 1)]).await;
    for _ in 0..2 {
        let delivery = next(&transport).await;
        assert_eq!(delivery.ticket, ticket("oa", 1));
        assert_eq!(delivery.done().await, Acknowledged::Yes);
    }
    nothing(&transport).await;
}

pub async fn no_more_than_the_prefetch_is_in_hand(world: World) {
    let transport = world.listening(2).await;
    let sent: Vec<_> = (0..5).map(|number| ticket("oa", number)).collect();
    assert_eq!(transport.announce(&sent).await, [Published::Confirmed; 5]);
    let mut in_hand = vec![next(&transport).await, next(&transport).await];
    nothing(&transport).await;
    for _ in 2..5 {
        assert_eq!(in_hand.remove(0).done().await, Acknowledged::Yes);
        in_hand.push(next(&transport).await);
    }
    let last: HashSet<_> = in_hand.iter().map(|delivery| delivery.ticket.lanes[0].0.as_u128()).collect();
    assert_eq!(last, HashSet::from([3, 4]), "they come in order while nobody dies");
}

pub async fn one_connection_does_not_hold_up_another(world: World) {
    let transport = world.listening(1).await;
    let sent = [ticket("oa", 1), ticket("oa", 2), ticket("erp", 3)];
    assert_eq!(transport.announce(&sent).await, [Published::Confirmed; 3]);
    let in_hand = [next(&transport).await, next(&transport).await];
    let connections: HashSet<&str> = in_hand.iter().map(|delivery| delivery.ticket.connection.as_str()).collect();
    assert_eq!(connections, HashSet::from(["oa", "erp"]));
}

pub async fn what_is_dropped_comes_again(world: World) {
    let transport = world.listening(3).await;
    transport.announce(&[ticket("oa", 1), ticket("oa", 2)]).await;
    let (first, second) = (next(&transport).await, next(&transport).await);
    assert_eq!(first.done().await, Acknowledged::Yes);
    let transport = world.consumer_dies(vec![second], 3).await;
    let again = next(&transport).await;
    assert_eq!((&again.ticket, again.redelivered), (&ticket("oa", 2), true));
    assert_eq!(again.done().await, Acknowledged::Yes);
    nothing(&transport).await;
}

pub async fn a_paused_taker_still_acknowledges(world: World) {
    let transport = world.listening(1).await;
    transport.announce(&[ticket("oa", 1), ticket("oa", 2)]).await;
    let in_hand = next(&transport).await;
    transport.pause();
    // The pause has arrived once nothing more is handed out for a finished ticket.
    tokio::time::sleep(A_WHILE).await;
    assert_eq!(in_hand.done().await, Acknowledged::Yes);
    nothing(&transport).await;
    assert_eq!(transport.announce(&[ticket("oa", 3)]).await, [Published::Confirmed], "what is left is still announced");
}

pub async fn listening_can_change(world: World) {
    let transport = world.listening(2).await;
    assert_eq!(transport.announce(&[ticket("late", 1)]).await, [Published::Returned]);
    transport.listen(vec![listening("late", 2)]);
    let mut published = vec![Published::Returned];
    let began = std::time::Instant::now();
    while published != [Published::Confirmed] {
        assert!(began.elapsed() < SOON, "the new connection is listened to");
        published = transport.announce(&[ticket("late", 2)]).await;
    }
    assert_eq!(next(&transport).await.ticket, ticket("late", 2));
}

pub async fn nothing_comes_after_the_end(world: World) {
    let transport = world.listening(2).await;
    let waiting = {
        let transport = transport.clone();
        tokio::spawn(async move { transport.next().await.is_none() })
    };
    transport.close().await;
    assert!(waiting.await.expect("no panic"), "whoever waits is told");
    assert_eq!(transport.announce(&[ticket("oa", 1)]).await, [Published::Unsent]);
}

pub async fn a_thousand_tickets_are_all_confirmed(world: World) {
    let transport = world.listening(64).await;
    let taker = {
        let transport = transport.clone();
        tokio::spawn(async move {
            let mut seen = HashSet::new();
            while seen.len() < 1_000 {
                let delivery = next(&transport).await;
                seen.insert(delivery.ticket.lanes[0]);
                delivery.done().await;
            }
        })
    };
    for batch in 0..10 {
        let sent: Vec<_> = (0..100).map(|number| ticket(if number % 2 == 0 { "oa" } else { "erp" }, batch * 100 + number)).collect();
        assert_eq!(transport.announce(&sent).await, [Published::Confirmed; 100]);
    }
    taker.await.expect("every ticket was taken");
}
