//! Sends callbacks: one connection each, to the loopback interface only, within the time the vendor gives.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::desk::Desk;
use crate::target::Target;

/// Longest answer read; an acknowledgement is short.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// A callback to send.
pub(crate) struct Letter {
    pub method: Method,
    /// What follows the registered URL, without `?`.
    pub query: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// What the receiver answered.
pub(crate) struct Receipt {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Lets what is told of something go out: lost, twice or late, as the switches say. It is under way when this returns.
pub(super) fn dispatch<F: Future<Output = ()> + Send + 'static>(desk: &Arc<Desk>, kind: &str, telling: impl Fn() -> F) {
    if desk.strikes("event_lost", kind) {
        return;
    }
    let times = if desk.strikes("event_twice", kind) { 2 } else { 1 };
    let delay = Duration::from_millis(u64::try_from(desk.number("event_delay_ms", 0)).unwrap_or(0));
    for _ in 0..times {
        let (stop, telling) = (desk.stop.clone(), telling());
        let late = async move {
            tokio::time::sleep(delay).await;
            telling.await;
        };
        desk.tasks.spawn(async move {
            tokio::select! {
                () = late => {}
                () = stop.cancelled() => {}
            }
        });
    }
}

/// Sends until it is acknowledged with 200: at once, and after each of these pauses of the mock's clock.
pub(super) async fn send_until_taken<F: Future<Output = Result<Receipt, String>>>(desk: &Desk, pauses: &[i64], push: impl Fn() -> F) {
    for pause in pauses.iter().map(Some).chain([None]) {
        match push().await {
            Ok(Receipt { status: 200, .. }) => {
                desk.count("event.acknowledged");
                return;
            }
            Ok(receipt) => tracing::debug!(receipt.status, "a callback was not acknowledged"),
            Err(problem) => tracing::debug!(problem, "a callback was not acknowledged"),
        }
        desk.count("event.failed");
        let Some(seconds) = pause else { return };
        let due = desk.now().plus_seconds(*seconds);
        while desk.now() < due {
            desk.clock.wait_towards(due).await;
        }
    }
}

/// Sends a callback to a registered URL; an error says why there is no answer.
pub(crate) async fn send(url: &str, letter: &Letter, within: Duration) -> Result<Receipt, String> {
    tokio::time::timeout(within, try_send(url, letter)).await.unwrap_or_else(|_| Err(format!("no answer within {within:?}")))
}

async fn try_send(url: &str, letter: &Letter) -> Result<Receipt, String> {
    let said = |problem: &dyn std::fmt::Display| problem.to_string();
    let target = Target::parse(url)?;
    let stream = TcpStream::connect(target.address).await.map_err(|problem| said(&problem))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|problem| said(&problem))?;
    // Ends by itself when the sender is dropped.
    tokio::spawn(connection);
    let joint = if target.path.contains('?') { '&' } else { '?' };
    let path = if letter.query.is_empty() { target.path } else { format!("{}{joint}{}", target.path, letter.query) };
    let mut request = Request::builder().method(letter.method.clone()).uri(path).header("host", &target.authority);
    for (name, value) in &letter.headers {
        request = request.header(*name, value);
    }
    let request = request.header("content-length", letter.body.len()).body(Body::from(letter.body.clone()));
    let answer = sender.send_request(request.map_err(|problem| said(&problem))?).await.map_err(|problem| said(&problem))?;
    let status = answer.status().as_u16();
    let body = to_bytes(Body::new(answer.into_body()), ANSWER_BYTES_MAX).await.map_err(|problem| said(&problem))?;
    Ok(Receipt { status, body: body.to_vec() })
}

/// A value in a query.
pub(super) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
