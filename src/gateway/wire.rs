//! The far end of a connection as something that can be put in place of HTTP: the other kinds of connector speak through it,
//! and so do a simulation's partners.
//!
//! Everything before it (templates, log-ins, limits, breaker, deadlines) and after it (classification, redaction) stays as it
//! is; the egress guard and the HTTP client, which reach the network, are what it stands in for.

use super::call::Call;
use super::send::{Raw, Unanswered};
use crate::domain::connector::Effect;
use crate::domain::connector::request::Request;
use futures::future::BoxFuture;
use std::time::Duration;

/// One request on its way, and what it belongs to.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// The connection.
    pub connection: &'a str,
    /// The operation; `auth` for log-ins.
    pub operation: &'a str,
    /// The call it is part of; none for the pages of a stream.
    pub call: Option<&'a Call>,
    /// Whether it changes something.
    pub effect: Effect,
    /// What is sent.
    pub request: &'a Request,
    /// Time for the answer.
    pub timeout: Duration,
    /// Longest answer taken, bytes.
    pub answer_bytes_max: u64,
}

/// Takes requests instead of the network.
pub trait Wire: Send + Sync + 'static {
    /// Sends one request and answers within its time. Dropped, it stands for a process that died: what has left goes on at
    /// the partner.
    fn send<'a>(&'a self, outgoing: Outgoing<'a>) -> BoxFuture<'a, Result<Raw, Unanswered>>;

    /// What an answer with this receipt handed over is stored.
    fn stored<'a>(&'a self, _receipt: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }
}
