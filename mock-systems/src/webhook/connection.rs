//! One kept connection to one address, for webhooks and load: less work per message than a general client.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use bytes::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::target::Target;

/// Receivers acknowledge in milliseconds; one that needs longer than this has lost the message.
const TIMEOUT: Duration = Duration::from_secs(10);
/// An acknowledgement says nothing; a receiver that answers more is cut off.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

#[derive(Default)]
pub(crate) struct Connection(Option<(SocketAddr, http1::SendRequest<Body>)>);

impl Connection {
    /// The status of the answer, or what went wrong.
    pub(crate) async fn post(&mut self, target: &Target, headers: &Headers<'_>, body: Bytes) -> Result<u16, String> {
        let result = tokio::time::timeout(TIMEOUT, self.try_post(target, headers, body)).await;
        match result {
            Ok(Ok(status)) => Ok(status),
            Ok(Err(problem)) => {
                self.0 = None;
                Err(problem)
            }
            Err(_) => {
                self.0 = None;
                Err("no answer in time".to_owned())
            }
        }
    }

    async fn try_post(&mut self, target: &Target, headers: &Headers<'_>, body: Bytes) -> Result<u16, String> {
        let sender = self.ready(target.address).await?;
        let request = Request::post(&target.path)
            .header("host", &target.authority)
            .header("content-type", "application/json")
            .header("content-length", body.len())
            .header("webhook-id", headers.id)
            .header("webhook-timestamp", headers.timestamp_seconds)
            .header("webhook-signature", headers.signature)
            .body(Body::from(body))
            .map_err(|problem| problem.to_string())?;
        let answer = sender.send_request(request).await.map_err(|problem| problem.to_string())?;
        let status = answer.status().as_u16();
        // Read to the end: only then can the connection carry the next message.
        to_bytes(Body::new(answer.into_body()), ANSWER_BYTES_MAX).await.map_err(|problem| problem.to_string())?;
        Ok(status)
    }

    async fn ready(&mut self, address: SocketAddr) -> Result<&mut http1::SendRequest<Body>, String> {
        let usable = match &mut self.0 {
            Some((kept, sender)) => *kept == address && sender.ready().await.is_ok(),
            None => false,
        };
        if !usable {
            self.0 = None;
            let stream = TcpStream::connect(address).await.map_err(|problem| problem.to_string())?;
            stream.set_nodelay(true).map_err(|problem| problem.to_string())?;
            let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|problem| problem.to_string())?;
            // Ends by itself when the sender is dropped.
            tokio::spawn(connection);
            self.0 = Some((address, sender));
        }
        self.0.as_mut().map(|(_, sender)| sender).ok_or_else(|| "no connection".to_owned())
    }
}

/// What Standard Webhooks sends beside the body.
pub(crate) struct Headers<'a> {
    pub(crate) id: &'a str,
    pub(crate) timestamp_seconds: i64,
    pub(crate) signature: &'a str,
}
