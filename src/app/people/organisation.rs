//! What connected systems say of the organisation: kept, taken over by every replica, shown with where they differ.
//!
//! Reading them is `worker/organisation.rs`'s.

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
use std::sync::Arc;
use utoipa::ToSchema;

/// Conflicts of one answer; who has more mends the source first.
const CONFLICTS_MAX: usize = 500;
/// People named who are gone in a reading that is held back.
const GONE_MAX: usize = 50;

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
}

/// A reading that is held back until somebody has looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldReading {
    /// How many who work here are gone in it.
    pub gone: u64,
    /// Their ids; at most 50.
    pub people: Vec<String>,
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
    /// Why the other word cannot be used, whoever wins.
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
            unusable: conflict.unusable.map(str::to_owned),
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
                let works = |person: &String| held.people.get(person).is_some_and(|person| !person.left);
                let gone = told.people.iter().filter(|(id, person)| !person.left && !works(id)).map(|(id, _)| id.clone());
                HeldReading { gone: held.gone_since(&told) as u64, people: gone.take(GONE_MAX).collect() }
            });
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
        })
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
        let taken = OrganisationRow { hash: digest(&held), content: held, held: None, ..row.clone() };
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
    let row = OrganisationRow { tried_at: now, read_at: Some(now), due_at, problem: None, held: None, ..row };
    if next.too_many_gone(&earlier, source.most_gone) {
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
    OrganisationRow { tried_at: now, due_at, problem: Some(problem), ..row }
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
    }
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
