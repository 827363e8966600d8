//! One task, with all that is needed to decide it: the document within the step's rights, what may be done, what has happened,
//! who comes next, and what is new since the person last looked.

use super::lists::TaskItem;
use super::since::{ChangedField, changed_since, with_assigned};
use super::{People, Result};
use crate::app::engine::definitions::FlowVersion;
use crate::app::reading::Error;
use crate::domain::flow::people::choose::around_of;
use crate::domain::flow::people::seen::Seen;
use crate::domain::flow::people::verbs::{CO_MANAGED, Verb, lets_initiator, offered};
use crate::domain::flow::people::{FieldRight, asks_of, co_manages, forecast};
use crate::domain::flow::{Binding, DocumentFacts, Facts, Flow, Instance};
use crate::domain::form::Field;
use crate::domain::ids::{InstanceId, TaskId, TenantId};
use crate::domain::text::title::Title;
use crate::store::{DecisionRow, DocumentView, InstanceRow, OUTSIDE, SeenRow, TaskRow};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// A task with all that is needed to decide it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskDetail {
    /// The task.
    pub task: TaskItem,
    /// What the step is called.
    #[schema(value_type = Object)]
    pub step_words: Json,
    /// The document, without the fields that this step hides.
    #[schema(value_type = Object)]
    pub document: Json,
    /// The revision that is decided on.
    pub revision: u32,
    /// The version of the document as it stands here, with what the flow and people have changed: given back with an act
    /// (`If-Match`, or `seen`), it decides on nothing else.
    #[serde(default)]
    pub version: String,
    /// Fields with a right of their own at this step.
    pub fields: Vec<FieldItem>,
    /// What the person may do with the task, and with the instance.
    pub verbs: Vec<VerbItem>,
    /// Tasks, decisions and the forecast of the instance.
    pub people: InstancePeople,
    /// What is new since the person last looked.
    pub since_last_view: Freshness,
}

/// A field with a right of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldItem {
    /// Its dotted path.
    pub field: String,
    /// `read`, `edit` or `required`.
    pub right: String,
    /// What the form says of it that the document began with: title, type, options, hint, as in `GET /forms/{form}`.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub form: Option<Json>,
}

/// Something a person may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VerbItem {
    /// The verb.
    pub verb: String,
    /// What it does.
    pub doc: String,
    /// Whether it is about the task (`task`) or the instance (`instance`).
    pub on: String,
    /// Whether it needs a comment here.
    pub comment: bool,
}

/// What has happened to an instance among people, and what will.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InstancePeople {
    /// The instance.
    pub instance: Uuid,
    /// Its status.
    pub status: String,
    /// The round, from 1; a new one begins when the initiator submits anew.
    pub round: u32,
    /// Since when it is suspended.
    pub suspended_since: Option<Timestamp>,
    /// Tasks, in the order they came up.
    pub tasks: Vec<TaskItem>,
    /// What was decided, in order.
    pub decisions: Vec<DecisionItem>,
    /// Steps to come that will ask people, by the same rules.
    pub forecast: Vec<ComingItem>,
    /// The names of everybody that is named here, by id.
    pub names: BTreeMap<String, String>,
    /// What the steps that are named here are called, by id and language; those without a title are left out.
    #[schema(value_type = HashMap<String, HashMap<String, String>>)]
    pub titles: BTreeMap<String, Title>,
}

/// One record of what was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DecisionItem {
    /// Its number within the instance.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// The step.
    pub step: Option<String>,
    /// Its visit.
    pub visit: Option<u32>,
    /// The task's number within the visit.
    pub task: Option<u32>,
    /// The round.
    pub round: u32,
    /// Who; `system` for a rule.
    pub person: String,
    /// For whom.
    pub on_behalf_of: Option<String>,
    /// The verb.
    pub verb: String,
    /// Why, for a rule: `own_document`, `repeated`, `nobody`, `time_is_up`, `straight_back`.
    pub why: Option<String>,
    /// What they said.
    pub comment: Option<String>,
    /// Files: `name`, `ref`, `sha256`; of those that lie here `size` and `content_type` as well.
    #[schema(value_type = Vec<Object>)]
    pub attachments: Json,
    /// Fields they changed: `field`, `before`, `after`.
    #[schema(value_type = Vec<Object>)]
    pub changes: Json,
    /// People they named.
    pub to: Vec<String>,
}

/// A step to come that will ask people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComingItem {
    /// The step.
    pub step: String,
    /// Who, in order.
    pub people: Vec<String>,
    /// Of these, whose share passes by a rule.
    pub passes: Vec<String>,
    /// How many must agree: `all`, `any`, `sequence`, `60 %`, …
    pub mode: String,
    /// Whether the step is surely reached.
    pub certain: bool,
    /// Whether who is asked is known already.
    pub known: bool,
}

impl From<forecast::Coming> for ComingItem {
    fn from(coming: forecast::Coming) -> Self {
        ComingItem {
            step: coming.step,
            passes: coming.people.iter().filter(|(_, why)| why.is_some()).map(|(person, _)| person.clone()).collect(),
            people: coming.people.into_iter().map(|(person, _)| person).collect(),
            mode: coming.mode,
            certain: coming.certain,
            known: coming.known,
        }
    }
}

/// What is new since somebody last looked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Freshness {
    /// When they last looked; absent when never.
    pub seen_at: Option<Timestamp>,
    /// Numbers of the decisions that are new to them.
    pub decisions: Vec<u32>,
    /// Whether the document has another revision than they saw.
    pub revised: bool,
    /// Fields that are not what they saw: of another revision, or changed by people since. Without those that this step hides.
    pub changes: Vec<ChangedField>,
}

/// An instance with everything its rules look at.
pub(super) struct Around {
    /// The document's type.
    kind: String,
    pub(super) row: InstanceRow,
    pub(super) instance: Instance,
    /// The document as it came.
    body: Json,
    /// Its flow version and facts; none when the version is not there any more: what happened is shown all the same.
    pub(super) rules: Option<(Arc<FlowVersion>, Facts)>,
}

impl Around {
    /// Who set it going.
    pub(super) fn initiator(&self) -> Option<&str> {
        self.rules.as_ref().and_then(|(_, facts)| facts.initiator.member("id").as_text())
    }

    pub(super) fn flow(&self) -> Option<&Flow> {
        self.rules.as_ref().map(|(version, _)| version.flow_under(self.instance.row.as_deref()))
    }
}

impl People {
    /// One task, for somebody who holds it, decides for its holder, takes part in the instance, or runs it.
    pub async fn task(&self, tenant: TenantId, id: TaskId, person: Option<&str>, admin: bool) -> Result<TaskDetail> {
        let row = self.store.desk().task(tenant, id).await?.ok_or(Error::NotFound("task"))?;
        let tasks = self.store.desk().tasks_of(tenant, row.instance).await?;
        let around = self.around(tenant, row.instance).await?;
        let initiator = around.initiator();
        let now = self.clock.now();
        let co_manages = person.is_some_and(|person| self.co_manages(&around, person));
        let mut keeps_moving = false;
        let mut hidden = self.hidden_from(&around, &row, &[], true);
        if let Some(person) = person.filter(|_| !admin) {
            let takes_part = initiator == Some(person) || tasks.iter().any(|task| task.person == person);
            let rules = self.agent_of(tenant, person, now).await?;
            let covered = |task: &TaskRow| super::delegations::covered(&rules, task, person, now);
            let decides_for = !takes_part && covered(&row);
            if !takes_part && !decides_for && !co_manages {
                return Err(Error::NotFound("task").into());
            }
            keeps_moving = co_manages && !takes_part && !decides_for;
            let own: Vec<&TaskRow> = tasks.iter().filter(|task| task.person == person || covered(task)).collect();
            hidden = self.hidden_from(&around, &row, &own, co_manages || initiator == Some(person));
        }
        let decisions = self.store.desk().decisions(tenant, row.instance).await?;
        let seen = match person {
            Some(person) => self.store.desk().seen(tenant, row.instance, person).await?,
            None => None,
        };
        let mut since_last_view = person.map(|_| freshness(seen.as_ref(), &decisions, around.row.revision)).unwrap_or_default();
        let mut document_seen = match &seen {
            Some(seen) => self.document_seen(&around, seen, &decisions).await?,
            None => None,
        };
        let step = around.flow().and_then(|flow| flow.step(&row.step));
        let asks = step.and_then(asks_of);
        let visit = around.instance.visits.iter().position(|visit| visit.step == row.step && visit.number == row.visit);
        let holds = |task: &TaskRow| person.is_some_and(|person| task.person == person);
        let mine = holds(&row) || person.is_some();
        let mut verbs = Vec::new();
        // What another system asks is decided there.
        if let Some(flow) = around.flow().filter(|_| row.kind != OUTSIDE) {
            if let (Some(visit), true) = (visit, mine) {
                let with_task = offered(flow, &around.instance, Some((visit, row.number as usize))).into_iter();
                // Whoever only keeps it moving decides nothing.
                let with_task = with_task.filter(|verb| !keeps_moving || CO_MANAGED.contains(&verb.word));
                verbs.extend(with_task.map(|verb| verb_item(verb, "task", asks)));
            }
            let revokes = |verb: &Verb| verb.word != "revoke" || admin || lets_initiator(flow, verb.word);
            let with_instance = offered(flow, &around.instance, None)
                .into_iter()
                .filter(|verb| (may(verb, person, initiator, admin) && revokes(verb)) || (co_manages && CO_MANAGED.contains(&verb.word)));
            verbs.extend(with_instance.map(|verb| verb_item(verb, "instance", asks)));
        }
        let mut document = document_of(&around);
        let sensitive = self.sensitive(&around.kind);
        let rights = asks.map(|asks| &asks.fields);
        // Whom a step gives a right to a field, it means to see it.
        let shown =
            |field: &str| rights.is_some_and(|rights| rights.iter().any(|(path, right)| path == field && *right != FieldRight::Hide));
        let sensitive = sensitive.without(shown);
        let definitions = self.live.now();
        let mut fields = Vec::new();
        for (path, right) in asks.map(|asks| &asks.fields).into_iter().flatten() {
            if *right != FieldRight::Hide && !hidden.touches(path) {
                let form = around.flow().and_then(|flow| definitions.catalog().form_field(flow.forms(), path));
                fields.push(FieldItem { field: path.clone(), right: right.word().to_owned(), form: form.map(Field::describe) });
            }
        }
        hidden.out_of(&mut document);
        if let Some(seen) = &mut document_seen {
            hidden.out_of(seen);
            since_last_view.changes = changed_since(seen, &document, &sensitive);
        }
        sensitive.mask(&mut document);
        let revision = around.row.revision;
        let version = Seen::now(revision, &around.instance).to_string();
        let words = step.map(crate::domain::flow::Step::words).unwrap_or_default();
        let mut item = self.items(tenant, vec![row], now).await?;
        let Some(mut task) = item.pop() else { return Err(Error::NotFound("task").into()) };
        let mut people = self.people_of(tenant, &around, tasks, decisions, now).await?;
        people.decisions.iter_mut().for_each(|decision| hidden.out_of_told(&mut decision.changes));
        std::iter::once(&mut task).chain(&mut people.tasks).for_each(|item| hidden.out_of_display(&mut item.document.display));
        Ok(TaskDetail { task, step_words: Json::String(words), document, revision, version, fields, verbs, people, since_last_view })
    }

    /// Whether somebody is a co-manager of an instance's flow.
    pub(super) fn co_manages(&self, around: &Around, person: &str) -> bool {
        let (Some(flow), Some((_, facts))) = (around.flow(), &around.rules) else { return false };
        let definitions = self.live.now();
        co_manages(flow, &definitions.catalog().directory, &around_of(&facts.initiator, &facts.document.doc), person)
    }

    /// What has happened to an instance among people, and what will.
    pub async fn instance_people(&self, tenant: TenantId, id: InstanceId) -> Result<InstancePeople> {
        let around = self.around(tenant, id).await?;
        let tasks = self.store.desk().tasks_of(tenant, id).await?;
        let decisions = self.store.desk().decisions(tenant, id).await?;
        self.people_of(tenant, &around, tasks, decisions, self.clock.now()).await
    }

    /// Somebody has seen an instance as it is now.
    pub async fn see(&self, tenant: TenantId, id: TaskId, person: &str) -> Result<()> {
        let row = self.store.desk().task(tenant, id).await?.ok_or(Error::NotFound("task"))?;
        let instance = self.store.instance(tenant, row.instance).await?.ok_or(Error::NotFound("instance"))?;
        let decisions = self.store.desk().decisions(tenant, row.instance).await?;
        let seen = SeenRow {
            tenant,
            instance: row.instance,
            person: person.to_owned(),
            decision: decisions.last().map_or(0, |decision| decision.number),
            revision: instance.revision,
            at: self.clock.now(),
        };
        Ok(self.store.desk().see(&seen).await?)
    }

    async fn people_of(
        &self,
        tenant: TenantId,
        around: &Around,
        tasks: Vec<TaskRow>,
        decisions: Vec<DecisionRow>,
        now: Timestamp,
    ) -> Result<InstancePeople> {
        let coming = match (&around.rules, around.flow()) {
            (Some((version, facts)), Some(flow)) => forecast::forecast(flow, version.environment(), facts, &around.instance, now),
            _ => Vec::new(),
        };
        let forecast: Vec<ComingItem> = coming.into_iter().map(ComingItem::from).collect();
        let sensitive = self.sensitive(&around.kind);
        let mut decisions: Vec<DecisionItem> = decisions.into_iter().map(DecisionItem::from).collect();
        decisions.iter_mut().for_each(|decision| sensitive.mask_told(&mut decision.changes));
        self.describe_files(tenant, around.row.id, &mut decisions).await?;
        let definitions = self.live.now();
        let directory = &definitions.catalog().directory;
        let name = |person: &str| (person.to_owned(), directory.name(person).to_owned());
        let names = named(&tasks, &decisions, &forecast).into_iter().map(name).collect();
        let title = |step: &str| Some((step.to_owned(), around.flow()?.step(step)?.title.clone()));
        let steps = stepped(&tasks, &decisions, &forecast).into_iter().filter_map(title);
        let titles = steps.filter(|(_, title)| *title != Title::default()).collect();
        Ok(InstancePeople {
            names,
            titles,
            instance: around.row.id.0,
            status: around.row.status.clone(),
            round: around.instance.round.0,
            suspended_since: around.instance.suspended,
            tasks: self.items(tenant, tasks, now).await?,
            decisions,
            forecast,
        })
    }

    /// The instance with its flow version and facts, as the engine would have them.
    pub(super) async fn around(&self, tenant: TenantId, id: InstanceId) -> Result<Around> {
        let row = self.store.instance(tenant, id).await?.ok_or(Error::NotFound("instance"))?;
        let view = self.store.document(tenant, row.document).await?.ok_or(Error::NotFound("document"))?;
        let revision = self.store.revision(tenant, row.document, row.revision).await?.ok_or(Error::NotFound("revision"))?;
        let version = self.live.version_or_load(self.store.as_ref(), tenant, &row.version).await.ok();
        let instance: Instance = if row.state.is_empty() {
            Instance::default()
        } else {
            serde_json::from_str(&row.state).map_err(|error| crate::store::Error::Decode {
                table: "instance",
                column: "state",
                row: id.to_string(),
                reason: error.to_string(),
            })?
        };
        let rules = version.map(|version| {
            let facts = facts(&row, &view, &revision.body, &version);
            (version, facts)
        });
        Ok(Around {
            kind: view.document.kind.clone(),
            row,
            instance,
            body: serde_json::from_str(&revision.body).unwrap_or_default(),
            rules,
        })
    }
}

/// Everybody who is named.
fn named<'n>(tasks: &'n [TaskRow], decisions: &'n [DecisionItem], forecast: &'n [ComingItem]) -> BTreeSet<&'n str> {
    let decided = decisions.iter().flat_map(|decision| [&decision.person].into_iter().chain(&decision.on_behalf_of).chain(&decision.to));
    let people = tasks.iter().map(|task| &task.person).chain(decided).chain(forecast.iter().flat_map(|coming| &coming.people));
    people.map(String::as_str).collect()
}

/// Every step that is named.
fn stepped<'n>(tasks: &'n [TaskRow], decisions: &'n [DecisionItem], forecast: &'n [ComingItem]) -> BTreeSet<&'n str> {
    let steps = tasks.iter().map(|task| &task.step).chain(decisions.iter().filter_map(|decision| decision.step.as_ref()));
    steps.chain(forecast.iter().map(|coming| &coming.step)).map(String::as_str).collect()
}

fn facts(row: &InstanceRow, view: &DocumentView, body: &str, version: &FlowVersion) -> Facts {
    let known = &view.document;
    let doc = version.read_document(&known.kind, body, &known.status);
    let mut facts = Facts {
        tenant: row.tenant,
        instance: row.id,
        version: row.version.clone(),
        initiator: doc.member("requester").clone(),
        document: DocumentFacts {
            id: row.document,
            kind: known.kind.clone(),
            key: known.key.clone(),
            revision: row.revision,
            doc,
            status: known.status.clone(),
            source: known.source.clone(),
            external_id: known.external_id.clone(),
        },
        binding: Binding::default(),
        delegations: Arc::default(),
        made: Arc::default(),
    };
    // What cannot be bound has no roles; people are asked all the same.
    if let Err(problem) = version.bind(&mut facts) {
        tracing::debug!(document.key = %facts.document.key, "the document cannot be bound: {problem}");
    }
    facts
}

/// The document as decided on: with the fields that the flow and people have set.
fn document_of(around: &Around) -> Json {
    let Some((_, facts)) = &around.rules else { return around.body.clone() };
    with_assigned(facts.document.doc.clone(), &around.instance.assigned)
}

fn may(verb: &Verb, person: Option<&str>, initiator: Option<&str>, admin: bool) -> bool {
    use crate::domain::flow::people::verbs::Whose;
    let began = person.is_some() && person == initiator;
    match verb.whose {
        Whose::Initiator => began,
        Whose::InitiatorOrAdmin => began || admin,
        Whose::Admin => admin,
        Whose::AdminOrLetInitiator => began || admin,
        _ => person.is_some() || admin,
    }
}

fn verb_item(verb: &Verb, on: &str, asks: Option<&crate::domain::flow::people::Asks>) -> VerbItem {
    VerbItem {
        verb: verb.word.to_owned(),
        doc: verb.doc.to_owned(),
        on: on.to_owned(),
        comment: crate::domain::flow::people::verbs::needs_comment(verb.word, asks),
    }
}

fn freshness(seen: Option<&SeenRow>, decisions: &[DecisionRow], revision: u32) -> Freshness {
    let Some(seen) = seen else {
        return Freshness { decisions: decisions.iter().map(|decision| decision.number).collect(), ..Freshness::default() };
    };
    Freshness {
        seen_at: Some(seen.at),
        decisions: decisions.iter().map(|decision| decision.number).filter(|number| *number > seen.decision).collect(),
        revised: revision > seen.revision,
        changes: Vec::new(),
    }
}

impl From<DecisionRow> for DecisionItem {
    fn from(row: DecisionRow) -> Self {
        DecisionItem {
            number: row.number,
            at: row.at,
            step: row.step,
            visit: row.visit,
            task: row.task,
            round: row.round,
            person: row.person,
            on_behalf_of: row.on_behalf_of,
            verb: row.verb,
            why: row.why,
            comment: row.comment,
            attachments: serde_json::from_str(&row.attachments).unwrap_or_default(),
            changes: serde_json::from_str(&row.changes).unwrap_or_default(),
            to: serde_json::from_str(&row.named).unwrap_or_default(),
        }
    }
}
