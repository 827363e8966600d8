//! What a flow's instances tell together, for people.

use super::{Reader, Result};
use crate::app::diagnosis::Words;
use crate::domain::calendar::Calendar;
use crate::domain::flow::decision::HistoryEntry;
use crate::domain::ids::{DocumentId, InstanceId, TenantId};
use crate::domain::insight::{self, Design, Figures, Line, PathFigures, Sample, StepFigures};
use crate::store::desk::{MeasureChoice, MeasuredRow};
use crate::store::{self, HistoryRow};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Instances that are measured, the newest of the range. Their history is read whole, some twenty rows each: this many take
/// well under a second.
pub const INSTANCES_MAX: u32 = 2_000;

/// Which instances of a flow, and what is known of the flow.
#[derive(Clone, Debug)]
pub struct InsightQuery {
    /// The flow.
    pub flow: String,
    /// Begun at or after.
    pub since: Timestamp,
    /// Begun before.
    pub until: Timestamp,
    /// Now: what is open counts up to here.
    pub now: Timestamp,
    /// The flow's steps.
    pub design: Design,
    /// The flow's calendar.
    pub calendar: Option<Arc<Calendar>>,
    /// What its steps are called, those that have a name.
    pub names: BTreeMap<String, Words>,
}

/// What the instances of a flow tell together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FlowInsight {
    /// The flow.
    pub flow: String,
    /// Instances that began at or after this are in it.
    pub since: Timestamp,
    /// And before this.
    pub until: Timestamp,
    /// When it was measured.
    pub measured_at: Timestamp,
    /// The calendar of working time; absent where the flow names none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub calendar: Option<String>,
    /// Instances in it.
    pub instances: u64,
    /// Whether there were more, of which only the newest were measured; `since` then says from when on.
    pub cut: bool,
    /// Instances by status.
    pub statuses: BTreeMap<String, u64>,
    /// Ended instances by outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// Of the ended, those that an approver turned down.
    pub rejected: ShareView,
    /// Of the ended, those in which a step was come back to.
    pub returned: ShareView,
    /// Of the ended, those in which nothing stopped, nobody stepped in and no step was come back to.
    pub straight_through: ShareView,
    /// From the beginning to the end, of the ended.
    pub total: TimesView,
    /// Each step that was visited, in the order of the flow; steps that only hold others are left out.
    pub steps: Vec<StepInsight>,
    /// The ways that were gone by the ended, most frequent first; at most fifty.
    pub paths: Vec<PathInsight>,
    /// What steps of these figures are called, by id: their titles, and for those of reactions what they do and why.
    pub names: BTreeMap<String, Words>,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShareView {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub of: u64,
}

/// How some amounts of time spread, milliseconds. By the nearest rank: each figure is one of the amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SpreadView {
    /// How many amounts.
    pub count: u64,
    /// Half took at most this.
    pub median_millis: u64,
    /// Nine of ten took at most this.
    pub p90_millis: u64,
    /// The longest.
    pub max_millis: u64,
}

/// The same spans by the clock and in working time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimesView {
    /// By the clock.
    pub clock: SpreadView,
    /// In working time of the flow's calendar; absent where it names none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub working: Option<SpreadView>,
}

/// What the instances tell of one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StepInsight {
    /// The step.
    pub step: String,
    /// Whether the live flow still has it.
    pub in_design: bool,
    /// Visits of it.
    pub visits: u64,
    /// Visits that are not over: its queue.
    pub open: u64,
    /// Since when the oldest of these is there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub oldest_open_at: Option<Timestamp>,
    /// Visits beyond the first of an instance.
    pub repeated: u64,
    /// Exceptions it stood in.
    pub stopped: u64,
    /// Who is waited for there: the connections it called.
    pub waits_on: Vec<String>,
    /// How long the visits that are over took.
    pub times: TimesView,
    /// The documents whose visit took longest; what is not over counts up to now.
    pub slowest: Vec<SlowDocument>,
}

/// A document and how long its visit took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SlowDocument {
    /// The document.
    pub document: Uuid,
    /// Its business key.
    pub key: String,
    /// How long, milliseconds.
    pub millis: u64,
}

/// One way through the flow and who has gone it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PathInsight {
    /// Its steps in the order of the flow; steps that only hold others are left out.
    pub steps: Vec<PathStep>,
    /// Instances that went it.
    pub count: u64,
    /// By outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// Of them, those that stood in an exception.
    pub stopped: u64,
    /// Of them, those in which a person stepped in.
    pub by_hand: u64,
    /// From the beginning to the end.
    pub times: TimesView,
    /// Some of its documents, the newest first.
    pub documents: Vec<PathDocument>,
}

/// A step of a way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PathStep {
    /// The step.
    pub step: String,
    /// How often it was visited; the design has each step once.
    pub visits: u64,
    /// Whether the live flow has it.
    pub in_design: bool,
}

/// A document that went a way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PathDocument {
    /// The document.
    pub document: Uuid,
    /// Its business key.
    pub key: String,
}

impl Reader {
    /// Measures the instances of a flow.
    pub async fn insight(&self, tenant: TenantId, query: &InsightQuery) -> Result<FlowInsight> {
        let InsightQuery { flow, since, until, now, design, calendar, names } = query;
        let choice = MeasureChoice { tenant, flow: flow.clone(), since: *since, until: *until, limit: INSTANCES_MAX + 1 };
        let desk = self.store.desk();
        let mut rows = desk.measured(&choice).await?;
        let cut = rows.len() > INSTANCES_MAX as usize;
        rows.truncate(INSTANCES_MAX as usize);
        let ids: Vec<Uuid> = rows.iter().map(|row| row.instance.0).collect();
        let samples = samples(rows, desk.histories(tenant, &ids).await?)?;
        let figures = insight::measure(&samples, design, calendar.as_deref(), *now);
        let keys = self.keys_of(tenant, &figures).await?;
        let since = if cut { samples.iter().map(|sample| sample.started_at).min().unwrap_or(*since) } else { *since };
        let in_paths = figures.paths.iter().flat_map(|path| path.steps.iter().map(|(step, _)| step.as_str()));
        let named = figures.steps.iter().map(|step| step.step.as_str()).chain(in_paths);
        Ok(FlowInsight {
            names: named.filter_map(|step| Some((step.to_owned(), names.get(step)?.clone()))).collect(),
            flow: flow.clone(),
            since,
            until: *until,
            measured_at: *now,
            calendar: calendar.as_ref().map(|calendar| calendar.id.to_string()),
            instances: u64::try_from(samples.len()).unwrap_or(u64::MAX),
            cut,
            statuses: figures.statuses,
            outcomes: figures.outcomes,
            rejected: figures.rejected.into(),
            returned: figures.returned.into(),
            straight_through: figures.straight.into(),
            total: figures.total.into(),
            steps: figures.steps.into_iter().map(|step| StepInsight::of(step, &keys)).collect(),
            paths: figures.paths.into_iter().map(|path| PathInsight::of(path, design, &keys)).collect(),
        })
    }

    /// The business keys of the documents that figures name, in one read.
    async fn keys_of(&self, tenant: TenantId, figures: &Figures) -> Result<HashMap<DocumentId, String>> {
        let slow = figures.steps.iter().flat_map(|step| step.slowest.iter().map(|(document, _)| document.0));
        let ids = slow.chain(figures.paths.iter().flat_map(|path| path.documents.iter().map(|document| document.0)));
        let keys = self.document_keys(tenant, ids.collect()).await?;
        Ok(keys.into_iter().map(|(id, key)| (DocumentId(id), key)).collect())
    }
}

/// Instances with their histories. What cannot be read is an error: figures that leave something out would be wrong.
fn samples(rows: Vec<MeasuredRow>, histories: Vec<HistoryRow>) -> Result<Vec<Sample>> {
    let mut lines: HashMap<InstanceId, Vec<Line>> = HashMap::new();
    for row in histories {
        let entries: Vec<HistoryEntry> = serde_json::from_str(&row.entries).map_err(|error| store::Error::Decode {
            table: "history",
            column: "entries",
            row: format!("{}/{}", row.instance, row.lock),
            reason: error.to_string(),
        })?;
        lines.entry(row.instance).or_default().extend(entries.into_iter().map(|entry| Line {
            at: row.at,
            connection: entry.detail.get("connection").and_then(serde_json::Value::as_str).map(str::to_owned),
            visit: entry.step.zip(entry.visit),
            kind: entry.kind,
        }));
    }
    let sample = |row: MeasuredRow| Sample {
        lines: lines.remove(&row.instance).unwrap_or_default(),
        instance: row.instance,
        document: row.document,
        started_at: row.started_at,
        ended_at: row.ended_at,
        status: row.status,
        outcome: row.outcome,
    };
    Ok(rows.into_iter().map(sample).collect())
}

/// A document that is gone by now has no key any more.
fn key(keys: &HashMap<DocumentId, String>, document: DocumentId) -> String {
    keys.get(&document).cloned().unwrap_or_default()
}

impl StepInsight {
    fn of(step: StepFigures, keys: &HashMap<DocumentId, String>) -> Self {
        let slow = |(document, millis): (DocumentId, u64)| SlowDocument { document: document.0, key: key(keys, document), millis };
        Self {
            slowest: step.slowest.into_iter().map(slow).collect(),
            step: step.step,
            in_design: step.in_design,
            visits: step.visits,
            open: step.open,
            oldest_open_at: step.oldest_open_at,
            repeated: step.repeated,
            stopped: step.stopped,
            waits_on: step.waits_on,
            times: step.times.into(),
        }
    }
}

impl PathInsight {
    fn of(path: PathFigures, design: &Design, keys: &HashMap<DocumentId, String>) -> Self {
        let step = |(step, visits): (String, u64)| PathStep { in_design: design.has(&step), step, visits };
        let document = |document: DocumentId| PathDocument { document: document.0, key: key(keys, document) };
        Self {
            steps: path.steps.into_iter().map(step).collect(),
            count: path.count,
            outcomes: path.outcomes,
            stopped: path.stopped,
            by_hand: path.by_hand,
            times: path.times.into(),
            documents: path.documents.into_iter().map(document).collect(),
        }
    }
}

impl From<insight::Share> for ShareView {
    fn from(share: insight::Share) -> Self {
        let insight::Share { count, of } = share;
        Self { count, of }
    }
}

impl From<insight::Spread> for SpreadView {
    fn from(spread: insight::Spread) -> Self {
        let insight::Spread { count, median, p90, max } = spread;
        Self { count, median_millis: median, p90_millis: p90, max_millis: max }
    }
}

impl From<insight::Times> for TimesView {
    fn from(times: insight::Times) -> Self {
        Self { clock: times.clock.into(), working: times.working.map(SpreadView::from) }
    }
}
