//! Lists of tasks and how many there are.

use super::{People, Result};
use crate::app::reading::{List, PageQuery, Pages};
use crate::domain::access::scope::Within;
use crate::domain::document::Sensitive;
use crate::domain::flow::decision::Where;
use crate::domain::ids::TenantId;
use crate::domain::text::title::Title;
use crate::store::{DelegationRow, DocumentRow, OUTSIDE, TaskBox, TaskChoice, TaskRow};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Which list, and what of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskQuery {
    /// Which list.
    pub list: TaskBox,
    /// Only of this flow.
    pub flow: Option<String>,
    /// Only what is due before this.
    pub due_before: Option<Timestamp>,
    /// Only what is reached.
    pub within: Option<Within>,
}

/// A task as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskItem {
    /// Its id.
    pub id: Uuid,
    /// Its instance.
    pub instance: Uuid,
    /// What it is about.
    pub document: TaskDocument,
    /// The flow.
    pub flow: String,
    /// What the flow is called, by language; empty when it has no title.
    #[schema(value_type = HashMap<String, String>)]
    pub flow_title: Title,
    /// The step; empty in the list of what one began.
    pub step: String,
    /// What the step is called, by language; empty when it has no title.
    #[schema(value_type = HashMap<String, String>)]
    pub step_title: Title,
    /// Which visit of it.
    pub visit: u32,
    /// Its number within the visit.
    pub number: u32,
    /// The round of the instance it came up in.
    pub round: u32,
    /// Whose it is.
    pub person: String,
    /// That person's name.
    pub person_name: String,
    /// `approve`, `handle`, `assist`, `consult`, `copy`, `resubmit`, `started` in the list of what one began, or `outside` for what
    /// another system asks.
    pub kind: String,
    /// `waiting`, `pending`, `approved`, `rejected`, `done`, `returned`, `transferred`, `cancelled`, `skipped` or `expired`.
    pub state: String,
    /// Since when it is their turn.
    pub since: Timestamp,
    /// When it is to be done.
    pub due: Option<Timestamp>,
    /// Whether that is past.
    pub overdue: bool,
    /// When it was over.
    pub ended: Option<Timestamp>,
    /// Who did it, when that is not whose it is.
    pub actor: Option<String>,
    /// Whether it is taken, where several could do it.
    pub claimed: bool,
    /// `hub`, or `external` for what another system asks: it is shown here and decided there.
    #[serde(default = "here")]
    pub origin: String,
    /// Of the origin `external`: where it is decided.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub outside: Option<OutsideItem>,
}

fn here() -> String {
    HUB.to_owned()
}

/// What is asked by the hub itself.
const HUB: &str = "hub";
/// What another system asks.
const EXTERNAL: &str = "external";

/// Where something is decided that another system asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutsideItem {
    /// The connection.
    pub connection: String,
    /// What people call that system, by language; empty when it has no title.
    #[schema(value_type = HashMap<String, String>)]
    pub system: Title,
    /// What that system calls it.
    pub external_id: String,
    /// Where it is seen and decided there, as far as that system says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<String>,
}

/// The document of a task, as lists show it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskDocument {
    /// Its id.
    pub id: Uuid,
    /// Its type.
    pub kind: String,
    /// Its business key.
    pub key: String,
    /// Our status of it.
    pub status: String,
    /// A few fields for lists.
    #[schema(value_type = Object)]
    pub display: Json,
}

/// How many tasks wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskCountsView {
    /// It is the person's turn, those of people they decide for included.
    pub mine: u64,
    /// Of these, past due.
    pub overdue: u64,
    /// Copies that are not read.
    pub copies: u64,
}

impl People {
    /// A list of somebody's tasks. In `mine` stand also those of people who have delegated them.
    pub async fn tasks(&self, tenant: TenantId, person: &str, query: &TaskQuery, page: &PageQuery) -> Result<List<TaskItem>> {
        let pages = Pages::new("tasks", &format!("{person}\n{query:?}"), page).map_err(super::PeopleError::from)?;
        let now = self.clock.now();
        let rules = if query.list == TaskBox::Mine { self.agent_of(tenant, person, now).await? } else { Vec::new() };
        let choice = TaskChoice {
            tenant,
            people: people_of(person, &rules),
            list: query.list,
            flow: query.flow.clone(),
            due_before: query.due_before,
            within: query.within.clone(),
        };
        let rows = self.store.desk().tasks(&choice, pages.page()).await?;
        let at = |row: &TaskRow| match query.list {
            TaskBox::Mine | TaskBox::Copies => row.since,
            TaskBox::Done | TaskBox::Started => row.ended.unwrap_or(row.since),
        };
        let list = pages.list(rows, |row| (at(row), row.id.0), |row| row);
        let seen: Vec<TaskRow> =
            list.items.into_iter().filter(|row| row.person == person || super::delegations::covered(&rules, row, person, now)).collect();
        let hidden = self.hidden_of(tenant, &seen).await?;
        let mut items = self.items(tenant, seen, now).await?;
        items.iter_mut().zip(&hidden).for_each(|(item, hidden)| hidden.out_of_display(&mut item.document.display));
        Ok(List { items, next_cursor: list.next_cursor })
    }

    /// How many tasks wait for somebody.
    pub async fn task_counts(&self, tenant: TenantId, person: &str) -> Result<TaskCountsView> {
        let now = self.clock.now();
        let rules = self.agent_of(tenant, person, now).await?;
        let own = self.store.desk().task_counts(tenant, &[person.to_owned()], now).await?;
        let (mut mine, mut overdue) = (own.mine, own.overdue);
        if !rules.is_empty() {
            // What is delegated is narrowed by flow and time, so that it is counted one by one; there is little of it.
            let people = people_of(person, &rules).into_iter().filter(|other| other != person).collect();
            let choice = TaskChoice { tenant, people, list: TaskBox::Mine, flow: None, due_before: None, within: None };
            let rows = self.store.desk().tasks(&choice, &crate::store::Page { limit: 500, after: None }).await?;
            for row in rows.iter().filter(|row| super::delegations::covered(&rules, row, person, now)) {
                mine += 1;
                overdue += u64::from(row.due.is_some_and(|due| due < now));
            }
        }
        Ok(TaskCountsView { mine, overdue, copies: own.copies })
    }

    /// What a type keeps back; everything, when nobody knows the type any more.
    pub(super) fn sensitive(&self, kind: &str) -> Sensitive {
        let definitions = self.live.now();
        let known = definitions.catalog().documents.get(kind);
        known.map_or_else(Sensitive::everything, |known| known.sensitive.clone())
    }

    /// Rows with their documents and people's names; one look-up for all.
    pub(super) async fn items(&self, tenant: TenantId, rows: Vec<TaskRow>, now: Timestamp) -> Result<Vec<TaskItem>> {
        let mut ids: Vec<Uuid> = rows.iter().map(|row| row.document.0).collect();
        ids.sort_unstable();
        ids.dedup();
        let definitions = self.live.now();
        let document = |row: DocumentRow| {
            let mut document = TaskDocument::from(row);
            self.sensitive(&document.kind).mask_display(&mut document.display);
            (document.id, document)
        };
        let documents: HashMap<Uuid, TaskDocument> =
            self.store.desk().documents_by_id(tenant, &ids).await?.into_iter().map(document).collect();
        let directory = &definitions.catalog().directory;
        let catalog = definitions.catalog();
        let outside = |row: &TaskRow| {
            let there: Where = serde_json::from_str(row.outside.as_deref()?).ok()?;
            let connection = catalog.connections.get(there.connection.as_str());
            // What the company calls it, else what everybody calls this kind of system.
            let own = connection.map(|connection| connection.title.clone()).filter(|title| *title != Title::default());
            let system = own.or_else(|| Some(catalog.connectors.get(&connection?.connector)?.title.clone())).unwrap_or_default();
            Some(OutsideItem { connection: there.connection, system, external_id: there.external_id, url: there.url })
        };
        // As the flow is called now: a title that was mended since is what people know it by.
        let flow = |row: &TaskRow| definitions.live(&row.flow);
        let item = |row: &TaskRow| TaskItem {
            id: row.id.0,
            instance: row.instance.0,
            document: documents
                .get(&row.document.0)
                .cloned()
                .unwrap_or_else(|| TaskDocument { id: row.document.0, ..TaskDocument::default() }),
            flow_title: flow(row).map(|version| version.flow().title.clone()).unwrap_or_default(),
            step_title: flow(row).and_then(|version| Some(version.flow().step(&row.step)?.title.clone())).unwrap_or_default(),
            flow: row.flow.clone(),
            step: row.step.clone(),
            visit: row.visit,
            number: row.number,
            round: row.round,
            person: row.person.clone(),
            person_name: directory.name(&row.person).to_owned(),
            kind: row.kind.clone(),
            state: row.state.clone(),
            since: row.since,
            due: row.due,
            overdue: row.ended.is_none() && row.due.is_some_and(|due| due < now),
            ended: row.ended,
            actor: row.actor.clone(),
            claimed: row.claimed,
            origin: if row.kind == OUTSIDE { EXTERNAL } else { HUB }.to_owned(),
            outside: outside(row),
        };
        Ok(rows.iter().map(item).collect())
    }
}

/// Somebody and those they decide for.
fn people_of(person: &str, rules: &[DelegationRow]) -> Vec<String> {
    let mut people = vec![person.to_owned()];
    for rule in rules {
        if !people.contains(&rule.principal) {
            people.push(rule.principal.clone());
        }
    }
    people
}

impl From<crate::store::DocumentRow> for TaskDocument {
    fn from(row: crate::store::DocumentRow) -> Self {
        TaskDocument {
            id: row.id.0,
            kind: row.kind,
            key: row.key,
            status: row.status,
            display: serde_json::from_str(&row.display).unwrap_or_default(),
        }
    }
}
