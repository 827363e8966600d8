//! The tracer of this process: samples whole traces, queues spans, sends them in batches.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SpanProcessor};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::client::Client;
use super::span::Span;

/// Where spans go.
#[derive(Clone, Debug)]
pub struct Options {
    /// The collector: `http://collector:4318`, or its full address of traces.
    pub endpoint: String,
    /// What this service is called.
    pub service: String,
    /// This process, unique per start.
    pub process: String,
    /// The share of traces that is kept, 0 to 1. A trace is kept or dropped as a whole.
    pub ratio: f64,
    /// Headers that the collector wants.
    pub headers: Vec<(String, SecretString)>,
}

/// Why tracing cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client cannot be built.
    #[error("the client for traces cannot be set up")]
    Client(#[source] reqwest::Error),
    /// The exporter does not take the endpoint or a header.
    #[error("the exporter of traces cannot be set up: {0}")]
    Exporter(String),
}

/// Sends spans.
pub struct Tracer {
    processor: BatchSpanProcessor,
    scope: InstrumentationScope,
    threshold: u64,
}

/// One export may take this long; a collector that hangs must not hold a stop for longer.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);
/// Spans waiting in memory; more are dropped.
const QUEUE_MAX: usize = 16_384;
/// Spans of one request.
const BATCH_MAX: usize = 512;
/// Spans are sent at least this often.
const SEND_EVERY: Duration = Duration::from_secs(1);
/// The tail of an id that decides over a trace: the part that is random in derived and in drawn ids.
const TAIL_BITS: u32 = 56;

static TRACER: OnceLock<Tracer> = OnceLock::new();

/// Starts tracing for the whole process; a second call changes nothing. Called on the runtime that sends.
///
/// # Errors
/// When the options cannot be used. Whether the collector answers shows later, in the log.
pub fn install(options: &Options) -> Result<(), Error> {
    let tracer = Tracer::new(options)?;
    let _ = TRACER.set(tracer);
    Ok(())
}

/// Whether spans are sent at all.
pub fn is_on() -> bool {
    TRACER.get().is_some()
}

/// The tracer, when this trace is kept.
pub fn of(trace: Uuid) -> Option<&'static Tracer> {
    TRACER.get().filter(|tracer| tracer.keeps(trace))
}

/// Sends what is queued, within a bound, and ends. Blocks: not for the runtime's own threads.
pub fn close() {
    if let Some(tracer) = TRACER.get()
        && let Err(error) = tracer.processor.shutdown_with_timeout(EXPORT_TIMEOUT)
    {
        tracing::warn!("the last traces cannot be sent: {error}");
    }
}

impl Tracer {
    fn new(options: &Options) -> Result<Tracer, Error> {
        let headers: HashMap<String, String> =
            options.headers.iter().map(|(name, value)| (name.clone(), value.expose_secret().to_owned())).collect();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client::new(EXPORT_TIMEOUT).map_err(Error::Client)?)
            .with_headers(headers)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint(&options.endpoint))
            .with_timeout(EXPORT_TIMEOUT)
            .build()
            .map_err(|error| Error::Exporter(error.to_string()))?;
        let config = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE_MAX)
            .with_max_export_batch_size(BATCH_MAX)
            .with_scheduled_delay(SEND_EVERY)
            .build();
        let mut processor = BatchSpanProcessor::new(exporter, config);
        processor.set_resource(
            &Resource::builder_empty()
                .with_attributes([
                    KeyValue::new("service.name", options.service.clone()),
                    KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
                    KeyValue::new("service.instance.id", options.process.clone()),
                ])
                .build(),
        );
        let scope = InstrumentationScope::builder("waybill").with_version(env!("CARGO_PKG_VERSION")).build();
        Ok(Tracer { processor, scope, threshold: threshold(options.ratio) })
    }

    fn keeps(&self, trace: Uuid) -> bool {
        tail(trace) < self.threshold
    }

    /// Queues a span; a full queue drops it.
    pub fn send(&self, span: Span) {
        debug_assert!(self.keeps(span.context().trace), "only spans of kept traces are made");
        self.processor.on_end(span.into_data(&self.scope));
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the product lies within 0 and 2^56")]
fn threshold(ratio: f64) -> u64 {
    (ratio.clamp(0.0, 1.0) * (1_u64 << TAIL_BITS) as f64) as u64
}

fn tail(trace: Uuid) -> u64 {
    trace.as_u64_pair().1 & ((1 << TAIL_BITS) - 1)
}

/// The address of traces at a collector; a path that is there already is kept.
fn endpoint(text: &str) -> String {
    let text = text.trim_end_matches('/');
    if text.ends_with("/v1/traces") { text.to_owned() } else { format!("{text}/v1/traces") }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_collector_may_be_named_with_or_without_the_path() {
        for text in ["http://c:4318", "http://c:4318/", "http://c:4318/v1/traces"] {
            assert_eq!(endpoint(text), "http://c:4318/v1/traces");
        }
        assert_eq!(endpoint("https://c/otlp"), "https://c/otlp/v1/traces");
    }

    #[test]
    fn about_the_asked_share_of_traces_is_kept_whatever_made_their_ids() {
        let derived = |number: u32| uuid::Builder::from_custom_bytes(Sha256::digest(number.to_be_bytes())[..16].try_into().unwrap());
        let drawn = (0..4_000).map(|number| derived(number).into_uuid());
        let kept = drawn.filter(|id| tail(*id) < threshold(0.25)).count();
        assert!((900..1_100).contains(&kept), "{kept} of 4000");
        assert_eq!(threshold(0.0), 0);
        assert!(tail(Uuid::max()) < threshold(1.0));
    }
}
