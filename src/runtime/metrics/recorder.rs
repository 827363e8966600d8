//! One recorder for the process, rendered as Prometheus text by whoever serves it.

use std::sync::OnceLock;

use metrics::{SharedString, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use super::list::{ALL, BUILD_INFO, ENGINE_BATCHES, SIGN_INS};
use super::metric::Kind;

/// Bounds for everything measured in seconds: from an in-memory step to a partner that hangs.
const SECONDS_BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// Bounds of sizes: batches hold from one to a few hundred.
const SIZE_BUCKETS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

static INSTALLED: OnceLock<Metrics> = OnceLock::new();

/// Renders what was counted.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// The metrics as Prometheus text.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Folds measured values into their histograms; memory grows with traffic until this is called, so a loop calls it
    /// every few seconds even when nobody scrapes.
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }
}

/// Installs the recorder for the whole process; later calls give the same one.
pub fn install() -> Metrics {
    INSTALLED
        .get_or_init(|| {
            let recorder = recorder();
            let metrics = Metrics(recorder.handle());
            describe(&recorder);
            // Another recorder can only be there when a program embeds this library and brought its own; then that one counts.
            let _ = metrics::set_global_recorder(recorder);
            BUILD_INFO.set(1.0, [env!("CARGO_PKG_VERSION")]);
            // What alerts watch begins at zero: the increase of a series that begins at one is none.
            ENGINE_BATCHES.add(0, ["failed"]);
            SIGN_INS.add(0, ["refused"]);
            SIGN_INS.add(0, ["throttled"]);
            metrics
        })
        .clone()
}

fn recorder() -> PrometheusRecorder {
    let builder = PrometheusBuilder::new().set_buckets(SECONDS_BUCKETS).unwrap_or_default();
    let sizes = ALL.iter().filter(|metric| metric.kind == Kind::Sizes);
    sizes
        .fold(builder, |builder, metric| {
            builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), SIZE_BUCKETS).unwrap_or_default()
        })
        .build_recorder()
}

/// The help text of every metric stands beside its values.
fn describe(recorder: &PrometheusRecorder) {
    use metrics::Recorder;
    for metric in ALL {
        let (name, help) = (metrics::KeyName::from_const_str(metric.name), SharedString::const_str(metric.help));
        match metric.kind {
            Kind::Counter => recorder.describe_counter(name, None, help),
            Kind::Gauge => recorder.describe_gauge(name, None, help),
            Kind::Seconds => recorder.describe_histogram(name, Some(Unit::Seconds), help),
            Kind::Sizes => recorder.describe_histogram(name, Some(Unit::Count), help),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::runtime::metrics::list::{ENGINE_BATCH_INPUTS, ENGINE_DECISION_SECONDS, HTTP_REQUESTS};

    #[test]
    fn what_is_counted_is_rendered_with_buckets() {
        let recorder = recorder();
        describe(&recorder);
        metrics::with_local_recorder(&recorder, || {
            HTTP_REQUESTS.add(3, ["/hooks/{hook}", "POST", "200"]);
            ENGINE_DECISION_SECONDS.took(Duration::from_millis(20), []);
            ENGINE_BATCH_INPUTS.sized(100, []);
        });
        let text = recorder.handle().render();
        for line in [
            "waybill_http_requests_total{route=\"/hooks/{hook}\",method=\"POST\",status=\"200\"} 3",
            "waybill_engine_decision_seconds_bucket{le=\"0.025\"} 1",
            "waybill_engine_batch_inputs_bucket{le=\"64\"} 0",
            "waybill_engine_batch_inputs_bucket{le=\"128\"} 1",
            "# HELP waybill_engine_batch_inputs Inputs decided in one transaction.",
            "# TYPE waybill_http_requests_total counter",
        ] {
            assert!(text.contains(line), "`{line}` is not in\n{text}");
        }
    }
}
