//! Announces lanes that became ready: packs them into tickets and hands those to the transport.
//!
//! A batch is whatever is ready now, never a wait. What cannot be announced is found by polling, so nothing is kept or
//! repeated here.

use crate::app::engine::definitions::Live;
use crate::domain::ids::TenantId;
use crate::runtime::Spawner;
use crate::store::ReadyLane;
use crate::transport::{LANES_MAX, Published, Ticket, Transport};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tokio::sync::{Semaphore, mpsc};

/// Commits whose lanes wait to be announced; further ones are left to polling.
const QUEUE_MAX: usize = 4_096;
/// Commits announced together at most.
const COMMITS_MAX: usize = 256;
/// Tickets handed over at once: each such part has a deadline of its own, so that a busy hour at a slow broker is not taken for a
/// broker that is gone.
const TICKETS_MAX: usize = 256;
/// Announcements awaiting their confirms at the same time.
const IN_FLIGHT_MAX: usize = 8;

/// Hands lanes to the loop that announces them. Cheap to clone.
#[derive(Clone)]
pub struct Relay {
    queue: mpsc::Sender<Vec<ReadyLane>>,
    missed: Arc<dyn Fn() + Send + Sync>,
}

impl Relay {
    /// Starts the loop; it ends with its last handle. `missed` is called when lanes could not be announced.
    pub fn start(spawner: &Spawner, transport: Arc<dyn Transport>, live: Arc<Live>, missed: Arc<dyn Fn() + Send + Sync>) -> Relay {
        let (queue, inbox) = mpsc::channel(QUEUE_MAX);
        spawner.run(run(inbox, spawner.clone(), transport, live, missed.clone()));
        Relay { queue, missed }
    }

    /// Announces those of the lanes that may be claimed now.
    pub fn announce(&self, mut ready: Vec<ReadyLane>, now: Timestamp) {
        ready.retain(|lane| lane.due_at <= now);
        if !ready.is_empty() && self.queue.try_send(ready).is_err() {
            (self.missed)();
        }
    }
}

async fn run(
    mut inbox: mpsc::Receiver<Vec<ReadyLane>>,
    spawner: Spawner,
    transport: Arc<dyn Transport>,
    live: Arc<Live>,
    missed: Arc<dyn Fn() + Send + Sync>,
) {
    let places = Arc::new(Semaphore::new(IN_FLIGHT_MAX));
    loop {
        // A place first, then the drain: what comes meanwhile joins the next announcement.
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let mut commits = Vec::new();
        if inbox.recv_many(&mut commits, COMMITS_MAX).await == 0 {
            return;
        }
        let tickets = pack(commits.into_iter().flatten(), &live.now().concurrency());
        let (transport, missed) = (transport.clone(), missed.clone());
        spawner.run(async move {
            let mut all = true;
            for part in tickets.chunks(TICKETS_MAX) {
                let published = transport.announce(part).await;
                all &= published.iter().all(|published| *published == Published::Confirmed);
                if published.iter().any(|published| matches!(published, Published::Unknown | Published::Unsent)) {
                    // It takes nothing now: polling finds the rest.
                    break;
                }
            }
            drop(place);
            if !all {
                missed();
            }
        });
    }
}

/// Tickets for these lanes: of one connection and priority each, and no more lanes than one process performs at once.
fn pack(lanes: impl Iterator<Item = ReadyLane>, concurrency: &HashMap<String, u32>) -> Vec<Ticket> {
    let mut groups: BTreeMap<(i16, TenantId, String), Vec<_>> = BTreeMap::new();
    for ReadyLane { tenant, connection, lane, priority, .. } in lanes {
        groups.entry((priority, tenant, connection)).or_default().push(lane);
    }
    let mut tickets = Vec::new();
    for ((priority, tenant, connection), lanes) in groups {
        let at_once = concurrency.get(&connection).map_or(1, |limit| (*limit as usize).clamp(1, LANES_MAX));
        tickets.extend(lanes.chunks(at_once).map(|lanes| Ticket {
            tenant,
            connection: connection.clone(),
            priority,
            lanes: lanes.to_vec(),
        }));
    }
    tickets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::Catalog;
    use crate::domain::ids::LaneId;
    use crate::domain::text::files::Files;
    use crate::transport::{Delivery, Event, Health, Listening};
    use futures::FutureExt;
    use futures::future::BoxFuture;
    use std::collections::VecDeque;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::task::JoinHandle;

    #[test]
    fn a_ticket_names_lanes_of_one_connection_and_priority_as_many_as_one_process_takes() {
        let lane = |number: u128, connection: &str, priority| ReadyLane {
            tenant: TenantId::DEFAULT,
            connection: connection.to_owned(),
            lane: LaneId(uuid::Uuid::from_u128(number)),
            priority,
            due_at: Timestamp::UNIX_EPOCH,
        };
        let mut lanes = vec![lane(1, "oa", 4), lane(2, "erp", 4), lane(3, "oa", 1), lane(4, "oa", 4), lane(5, "oa", 4)];
        lanes.extend((100..200).map(|number| lane(number, "busy", 4)));
        let concurrency = HashMap::from([("oa".to_owned(), 2), ("busy".to_owned(), 500)]);
        let packed: Vec<(String, i16, usize)> = pack(lanes.into_iter(), &concurrency)
            .into_iter()
            .map(|ticket| (ticket.connection, ticket.priority, ticket.lanes.len()))
            .collect();
        let expected = [("oa", 1, 1), ("busy", 4, 64), ("busy", 4, 36), ("erp", 4, 1), ("oa", 4, 2), ("oa", 4, 1)];
        assert_eq!(packed, expected.map(|(connection, priority, lanes)| (connection.to_owned(), priority, lanes)));
    }

    /// A broker that answers each part as told, and then confirms.
    struct Broker {
        answers: Mutex<VecDeque<Published>>,
        parts: Mutex<Vec<usize>>,
    }

    impl Transport for Broker {
        fn announce<'a>(&'a self, tickets: &'a [Ticket]) -> BoxFuture<'a, Vec<Published>> {
            self.parts.lock().unwrap().push(tickets.len());
            let answer = self.answers.lock().unwrap().pop_front().unwrap_or(Published::Confirmed);
            std::future::ready(vec![answer; tickets.len()]).boxed()
        }

        fn listen(&self, _: Vec<Listening>) {}

        fn next(&self) -> BoxFuture<'_, Option<Delivery>> {
            std::future::ready(None).boxed()
        }

        fn publish<'a>(&'a self, _: &'a [Event]) -> BoxFuture<'a, Vec<Published>> {
            unreachable!("the relay publishes no events")
        }

        fn carries(&self) -> bool {
            true
        }

        fn health(&self) -> Health {
            unreachable!("the relay does not ask")
        }

        fn pause(&self) {}

        fn close(&self) -> BoxFuture<'_, ()> {
            std::future::ready(()).boxed()
        }
    }

    /// Announces so many lanes, each of which makes a ticket: the size of each part, and how often something was left to polling.
    async fn announced(lanes: u128, answers: &[Published]) -> (Vec<usize>, usize) {
        let broker = Arc::new(Broker { answers: Mutex::new(answers.iter().copied().collect()), parts: Mutex::default() });
        let running: Arc<Mutex<Vec<JoinHandle<()>>>> = Arc::default();
        let (starts, missed) = (running.clone(), Arc::new(AtomicUsize::new(0)));
        let spawner = Spawner::new(move |work| starts.lock().unwrap().push(tokio::spawn(work)));
        let counts = missed.clone();
        let (catalog, _) = Catalog::compile(Files::default());
        let live = Arc::new(Live::new(Arc::new(catalog), 1, b"test"));
        let count = move || {
            counts.fetch_add(1, Ordering::Relaxed);
        };
        let relay = Relay::start(&spawner, broker.clone(), live, Arc::new(count));
        let ready = (0..lanes).map(|number| ReadyLane {
            tenant: TenantId::DEFAULT,
            connection: "oa".to_owned(),
            lane: LaneId(uuid::Uuid::from_u128(number)),
            priority: 4,
            due_at: Timestamp::UNIX_EPOCH,
        });
        relay.announce(ready.collect(), Timestamp::UNIX_EPOCH);
        // The loop ends with its last handle, and whatever it began is there by then.
        drop(relay);
        loop {
            let Some(next) = running.lock().unwrap().pop() else { break };
            next.await.expect("it does not panic");
        }
        (broker.parts.lock().unwrap().clone(), missed.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn tickets_go_out_in_parts_and_what_a_part_fails_of_is_left_to_polling() {
        use Published::{Confirmed, Refused, Returned, Unknown, Unsent};
        assert_eq!(announced(600, &[]).await, (vec![256, 256, 88], 0));
        // The queue is full or gone: that is about these tickets, and the others are published all the same.
        for failed in [Refused, Returned] {
            assert_eq!(announced(600, &[Confirmed, failed]).await, (vec![256, 256, 88], 1), "{failed:?}");
        }
        // The broker takes nothing: the rest would wait for it as long once more.
        for failed in [Unknown, Unsent] {
            assert_eq!(announced(600, &[Confirmed, failed]).await, (vec![256, 256], 1), "{failed:?}");
        }
    }
}
