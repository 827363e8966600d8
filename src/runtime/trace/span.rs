//! A span that is over.

use std::borrow::Cow;

use jiff::Timestamp;
use opentelemetry::trace::{Link, SpanContext, SpanKind, Status, TraceFlags, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue, SpanId, TraceId, Value};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use super::context::Context;

/// Which side of a call a span tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody called us.
    Server,
    /// We called somebody.
    Client,
    /// Inside.
    Internal,
}

/// A span that is over. Attributes hold no payload, no secret and nothing personal.
#[derive(Clone, Debug)]
pub struct Span {
    context: Context,
    parent: Option<Context>,
    name: Cow<'static, str>,
    kind: Kind,
    began: Timestamp,
    ended: Timestamp,
    attributes: Vec<KeyValue>,
    links: Vec<Context>,
    failed: Option<String>,
}

impl Span {
    /// A span with nothing but its name and times. Names are of few kinds; what differs between two documents is an attribute.
    pub fn new(context: Context, name: impl Into<Cow<'static, str>>, began: Timestamp, ended: Timestamp) -> Span {
        Span {
            context,
            parent: None,
            name: name.into(),
            kind: Kind::Internal,
            began,
            ended,
            attributes: Vec::new(),
            links: Vec::new(),
            failed: None,
        }
    }

    /// The span it happened in.
    pub fn parent(mut self, parent: Context) -> Span {
        self.parent = Some(parent);
        self
    }

    /// Which side of a call it is.
    pub fn kind(mut self, kind: Kind) -> Span {
        self.kind = kind;
        self
    }

    /// A fact to search by.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Span {
        self.attributes.push(KeyValue::new(name, value));
        self
    }

    /// A span of another trace that this one comes from or leads to.
    pub fn link(mut self, other: Context) -> Span {
        self.links.push(other);
        self
    }

    /// It did not end well.
    pub fn failed(mut self, why: impl Into<String>) -> Span {
        self.failed = Some(why.into());
        self
    }

    pub(super) fn context(&self) -> Context {
        self.context
    }

    pub(super) fn into_data(self, scope: &InstrumentationScope) -> SpanData {
        let mut links = SpanLinks::default();
        links.links = self.links.into_iter().map(|link| Link::new(outside(link), Vec::new(), 0)).collect();
        SpanData {
            span_context: outside(self.context),
            parent_span_id: self.parent.map_or(SpanId::INVALID, |parent| SpanId::from_bytes(parent.span.to_be_bytes())),
            parent_span_is_remote: false,
            span_kind: match self.kind {
                Kind::Server => SpanKind::Server,
                Kind::Client => SpanKind::Client,
                Kind::Internal => SpanKind::Internal,
            },
            name: self.name,
            start_time: self.began.into(),
            end_time: self.ended.max(self.began).into(),
            attributes: self.attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links,
            status: match self.failed {
                Some(why) => Status::error(why),
                None => Status::Unset,
            },
            instrumentation_scope: scope.clone(),
        }
    }
}

fn outside(context: Context) -> SpanContext {
    let (trace, span) = (TraceId::from_bytes(*context.trace.as_bytes()), SpanId::from_bytes(context.span.to_be_bytes()));
    SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::NONE)
}
