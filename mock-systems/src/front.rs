//! What stands in front of every business call: session tokens, faults, counting.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::instant::Micros;
use crate::options::Credentials;
use crate::reply::{Reply, hang_up, respond};
use crate::switches::{Fault, Switches, ThrottleAs};
use crate::webhook::Hook;
use crate::world::{Shared, System, World, lock};

/// A named call and how it touches the world.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    Create,
    Change,
}

/// Whether a piece of work is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intent {
    Do,
    /// Answer as if it had been done.
    Pretend,
}

/// Synchronous: nothing can come between a check and its effect.
pub(crate) type Work = Box<dyn FnOnce(&Shared, Intent) -> Reply + Send>;

pub(crate) struct Front {
    credentials: Credentials,
    tokens: Mutex<HashMap<String, Micros>>,
    switches: Mutex<Switches>,
    /// Whether the dice are needed at all.
    armed: AtomicBool,
    outage_until: AtomicI64,
    skew_seconds: AtomicI64,
    hook: Mutex<Option<Arc<Hook>>>,
    counts: Mutex<BTreeMap<&'static str, OperationCounts>>,
    notes: Mutex<BTreeMap<&'static str, u64>>,
}

#[derive(Default)]
struct OperationCounts {
    requests: u64,
    faults: [u64; Fault::ALL.len()],
}

/// Sessions of clients that never come back are dropped beyond this.
const TOKENS_MAX: usize = 10_000;

impl Front {
    pub(crate) fn new(credentials: Credentials, switches: Switches) -> Self {
        let front = Self {
            credentials,
            tokens: Mutex::default(),
            switches: Mutex::default(),
            armed: AtomicBool::new(false),
            outage_until: AtomicI64::new(i64::MIN),
            skew_seconds: AtomicI64::new(0),
            hook: Mutex::default(),
            counts: Mutex::default(),
            notes: Mutex::default(),
        };
        front.put_switches(switches);
        front
    }

    pub(crate) fn reset(&self, switches: Switches) {
        self.expire_sessions();
        *lock(&self.hook) = None;
        lock(&self.counts).clear();
        lock(&self.notes).clear();
        self.outage_until.store(i64::MIN, Ordering::Relaxed);
        self.put_switches(switches);
    }

    pub(crate) fn switches(&self) -> Switches {
        lock(&self.switches).clone()
    }

    /// Looks at single switches without copying them all.
    pub(crate) fn with_switches<T>(&self, look: impl FnOnce(&Switches) -> T) -> T {
        look(&lock(&self.switches))
    }

    pub(crate) fn change_switches(&self, changes: &Value, now: Micros) -> Result<Value, String> {
        let mut switches = self.switches();
        switches.apply(changes)?;
        if let Some(seconds) = changes.get("outage_seconds").and_then(Value::as_i64) {
            self.outage_until.store(now.plus_seconds(seconds).0, Ordering::Relaxed);
        }
        let shown = switches.to_json();
        self.put_switches(switches);
        Ok(shown)
    }

    pub(crate) fn put_switches(&self, switches: Switches) {
        self.skew_seconds.store(switches.clock_skew_seconds, Ordering::Relaxed);
        let mut kept = lock(&self.switches);
        self.armed.store(switches.has_faults(), Ordering::Relaxed);
        *kept = switches;
    }

    pub(crate) fn skew_seconds(&self) -> i64 {
        self.skew_seconds.load(Ordering::Relaxed)
    }

    pub(crate) fn hook(&self) -> Option<Arc<Hook>> {
        lock(&self.hook).clone()
    }

    pub(crate) fn set_hook(&self, hook: Option<Hook>) {
        *lock(&self.hook) = hook.map(Arc::new);
    }

    pub(crate) fn expire_sessions(&self) {
        lock(&self.tokens).clear();
    }

    pub(crate) fn strikes(&self, operation: &'static str, fault: Fault, dice: &Dice) -> bool {
        if !self.armed.load(Ordering::Relaxed) {
            return false;
        }
        let mut switches = lock(&self.switches);
        let strikes = switches.strikes(operation, fault, || dice.share());
        if strikes {
            self.armed.store(switches.has_faults(), Ordering::Relaxed);
            drop(switches);
            lock(&self.counts).entry(operation).or_default().faults[fault as usize] += 1;
        }
        strikes
    }

    pub(crate) fn count_note(&self, what: &'static str) {
        *lock(&self.notes).entry(what).or_default() += 1;
    }

    /// `{operations: {NAME: {requests, faults: {…}}}, notes: {…}}`.
    pub(crate) fn traffic(&self) -> Value {
        let operations: serde_json::Map<String, Value> = lock(&self.counts)
            .iter()
            .map(|(operation, counts)| {
                let faults: serde_json::Map<String, Value> = Fault::ALL
                    .iter()
                    .zip(counts.faults)
                    .filter(|(_, count)| *count > 0)
                    .map(|(fault, count)| (fault.name().to_owned(), json!(count)))
                    .collect();
                ((*operation).to_owned(), json!({"requests": counts.requests, "faults": faults}))
            })
            .collect();
        json!({"operations": operations, "notes": *lock(&self.notes)})
    }

    /// The sums over all operations.
    pub(crate) fn fault_counts(&self) -> BTreeMap<&'static str, u64> {
        let mut sums = BTreeMap::new();
        for counts in lock(&self.counts).values() {
            for (fault, count) in Fault::ALL.iter().zip(counts.faults) {
                if count > 0 {
                    *sums.entry(fault.name()).or_default() += count;
                }
            }
        }
        sums
    }

    pub(crate) fn request_count(&self) -> u64 {
        lock(&self.counts).values().map(|counts| counts.requests).sum()
    }

    fn out(&self, now: Micros) -> bool {
        now.0 < self.outage_until.load(Ordering::Relaxed) || self.with_switches(|switches| switches.outage)
    }

    fn signed_in(&self, headers: &HeaderMap, now: Micros) -> bool {
        let token =
            headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
        token.is_some_and(|token| lock(&self.tokens).get(token).is_some_and(|expires| *expires > now))
    }

    /// Ends all sessions at the call that `sessions_end_after` names.
    fn end_sessions_in_time(&self) {
        let mut switches = lock(&self.switches);
        match &mut switches.sessions_end_after {
            Some(0) => switches.sessions_end_after = None,
            Some(left) => {
                *left -= 1;
                return;
            }
            None => return,
        }
        drop(switches);
        self.expire_sessions();
    }

    /// The first fault in their order that strikes this call.
    fn fault(&self, operation: Operation, dice: &Dice) -> Option<Fault> {
        Fault::ALL.into_iter().filter(|fault| befalls(*fault, operation.kind)).find(|fault| self.strikes(operation.name, *fault, dice))
    }
}

fn befalls(fault: Fault, kind: Kind) -> bool {
    match fault {
        Fault::LateExecution => kind != Kind::Read,
        Fault::SilentNoOp => kind == Kind::Change,
        // Decided on their own: `Slow` adds to another fault, the rest are for webhooks.
        Fault::Slow | Fault::DuplicateWebhook | Fault::ReorderWebhook | Fault::LostWebhook | Fault::EarlyWebhook => false,
        _ => true,
    }
}

/// Answers a request. A machine whose clock is wrong says so: `Date` is by that clock.
pub(crate) async fn perform(world: Shared, system: System, operation: Operation, headers: &HeaderMap, work: Work) -> Response<Body> {
    let mut response = answer(world.clone(), system, operation, headers, work).await;
    if world.front(system).skew_seconds() != 0
        && let Ok(date) = HeaderValue::from_str(&world.now(system).to_http_date())
    {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// Checks the session, lets faults happen, does the work and answers.
async fn answer(world: Shared, system: System, operation: Operation, headers: &HeaderMap, work: Work) -> Response<Body> {
    let front = world.front(system);
    lock(&front.counts).entry(operation.name).or_default().requests += 1;
    if front.out(world.clock.now()) {
        return hang_up();
    }
    front.end_sessions_in_time();
    if !front.signed_in(headers, world.now(system)) {
        return Reply::raw(401, r#"{"code":"token_expired"}"#).into_response();
    }
    if !front.armed.load(Ordering::Relaxed) {
        return finish(work(&world, Intent::Do)).await;
    }
    if front.strikes(operation.name, Fault::Slow, &world.dice) {
        tokio::time::sleep(Duration::from_millis(front.with_switches(|switches| switches.slow_ms))).await;
    }
    match front.fault(operation, &world.dice) {
        None => finish(work(&world, Intent::Do)).await,
        Some(fault) => spoil(&world, system, fault, work).await,
    }
}

async fn finish(mut reply: Reply) -> Response<Body> {
    if let Some(sent) = reply.after.take() {
        // A receiver that never answers must not block the mock for ever.
        let _ = tokio::time::timeout(Duration::from_secs(2), sent).await;
    }
    reply.into_response()
}

async fn spoil(world: &Shared, system: System, fault: Fault, work: Work) -> Response<Body> {
    match fault {
        Fault::ResetBefore => hang_up(),
        Fault::Throttle => throttle(world.front(system)),
        Fault::HtmlErrorPage => {
            respond(502, "text/html", Body::from("<html><head><title>502</title></head><body>Bad Gateway</body></html>"))
        }
        Fault::Http200Error => match system {
            System::Oa => Reply::errcode(-1, "system busy, try again").into_response(),
            System::Erp | System::Finance => Reply::error(200, "busy", "system busy, try again").into_response(),
        },
        Fault::LateExecution => {
            execute_later(world, system, work);
            Reply::error(504, "timeout", "the application did not answer in time").into_response()
        }
        Fault::SilentNoOp => finish(work(world, Intent::Pretend)).await,
        Fault::LostResponse => {
            finish(work(world, Intent::Do)).await;
            hang_up()
        }
        Fault::ErrorAfter => {
            finish(work(world, Intent::Do)).await;
            Reply::error(500, "internal", "unexpected error").into_response()
        }
        Fault::MalformedJson => {
            let reply = work(world, Intent::Do);
            let half = reply.body.slice(..reply.body.len() / 2);
            finish(Reply { body: half, ..reply }).await
        }
        Fault::HugeBody => {
            finish(work(world, Intent::Do)).await;
            let bytes = world.front(system).with_switches(|switches| switches.huge_body_bytes);
            respond(200, "application/json", huge(bytes))
        }
        // Handled where they belong, never chosen here.
        Fault::Slow | Fault::DuplicateWebhook | Fault::ReorderWebhook | Fault::LostWebhook | Fault::EarlyWebhook => {
            finish(work(world, Intent::Do)).await
        }
    }
}

fn throttle(front: &Front) -> Response<Body> {
    let (throttle_as, seconds) = front.with_switches(|switches| (switches.throttle_as, switches.retry_after_seconds));
    let mut response = match throttle_as {
        ThrottleAs::Status429 => Reply::error(429, "throttled", "too many requests").into_response(),
        ThrottleAs::Status403 => Reply::error(403, "throttled", "too many requests").into_response(),
    };
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Between a tenth and nine tenths of the promised time: late, and still within the promise.
fn execute_later(world: &Shared, system: System, work: Work) {
    let within_ms = world.front(system).with_switches(|switches| switches.executes_within_ms);
    let delay_ms = within_ms / 10 + world.dice.below(within_ms * 8 / 10 + 1);
    let due = world.clock.now().plus_millis(delay_ms);
    world.scheduler.at(
        due,
        Box::new(move |world| {
            work(world, Intent::Do);
        }),
    );
}

/// A JSON string of that many bytes, made as it is read.
fn huge(bytes: u64) -> Body {
    Body::new(Huge { left: bytes, opened: false })
}

struct Huge {
    left: u64,
    opened: bool,
}

static FILLER: [u8; 64 * 1024] = [b'x'; 64 * 1024];

impl hyper::body::Body for Huge {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        let chunk = if !self.opened {
            self.opened = true;
            Bytes::from_static(b"{\"id\":\"")
        } else if self.left == 0 {
            return std::task::Poll::Ready(None);
        } else {
            let length = FILLER.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
            Bytes::from_static(&FILLER[..length])
        };
        self.left = self.left.saturating_sub(chunk.len() as u64);
        std::task::Poll::Ready(Some(Ok(hyper::body::Frame::data(chunk))))
    }
}

#[derive(Deserialize)]
struct SignIn {
    app_key: String,
    app_secret: String,
}

/// `POST /token`.
pub(crate) async fn sign_in(world: &World, system: System, body: &[u8]) -> Response<Body> {
    const TOKEN: Operation = Operation { name: "token", kind: Kind::Create };
    let front = world.front(system);
    lock(&front.counts).entry(TOKEN.name).or_default().requests += 1;
    if front.out(world.clock.now()) {
        return hang_up();
    }
    if front.strikes(TOKEN.name, Fault::Slow, &world.dice) {
        tokio::time::sleep(Duration::from_millis(front.with_switches(|switches| switches.slow_ms))).await;
    }
    match front.fault(TOKEN, &world.dice) {
        None => {}
        Some(Fault::Throttle) => return throttle(front),
        Some(Fault::ErrorAfter) => {
            return Reply::error(500, "internal", "unexpected error").into_response();
        }
        Some(_) => return hang_up(),
    }
    let Ok(request) = serde_json::from_slice::<SignIn>(body) else {
        return Reply::error(400, "malformed", "`app_key` and `app_secret` are needed").into_response();
    };
    if request.app_key != front.credentials.app_key || request.app_secret != front.credentials.app_secret {
        return Reply::error(403, "bad_credentials", "`app_key` or `app_secret` is wrong").into_response();
    }
    let now = world.now(system);
    let token = format!("{:016x}{:016x}", world.dice.next(), world.dice.next());
    let mut tokens = lock(&front.tokens);
    if tokens.len() >= TOKENS_MAX {
        tokens.retain(|_, expires| *expires > now);
    }
    if tokens.len() >= TOKENS_MAX {
        return Reply::error(429, "too_many_sessions", "too many sessions are open").into_response();
    }
    let seconds = world.options.token_seconds;
    tokens.insert(token.clone(), now.plus_seconds(i64::from(seconds)));
    Reply::json(200, &json!({"access_token": token, "expires_in": seconds})).into_response()
}
