//! Reads who works here from the connected systems that the directory names, and takes over what any replica has read.
//!
//! One process reads a source at a time, by lease. A reading is stored whole or not at all; what cannot be read changes nothing.

use crate::app::engine::definitions::{Definitions, Live};
use crate::app::people::organisation::{not_taken, taken, told};
use crate::domain::connector::{Class, Target};
use crate::domain::directory::{Organisation, Source};
use crate::domain::ids::TenantId;
use crate::domain::retry::Backoff;
use crate::domain::value::Value;
use crate::gateway::{Call, CallPurpose, Gateway};
use crate::runtime::{Clock, IdMaker};
use crate::store::{Lease, Store};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Pause between two looks: who has left is noticed within it, wherever it was read.
const POLL: Duration = Duration::from_secs(5);
/// Departments of one system: each may be a request.
const DEPARTMENTS_MAX: usize = 20_000;
/// The longest a source rests after a reading that failed.
const REST_MAX: Duration = Duration::from_secs(3_600);

/// What reading the organisation needs.
pub struct Organisations {
    /// Definitions in force.
    pub live: Arc<Live>,
    /// Reads go out here.
    pub gateway: Arc<Gateway>,
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: IdMaker,
    /// This process.
    pub owner: String,
    /// How long a claim holds; renewed with every request.
    pub lease: Duration,
}

impl Organisations {
    /// Looks until stopped.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut known: Vec<(String, String)> = Vec::new();
        let mut failures = 0_u32;
        while !stop.is_cancelled() {
            let round = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                round = self.round(&mut known, &mut failures) => round,
            };
            if let Err(error) = round {
                tracing::warn!("who works here cannot be looked for now: {error}");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.clock.wait(POLL) => {}
            }
        }
    }

    async fn round(&self, known: &mut Vec<(String, String)>, failures: &mut u32) -> anyhow::Result<()> {
        let tenant = TenantId::DEFAULT;
        let definitions = self.live.now();
        let sources = definitions.catalog().directory.sources.clone();
        if sources.is_empty() {
            return Ok(());
        }
        let marks = self.store.desk().organisation_marks(tenant).await?;
        self.follow(tenant, known, &marks).await?;
        for source in &sources {
            let due = marks.iter().find(|(connection, ..)| **connection == *source.connection).map(|(_, _, due)| *due);
            let now = self.clock.now();
            if due.is_none_or(|due| due <= now) && self.holds(source).await? {
                self.read(tenant, &definitions, source, failures).await?;
            }
        }
        let marks = self.store.desk().organisation_marks(tenant).await?;
        self.follow(tenant, known, &marks).await
    }

    /// Takes over what has changed since the last look.
    async fn follow(
        &self,
        tenant: TenantId,
        known: &mut Vec<(String, String)>,
        marks: &[(String, String, Timestamp)],
    ) -> anyhow::Result<()> {
        let now: Vec<(String, String)> = marks.iter().map(|(source, hash, _)| (source.clone(), hash.clone())).collect();
        if *known != now {
            self.live.organise(told(&*self.store, tenant).await.map_err(anyhow::Error::msg)?);
            *known = now;
        }
        Ok(())
    }

    /// Claims or prolongs the reading of a source.
    async fn holds(&self, source: &Source) -> anyhow::Result<bool> {
        let now = self.clock.now();
        let lease = Lease { owner: self.owner.clone(), until: after(now, self.lease) };
        Ok(self.store.claim_duty(&format!("organisation/{}", source.connection), &lease, now).await?.is_some())
    }

    async fn read(&self, tenant: TenantId, definitions: &Definitions, source: &Arc<Source>, failures: &mut u32) -> anyhow::Result<()> {
        let rows = self.store.desk().organisations(tenant).await?;
        let row = rows.into_iter().find(|row| row.source == *source.connection);
        let over = row.as_ref().map(|row| row.hash.clone());
        let read = self.everybody(tenant, definitions, source).await;
        let now = self.clock.now();
        let next = match read {
            Ok(told) => {
                *failures = 0;
                let next = taken(row, source, tenant, told, now, after(now, Duration::from_millis(source.every_millis)));
                if next.held.is_some() {
                    tracing::warn!(connection.name = %source.connection, "what `{}` says of who works here is held back: too many are gone at once", source.connection);
                }
                next
            }
            Err(problem) => {
                *failures = failures.saturating_add(1);
                let told = definitions.catalog().loggable(&problem, "its row says why");
                tracing::warn!(connection.name = %source.connection, "`{}` cannot be read for who works here: {told}", source.connection);
                let rest = REST_MAX.min(Duration::from_millis(source.every_millis));
                let again = Backoff::exponential(Duration::from_secs(10), rest).next_attempt(*failures, now, None, self.ids.seed());
                not_taken(row, source, tenant, problem, now, again)
            }
        };
        // Whoever took it over meanwhile has read later: theirs stands.
        self.store.desk().keep_organisation(&next, over.as_deref()).await?;
        Ok(())
    }

    /// All departments from the root down, then all people.
    async fn everybody(&self, tenant: TenantId, definitions: &Definitions, source: &Source) -> Result<Organisation, String> {
        let mut departments: Vec<Json> = Vec::new();
        let mut ids: BTreeSet<String> = BTreeSet::new();
        if let Some(operation) = &source.departments {
            let asked_below = argument(definitions, source, operation, "parent")?.is_some();
            let mut below: VecDeque<Option<String>> = VecDeque::from([None]);
            while let Some(parent) = below.pop_front() {
                let output = self.ask(tenant, definitions, source, operation, ("parent", parent)).await?;
                for found in elements(&output, "departments") {
                    let id = id_of(&found).ok_or("a department has no id")?;
                    if ids.len() >= DEPARTMENTS_MAX {
                        return Err(format!("there are more than {DEPARTMENTS_MAX} departments"));
                    }
                    if ids.insert(id.clone()) {
                        departments.push(found);
                        if asked_below {
                            below.push_back(Some(id));
                        }
                    }
                }
            }
        }
        let of_department = argument(definitions, source, &source.people, "department")?;
        let mut asked: Vec<Option<String>> = Vec::new();
        // Without one it lists those of the root; where it must be given, the root is among the departments.
        if of_department != Some(Wanted::Always) {
            asked.push(None);
        }
        if of_department.is_some() {
            asked.extend(ids.into_iter().map(Some));
        }
        let mut people: Vec<Json> = Vec::new();
        for department in asked {
            people.extend(self.people(tenant, definitions, source, department).await?);
        }
        Organisation::read(&people, &departments, source.known_by).map_err(|error| error.to_string())
    }

    /// The people of a department (none: whom the read lists by itself), each with what the read says beside its list: who leads
    /// this department, who has left.
    async fn people(
        &self,
        tenant: TenantId,
        definitions: &Definitions,
        source: &Source,
        department: Option<String>,
    ) -> Result<Vec<Json>, String> {
        let output = self.ask(tenant, definitions, source, &source.people, ("department", department.clone())).await?;
        let (leaders, left) = (elements(&output, "leaders"), elements(&output, "left"));
        let mut people = elements(&output, "people");
        for person in &mut people {
            let Some(id) = person.get("id").cloned() else { continue };
            if let Some(department) = department.as_ref().filter(|_| leaders.contains(&id)) {
                person["leads"] = Json::from(vec![department.clone()]);
            }
            if left.contains(&id) {
                person["left"] = Json::Bool(true);
            }
        }
        Ok(people)
    }

    /// What a read answers.
    async fn ask(
        &self,
        tenant: TenantId,
        definitions: &Definitions,
        source: &Source,
        operation: &str,
        (argument, value): (&str, Option<String>),
    ) -> Result<Json, String> {
        match self.holds(source).await {
            Ok(true) => {}
            Ok(false) => return Err("another process has taken the reading over".to_owned()),
            Err(error) => return Err(error.to_string()),
        }
        let target = target(definitions, source, operation)?;
        let input = value.map_or_else(|| Value::map([] as [(&str, Value); 0]), |value| Value::map([(argument, Value::text(value))]));
        let call = Call {
            tenant,
            connection: source.connection.to_string(),
            operation: operation.to_owned(),
            purpose: CallPurpose::Call,
            input,
            output: Value::Unset,
            reference: String::new(),
            idempotency_key: format!("organisation/{}", source.connection),
            attempt: 1,
            first_sent_at: None,
            due_since: None,
            deadline: self.gateway.deadline(self.lease * 2 / 3),
            secrets: Vec::new(),
        };
        let performed = self.gateway.perform(&target, call).await;
        if performed.class != Class::Ok {
            let why = performed.message.unwrap_or_default();
            return Err(format!("`{operation}`: {}: {why}", performed.class.word()));
        }
        Ok(performed.output.to_json())
    }
}

fn elements(output: &Json, list: &str) -> Vec<Json> {
    output.get(list).and_then(Json::as_array).cloned().unwrap_or_default()
}

fn target(definitions: &Definitions, source: &Source, operation: &str) -> Result<Target, String> {
    definitions.target(&source.connection, operation).ok_or_else(|| format!("`{}` has no operation `{operation}`", source.connection))
}

/// Whether a read takes an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// It may be given.
    Sometimes,
    /// It must be given.
    Always,
}

fn argument(definitions: &Definitions, source: &Source, operation: &str, name: &str) -> Result<Option<Wanted>, String> {
    let target = target(definitions, source, operation)?;
    let field = target.operation().input.fields.get(name);
    Ok(field.map(|field| if field.required { Wanted::Always } else { Wanted::Sometimes }))
}

/// An id is a text, or a number written as one.
fn id_of(entry: &Json) -> Option<String> {
    match entry.get("id")? {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn after(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| now.checked_add(by).ok()).unwrap_or(now)
}
