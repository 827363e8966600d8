//! What every vendor's mock has: a clock that can be moved, switches for what goes wrong, counts, and faults of the line.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::roster::Roster;
use crate::clock::{Clock, ClockKind};
use crate::dice::Dice;
use crate::instant::Micros;
use crate::reply::{hang_up, respond};
use crate::world::lock;

/// Switches that every vendor's mock has. `NAME.OPERATION` is for one operation; a number counts down, `true` stays.
pub(super) static COMMON: &[(&str, &str)] = &[
    ("lost_response", "does the work and drops the connection"),
    ("reset_before", "drops the connection, nothing done"),
    ("html_page", "answers 200 with a page for people, nothing done"),
    ("malformed", "does the work and sends half of the answer; for the next call, whatever it is"),
    ("gateway_error", "answers 502 with a gateway's page, nothing done"),
    ("gateway_error_after", "does the work and answers 502 with a gateway's page"),
    ("throttled", "answers as the vendor does to too many calls, nothing done"),
    ("token_expired", "answers as the vendor does to a token that lapsed early"),
    ("token_expired_after", "the same once, after so many calls that are let through"),
    ("slow_ms", "waits so long before each answer"),
    ("token_seconds", "life of a token"),
    ("calls_per_window", "calls of one API in the vendor's window before it says that there are too many"),
    ("list_lag_ms", "so long a new object is in no list"),
    ("event_lost", "an event is never sent"),
    ("event_twice", "an event is sent twice"),
    ("event_early", "the event of a new object is sent before its creation is answered"),
    ("event_delay_ms", "events are sent so much later"),
    ("event_wrong_signature", "an event carries another signature"),
    ("event_wrong_receiver", "an event is for somebody else"),
];

/// Calls kept for a window; one mock is not asked more often.
const CALLS_MAX: usize = 10_000;

pub(super) struct Desk {
    pub clock: Clock,
    pub dice: Dice,
    /// What is sent after the answer runs here.
    pub tasks: TaskTracker,
    pub stop: CancellationToken,
    known: &'static [(&'static str, &'static str)],
    switches: Mutex<Map<String, Value>>,
    counts: Mutex<BTreeMap<String, u64>>,
    calls: Mutex<BTreeMap<&'static str, VecDeque<Micros>>>,
    /// Messages that people and groups have got, in order.
    messages: Mutex<Vec<Value>>,
    /// Codes that pages inside the app got and that nobody has used: whose they are, and until when they count.
    codes: Mutex<BTreeMap<String, (String, Micros)>>,
    /// Who works here.
    roster: Mutex<Roster>,
}

/// Seconds that such a code counts.
const CODE_SECONDS: i64 = 300;

/// What happens to a call in front of the vendor's own work.
pub(super) enum Before {
    /// The work is done and answered.
    Work,
    /// The work is done, and this is sent in place of its answer.
    Instead(Response<Body>),
    /// The vendor's own answer to too many calls.
    Throttle,
    /// The vendor's own answer to a lapsed token.
    Expired,
    /// Not done, and this is the answer.
    Answer(Response<Body>),
}

impl Desk {
    pub(super) fn new(
        clock: ClockKind,
        known: &'static [(&'static str, &'static str)],
        tasks: TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        Self {
            clock: Clock::new(clock),
            dice: Dice::new(1),
            tasks,
            stop,
            known,
            switches: Mutex::default(),
            counts: Mutex::default(),
            calls: Mutex::default(),
            messages: Mutex::default(),
            codes: Mutex::default(),
            roster: Mutex::new(Roster::new()),
        }
    }

    /// Changes the named switches, all or nothing.
    pub(super) fn change(&self, changes: &Value) -> Result<Value, String> {
        let members = changes.as_object().ok_or("switches are a JSON object")?;
        for name in members.keys() {
            let base = name.split('.').next().unwrap_or_default();
            if !COMMON.iter().chain(self.known).any(|(known, _)| *known == base) {
                return Err(format!("there is no switch `{base}`"));
            }
        }
        let mut switches = lock(&self.switches);
        switches.extend(members.iter().map(|(name, value)| (name.clone(), value.clone())));
        Ok(Value::Object(switches.clone()))
    }

    pub(super) fn shown(&self) -> Value {
        Value::Object(lock(&self.switches).clone())
    }

    /// Whether a fault strikes this operation now; a counter is used up.
    pub(super) fn strikes(&self, fault: &str, operation: &str) -> bool {
        let mut switches = lock(&self.switches);
        let names = [format!("{fault}.{operation}"), fault.to_owned()];
        let strikes = names.iter().any(|name| match switches.get_mut(name) {
            Some(Value::Bool(stays)) => *stays,
            Some(count) => match count.as_u64().filter(|left| *left > 0) {
                Some(left) => {
                    *count = json!(left - 1);
                    true
                }
                None => false,
            },
            None => false,
        });
        drop(switches);
        if strikes {
            self.count(&format!("fault.{fault}"));
        }
        strikes
    }

    /// Whether this is the call that a fault was put off to; it strikes once.
    fn comes_due(&self, fault: &str, operation: &str) -> bool {
        let name = format!("{fault}.{operation}");
        let mut switches = lock(&self.switches);
        let Some(left) = switches.get(&name).and_then(Value::as_u64) else { return false };
        if left > 0 {
            switches.insert(name, json!(left - 1));
            return false;
        }
        switches.remove(&name);
        drop(switches);
        self.count(&format!("fault.{fault}"));
        true
    }

    /// The number a switch is set to.
    pub(super) fn number(&self, name: &str, otherwise: i64) -> i64 {
        lock(&self.switches).get(name).and_then(Value::as_i64).unwrap_or(otherwise)
    }

    /// Whether a switch is on.
    pub(super) fn is_on(&self, name: &str) -> bool {
        lock(&self.switches).get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    pub(super) fn now(&self) -> Micros {
        self.clock.now()
    }

    pub(super) fn now_millis(&self) -> i64 {
        self.now().0.div_euclid(1_000)
    }

    /// A random id in hexadecimal.
    pub(super) fn id(&self) -> String {
        format!("{:016x}{:016x}", self.dice.next(), self.dice.next())
    }

    pub(super) fn count(&self, what: &str) {
        *lock(&self.counts).entry(what.to_owned()).or_default() += 1;
    }

    pub(super) fn counts(&self) -> Value {
        json!(*lock(&self.counts))
    }

    /// A message has reached somebody; one that `same` tells from no earlier one has not. Gives its number.
    pub(super) fn deliver(&self, message: Value, same: impl Fn(&Value) -> bool) -> usize {
        let mut messages = lock(&self.messages);
        if let Some(known) = messages.iter().position(same) {
            return known + 1;
        }
        messages.push(message);
        messages.len()
    }

    /// A page inside the app gets a code for whoever has it open.
    pub(super) fn issue_code(&self, user: &str) -> String {
        let code = self.id();
        lock(&self.codes).insert(code.clone(), (user.to_owned(), self.now().plus_seconds(CODE_SECONDS)));
        code
    }

    /// Whose a code is; it counts once.
    pub(super) fn take_code(&self, code: &str) -> Option<String> {
        let (user, until) = lock(&self.codes).remove(code)?;
        (until > self.now()).then_some(user)
    }

    /// Looks at, or changes, who works here.
    pub(super) fn with_roster<R>(&self, look: impl FnOnce(&mut Roster) -> R) -> R {
        look(&mut lock(&self.roster))
    }

    pub(super) fn messages(&self) -> Value {
        json!(*lock(&self.messages))
    }

    /// Whether this call is one too many in the window.
    fn too_many(&self, api: &'static str, window: Duration, most: i64) -> bool {
        let now = self.now();
        let window = i64::try_from(window.as_micros()).unwrap_or(i64::MAX);
        let mut calls = lock(&self.calls);
        let calls = calls.entry(api).or_default();
        while calls.front().is_some_and(|first| now.0 - first.0 >= window) || calls.len() >= CALLS_MAX {
            calls.pop_front();
        }
        calls.push_back(now);
        i64::try_from(calls.len()).unwrap_or(i64::MAX) > most
    }

    /// What befalls a call before its work; the vendor allows `most` calls of one API in a window.
    pub(super) async fn before(&self, api: &'static str, window: Duration, most: i64) -> Before {
        self.count(api);
        let slow = self.number("slow_ms", 0);
        if slow > 0 {
            tokio::time::sleep(Duration::from_millis(u64::try_from(slow).unwrap_or(0))).await;
        }
        if self.strikes("reset_before", api) {
            return Before::Answer(hang_up());
        }
        if self.strikes("html_page", api) {
            let page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>";
            return Before::Answer(respond(200, "text/html", Body::from(page)));
        }
        if self.strikes("gateway_error", api) {
            return Before::Answer(bad_gateway());
        }
        if self.too_many(api, window, self.number("calls_per_window", most)) || self.strikes("throttled", api) {
            return Before::Throttle;
        }
        if self.strikes("token_expired", api) || self.comes_due("token_expired_after", api) {
            return Before::Expired;
        }
        if self.strikes("lost_response", api) {
            return Before::Instead(hang_up());
        }
        if self.strikes("gateway_error_after", api) { Before::Instead(bad_gateway()) } else { Before::Work }
    }
}

fn bad_gateway() -> Response<Body> {
    respond(502, "text/html", Body::from("<html><body>Bad Gateway</body></html>"))
}
