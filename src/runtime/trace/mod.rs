//! Traces: spans with derived ids, sent over OTLP when an endpoint is configured.
//!
//! A trace's id is an id the database already has, and a span's is derived from the trace and what the span is about. So
//! nothing is stored for the sake of tracing, and a span that another replica makes next week falls into the same trace.
//! Spans are made when what they tell of is over; a full queue drops them, never the work. Names and attributes are the
//! business of the rooms that use this.

mod client;
mod context;
mod span;
mod tracer;

pub use context::{Context, current, within};
pub use span::{Kind, Span};
pub use tracer::{Error, Options, Tracer, close, install, is_on, of};
