//! Sends one request: egress guard, time, redirects that stay, and a bounded body.

use super::guard::Guard;
use crate::domain::connector::egress::EgressRefusal;
use crate::domain::connector::request::Request;
use crate::domain::connector::{Effect, Failure};
use bytes::Bytes;
use reqwest::{Client, Method, Response, header::LOCATION};
use std::error::Error as StdError;
use std::task::Poll;
use std::time::{Duration, Instant};
use url::Url;

/// An answer as it came, decompressed.
pub struct Raw {
    /// The status.
    pub status: u16,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// What kind of failure.
    pub failure: Failure,
    /// In words, without URLs.
    pub message: String,
    /// The status, where the answer began and then broke.
    pub status: Option<u16>,
}

/// How a request is sent.
pub struct Sending<'a> {
    pub client: &'a Client,
    pub guard: &'a Guard,
    pub effect: Effect,
    /// Time for everything.
    pub timeout: Duration,
    pub body_bytes_max: u64,
    pub redirects_max: u32,
    /// The header of that name, for a partner that may see our traces.
    pub traceparent: Option<String>,
}

impl Sending<'_> {
    /// Sends and reads to the end.
    pub async fn send(&self, request: &Request) -> Result<Raw, Unanswered> {
        // The client's own timeout covers redirects one by one; this one covers all.
        // Time is looked at first: after a pause of the whole process, what was about to leave must not leave late.
        let until = Instant::now() + self.timeout;
        let (mut over, mut work) = (std::pin::pin!(tokio::time::sleep(self.timeout)), std::pin::pin!(self.follow(request)));
        std::future::poll_fn(|context| {
            if Instant::now() >= until || over.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(unanswered(Failure::Timeout, "no complete answer in time")));
            }
            work.as_mut().poll(context)
        })
        .await
    }

    async fn follow(&self, request: &Request) -> Result<Raw, Unanswered> {
        let mut url = Url::parse(&request.url).map_err(|_| refused(&EgressRefusal::BadUrl))?;
        let mut left = self.redirects_max;
        loop {
            self.guard.check(&url).map_err(|error| refused(&error))?;
            let response = self.once(&url, request).await?;
            let target = (left > 0).then(|| self.redirect(&url, request, &response)).flatten();
            match target {
                Some(next) => {
                    left -= 1;
                    url = next;
                }
                None => return self.read(response).await,
            }
        }
    }

    /// Where a redirect leads, when it may be followed: a read without a body, to the same host, never from `https` to
    /// `http`. Our credentials go along, so nothing else is followed.
    fn redirect(&self, url: &Url, request: &Request, response: &Response) -> Option<Url> {
        let is_redirect = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
        let repeatable = self.effect == Effect::Read && matches!(request.method, "GET" | "HEAD");
        if !is_redirect || !repeatable {
            return None;
        }
        let next = url.join(response.headers().get(LOCATION)?.to_str().ok()?).ok()?;
        let upgrade = url.scheme() == "http" && next.scheme() == "https" && url.host() == next.host();
        (next.origin() == url.origin() || upgrade).then_some(next)
    }

    async fn once(&self, url: &Url, request: &Request) -> Result<Response, Unanswered> {
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|_| unanswered(Failure::Connect, "the method is not one"))?;
        let mut builder = self.client.request(method, url.clone());
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if let Some(traceparent) = &self.traceparent {
            builder = builder.header("traceparent", traceparent);
        }
        if !request.body.is_empty() {
            builder = builder.body(Bytes::from(request.body.clone()));
        }
        builder.send().await.map_err(|error| failed(&error))
    }

    async fn read(&self, mut response: Response) -> Result<Raw, Unanswered> {
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let max = usize::try_from(self.body_bytes_max).unwrap_or(usize::MAX);
        let too_large =
            || Unanswered { failure: Failure::TooLarge, message: format!("the answer is larger than {max} bytes"), status: Some(status) };
        if response.content_length().is_some_and(|length| length > self.body_bytes_max) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        loop {
            // Chunks come decompressed: a small bomb is stopped at the same limit as a large answer.
            match response.chunk().await {
                Ok(Some(chunk)) if body.len().saturating_add(chunk.len()) > max => return Err(too_large()),
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(Raw { status, headers, body }),
                Err(error) => {
                    let failure = if error.is_timeout() { Failure::Timeout } else { Failure::BrokenBody };
                    return Err(Unanswered { failure, message: words(&error), status: Some(status) });
                }
            }
        }
    }
}

fn unanswered(failure: Failure, message: impl Into<String>) -> Unanswered {
    Unanswered { failure, message: message.into(), status: None }
}

fn refused(refusal: &EgressRefusal) -> Unanswered {
    unanswered(Failure::Egress, refusal.to_string())
}

/// What a failed send was; the order matters: a connect timeout is a timeout too.
fn failed(error: &reqwest::Error) -> Unanswered {
    if let Some(refusal) = find::<EgressRefusal>(error) {
        return refused(refusal);
    }
    if error.is_dns() || find::<reqwest::Error>(error).is_some_and(reqwest::Error::is_dns) {
        return unanswered(Failure::Dns, "the host name cannot be resolved");
    }
    if error.is_connect() {
        let failure = if find::<rustls::Error>(error).is_some() { Failure::Tls } else { Failure::Connect };
        return unanswered(failure, words(error));
    }
    if error.is_builder() {
        // Nothing left the process: a header or URL that the client does not take.
        return unanswered(Failure::Egress, "the request cannot be sent as built");
    }
    let failure = if error.is_timeout() { Failure::Timeout } else { Failure::Reset };
    unanswered(failure, words(error))
}

/// An error of a certain kind among the causes; custom resolvers' and TLS errors come wrapped in I/O errors.
fn find<'e, T: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e T> {
    let mut next = error.source();
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref::<T>() {
            return Some(found);
        }
        let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| inner.downcast_ref::<T>()) {
            return Some(found);
        }
        next = cause.source();
    }
    None
}

/// The innermost cause: it says what happened, and holds no URL.
fn words(error: &reqwest::Error) -> String {
    let mut last: &dyn StdError = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    match last.downcast_ref::<reqwest::Error>() {
        Some(_) => "the request failed".to_owned(),
        None => last.to_string(),
    }
}
