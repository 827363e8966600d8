//! The queues of outgoing webhooks. Messages about one document keep their order; a failed one is repeated later.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ids::hash_of;
use crate::switches::Fault;
use crate::webhook::{Connection, Headers, Hook, next_id};
use crate::world::{System, World};

/// Enough to keep a receiver busy that commits in groups, few enough to be cheap when idle.
const QUEUES: usize = 64;
/// Memory bound for a receiver that is away: more than this is dropped and counted.
const WAITING_MAX: usize = 1_000_000;
/// The answer to the request that caused a webhook should be on its way first: partners mostly behave so.
const AFTER_THE_ANSWER: Duration = Duration::from_millis(5);
/// Between attempts.
const PAUSES: [Duration; 5] =
    [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(15), Duration::from_secs(60)];

/// What a webhook is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    Order(String),
    Approval(String),
}

pub(crate) struct Job {
    pub(crate) system: System,
    pub(crate) hook: Arc<Hook>,
    pub(crate) subject: Subject,
    pub(crate) body: Bytes,
    id: String,
    attempt: u32,
    not_before: Instant,
    sent: Option<oneshot::Sender<()>>,
}

impl Job {
    pub(crate) fn new(system: System, hook: Arc<Hook>, subject: Subject, body: Bytes) -> Self {
        let not_before = Instant::now() + AFTER_THE_ANSWER;
        Self { system, hook, subject, body, id: next_id(), attempt: 0, not_before, sent: None }
    }

    fn again(&self) -> Self {
        let (hook, subject) = (Arc::clone(&self.hook), self.subject.clone());
        Self { id: self.id.clone(), ..Self::new(self.system, hook, subject, self.body.clone()) }
    }
}

pub(crate) struct Sender {
    queues: Vec<UnboundedSender<Job>>,
    waiting: AtomicUsize,
}

impl Sender {
    /// The second part goes to [`Sender::start`] once the world exists.
    pub(crate) fn new() -> (Self, Vec<UnboundedReceiver<Job>>) {
        let (queues, receivers) = (0..QUEUES).map(|_| unbounded_channel()).unzip();
        (Self { queues, waiting: AtomicUsize::new(0) }, receivers)
    }

    pub(crate) fn start(world: &Arc<World>, receivers: Vec<UnboundedReceiver<Job>>, tasks: &TaskTracker, stop: &CancellationToken) {
        for receiver in receivers {
            let (world, stop) = (Arc::clone(world), stop.clone());
            tasks.spawn(async move {
                let _ = stop.run_until_cancelled(work_off(world, receiver)).await;
            });
        }
    }

    fn queue(&self, world: &World, job: Job) {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= WAITING_MAX {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            world.front(job.system).count_note("webhook.dropped");
            return;
        }
        #[expect(clippy::cast_possible_truncation, reason = "only the remainder matters")]
        let queue = hash_of(&job.subject) as usize % QUEUES;
        // A closed queue means that the mocks are stopping.
        let _ = self.queues[queue].send(job);
    }

    /// Messages that are queued or under way.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

/// Sends `job` as the system's switches allow.
pub(crate) fn send(world: &Arc<World>, job: Job) {
    let front = world.front(job.system);
    if front.strikes("webhook", Fault::LostWebhook, &world.dice) {
        return;
    }
    let twice = front.strikes("webhook", Fault::DuplicateWebhook, &world.dice).then(|| job.again());
    if front.strikes("webhook", Fault::ReorderWebhook, &world.dice) {
        later(world, job, Duration::from_millis(front.switches().reorder_ms));
    } else {
        world.sender.queue(world, job);
    }
    if let Some(copy) = twice {
        world.sender.queue(world, copy);
    }
}

impl Job {
    /// Sends at once, whatever the switches say about webhooks; the receiver hears when the first attempt is over.
    pub(crate) fn send_early(mut self, world: &Arc<World>) -> oneshot::Receiver<()> {
        let (done, over) = oneshot::channel();
        self.sent = Some(done);
        self.not_before = Instant::now();
        world.sender.queue(world, self);
        over
    }
}

fn later(world: &Arc<World>, job: Job, after: Duration) {
    let world = Arc::clone(world);
    world.sender.waiting.fetch_add(1, Ordering::Relaxed);
    tokio::spawn(async move {
        tokio::time::sleep(after).await;
        world.sender.waiting.fetch_sub(1, Ordering::Relaxed);
        world.sender.queue(&world, job);
    });
}

async fn work_off(world: Arc<World>, mut jobs: UnboundedReceiver<Job>) {
    let mut connection = Connection::default();
    while let Some(mut job) = jobs.recv().await {
        tokio::time::sleep_until(job.not_before.into()).await;
        let acknowledged = attempt(&world, &mut connection, &job).await;
        if let Some(sent) = job.sent.take() {
            let _ = sent.send(());
        }
        world.sender.waiting.fetch_sub(1, Ordering::Relaxed);
        let front = world.front(job.system);
        if acknowledged {
            front.count_note("webhook.acknowledged");
            world.acknowledged(&job.subject);
            continue;
        }
        front.count_note("webhook.failed");
        job.attempt += 1;
        if job.attempt < front.switches().webhook_attempts {
            let pause = PAUSES[(job.attempt as usize - 1).min(PAUSES.len() - 1)];
            later(&world, job, pause);
        } else {
            front.count_note("webhook.given_up");
        }
    }
}

async fn attempt(world: &World, connection: &mut Connection, job: &Job) -> bool {
    let timestamp_seconds = world.now(job.system).0.div_euclid(1_000_000);
    let signature = job.hook.key.sign(&job.id, timestamp_seconds, &job.body);
    let headers = Headers { id: &job.id, timestamp_seconds, signature: &signature };
    match connection.post(&job.hook.target, &headers, job.body.clone()).await {
        Ok(status) => (200..300).contains(&status),
        Err(problem) => {
            tracing::debug!(webhook.id = %job.id, problem, "a webhook was not delivered");
            false
        }
    }
}
