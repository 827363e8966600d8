//! `GET /api/v1/flows/{flow}/insight.csv`

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;

use super::insight::Parameters;
use crate::api::auth::{Allowed, Read};
use crate::api::csv;
use crate::api::extract::{FlowId, Query};
use crate::api::problem::Problem;
use crate::app::publishing::Publishing;
use crate::app::reading::{self, FlowInsight, Reader, ShareView, SpreadView, TimesView};
use crate::runtime::Clock;

/// The figures of `flow_insight` as a table: one row a figure, with what it is about.
#[utoipa::path(
    get, path = "/api/v1/flows/{flow}/insight.csv", tag = "flows", operation_id = "export_flow_insight",
    params(("flow" = String, Path, description = "The flow's id"), Parameters),
    responses((status = 200, body = String, content_type = "text/csv")), security(("token" = ["read"]))
)]
pub async fn export(
    Allowed { caller, .. }: Allowed<Read>,
    FlowId(flow): FlowId,
    Query(query): Query<Parameters>,
    State(reader): State<Reader>,
    State(publishing): State<Publishing>,
    State(clock): State<Arc<dyn Clock>>,
) -> Result<Response, Problem> {
    let found = query.measure(&caller, flow, &reader, &publishing, clock.now()).await?;
    let name = format!("insight-{}.csv", found.flow);
    let lines: Vec<u8> = rows(&found)
        .iter()
        .flat_map(|[about, what, figure, value]| csv::line(&[about.clone(), what.clone(), figure.clone(), value.clone()]))
        .collect();
    let body = stream::iter([Ok::<_, reading::Error>(Bytes::from(lines))]);
    Ok(csv::answer(&name, &["about", "name", "figure", "value"], body))
}

/// `[about, name, figure, value]` of every figure, in the order in which the page shows them.
fn rows(found: &FlowInsight) -> Vec<[String; 4]> {
    let mut rows = Table(Vec::new());
    rows.add("range", "", "since", found.since);
    rows.add("range", "", "until", found.until);
    rows.add("range", "", "measured_at", found.measured_at);
    rows.add("range", "", "cut", found.cut);
    rows.add("flow", &found.flow, "instances", found.instances);
    for (status, count) in &found.statuses {
        rows.add("status", status, "instances", count);
    }
    for (outcome, count) in &found.outcomes {
        rows.add("outcome", outcome, "instances", count);
    }
    rows.share("rejected", found.rejected);
    rows.share("returned", found.returned);
    rows.share("straight_through", found.straight_through);
    rows.times("flow", &found.flow, found.total);
    for step in &found.steps {
        for (figure, value) in [("visits", step.visits), ("open", step.open), ("repeated", step.repeated), ("stopped", step.stopped)] {
            rows.add("step", &step.step, figure, value);
        }
        if let Some(oldest) = step.oldest_open_at {
            rows.add("step", &step.step, "oldest_open_at", oldest);
        }
        rows.add("step", &step.step, "waits_on", step.waits_on.join(" "));
        rows.times("step", &step.step, step.times);
    }
    for path in &found.paths {
        let steps: Vec<String> = path
            .steps
            .iter()
            .map(|step| if step.visits > 1 { format!("{} x{}", step.step, step.visits) } else { step.step.clone() })
            .collect();
        let name = steps.join(" > ");
        for (figure, value) in [("instances", path.count), ("stopped", path.stopped), ("by_hand", path.by_hand)] {
            rows.add("path", &name, figure, value);
        }
        rows.times("path", &name, path.times);
    }
    rows.0
}

struct Table(Vec<[String; 4]>);

impl Table {
    fn add(&mut self, about: &str, name: &str, figure: &str, value: impl std::fmt::Display) {
        self.0.push([about.to_owned(), name.to_owned(), figure.to_owned(), value.to_string()]);
    }

    fn share(&mut self, name: &str, share: ShareView) {
        self.add("share", name, "count", share.count);
        self.add("share", name, "of", share.of);
    }

    fn times(&mut self, about: &str, name: &str, times: TimesView) {
        self.spread(about, name, "clock", times.clock);
        if let Some(working) = times.working {
            self.spread(about, name, "working", working);
        }
    }

    fn spread(&mut self, about: &str, name: &str, clock: &str, spread: SpreadView) {
        let SpreadView { count, median_millis, p90_millis, max_millis } = spread;
        for (figure, value) in [("count", count), ("median_millis", median_millis), ("p90_millis", p90_millis), ("max_millis", max_millis)]
        {
            self.add(about, name, &format!("{clock}_{figure}"), value);
        }
    }
}
