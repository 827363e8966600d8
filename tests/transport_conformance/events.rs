//! Events: in order, confirmed, with stable ids.

use crate::world::*;
use waybill::transport::{Event, Published};

fn event(number: u32) -> Event {
    Event {
        id: format!("event-{number}"),
        routing_key: "document.created.purchase_order".to_owned(),
        body: format!("{{\"number\":{number}}}").into_bytes(),
    }
}

pub async fn events_arrive_in_order_with_their_ids(world: World) {
    let transport = world.listening(2).await;
    let mut listener = world.listen_to_events().await;
    let sent: Vec<Event> = (0..50).map(event).collect();
    assert_eq!(transport.publish(&sent).await, [Published::Confirmed; 50]);
    // A repeat is a repeat: listeners know it by its id.
    assert_eq!(transport.publish(&sent[49..]).await, [Published::Confirmed]);
    for expected in sent.iter().chain([&sent[49]]) {
        assert_eq!(&listener.next().await, expected);
    }
    assert_eq!(transport.health().counts.events_confirmed, 51);
}

pub async fn events_without_listeners_are_confirmed(world: World) {
    let transport = world.listening(2).await;
    assert_eq!(transport.publish(&[event(1)]).await, [Published::Confirmed]);
    assert_eq!(transport.publish(&[]).await, [Published::Confirmed; 0]);
}
