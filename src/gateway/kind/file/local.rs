//! Folders of this machine. Every step is made from an open folder, by a single name, without following a link: what is
//! exchanged for a link meanwhile leads nowhere.

use super::super::Opening;
use super::{ENTRIES_MAX, Entry, Line, Place, Renamed, Trouble};
use crate::domain::connector::Failure;
use crate::gateway::kind::Folders;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use url::Url;

/// A folder of this machine.
pub(super) struct Local {
    root: PathBuf,
    folders: Folders,
}

impl Local {
    pub(super) fn new(opening: &Opening<'_>) -> Result<Local, String> {
        let url = Url::parse(&opening.address).map_err(|_| "`file.place` is no address".to_owned())?;
        if url.host_str().is_some_and(|host| !host.is_empty()) || url.query().is_some() {
            return Err("a folder of this machine is written `file:///path/of/the/folder`, with three slashes".to_owned());
        }
        let root = url.to_file_path().map_err(|()| "`file.place` is no absolute path".to_owned())?;
        Ok(Local { root, folders: opening.folders.clone() })
    }
}

impl Place for Local {
    type Line = Root;

    async fn enter(&self) -> Result<Root, Trouble> {
        let (root, folders) = (self.root.clone(), self.folders.clone());
        blocking(move || {
            let real = folders.allow(&root).map_err(|why| Trouble::Lost(Failure::Egress, why))?;
            let open = rustix::fs::open(&real, FOLDER, Mode::empty());
            open.map(Root).map_err(|error| trouble("the place", error))
        })
        .await
    }

    fn leave(&self, _line: Root) {}
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// The open place.
pub(super) struct Root(OwnedFd);

impl Root {
    /// An open folder below the place; every name on the way is one of a folder and no link.
    fn folder(&self, folder: &str) -> Result<OwnedFd, Trouble> {
        let mut at = rustix::fs::openat(&self.0, ".", FOLDER, Mode::empty()).map_err(|error| trouble("the place", error))?;
        for name in folder.split('/').filter(|name| !name.is_empty() && *name != ".") {
            at = rustix::fs::openat(&at, name, FOLDER, Mode::empty()).map_err(|error| match error {
                Errno::NOENT => Trouble::refused(400, "no_folder", format!("there is no folder `{folder}` in the place")),
                Errno::LOOP | Errno::NOTDIR => Trouble::refused(403, "no_folder", format!("`{name}` is no folder; links are not followed")),
                error => trouble(&format!("the folder `{folder}`"), error),
            })?;
        }
        Ok(at)
    }

    fn entry(at: &OwnedFd, name: &str) -> Result<Option<Entry>, Trouble> {
        match rustix::fs::statat(at, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile => {
                let size = u64::try_from(stat.st_size).unwrap_or(u64::MAX);
                Ok(Some(Entry { name: name.to_owned(), size, modified: stat.st_mtime }))
            }
            Ok(_) | Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(trouble(&format!("`{name}`"), error)),
        }
    }
}

impl Line for Root {
    async fn list(&mut self, folder: &str) -> Result<Vec<Entry>, Trouble> {
        let (at, shown) = (self.folder(folder)?, folder.to_owned());
        blocking(move || {
            let failed = |error| trouble(&format!("the folder `{shown}`"), error);
            let mut entries = Vec::new();
            for found in rustix::fs::Dir::read_from(&at).map_err(failed)? {
                let found = found.map_err(failed)?;
                // A name that is no text cannot be told to anybody.
                let Ok(name) = found.file_name().to_str() else { continue };
                entries.extend(Root::entry(&at, name)?);
                if entries.len() > ENTRIES_MAX {
                    return Err(Trouble::refused(413, "too_many_files", format!("`{shown}` holds more than {ENTRIES_MAX} files")));
                }
            }
            Ok(entries)
        })
        .await
    }

    async fn look(&mut self, folder: &str, name: &str) -> Result<Option<Entry>, Trouble> {
        let (at, name) = (self.folder(folder)?, name.to_owned());
        blocking(move || Root::entry(&at, &name)).await
    }

    async fn read(&mut self, folder: &str, name: &str, bytes_max: u64) -> Result<Vec<u8>, Trouble> {
        let (at, name) = (self.folder(folder)?, name.to_owned());
        blocking(move || {
            // Never waits for a writer, should it be a pipe by now.
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
            let failed = |error| trouble(&format!("`{name}`"), error);
            let file = rustix::fs::openat(&at, name.as_str(), flags, Mode::empty()).map_err(failed)?;
            let mut bytes = Vec::new();
            File::from(file).take(bytes_max.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| io(&name, &error))?;
            match bytes.len() as u64 > bytes_max {
                true => Err(Trouble::refused(503, "growing", format!("`{name}` grows while it is read"))),
                false => Ok(bytes),
            }
        })
        .await
    }

    async fn write(&mut self, folder: &str, name: &str, bytes: Vec<u8>) -> Result<(), Trouble> {
        let (at, name) = (self.folder(folder)?, name.to_owned());
        blocking(move || {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let file = rustix::fs::openat(&at, name.as_str(), flags, Mode::from_raw_mode(0o664));
            let mut file = File::from(file.map_err(|error| trouble("the file", error))?);
            let written = file.write_all(&bytes).and_then(|()| file.sync_all());
            written.map_err(|error| {
                // Half of it helps nobody.
                let _ = rustix::fs::unlinkat(&at, name.as_str(), AtFlags::empty());
                io(&name, &error)
            })
        })
        .await
    }

    async fn rename(&mut self, from: (&str, &str), to: (&str, &str)) -> Result<Renamed, Trouble> {
        let source = self.folder(from.0)?;
        let target = self.folder(to.0)?;
        let (old, new) = (from.1.to_owned(), to.1.to_owned());
        blocking(move || {
            if Root::entry(&source, &old)?.is_none() {
                return Ok(Renamed::Gone);
            }
            match rustix::fs::renameat_with(&source, old.as_str(), &target, new.as_str(), RenameFlags::NOREPLACE) {
                Ok(()) => {
                    // The names themselves must outlast a power cut; a folder that cannot be synced is synced by its system.
                    let _ = (rustix::fs::fsync(&target), rustix::fs::fsync(&source));
                    Ok(Renamed::Done)
                }
                Err(Errno::NOENT) => Ok(Renamed::Gone),
                Err(Errno::EXIST) => Ok(Renamed::Taken),
                Err(error) => Err(trouble(&format!("`{new}`"), error)),
            }
        })
        .await
    }

    async fn remove(&mut self, folder: &str, name: &str) -> Result<(), Trouble> {
        let (at, name) = (self.folder(folder)?, name.to_owned());
        blocking(move || match rustix::fs::unlinkat(&at, name.as_str(), AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(trouble(&format!("`{name}`"), error)),
        })
        .await
    }
}

/// Away from the threads that serve everybody.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Trouble> + Send + 'static) -> Result<T, Trouble> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(Trouble::Lost(Failure::Reset, "the work with the file broke off".to_owned())),
    }
}

fn trouble(what: &str, error: Errno) -> Trouble {
    let message = format!("{what}: {}", std::io::Error::from(error).kind());
    match error {
        Errno::ACCESS | Errno::PERM | Errno::ROFS | Errno::LOOP => Trouble::refused(403, "not_allowed", message),
        Errno::NOENT | Errno::NOTDIR | Errno::ISDIR | Errno::NAMETOOLONG | Errno::XDEV | Errno::INVAL => {
            Trouble::refused(400, "bad_place", message)
        }
        Errno::NOSPC | Errno::DQUOT => Trouble::refused(503, "full", message),
        _ => Trouble::refused(503, "file_system", message),
    }
}

fn io(name: &str, error: &std::io::Error) -> Trouble {
    match error.raw_os_error() {
        Some(code) => trouble(&format!("`{name}`"), Errno::from_raw_os_error(code)),
        None => Trouble::refused(503, "file_system", format!("`{name}`: {}", error.kind())),
    }
}
