//! One run of load.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver, UnboundedSender, channel, unbounded_channel};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

use crate::erp::{self, NewOrders};
use crate::load::Percentiles;
use crate::running::Running;
use crate::target::Target;
use crate::webhook::{Connection, Headers, Key, Subject, next_id};
use crate::world::{Shared, StatusWrite, System, lock};

/// What to send, how fast and for how long.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// The hub's webhook for full orders, on the loopback interface.
    pub url: String,
    /// `whsec_` and base64.
    pub secret: String,
    /// How many, 1 to 5,000,000.
    pub orders: u64,
    /// How fast.
    pub pace: Pace,
    /// Connections to the hub, 1 to 1024.
    pub connections: usize,
    /// No more is sent after this long.
    pub send_within: Duration,
    /// How long to wait for the last ones after sending.
    pub drain_within: Duration,
    /// What the orders look like; its `count`, `id` and `announce` are not used.
    pub template: NewOrders,
}

/// How fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// As fast as the connections carry.
    Full,
    /// So many a second, whatever comes back.
    Rate {
        /// Above 0.
        per_second: f64,
    },
    /// So many sent and not finished at any time.
    Open {
        /// Above 0.
        documents: usize,
    },
}

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct LoadReport {
    /// Webhooks that were begun.
    pub sent: u64,
    /// Answered with 2xx.
    pub acknowledged: u64,
    /// Answered with another 4xx than 408 and 429: not repeated.
    pub refused: u64,
    /// Repeated after no answer, 408, 429 or 5xx.
    pub repeats: u64,
    /// Given up when the time was over.
    pub given_up: u64,
    /// Orders with a status written back.
    pub completed: u64,
    /// From the first webhook to the last acknowledgement.
    pub sending_seconds: f64,
    /// From the first webhook to the last completion.
    pub total_seconds: f64,
    /// Completions a second, over the whole run.
    pub completed_per_second: f64,
    /// From sending a webhook to its 2xx.
    pub acknowledgement: Percentiles,
    /// From sending a webhook for the first time to the status in the ERP.
    pub end_to_end: Percentiles,
    /// Numbers of all orders that were begun, for the audit.
    #[serde(skip)]
    pub numbers: Vec<String>,
}

/// Why no load was sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Error(pub String);

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

const ORDERS_MAX: u64 = 5_000_000;
const CONNECTIONS_MAX: usize = 1024;
const TIME_MAX: Duration = Duration::from_secs(24 * 3600);
/// Between repeats of one webhook.
const PAUSE: Duration = Duration::from_millis(200);
/// Orders made ahead of the connections.
const AHEAD: usize = 256;

struct Item {
    id: String,
    body: Bytes,
    permit: Option<OwnedSemaphorePermit>,
}

/// What the sending side tells the tracking side.
enum Told {
    /// Its first attempt starts.
    Begun { order_id: String, begun: Begun },
    /// The hub refused it: nothing is to be waited for.
    Refused { order_id: String },
}

struct Begun {
    at: Instant,
    /// Given back when it is finished, so that the next one may start.
    permit: Option<OwnedSemaphorePermit>,
}

#[derive(Default)]
struct Counters {
    sent: AtomicU64,
    acknowledged: AtomicU64,
    refused: AtomicU64,
    repeats: AtomicU64,
    given_up: AtomicU64,
}

struct Plan {
    target: Target,
    key: Key,
    stop_at: Instant,
    /// For webhooks that are under way when sending ends.
    give_up_at: Instant,
    counters: Counters,
}

/// Sends the load and waits for the orders to be finished.
///
/// # Errors
/// When an option is out of bounds; nothing has been sent then.
pub async fn run(running: &Running, options: &LoadOptions) -> Result<LoadReport, Error> {
    check(options)?;
    let world = running.world();
    let started = Instant::now();
    let plan = Arc::new(Plan {
        target: Target::parse(&options.url).map_err(Error)?,
        key: Key::parse(&options.secret).map_err(Error)?,
        stop_at: started + options.send_within,
        give_up_at: started + options.send_within + options.drain_within,
        counters: Counters::default(),
    });
    let (written, writes) = unbounded_channel();
    *lock(&world.status_writes) = Some(written);
    let (tell, told) = unbounded_channel();
    let tracker = tokio::spawn(track(told, writes, options.drain_within));

    let (items, queue) = channel(AHEAD);
    let queue = Arc::new(Mutex::new(queue));
    let connections = TaskTracker::new();
    let latencies: Vec<_> = (0..options.connections)
        .map(|_| connections.spawn(send(Arc::clone(world), Arc::clone(&plan), Arc::clone(&queue), tell.clone())))
        .collect();
    drop(tell);
    let numbers = make(world, options, &plan, items).await?;

    let mut acknowledgements = Vec::new();
    for task in latencies {
        acknowledgements.append(&mut task.await.unwrap_or_default());
    }
    let sending_seconds = started.elapsed().as_secs_f64();
    let (completions, last) = tracker.await.unwrap_or_default();
    *lock(&world.status_writes) = None;
    Ok(report(&plan.counters, numbers, sending_seconds, started, last, acknowledgements, completions))
}

fn check(options: &LoadOptions) -> Result<(), Error> {
    let refuse = |sentence: &str| Err(Error(sentence.to_owned()));
    if options.orders == 0 || options.orders > ORDERS_MAX {
        return refuse("`orders` is from 1 to 5,000,000");
    }
    if options.connections == 0 || options.connections > CONNECTIONS_MAX {
        return refuse("`connections` is from 1 to 1024");
    }
    if options.send_within > TIME_MAX || options.drain_within > TIME_MAX {
        return refuse("a run takes at most a day");
    }
    match options.pace {
        Pace::Rate { per_second } if !per_second.is_finite() || per_second <= 0.0 => refuse("the rate is above 0"),
        Pace::Open { documents: 0 } => refuse("at least one document is open"),
        Pace::Open { documents } if documents > Semaphore::MAX_PERMITS => refuse("too many documents are open"),
        _ => Ok(()),
    }
}

/// Makes orders at the pace and hands them to the connections. Returns their numbers.
async fn make(world: &Shared, options: &LoadOptions, plan: &Plan, items: tokio::sync::mpsc::Sender<Item>) -> Result<Vec<String>, Error> {
    let open = match options.pace {
        Pace::Open { documents } => Some(Arc::new(Semaphore::new(documents))),
        Pace::Full | Pace::Rate { .. } => None,
    };
    let template = NewOrders { count: 1, id: None, number: None, announce: false, ..options.template.clone() };
    let first = Instant::now();
    let mut numbers = Vec::new();
    for index in 0..options.orders {
        if let Pace::Rate { per_second } = options.pace {
            #[expect(clippy::cast_precision_loss, reason = "a schedule needs no more than 53 bits")]
            let due = first + Duration::from_secs_f64(index as f64 / per_second);
            tokio::time::sleep_until(due.min(plan.stop_at).into()).await;
        }
        let permit = match &open {
            None => None,
            Some(open) => {
                let wait = Arc::clone(open).acquire_owned();
                match tokio::time::timeout_at(plan.stop_at.into(), wait).await {
                    Ok(Ok(permit)) => Some(permit),
                    Ok(Err(_)) | Err(_) => break,
                }
            }
        };
        if Instant::now() >= plan.stop_at {
            break;
        }
        let Some((id, number)) = erp::enter(world, &template).map_err(Error)?.pop() else {
            break;
        };
        let body = lock(&world.erp).get(&id).map(|order| erp::render(order, false)).unwrap_or_default();
        if items.send(Item { id, body: body.into(), permit }).await.is_err() {
            break;
        }
        numbers.push(number);
    }
    Ok(numbers)
}

/// One connection: takes orders until there are none, and returns how long each acknowledgement took.
async fn send(world: Shared, plan: Arc<Plan>, queue: Arc<Mutex<Receiver<Item>>>, tell: UnboundedSender<Told>) -> Vec<Duration> {
    let mut connection = Connection::default();
    let mut latencies = Vec::new();
    loop {
        let Some(item) = queue.lock().await.recv().await else {
            return latencies;
        };
        plan.counters.sent.fetch_add(1, Ordering::Relaxed);
        let started = Instant::now();
        let begun = Begun { at: started, permit: item.permit };
        let _ = tell.send(Told::Begun { order_id: item.id.clone(), begun });
        match deliver(&world, &plan, &mut connection, &item.id, item.body).await {
            Delivered::Acknowledged(latency) => latencies.push(latency),
            Delivered::Refused => {
                let _ = tell.send(Told::Refused { order_id: item.id });
            }
            // The hub may have it all the same: its answer may be what was lost.
            Delivered::GivenUp => {}
        }
    }
}

enum Delivered {
    Acknowledged(Duration),
    Refused,
    GivenUp,
}

/// Repeats one webhook, as a real sender would, until it is answered for good.
async fn deliver(world: &Shared, plan: &Plan, connection: &mut Connection, order_id: &str, body: Bytes) -> Delivered {
    let id = next_id();
    loop {
        let begun = Instant::now();
        let timestamp_seconds = world.now(System::Erp).0.div_euclid(1_000_000);
        let signature = plan.key.sign(&id, timestamp_seconds, &body);
        let headers = Headers { id: &id, timestamp_seconds, signature: &signature };
        match connection.post(&plan.target, &headers, body.clone()).await {
            Ok(200..=299) => {
                plan.counters.acknowledged.fetch_add(1, Ordering::Relaxed);
                world.acknowledged(&Subject::Order(order_id.to_owned()));
                return Delivered::Acknowledged(begun.elapsed());
            }
            Ok(status) if (400..500).contains(&status) && status != 408 && status != 429 => {
                plan.counters.refused.fetch_add(1, Ordering::Relaxed);
                return Delivered::Refused;
            }
            Ok(_) | Err(_) => {}
        }
        if Instant::now() + PAUSE >= plan.give_up_at {
            plan.counters.given_up.fetch_add(1, Ordering::Relaxed);
            return Delivered::GivenUp;
        }
        plan.counters.repeats.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Matches beginnings with status writes. Returns how long each took, and when the last was written.
async fn track(
    mut told: UnboundedReceiver<Told>,
    mut writes: UnboundedReceiver<StatusWrite>,
    drain_within: Duration,
) -> (Vec<Duration>, Option<Instant>) {
    let mut open: HashMap<String, Begun> = HashMap::new();
    let mut durations = Vec::new();
    let mut last = None;
    // Set once nothing more is sent.
    let mut drained_at: Option<Instant> = None;
    loop {
        if drained_at.is_some() && open.is_empty() {
            return (durations, last);
        }
        tokio::select! {
            // Beginnings first: a status is never written before the order is sent.
            biased;
            told = told.recv(), if drained_at.is_none() => match told {
                Some(Told::Begun { order_id, begun }) => {
                    open.insert(order_id, begun);
                }
                Some(Told::Refused { order_id }) => {
                    open.remove(&order_id);
                }
                None => drained_at = Some(Instant::now() + drain_within),
            },
            written = writes.recv() => {
                let Some(written) = written else { return (durations, last) };
                // A second write of another status is no second completion.
                if let Some(begun) = open.remove(&written.order_id) {
                    durations.push(written.at.saturating_duration_since(begun.at));
                    last = Some(written.at);
                    drop(begun.permit);
                }
            }
            () = async {
                match drained_at {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            } => return (durations, last),
        }
    }
}

fn report(
    counters: &Counters,
    numbers: Vec<String>,
    sending_seconds: f64,
    started: Instant,
    last: Option<Instant>,
    acknowledgements: Vec<Duration>,
    completions: Vec<Duration>,
) -> LoadReport {
    let total_seconds = last.map_or(sending_seconds, |last| last.duration_since(started).as_secs_f64());
    let completed = completions.len();
    LoadReport {
        sent: counters.sent.load(Ordering::Relaxed),
        acknowledged: counters.acknowledged.load(Ordering::Relaxed),
        refused: counters.refused.load(Ordering::Relaxed),
        repeats: counters.repeats.load(Ordering::Relaxed),
        given_up: counters.given_up.load(Ordering::Relaxed),
        completed: completed as u64,
        sending_seconds,
        total_seconds,
        completed_per_second: if total_seconds > 0.0 {
            f64::from(u32::try_from(completed).unwrap_or(u32::MAX)) / total_seconds
        } else {
            0.0
        },
        acknowledgement: Percentiles::of(acknowledgements),
        end_to_end: Percentiles::of(completions),
        numbers,
    }
}
