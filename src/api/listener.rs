//! Our own accept loop: every connection has limits from its first byte.
//!
//! A ready-made server has no header timer unless it is given one and waits for its last connection without limit; both
//! are how a hub is held open by one bad client.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::peer::Peer;
use crate::runtime::metrics::list::{HTTP_CONNECTIONS, HTTP_CONNECTIONS_REFUSED};

/// Header lines of one request.
const HEADERS_MAX: usize = 64;
/// Bytes of one request's first line and headers together.
const HEADER_BYTES_MAX: usize = 32 * 1024;
/// When the system has no more file handles, accepting again at once would only spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Limits of connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long a client may take to send a request's headers; also how long an idle connection is kept.
    pub header_timeout: Duration,
    /// Open connections; more wait in the system's queue.
    pub connections_max: usize,
    /// Open connections from one address; more are closed. A proxy of ours has as many as it needs.
    pub connections_per_address_max: usize,
    /// Networks of our own proxies, whose word about the client counts.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(10),
            connections_max: 4096,
            connections_per_address_max: 1024,
            trusted_proxies: Vec::new(),
        }
    }
}

/// A bound listener.
pub struct Listener {
    socket: TcpListener,
    options: Options,
}

impl Listener {
    /// Binds; nothing is accepted before `serve`.
    pub async fn bind(address: SocketAddr, options: Options) -> io::Result<Self> {
        Ok(Self { socket: TcpListener::bind(address).await?, options })
    }

    /// The address, with the port that was taken for port 0.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves until `stop`; then accepts nothing more and lets open exchanges finish. Whoever runs this bounds that wait
    /// by dropping it: connections end with it.
    pub async fn serve(self, router: Router, stop: CancellationToken) {
        let end = CancellationToken::new();
        let _end_connections_with_this = end.clone().drop_guard();
        let graceful = GracefulShutdown::new();
        let permits = Arc::new(Semaphore::new(self.options.connections_max));
        let addresses = Addresses::new(self.options.connections_per_address_max);
        let connection = Connection::new(&self.options, router, end);
        while let Some((stream, peer, permit)) = stop.run_until_cancelled(self.accept(&permits)).await {
            HTTP_CONNECTIONS.increment([]);
            let place = match Peer::is_proxy(peer.ip(), &self.options.trusted_proxies) {
                true => None,
                false => match addresses.take(peer.ip()) {
                    Some(place) => Some(place),
                    None => {
                        HTTP_CONNECTIONS_REFUSED.increment([]);
                        continue;
                    }
                },
            };
            let (connection, watcher) = (connection.clone(), graceful.watcher());
            tokio::spawn(async move {
                connection.serve(stream, peer, watcher).await;
                drop((permit, place));
            });
        }
        drop(self.socket);
        graceful.shutdown().await;
    }

    async fn accept(&self, permits: &Arc<Semaphore>) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
        // The semaphore is never closed, so there is always a permit to wait for.
        let permit = permits.clone().acquire_owned().await.ok();
        loop {
            match self.socket.accept().await {
                Ok((stream, peer)) => return (stream, peer, permit),
                Err(error) if is_the_clients(&error) => {}
                Err(error) => {
                    tracing::warn!(error = %error, "a connection cannot be accepted; trying again");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

/// The client went away between connecting and being accepted.
fn is_the_clients(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
}

#[derive(Clone)]
struct Connection {
    http: http1::Builder,
    router: Router,
    end: CancellationToken,
    trusted: Arc<[IpNet]>,
}

impl Connection {
    fn new(options: &Options, router: Router, end: CancellationToken) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(options.header_timeout)
            .max_headers(HEADERS_MAX)
            .max_header_size(HEADER_BYTES_MAX);
        Self { http, router, end, trusted: options.trusted_proxies.as_slice().into() }
    }

    async fn serve(self, stream: TcpStream, peer: SocketAddr, watcher: Watcher) {
        // Answers are small and wanted now.
        let _ = stream.set_nodelay(true);
        let (router, trusted) = (self.router, self.trusted);
        let service = hyper::service::service_fn(move |mut request: http::Request<Incoming>| {
            let peer = Peer::of(peer.ip(), request.headers(), &trusted);
            request.extensions_mut().insert(peer);
            router.clone().oneshot(request)
        });
        let exchange = watcher.watch(self.http.serve_connection(TokioIo::new(stream), service));
        if let Some(Err(error)) = self.end.run_until_cancelled(exchange).await {
            tracing::debug!(error = %error, "a connection ended badly");
        }
    }
}

/// How many connections each address has open.
#[derive(Clone)]
struct Addresses {
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
    max: usize,
}

struct Place {
    addresses: Addresses,
    address: IpAddr,
}

impl Addresses {
    fn new(max: usize) -> Self {
        Self { open: Arc::default(), max }
    }

    fn take(&self, address: IpAddr) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= self.max {
            return None;
        }
        *count += 1;
        Some(Place { addresses: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.addresses.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}
