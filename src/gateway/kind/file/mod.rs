//! `kind: file`: files of this machine or of an SFTP server.
//!
//! A file is written under a hidden name, brought to the disk, and then given its own name, which succeeds only where there is
//! none of that name yet. Moves are renames: of several who want one file, one gets it. Both are looked at before and after, so
//! that a repeat sees what an earlier try has done.

mod local;
mod sftp;

use super::job::{self, Stage, refusal, unanswered};
use super::{Opening, Wire};
use crate::domain::connector::Failure;
use crate::domain::connector::kind::file::{encode, fits, format};
use crate::gateway::send::{Raw, Unanswered};
use crate::gateway::wire::Outgoing;
use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Entries of one folder that are looked at; a folder of more is not cleared up by anybody.
const ENTRIES_MAX: usize = 20_000;
/// Files whose last sight is remembered.
const SEEN_MAX: usize = 20_000;

/// Opens the place of a connection; nothing is looked at yet.
pub(super) fn open(opening: Opening<'_>) -> Result<Arc<dyn Wire>, String> {
    match opening.address.split(':').next() {
        Some("file") => Ok(Arc::new(Files::new(local::Local::new(&opening)?))),
        Some("sftp") => Ok(Arc::new(Files::new(sftp::Sftp::new(&opening)?))),
        _ => Err("`file.place` begins with neither `file:` nor `sftp:`".to_owned()),
    }
}

/// A place with folders.
trait Place: Send + Sync + 'static {
    /// A way into it.
    type Line: Line;

    /// Opens one, or takes one that was kept.
    fn enter(&self) -> impl Future<Output = Result<Self::Line, Trouble>> + Send;
    /// Keeps one that is whole.
    fn leave(&self, line: Self::Line);
}

/// What can be done with the files of a place. Symbolic links are never followed; folders and names have been checked.
trait Line: Send {
    /// Every file of a folder.
    fn list(&mut self, folder: &str) -> impl Future<Output = Result<Vec<Entry>, Trouble>> + Send;
    /// One file; none when nothing has this name, or what has it is no file.
    fn look(&mut self, folder: &str, name: &str) -> impl Future<Output = Result<Option<Entry>, Trouble>> + Send;
    /// Its bytes, when they are no more than that.
    fn read(&mut self, folder: &str, name: &str, bytes_max: u64) -> impl Future<Output = Result<Vec<u8>, Trouble>> + Send;
    /// Writes a new file and brings it to the disk.
    fn write(&mut self, folder: &str, name: &str, bytes: Vec<u8>) -> impl Future<Output = Result<(), Trouble>> + Send;
    /// Renames one; never over another.
    fn rename(&mut self, from: (&str, &str), to: (&str, &str)) -> impl Future<Output = Result<Renamed, Trouble>> + Send;
    /// Removes one; one that is gone is as good.
    fn remove(&mut self, folder: &str, name: &str) -> impl Future<Output = Result<(), Trouble>> + Send;
}

/// One file, as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    name: String,
    size: u64,
    /// Seconds since 1970 by the clock of the place.
    modified: i64,
}

/// What came of a rename.
enum Renamed {
    Done,
    /// There is no such file.
    Gone,
    /// Another one has that name.
    Taken,
}

/// Why something was not done.
enum Trouble {
    /// The place said no.
    Refused(Raw),
    /// The line broke, or was not made.
    Lost(Failure, String),
}

impl Trouble {
    fn refused(status: u16, code: &str, message: impl Into<String>) -> Trouble {
        Trouble::Refused(refusal(status, code, message))
    }
}

#[derive(Deserialize)]
struct List {
    folder: String,
    r#match: Option<String>,
    ready: Ready,
    max_files: usize,
}

#[derive(Deserialize)]
struct Ready {
    unchanged_millis: Option<u64>,
    marker: Option<String>,
}

#[derive(Deserialize)]
struct Read {
    name: String,
    r#in: Vec<String>,
    r#as: Json,
    aside: Option<String>,
}

#[derive(Deserialize)]
struct Write {
    name: String,
    into: String,
    content: String,
    #[serde(default)]
    encoding: String,
}

#[derive(Deserialize)]
struct Move {
    name: String,
    from: Vec<String>,
    to: String,
    r#as: String,
    marker: Option<String>,
}

#[derive(Deserialize)]
struct Find {
    name: String,
    r#in: Vec<String>,
}

struct Files<P> {
    place: P,
    /// What files looked like, and since when: a file is whole once two looks saw the same.
    seen: Mutex<HashMap<(String, String), (Entry, Instant)>>,
}

impl<P: Place> Wire for Files<P> {
    fn send<'a>(&'a self, outgoing: Outgoing<'a>) -> BoxFuture<'a, Result<Raw, Unanswered>> {
        Box::pin(self.perform(outgoing))
    }
}

impl<P: Place> Files<P> {
    fn new(place: P) -> Files<P> {
        Files { place, seen: Mutex::default() }
    }

    async fn perform(&self, outgoing: Outgoing<'_>) -> Result<Raw, Unanswered> {
        let stage = Stage::default();
        let until = Instant::now() + outgoing.timeout;
        match timeout_at(until, self.work(&outgoing, until, &stage)).await {
            Ok(Ok(raw) | Err(Trouble::Refused(raw))) => Ok(raw),
            Ok(Err(Trouble::Lost(failure, why))) if !failure.may_have_been_sent() => Err(unanswered(failure, why)),
            Ok(Err(Trouble::Lost(_, why))) => Err(stage.lost(outgoing.effect, &why, false)),
            Err(_) => Err(stage.lost(outgoing.effect, "the place gave no complete answer in time", true)),
        }
    }

    async fn work(&self, outgoing: &Outgoing<'_>, until: Instant, stage: &Stage) -> Result<Raw, Trouble> {
        let mut line = self.place.enter().await?;
        stage.speaking();
        let answer = match outgoing.request.method {
            "LIST" => self.list(&mut line, read(outgoing)?).await,
            "READ" => look_into(&mut line, read(outgoing)?, outgoing.answer_bytes_max).await,
            "WRITE" => write(&mut line, read(outgoing)?, until, stage).await,
            "MOVE" => move_to(&mut line, read(outgoing)?, until, stage).await,
            _ => find(&mut line, read(outgoing)?).await,
        };
        if !matches!(answer, Err(Trouble::Lost(..))) {
            self.place.leave(line);
        }
        answer
    }

    /// The files that are whole, the oldest first.
    async fn list(&self, line: &mut P::Line, job: List) -> Result<Raw, Trouble> {
        let all = line.list(&job.folder).await?;
        let matching = job.r#match.as_deref().unwrap_or("*");
        let mut files: Vec<&Entry> = all.iter().filter(|entry| !entry.name.starts_with('.') && fits(matching, &entry.name)).collect();
        match &job.ready.marker {
            Some(marker) => files.retain(|entry| {
                !entry.name.ends_with(marker.as_str())
                    && all.iter().any(|other| other.name.strip_suffix(marker.as_str()) == Some(&entry.name))
            }),
            None => {
                let wait = Duration::from_millis(job.ready.unchanged_millis.unwrap_or(0));
                let whole = self.whole(&job.folder, &files, wait);
                files.retain(|entry| whole.contains(&entry.name));
            }
        }
        files.sort_by(|one, other| (one.modified, &one.name).cmp(&(other.modified, &other.name)));
        let (count, more) = (files.len(), files.len() > job.max_files);
        let told: Vec<Json> = files.into_iter().take(job.max_files).map(|entry| told(entry, &job.folder)).collect();
        Ok(job::answer(200, &json!({"files": told, "waiting": count, "more": more})))
    }

    /// The names of those that have not changed for so long, by two looks of this process.
    fn whole(&self, folder: &str, files: &[&Entry], wait: Duration) -> Vec<String> {
        if wait.is_zero() {
            return files.iter().map(|entry| entry.name.clone()).collect();
        }
        let now = Instant::now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|(of, name), _| of != folder || files.iter().any(|entry| entry.name == *name));
        let mut whole = Vec::new();
        for entry in files {
            let key = (folder.to_owned(), entry.name.clone());
            match seen.get(&key) {
                Some((known, since)) if known == *entry => {
                    let is_whole = now.duration_since(*since) >= wait;
                    whole.extend(is_whole.then(|| entry.name.clone()));
                }
                _ if seen.len() < SEEN_MAX => drop(seen.insert(key, ((*entry).clone(), now))),
                _ => {}
            }
        }
        whole
    }
}

fn read<T: serde::de::DeserializeOwned>(outgoing: &Outgoing<'_>) -> Result<T, Trouble> {
    job::read(outgoing).map_err(|unanswered| Trouble::Lost(unanswered.failure, unanswered.message))
}

fn told(entry: &Entry, folder: &str) -> Json {
    let modified = jiff::Timestamp::from_second(entry.modified).map_or(Json::Null, |at| Json::from(at.to_string()));
    let version = format!("{}-{}", entry.modified, entry.size);
    json!({"name": entry.name, "folder": folder, "size": entry.size, "modified_at": modified, "version": version})
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn missing(name: &str, folders: &[String]) -> Raw {
    let folders: Vec<String> = folders.iter().map(|folder| format!("`{folder}`")).collect();
    refusal(404, "no_file", format!("there is no file `{name}` in {}", folders.join(" or ")))
}

async fn find_in<L: Line>(line: &mut L, name: &str, folders: &[String]) -> Result<Option<(Entry, String)>, Trouble> {
    for folder in folders {
        if let Some(entry) = line.look(folder, name).await? {
            return Ok(Some((entry, folder.clone())));
        }
    }
    Ok(None)
}

async fn find<L: Line>(line: &mut L, job: Find) -> Result<Raw, Trouble> {
    Ok(match find_in(line, &job.name, &job.r#in).await? {
        Some((entry, folder)) => job::answer(200, &told(&entry, &folder)),
        None => missing(&job.name, &job.r#in),
    })
}

/// What is in a file. One that cannot be read is moved aside where the definition says so: its sender has to look at it, and
/// every other file must not wait for that.
async fn look_into<L: Line>(line: &mut L, job: Read, bytes_max: u64) -> Result<Raw, Trouble> {
    let Some((entry, folder)) = find_in(line, &job.name, &job.r#in).await? else { return gone(line, &job, bytes_max).await };
    match contents(line, &entry, &folder, &job.r#as, bytes_max).await? {
        Ok((content, sha256)) => {
            let mut body = told(&entry, &folder);
            body["sha256"] = Json::from(sha256);
            body["content"] = content;
            Ok(job::answer(200, &body))
        }
        Err(why) => {
            let mut message = format!("`{}` cannot be read: {why}", job.name);
            if let Some(aside) = job.aside.filter(|aside| *aside != folder) {
                match line.rename((&folder, &job.name), (&aside, &job.name)).await? {
                    Renamed::Done => message = format!("{message}; it was moved to `{aside}`"),
                    Renamed::Gone => {}
                    Renamed::Taken => message = format!("{message}; it stays, for there is one of this name in `{aside}`"),
                }
            }
            Ok(refusal(422, "unreadable", message))
        }
    }
}

/// What is in one file, and its digest; or what is wrong with it.
async fn contents<L: Line>(
    line: &mut L,
    entry: &Entry,
    folder: &str,
    how: &Json,
    bytes_max: u64,
) -> Result<Result<(Json, String), String>, Trouble> {
    if entry.size > bytes_max {
        return Ok(Err(format!("it has {} bytes; at most {bytes_max} are read", entry.size)));
    }
    let bytes = line.read(folder, &entry.name, bytes_max).await?;
    let (sha256, how) = (digest(&bytes), how.clone());
    // Unpacking and taking apart take their time; other connections must not wait for it.
    let parsed = tokio::task::spawn_blocking(move || format::read(&bytes, &how)).await;
    Ok(parsed.unwrap_or_else(|_| Err("it cannot be taken apart".to_owned())).map(|content| (content, sha256)))
}

/// A file that is not there. One that an earlier look has put aside says again why: whoever asks later must not learn less.
async fn gone<L: Line>(line: &mut L, job: &Read, bytes_max: u64) -> Result<Raw, Trouble> {
    let missing = missing(&job.name, &job.r#in);
    let Some(aside) = &job.aside else { return Ok(missing) };
    let Some(entry) = line.look(aside, &job.name).await? else { return Ok(missing) };
    match contents(line, &entry, aside, &job.r#as, bytes_max).await? {
        Ok(_) => Ok(missing),
        Err(why) => Ok(refusal(422, "unreadable", format!("`{}` cannot be read: {why}; it lies in `{aside}`", job.name))),
    }
}

/// Not after the time of the call: what was about to be done must not be done late.
fn in_time(until: Instant) -> Result<(), Trouble> {
    match Instant::now() < until {
        true => Ok(()),
        false => Err(Trouble::Lost(Failure::Deadline, "the time for this call is over".to_owned())),
    }
}

async fn write<L: Line>(line: &mut L, job: Write, until: Instant, stage: &Stage) -> Result<Raw, Trouble> {
    let bytes = match encode(job.content, &job.encoding) {
        Ok(bytes) => bytes,
        Err(why) => return Ok(refusal(422, "not_in_encoding", format!("`{}` cannot be written: {why}", job.name))),
    };
    let (size, sha256) = (bytes.len() as u64, digest(&bytes));
    let done = |new: bool| job::answer(200, &json!({"name": job.name, "folder": job.into, "size": size, "sha256": sha256, "new": new}));
    if let Some(known) = compare(line, &job.into, &job.name, &bytes).await? {
        return Ok(if known { done(false) } else { other_content(&job.name, &job.into) });
    }
    let hidden = format!(".{}.{}.part", &sha256[..16], uuid::Uuid::new_v4().simple());
    line.write(&job.into, &hidden, bytes.clone()).await?;
    in_time(until)?;
    stage.binding();
    match line.rename((&job.into, &hidden), (&job.into, &job.name)).await? {
        Renamed::Done => Ok(done(true)),
        Renamed::Gone => Err(Trouble::refused(503, "part_gone", "what was written was removed before it got its name")),
        // Somebody was faster: another try of ours, or a stranger.
        Renamed::Taken => {
            line.remove(&job.into, &hidden).await?;
            match compare(line, &job.into, &job.name, &bytes).await? {
                Some(true) => Ok(done(false)),
                _ => Ok(other_content(&job.name, &job.into)),
            }
        }
    }
}

fn other_content(name: &str, folder: &str) -> Raw {
    refusal(409, "other_content", format!("there is a file `{name}` with another content in `{folder}`"))
}

/// Whether the file holds these bytes; none when there is none.
async fn compare<L: Line>(line: &mut L, folder: &str, name: &str, bytes: &[u8]) -> Result<Option<bool>, Trouble> {
    let Some(entry) = line.look(folder, name).await? else { return Ok(None) };
    if entry.size != bytes.len() as u64 {
        return Ok(Some(false));
    }
    Ok(Some(line.read(folder, name, entry.size).await? == bytes))
}

async fn move_to<L: Line>(line: &mut L, job: Move, until: Instant, stage: &Stage) -> Result<Raw, Trouble> {
    let done =
        |moved: bool, from: Option<&str>| job::answer(200, &json!({"name": job.r#as, "folder": job.to, "moved": moved, "from": from}));
    in_time(until)?;
    for folder in &job.from {
        stage.binding();
        match line.rename((folder, &job.name), (&job.to, &job.r#as)).await? {
            Renamed::Gone => {}
            Renamed::Done => {
                if let Some(marker) = &job.marker {
                    line.remove(folder, &format!("{}{marker}", job.name)).await?;
                }
                return Ok(done(true, Some(folder)));
            }
            Renamed::Taken => {
                let message = format!("there is a file `{}` in `{}` already", job.r#as, job.to);
                return Ok(refusal(409, "taken", message));
            }
        }
    }
    // An earlier try has moved it, or somebody else has taken it.
    match line.look(&job.to, &job.r#as).await? {
        Some(_) => {
            if let (Some(marker), Some(folder)) = (&job.marker, job.from.first()) {
                line.remove(folder, &format!("{}{marker}", job.name)).await?;
            }
            Ok(done(false, None))
        }
        None => Ok(missing(&job.name, &job.from)),
    }
}
