//! The span of one request, and the header that carries it to a partner that may see it.

use super::perform::Recorded;
use crate::domain::connector::Answer;
use crate::domain::connector::request::Request;
use crate::runtime::trace::{self, Context, Kind, Span};
use jiff::Timestamp;
use url::Url;

/// The span of the request that comes next within the span at hand; `number` tells it from the others of one performance.
pub(super) fn next(number: usize, operation: &str) -> Option<Context> {
    let parent = trace::current()?;
    let number = u64::try_from(number).unwrap_or(u64::MAX).to_be_bytes();
    Some(Context::span(parent.trace, &[b"request", &parent.span.to_be_bytes(), &number, operation.as_bytes()]))
}

/// What a partner is told of it, where the connection says that it may be.
pub(super) fn header(context: Option<Context>, shown: bool) -> Option<String> {
    let context = context.filter(|_| shown)?;
    Some(context.traceparent(trace::of(context.trace).is_some()))
}

/// The request is over. Neither path nor query is kept: both may hold what belongs to nobody else.
pub(super) fn sent(
    context: Option<Context>,
    connection: &str,
    recorded: &Recorded<'_>,
    request: &Request,
    status: Option<u16>,
    answer: &Answer,
    ended: Timestamp,
) {
    let Some((context, parent)) = context.zip(trace::current()) else { return };
    let Some(tracer) = trace::of(context.trace) else { return };
    let url = Url::parse(&request.url).ok();
    let mut span = Span::new(context, format!("{} {}", request.method, recorded.operation), recorded.started_at, ended)
        .parent(parent)
        .kind(Kind::Client)
        .with("http.request.method", request.method)
        .with("connection.name", connection.to_owned())
        .with("operation.name", recorded.operation.to_owned())
        .with("answer.class", answer.class.word());
    if let Some(host) = url.as_ref().and_then(Url::host_str) {
        span = span.with("server.address", host.to_owned());
    }
    if let Some(port) = url.as_ref().and_then(Url::port_or_known_default) {
        span = span.with("server.port", i64::from(port));
    }
    if let Some(status) = status {
        span = span.with("http.response.status_code", i64::from(status));
    }
    tracer.send(if answer.class == crate::domain::connector::Class::Ok { span } else { span.failed(answer.class.word()) });
}
