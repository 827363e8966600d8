//! What a piece of work answers, before faults have their say.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use serde::Serialize;
use serde_json::json;
use tokio::sync::oneshot;

/// An answer with a JSON body.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
    /// To be awaited before answering: the webhook that is sent first.
    pub(crate) after: Option<oneshot::Receiver<()>>,
}

impl Reply {
    pub(crate) fn json(status: u16, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::raw(status, body),
            Err(problem) => Self::error(500, "internal", &problem.to_string()),
        }
    }

    pub(crate) fn raw(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, body: body.into(), after: None }
    }

    /// The form of ERP, finance and the control API.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::raw(status, json!({"code": code, "message": message}).to_string())
    }

    /// The form of the OA: its errors come with status 200.
    pub(crate) fn errcode(errcode: i32, errmsg: &str) -> Self {
        Self::raw(200, json!({"errcode": errcode, "errmsg": errmsg}).to_string())
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        respond(self.status, "application/json", Body::from(self.body))
    }
}

pub(crate) fn respond(status: u16, content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Marks a response that is never sent: the connection is dropped in its place.
#[derive(Clone, Copy)]
pub(crate) struct Hangup;

pub(crate) fn hang_up() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Hangup);
    response
}
