//! Lanes that tickets in hand name and that are not claimed yet, in the order they will be: by priority, then as they came.

use crate::domain::ids::LaneId;
use crate::runtime::Spawner;
use crate::transport::Delivery;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A ticket is not kept in hand longer than this: brokers take back what is held for half an hour, and another process may
/// have room. Its lanes are found by polling.
const IN_HAND_MAX: Duration = Duration::from_secs(30);

/// Lanes to be claimed.
pub struct Pending {
    /// Ordered, so that a simulation runs the same way twice.
    connections: BTreeMap<String, BTreeMap<i16, VecDeque<Named>>>,
    spawner: Spawner,
}

/// A lane and the ticket that named it.
pub struct Named {
    /// The lane.
    pub lane: LaneId,
    /// Its connection.
    pub connection: Arc<str>,
    /// Its part of the ticket.
    pub part: Part,
    since: Duration,
}

/// A lane's part of a ticket. The ticket is acknowledged when every part is finished; a part that is dropped instead (its
/// task was cut off) leaves the ticket to come again.
#[derive(Clone)]
pub struct Part(Arc<Held>);

struct Held {
    delivery: Mutex<Option<Delivery>>,
    open: AtomicUsize,
    spawner: Spawner,
}

impl Part {
    /// What the lane led to is committed, or there was nothing to do.
    pub fn finish(self) {
        if self.0.open.fetch_sub(1, Ordering::AcqRel) == 1 {
            acknowledge(&self.0);
        }
    }
}

fn acknowledge(held: &Held) {
    if let Some(delivery) = held.delivery.lock().unwrap_or_else(PoisonError::into_inner).take() {
        // Lost or not: what it announced is done, and a repeat finds nothing.
        held.spawner.run(async move {
            delivery.done().await;
        });
    }
}

impl Pending {
    /// Nothing yet; acknowledgements are sent by `spawner`.
    pub fn new(spawner: Spawner) -> Self {
        Self { connections: BTreeMap::new(), spawner }
    }

    /// Lets everything go: the tickets come again, to others.
    pub fn clear(&mut self) {
        self.connections.clear();
    }

    /// Takes a ticket's lanes in.
    pub fn add(&mut self, delivery: Delivery, now: Duration) {
        let (connection, priority, lanes) = (delivery.ticket.connection.clone(), delivery.ticket.priority, delivery.ticket.lanes.clone());
        let held =
            Arc::new(Held { delivery: Mutex::new(Some(delivery)), open: AtomicUsize::new(lanes.len()), spawner: self.spawner.clone() });
        if lanes.is_empty() {
            return acknowledge(&held);
        }
        let shared: Arc<str> = Arc::from(connection.as_str());
        let queue = self.connections.entry(connection).or_default().entry(priority).or_default();
        queue.extend(lanes.into_iter().map(|lane| Named { lane, connection: shared.clone(), part: Part(held.clone()), since: now }));
    }

    /// Takes out what fits: of each connection as many lanes as it has room for.
    pub fn take(&mut self, room: &HashMap<String, u32>) -> Vec<Named> {
        let mut taken = Vec::new();
        for (connection, queues) in &mut self.connections {
            let mut free = room.get(connection).copied().unwrap_or(0) as usize;
            for queue in queues.values_mut() {
                let part = queue.len().min(free);
                free -= part;
                taken.extend(queue.drain(..part));
            }
        }
        self.tidy();
        taken
    }

    /// Takes out what has waited too long; polling finds it.
    pub fn expire(&mut self, now: Duration) -> Vec<Named> {
        let mut expired = Vec::new();
        for queue in self.connections.values_mut().flat_map(BTreeMap::values_mut) {
            while queue.front().is_some_and(|named| now.saturating_sub(named.since) > IN_HAND_MAX) {
                expired.extend(queue.pop_front());
            }
        }
        self.tidy();
        expired
    }

    /// Lanes waiting per connection.
    pub fn waiting(&self) -> HashMap<String, u32> {
        let count =
            |queues: &BTreeMap<i16, VecDeque<Named>>| u32::try_from(queues.values().map(VecDeque::len).sum::<usize>()).unwrap_or(u32::MAX);
        self.connections.iter().map(|(connection, queues)| (connection.clone(), count(queues))).collect()
    }

    fn tidy(&mut self) {
        for queues in self.connections.values_mut() {
            queues.retain(|_, queue| !queue.is_empty());
        }
        self.connections.retain(|_, queues| !queues.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::TenantId;
    use crate::transport::{InProcess, Listening, Ticket, Transport};

    async fn with(tickets: &[(i16, &[u128])]) -> (InProcess, Pending) {
        let transport = InProcess::default();
        transport.listen(vec![Listening { connection: "oa".to_owned(), prefetch: 10 }]);
        let mut pending = Pending::new(Spawner::default());
        for (priority, lanes) in tickets {
            let lanes = lanes.iter().map(|number| LaneId(uuid::Uuid::from_u128(*number))).collect();
            let ticket = Ticket { tenant: TenantId::DEFAULT, connection: "oa".to_owned(), priority: *priority, lanes };
            transport.announce(&[ticket]).await;
            pending.add(transport.next().await.unwrap(), Duration::ZERO);
        }
        (transport, pending)
    }

    fn room(free: u32) -> HashMap<String, u32> {
        HashMap::from([("oa".to_owned(), free)])
    }

    fn numbers(taken: &[Named]) -> Vec<u128> {
        taken.iter().map(|named| named.lane.0.as_u128()).collect()
    }

    #[tokio::test]
    async fn what_is_urgent_goes_first_and_the_rest_as_it_came() {
        let (_, mut pending) = with(&[(4, &[1, 2]), (1, &[3]), (4, &[4])]).await;
        assert_eq!(pending.waiting(), room(4));
        assert_eq!(numbers(&pending.take(&room(2))), [3, 1]);
        assert_eq!(numbers(&pending.take(&room(0))), [0; 0]);
        assert_eq!(numbers(&pending.take(&room(9))), [2, 4]);
        assert!(pending.waiting().is_empty());
    }

    #[tokio::test]
    async fn a_ticket_is_acknowledged_with_its_last_lane() {
        let (transport, mut pending) = with(&[(4, &[1, 2])]).await;
        let mut taken = pending.take(&room(2));
        taken.remove(0).part.finish();
        tokio::task::yield_now().await;
        assert_eq!(transport.health().counts.acknowledged, 0);
        taken.remove(0).part.finish();
        while transport.health().counts.acknowledged == 0 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_ticket_whose_task_was_cut_off_comes_again() {
        let (transport, mut pending) = with(&[(4, &[1, 2])]).await;
        let mut taken = pending.take(&room(2));
        taken.remove(0).part.finish();
        drop(taken);
        assert!(transport.next().await.unwrap().redelivered);
    }

    #[tokio::test]
    async fn what_waits_too_long_is_let_go() {
        let (_, mut pending) = with(&[(4, &[1])]).await;
        assert!(pending.expire(IN_HAND_MAX).is_empty());
        assert_eq!(numbers(&pending.expire(IN_HAND_MAX + Duration::from_millis(1))), [1]);
    }
}
