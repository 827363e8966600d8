//! A hub that dies at points while it is asked for something, and is started again.

use crate::support::hub::{HubProcess, TOKEN};
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const WITHIN: Duration = Duration::from_secs(60);
pub const SIDES: [&str; 2] = ["before", "after"];

pub struct Dying {
    pub hub: HubProcess,
    pub store: String,
    client: reqwest::Client,
    /// Points that were passed, for the comparison with the list.
    pub died: BTreeSet<&'static str>,
}

/// A request of a person: under a key of theirs, so that asking again is no second request.
pub struct Ask {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Value,
}

pub fn ask(method: Method, path: impl Into<String>, body: Value) -> Ask {
    Ask { method, path: path.into(), headers: Vec::new(), body }
}

impl Ask {
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Ask {
        self.headers.push((name, value.into()));
        self
    }
}

impl Dying {
    pub fn new(hub: HubProcess, store: &str) -> Dying {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().expect("a client");
        Dying { hub, store: store.to_owned(), client, died: BTreeSet::new() }
    }

    pub async fn ask(&self, wanted: &Ask) -> Option<(u16, Value)> {
        let mut request = self.client.request(wanted.method.clone(), self.hub.url(&wanted.path)).bearer_auth(TOKEN);
        for (name, value) in &wanted.headers {
            request = request.header(*name, value);
        }
        if !wanted.body.is_null() {
            request = request.header("content-type", "application/json").body(wanted.body.to_string());
        }
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, serde_json::from_str(&answer.text().await.ok()?).unwrap_or(Value::Null)))
    }

    pub async fn lives(&self, wanted: &Ask) -> (u16, Value) {
        self.ask(wanted).await.expect("it lives")
    }

    /// Is killed, starts again and dies at the point's first passing, by itself or while it is asked; then it is dead.
    pub async fn dies(&mut self, point: &'static str, side: &str, wanted: Option<&Ask>) {
        self.hub.kill().await;
        let at = format!("{point}:{side}:1");
        self.hub.restart_to_die(&self.store, &at);
        let (began, mut said) = (Instant::now(), None);
        while !self.hub.is_dead() {
            assert!(began.elapsed() < WITHIN, "`{at}` was not passed: {said:?} {}", self.hub.log_tail(20));
            if let Some(wanted) = wanted {
                said = self.ask(wanted).await.or(said);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.died.insert(point);
    }

    pub async fn starts(&mut self) {
        self.hub.restart(&self.store).await;
    }

    pub async fn until(&self, what: &str, holds: impl AsyncFn(&HubProcess) -> bool) {
        let began = Instant::now();
        while !holds(&self.hub).await {
            assert!(began.elapsed() < WITHIN, "not within {WITHIN:?}: {what}: {}", self.hub.log_tail(20));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
