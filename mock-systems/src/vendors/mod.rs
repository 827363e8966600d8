//! Mocks of vendors' systems, made after their documents and judged by independent clients: `scripts/test-vendors`.
//!
//! Each vendor is a folder: its API with its own errors, its callbacks signed and encrypted as the vendor does, and what
//! a test does behind the hub's back under `/__mock/…`. What every mock has (clock, switches, callbacks that are sent and
//! judged) is in `desk.rs` and `courier.rs`. Nothing here is shared with the hub.

mod control;
pub(crate) mod courier;
mod desk;
mod dingtalk;
mod feishu;
mod garble;
mod msgcrypt;
mod roster;
mod templates;
mod weaver;
mod wecom;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::ClockKind;
use crate::serve;
use desk::Desk;

/// One vendor: its name, its switches, and its routes.
struct Vendor {
    name: &'static str,
    switches: &'static [(&'static str, &'static str)],
    router: fn(Arc<Desk>) -> Router,
}

/// The vendors there are.
static VENDORS: &[&Vendor] = &[&dingtalk::VENDOR, &feishu::VENDOR, &weaver::VENDOR, &wecom::VENDOR];

/// Names of the vendors that can be started.
pub fn names() -> impl Iterator<Item = &'static str> {
    VENDORS.iter().map(|vendor| vendor.name)
}

/// A vendor's switches and what they do, beside those that all have.
pub fn switches(name: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let vendor = VENDORS.iter().find(|vendor| vendor.name == name);
    vendor.into_iter().flat_map(|vendor| desk::COMMON.iter().chain(vendor.switches).copied())
}

/// A vendor's mock that runs. Dropping it stops it.
pub struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Requests get this long to finish.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// Starts a vendor's mock on 127.0.0.1; port 0 takes a free one. Needs a Tokio runtime.
///
/// # Errors
/// When there is no such vendor or the port cannot be taken.
pub async fn start(name: &str, port: u16, clock: ClockKind) -> std::io::Result<Running> {
    let vendor = VENDORS.iter().find(|vendor| vendor.name == name);
    let vendor = vendor.ok_or_else(|| std::io::Error::new(std::io::ErrorKind::NotFound, format!("there is no mock of `{name}`")))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let desk = Arc::new(Desk::new(clock, vendor.switches, tasks.clone(), stop.clone()));
    let garbled = axum::middleware::from_fn_with_state(desk.clone(), garble::garble);
    let router = (vendor.router)(desk.clone()).layer(garbled).merge(control::router(desk));
    tasks.spawn(serve::run(listener, router, tasks.clone(), stop.clone()));
    Ok(Running { address, stop, tasks })
}

impl Running {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more connections and lets requests finish.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        let _ = tokio::time::timeout(STOP_WITHIN, self.tasks.wait()).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
