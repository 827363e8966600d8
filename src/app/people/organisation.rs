//! What connected systems say of the organisation: kept, taken over by every replica, shown with where they differ.
//!
//! Reading them is `worker/organisation.rs`'s.

use super::readings::{self, Reading, ReadingOutcome, Several};
use super::{People, PeopleError, Result};
use crate::app::engine::definitions::Told;
use crate::app::reading;
use crate::domain::directory::{Conflict, Directory, Organisation, Origin, Source};
use crate::domain::ids::TenantId;
use crate::store::Store;
use crate::store::desk::OrganisationRow;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// Conflicts of one answer; who has more mends the source first.
const CONFLICTS_MAX: usize = 500;
/// Those of one answer who have left, the last ones first.
const LEAVERS_MAX: usize = 200;

/// Who works here, by whose word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganisationView {
    /// People who work here, by all words together.
    pub people: u64,
    /// Departments.
    pub departments: u64,
    /// The connected systems that say who works here, the one that counts most first.
    pub sources: Vec<OrganisationSourceItem>,
    /// Where they and the directory's file differ; at most 500.
    pub conflicts: Vec<OrganisationConflict>,
    /// How many conflicts there are.
    pub conflicts_total: u64,
    /// Who has left, the last ones first, and what became of their tasks; at most 200.
    pub leavers: Vec<LeaverItem>,
}

/// Somebody who has left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeaverItem {
    /// Their id.
    pub person: String,
    /// Their name.
    pub name: String,
    /// When a reading was taken in which they are gone; none for those who left by the file, or longer ago than is remembered.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub left_at: Option<Timestamp>,
    /// The connection by whose reading.
    pub left_of: Option<String>,
    /// Tasks open with them: nobody could be found who takes over, or it is about to happen.
    pub open: u64,
    /// Tasks that went to somebody else since they left; none where it is not known since when.
    pub handed_on: Option<u64>,
}

/// A connected system that says who works here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganisationSourceItem {
    /// The connection.
    pub connection: String,
    /// Fields in which its word counts more than the file's.
    pub wins: Vec<String>,
    /// When it was last read; none before the first reading.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub read_at: Option<Timestamp>,
    /// When that was last tried.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub tried_at: Option<Timestamp>,
    /// When it is read next.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// People who work here by its word.
    pub people: u64,
    /// Departments that it knows.
    pub departments: u64,
    /// Why the last reading gave nothing; what was read before still counts.
    pub problem: Option<String>,
    /// A reading that is held back, because too many are gone in it.
    pub held: Option<HeldReading>,
    /// What its newest readings brought, the newest first; at most 30.
    pub readings: Vec<ReadingItem>,
}

/// What a reading brought, or several alike one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadingItem {
    /// When, the last of those alike.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The first of those alike.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// How many.
    pub times: u32,
    /// What became of it.
    pub outcome: ReadingOutcome,
    /// How many work here by it; of one that failed, by what still counts.
    pub people: u64,
    /// Who works here by it and did not before; at most 50.
    pub came: Vec<NamedPerson>,
    /// How many came.
    pub came_total: u64,
    /// Who did work here and does not by it; at most 50.
    pub went: Vec<NamedPerson>,
    /// How many went.
    pub went_total: u64,
    /// Why it gave nothing.
    pub problem: Option<String>,
}

/// A person by what people call them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedPerson {
    /// Their id.
    pub person: String,
    /// Their name.
    pub name: String,
}

/// A reading that is held back until somebody has looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldReading {
    /// How many who work here are gone in it.
    pub gone: u64,
    /// Who; at most 50.
    pub people: Vec<NamedPerson>,
}

/// Two say it differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganisationConflict {
    /// `person` or `department`.
    pub about: String,
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What of it: `name`, `email`, `department`, `manager`, `active`, `parent` or `head`.
    pub field: String,
    /// The word that counts; none where none can be used.
    pub used: Option<String>,
    /// Whose that is: a connection, or none for the directory's file.
    pub used_of: Option<String>,
    /// The other word.
    pub other: String,
    /// Whose that is: a connection, or none for the directory's file.
    pub other_of: Option<String>,
    /// Why the other word cannot be used, whoever wins: `no_department`, `nobody` (has this id), `own_manager` or `inside_itself`
    /// (by a detour).
    pub unusable: Option<String>,
}

impl OrganisationConflict {
    fn of(conflict: &Conflict, directory: &Directory) -> OrganisationConflict {
        let whose = |origin: &Origin| match origin {
            Origin::File => None,
            Origin::Connection(connection) => Some(connection.to_string()),
        };
        let title = || directory.departments.get(&conflict.id).and_then(|department| department.title.get("")).unwrap_or(&conflict.id);
        OrganisationConflict {
            about: if conflict.is_department { "department" } else { "person" }.to_owned(),
            id: conflict.id.to_string(),
            name: if conflict.is_department { title().to_owned() } else { directory.name(&conflict.id).to_owned() },
            field: conflict.field.word().to_owned(),
            used: conflict.used.as_ref().map(|(_, word)| word.clone()),
            used_of: conflict.used.as_ref().and_then(|(origin, _)| whose(origin)),
            other: conflict.other.1.clone(),
            other_of: whose(&conflict.other.0),
            unusable: conflict.unusable.map(|why| why.word().to_owned()),
        }
    }
}

impl ReadingItem {
    fn of(reading: &Reading, directory: &Directory) -> ReadingItem {
        ReadingItem {
            at: reading.at,
            since: reading.since,
            times: reading.times,
            outcome: reading.outcome,
            people: reading.people,
            came: named(directory, &reading.came.some),
            came_total: reading.came.total,
            went: named(directory, &reading.went.some),
            went_total: reading.went.total,
            problem: reading.problem.clone(),
        }
    }
}

impl People {
    /// Who works here by whose word, and where they differ.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn organisation(&self, tenant: TenantId) -> Result<OrganisationView> {
        let rows = self.store.desk().organisations(tenant).await?;
        let definitions = self.live.now();
        let directory = &definitions.catalog().directory;
        let sources = directory.sources.iter().map(|source| {
            let row = rows.iter().find(|row| row.source == *source.connection);
            let told = row.and_then(|row| read(&row.content)).unwrap_or_default();
            let held = row.and_then(|row| row.held.as_deref()).and_then(read).map(|held| {
                let gone = Several::of(told.but_not(&held));
                HeldReading { gone: gone.total, people: named(directory, &gone.some) }
            });
            let readings = row.map(|row| readings::read(&row.readings)).unwrap_or_default();
            OrganisationSourceItem {
                connection: source.connection.to_string(),
                wins: source.wins.iter().map(|field| field.word().to_owned()).collect(),
                read_at: row.and_then(|row| row.read_at),
                tried_at: row.map(|row| row.tried_at),
                due_at: row.map(|row| row.due_at),
                people: told.at_work() as u64,
                departments: told.departments.len() as u64,
                problem: row.and_then(|row| row.problem.clone()),
                held,
                readings: readings.iter().map(|reading| ReadingItem::of(reading, directory)).collect(),
            }
        });
        let sources = sources.collect();
        let conflicts = definitions.conflicts();
        Ok(OrganisationView {
            people: directory.users.values().filter(|user| user.active).count() as u64,
            departments: directory.departments.len() as u64,
            sources,
            conflicts: conflicts.iter().take(CONFLICTS_MAX).map(|conflict| OrganisationConflict::of(conflict, directory)).collect(),
            conflicts_total: conflicts.len() as u64,
            leavers: self.leavers(tenant, directory, &rows).await?,
        })
    }

    async fn leavers(&self, tenant: TenantId, directory: &Directory, rows: &[OrganisationRow]) -> Result<Vec<LeaverItem>> {
        // Who came back and went again went the last time.
        let mut went: BTreeMap<String, (Timestamp, &str)> = BTreeMap::new();
        for row in rows {
            let counted = readings::read(&row.readings).into_iter().filter(readings::Reading::counts);
            for (person, at) in counted.flat_map(|reading| reading.went.some.into_iter().map(move |person| (person, reading.since))) {
                let known = went.entry(person).or_insert((at, row.source.as_str()));
                if at > known.0 {
                    *known = (at, row.source.as_str());
                }
            }
        }
        let left = directory.users.values().filter(|user| !user.active);
        let mut leavers: Vec<LeaverItem> = left
            .map(|user| {
                let known = went.get(&*user.id);
                LeaverItem {
                    person: user.id.to_string(),
                    name: user.name.to_string(),
                    left_at: known.map(|(at, _)| *at),
                    left_of: known.map(|(_, source)| (*source).to_owned()),
                    open: 0,
                    handed_on: known.map(|_| 0),
                }
            })
            .collect();
        leavers.sort_unstable_by(|one, other| other.left_at.cmp(&one.left_at).then_with(|| one.person.cmp(&other.person)));
        leavers.truncate(LEAVERS_MAX);
        // Of whom it is not known when they left, nothing was handed on since.
        let since: Vec<(String, Timestamp)> =
            leavers.iter().map(|leaver| (leaver.person.clone(), leaver.left_at.unwrap_or(Timestamp::MAX))).collect();
        let counts = self.store.desk().left_tasks(tenant, &since).await?;
        for leaver in &mut leavers {
            if let Some(count) = counts.iter().find(|count| count.person == leaver.person) {
                leaver.open = count.open;
                leaver.handed_on = leaver.handed_on.map(|_| count.handed_on);
            }
        }
        Ok(leavers)
    }

    /// Makes a source due now.
    ///
    /// # Errors
    /// When nobody has ever read it.
    pub async fn read_organisation(&self, tenant: TenantId, source: &str) -> Result<()> {
        match self.store.desk().read_organisation(tenant, source, self.clock.now()).await? {
            true => Ok(()),
            false => Err(reading::Error::NotFound("source of the organisation").into()),
        }
    }

    /// Takes a reading that was held back: who is gone in it has left.
    ///
    /// # Errors
    /// When none is held, or another was read meanwhile.
    pub async fn accept_organisation(&self, tenant: TenantId, source: &str) -> Result<()> {
        let rows = self.store.desk().organisations(tenant).await?;
        let row = rows.into_iter().find(|row| row.source == source).ok_or(reading::Error::NotFound("source of the organisation"))?;
        let Some(held) = row.held.clone() else {
            return Err(PeopleError::Invalid(format!("no reading of `{source}` is held back")));
        };
        let (next, earlier) = (read(&held).unwrap_or_default(), read(&row.content).unwrap_or_default());
        let reading = Reading::of(ReadingOutcome::Accepted, &next, &earlier, self.clock.now());
        let readings = readings::with(&row.readings, reading);
        let taken = OrganisationRow { hash: digest(&held), content: held, held: None, readings, ..row.clone() };
        match self.store.desk().keep_organisation(&taken, Some(&row.hash)).await? {
            true => Ok(()),
            false => Err(PeopleError::Busy(format!("`{source}` was read meanwhile; look at it again"))),
        }
    }
}

/// What a source came to when it was read: taken, or held back when too many are gone.
pub fn taken(
    row: Option<OrganisationRow>,
    source: &Source,
    tenant: TenantId,
    told: Organisation,
    now: Timestamp,
    due_at: Timestamp,
) -> OrganisationRow {
    let row = row.unwrap_or_else(|| never_read(tenant, source, now));
    let earlier = read(&row.content).unwrap_or_default();
    let next = told.after(&earlier);
    let text = serde_json::to_string(&next).unwrap_or_default();
    let too_many = next.too_many_gone(&earlier, source.most_gone);
    let outcome = if too_many { ReadingOutcome::Held } else { ReadingOutcome::Taken };
    let readings = readings::with(&row.readings, Reading::of(outcome, &next, &earlier, now));
    let row = OrganisationRow { tried_at: now, read_at: Some(now), due_at, problem: None, held: None, readings, ..row };
    if too_many {
        return OrganisationRow { held: Some(text), ..row };
    }
    OrganisationRow { hash: digest(&text), content: text, ..row }
}

/// What a source came to when it could not be read: what it said before still counts.
pub fn not_taken(
    row: Option<OrganisationRow>,
    source: &Source,
    tenant: TenantId,
    problem: String,
    now: Timestamp,
    due_at: Timestamp,
) -> OrganisationRow {
    let row = row.unwrap_or_else(|| never_read(tenant, source, now));
    let counts = read(&row.content).unwrap_or_default();
    let readings = readings::with(&row.readings, Reading::failed(&problem, &counts, now));
    OrganisationRow { tried_at: now, due_at, problem: Some(problem), readings, ..row }
}

fn never_read(tenant: TenantId, source: &Source, now: Timestamp) -> OrganisationRow {
    OrganisationRow {
        tenant,
        source: source.connection.to_string(),
        tried_at: now,
        read_at: None,
        due_at: now,
        hash: String::new(),
        content: String::new(),
        held: None,
        problem: None,
        readings: String::new(),
    }
}

fn named(directory: &Directory, people: &[String]) -> Vec<NamedPerson> {
    people.iter().map(|person| NamedPerson { person: person.clone(), name: directory.name(person).to_owned() }).collect()
}

/// What all sources say, as it is stored.
///
/// # Errors
/// When the store is away, and when what it holds cannot be read: without it everybody whom a source knows would seem to have left.
pub async fn told(store: &dyn Store, tenant: TenantId) -> std::result::Result<Told, String> {
    let rows = store.desk().organisations(tenant).await.map_err(|error| error.to_string())?;
    let taken = rows.into_iter().filter(|row| !row.content.is_empty());
    taken
        .map(|row| match read(&row.content) {
            Some(told) => Ok((row.source, Arc::new(told))),
            None => Err(format!("what `{}` says of who works here is stored in a way this version of the hub cannot read", row.source)),
        })
        .collect()
}

/// An organisation as it was stored; what is not one says nothing.
fn read(text: &str) -> Option<Organisation> {
    serde_json::from_str(text).ok()
}

fn digest(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..16])
}
