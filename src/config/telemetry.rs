//! Logs and traces.

use secrecy::SecretString;

use super::Source;
use super::server::secret_setting;
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::runtime::log;

/// What stands under `telemetry`.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "telemetry",
    doc: "Logs and traces. Metrics are always there, at `/metrics`.",
    fields: &[
        Field::optional("log_format", Shape::Word(&["text", "json"]), "`text` for people, `json` for collectors."),
        Field::optional("log_filter", Shape::Text, "Which lines: `info`, or by module `info,waybill::gateway=debug`."),
        Field::optional("otlp_endpoint", Shape::Text, "OpenTelemetry collector for traces, OTLP over HTTP; empty: no traces."),
        Field::optional("otlp_headers", Shape::Map(&Shape::Setting), "Headers the collector wants, as `{secret: …}` where secret."),
        Field::optional("service_name", Shape::Text, "What this hub is called in traces."),
        Field::optional("sampling_ratio", Shape::Decimal, "Share of traces kept, `0` to `1`; one is kept or dropped as a whole."),
    ],
};

/// Logs and traces.
#[derive(Clone, Debug)]
pub struct Telemetry {
    /// What is logged, and how.
    pub log: log::Options,
    /// Where traces go; none where they go nowhere.
    pub traces: Option<Traces>,
}

/// Where traces go.
#[derive(Clone, Debug)]
pub struct Traces {
    /// The collector.
    pub endpoint: String,
    /// Headers that it wants.
    pub headers: Vec<(String, SecretString)>,
    /// What this hub is called.
    pub service: String,
    /// The share of traces kept, 0 to 1.
    pub ratio: f64,
}

impl Telemetry {
    pub(super) fn read(source: &Source<'_>, report: &mut Report) -> Telemetry {
        let format = if source.text("log_format") == "json" { log::Format::Json } else { log::Format::Text };
        let filter = source.text("log_filter");
        if let Err(error) = log::check_filter(&filter) {
            let span = source.get("log_filter").map(|node| node.span).unwrap_or_default();
            report
                .error("bad_value", span, error.to_string())
                .at("telemetry.log_filter")
                .hint("write a level such as `info`, or levels by module such as `info,waybill::gateway=debug`");
        }
        Telemetry { log: log::Options { format, filter }, traces: traces(source, report) }
    }
}

fn traces(source: &Source<'_>, report: &mut Report) -> Option<Traces> {
    let span = |name: &str| source.get(name).map(|node| node.span).unwrap_or_default();
    let ratio = source.text("sampling_ratio").parse::<f64>().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
    if ratio.is_none() {
        report
            .error("out_of_range", span("sampling_ratio"), "`sampling_ratio` is not from 0 to 1")
            .at("telemetry.sampling_ratio")
            .hint("write for example `\"0.1\"` for a tenth of all traces");
    }
    let headers = headers(source, report);
    let endpoint = source.text("otlp_endpoint");
    if endpoint.is_empty() {
        return None;
    }
    if !url::Url::parse(&endpoint).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
        report
            .error("bad_value", span("otlp_endpoint"), "the collector's address is no `http` or `https` URL")
            .at("telemetry.otlp_endpoint")
            .hint("write for example `http://localhost:4318`");
    }
    Some(Traces { endpoint, headers, service: source.text("service_name"), ratio: ratio.unwrap_or_default() })
}

fn headers(source: &Source<'_>, report: &mut Report) -> Vec<(String, SecretString)> {
    let mut headers = Vec::new();
    for (key, node) in source.get("otlp_headers").map(crate::domain::text::tree::Node::entries).unwrap_or_default() {
        let path = format!("telemetry.otlp_headers.{}", key.text);
        let value = match node.text() {
            // What carries credentials by its very name never stands in the file.
            Some(_) if ["authorization", "x-api-key", "api-key"].contains(&key.text.to_ascii_lowercase().as_str()) => {
                secret_setting(node, source, &path, report)
            }
            Some(text) => Some(SecretString::from(text.to_owned())),
            None => secret_setting(node, source, &path, report),
        };
        let sound = http::HeaderName::from_bytes(key.text.as_bytes()).is_ok();
        if !sound {
            report.error("bad_value", node.span, format!("`{}` is no name of a header", key.text)).at(path);
        }
        headers.extend(value.filter(|_| sound).map(|value| (key.text.clone(), value)));
    }
    headers
}
