//! `docs/operations/metrics.md`: every metric, from the one list of them.

use std::fmt::Write;

use super::cell;
use crate::runtime::metrics::list::ALL;

/// The page.
pub fn page() -> String {
    let mut out = super::top("Metrics", "`src/runtime/metrics/list.rs`");
    out += "\n`GET /metrics` answers in Prometheus' text format to a token with the permission `metrics`. \
            `deploy/prometheus/alerts.yaml` has alert rules over them, `deploy/grafana/waybill.json` a dashboard.\n\n\
            Each replica counts what it does itself. The gauges that are read from the database (documents, instances, exceptions, \
            effects, messages, oldest lane and timer) are the same on every replica: take their `max`, never their sum. They are read \
            every five seconds. No label holds an id, a key or a text from outside; the number of series is bounded by the definitions.\n\n\
            | metric | kind | labels | what it tells |\n|---|---|---|---|\n";
    for metric in ALL {
        let labels = metric.labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        // Writing into a string cannot fail.
        let _ = writeln!(out, "| `{}` | {} | {labels} | {} |", metric.name, metric.kind.word(), cell(metric.help));
    }
    out
}
