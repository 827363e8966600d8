//! Receiving webhooks: what a door hands over and gets back.

use std::net::IpAddr;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::domain::connector::webhook::Acknowledge;
use crate::domain::signature::Answer;

/// A request to `/hooks/{id}`, unread: signatures are made over exactly these bytes.
#[derive(Clone, Debug)]
pub struct HookRequest {
    /// `GET` (challenges, pings) or `POST`.
    pub method: Method,
    /// The query string, undecoded.
    pub query: Option<String>,
    /// The headers, duplicates kept.
    pub headers: HeaderMap,
    /// The body, bounded by the door.
    pub body: Bytes,
    /// Who called.
    pub peer: Option<IpAddr>,
}

/// What the sender gets.
#[derive(Clone, Debug)]
pub struct HookAnswer {
    /// The status.
    pub status: StatusCode,
    /// Headers to add.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl HookAnswer {
    /// An answer without body.
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// The declared acknowledgement.
    pub fn acknowledgement(acknowledge: &Acknowledge) -> Self {
        let mut answer = Self::empty(status_of(acknowledge.status));
        if let Some(body) = &acknowledge.body {
            answer.body = Bytes::copy_from_slice(body.as_bytes());
        }
        if let Some(value) = acknowledge.content_type.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
            answer.headers.insert(http::header::CONTENT_TYPE, value);
        }
        answer
    }

    /// What a kind of signature answers. It may hold what the sender brought, so nobody may take it for a page.
    pub fn said(status: u16, answer: Answer) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
        headers.insert(http::header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        Self { status: status_of(status), headers, body: Bytes::from(answer.body) }
    }
}

fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::OK)
}

/// Takes webhooks: looks the receiver up, verifies, stores once, answers. It never works on the message before it
/// answers, and a failed check of any kind is one uniform 401.
pub trait Intake: Send + Sync + 'static {
    /// Receives one request to the hook with this opaque id.
    fn receive<'a>(&'a self, hook: &'a str, request: HookRequest) -> BoxFuture<'a, HookAnswer>;
}
