//! Starting a mock, steering it in process, and stopping it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use bytes::Bytes;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::VENDORS;
use super::stage::{Asked, Personality, Stage};
use crate::serve;

/// Longest body read; partners' limits are of this order.
const BODY_BYTES_MAX: usize = 32 << 20;

/// A mock that listens. Dropping it stops it.
pub struct Running {
    address: SocketAddr,
    shared: Arc<Shared>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

struct Shared {
    stage: Stage,
    personality: Arc<dyn Personality>,
}

/// Starts a vendor's mock on loopback; port 0 takes a free one.
///
/// # Errors
/// When there is no such vendor or the port cannot be taken.
pub async fn start(name: &str, port: u16) -> std::io::Result<Running> {
    let vendor = VENDORS.iter().find(|vendor| vendor.name == name);
    let vendor = vendor.ok_or_else(|| std::io::Error::new(std::io::ErrorKind::NotFound, format!("there is no mock of `{name}`")))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    let shared = Arc::new(Shared { stage: Stage::default(), personality: (vendor.personality)() });
    let router = Router::new().fallback(answer).with_state(shared.clone());
    let (tasks, stop) = (shared.stage.hooks.tasks.clone(), shared.stage.hooks.stop.clone());
    tasks.spawn(serve::run(listener, router, tasks.clone(), stop.clone()));
    Ok(Running { address, shared, tasks, stop })
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_BYTES_MAX).await.unwrap_or_else(|_| Bytes::new());
    let asked = Asked {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
        now: shared.stage.now(),
    };
    shared.stage.answer(shared.personality.as_ref(), &asked).await
}

impl Running {
    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What a person does there.
    ///
    /// # Errors
    /// The sentence says what the system would not allow.
    pub fn person(&self, what: &Value) -> Result<Value, String> {
        self.shared.stage.person(self.shared.personality.as_ref(), what)
    }

    /// Its books.
    #[must_use]
    pub fn state(&self) -> Value {
        self.shared.personality.state()
    }

    /// Sets switches.
    ///
    /// # Errors
    /// The sentence names the switch that is unknown or has a wrong value.
    pub fn set(&self, switches: &Value) -> Result<(), String> {
        self.shared.stage.set(switches)
    }

    /// Moves its clock.
    pub fn advance(&self, seconds: u64) {
        self.shared.stage.advance(seconds);
    }

    /// How often each call was answered.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.shared.stage.calls()
    }

    /// Tells this loopback address of orders that change from now on, as the vendor does; `secret` signs it where the vendor signs.
    ///
    /// # Errors
    /// When the address is not on loopback.
    pub fn register_webhook(&self, url: &str, secret: &str) -> Result<(), String> {
        self.shared.stage.register(self.shared.personality.as_ref(), Some(url), secret)
    }

    /// What became of webhooks: `acknowledged`, `failed` (an attempt), `given_up`, `lost`.
    #[must_use]
    pub fn webhooks(&self) -> Value {
        self.shared.stage.hooks.fates()
    }

    /// Lets requests finish, then stops.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        let _ = tokio::time::timeout(Duration::from_secs(5), self.tasks.wait()).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
