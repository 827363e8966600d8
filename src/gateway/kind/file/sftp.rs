//! Folders of an SFTP server, whose host key is pinned: a server with another one is not spoken to.

use super::super::Opening;
use super::super::pool::Pool;
use super::{ENTRIES_MAX, Entry, Line, Place, Renamed, Trouble};
use crate::domain::connector::Failure;
use crate::gateway::guard::Guard;
use russh::client::{self, AuthResult, Handle};
use russh::keys::{HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate, decode_secret_key};
use russh_sftp::client::SftpSession;
use russh_sftp::client::error::Error;
use russh_sftp::protocol::{FileAttributes, OpenFlags, StatusCode};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

/// Time to connect; a partner that takes longer is down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How an RSA key begins. The SSH library speaks RSA only with an unfinished release of the cryptography that we use otherwise.
const RSA: &str = "ssh-rsa ";
/// Seconds for one answer of the server; the call's own time ends it earlier.
const ANSWER_SECONDS: u64 = 60;

/// A folder of an SFTP server.
pub(super) struct Sftp {
    host: String,
    port: u16,
    root: String,
    user: String,
    password: Option<String>,
    key: Option<Arc<PrivateKey>>,
    host_key: PublicKey,
    guard: Arc<Guard>,
    kept: Pool<Session>,
}

impl Sftp {
    pub(super) fn new(opening: &Opening<'_>) -> Result<Sftp, String> {
        let url = Url::parse(&opening.address).map_err(|_| "`file.place` is no address".to_owned())?;
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return Err(
                "`file.place` holds a user, password or options; give them as `file.user`, `file.password` or `file.key`".to_owned()
            );
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("`file.place` names no host")?;
        let root = percent_encoding::percent_decode_str(url.path()).decode_utf8().map_err(|_| "the path is not UTF-8")?;
        let wanted = "an SFTP server is known by its key: give `file.host_key`, such as `ssh-ed25519 AAAA…` (`ssh-keyscan HOST` shows it; compare it with its owner)";
        let host_key = opening.text("host_key").ok_or(wanted)?;
        if host_key.trim_start().starts_with(RSA) {
            return Err(
                "`file.host_key` is an RSA key, which is not spoken: pin another key of the same server (`ssh-keyscan -t ed25519,ecdsa HOST`)"
                    .to_owned(),
            );
        }
        let host_key = PublicKey::from_openssh(host_key.trim()).map_err(|_| format!("`file.host_key` is no public key; {wanted}"))?;
        let key = match opening.text("key").map(|key| decode_secret_key(key, None)) {
            // The library reads an RSA key or does not, as the length of its comment has it, and signs with none.
            Some(Ok(key)) if !key.algorithm().is_rsa() => Some(key),
            Some(_) => return Err("`file.key` is no private key that is read: Ed25519 or ECDSA without a passphrase, no RSA (`ssh-keygen -t ed25519` makes one; give its public half to the server's owner)".to_owned()),
            None => None,
        };
        if key.is_none() && opening.text("password").is_none() {
            return Err("neither `file.password` nor `file.key` says who we are".to_owned());
        }
        Ok(Sftp {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(22),
            // Where the server puts its users at first, unless the address names a folder.
            root: root
                .trim_end_matches('/')
                .strip_prefix("/~")
                .map_or_else(|| root.trim_end_matches('/').to_owned(), |rest| format!(".{rest}")),
            user: opening.text("user").ok_or("`file.user` is missing")?.to_owned(),
            password: opening.text("password").map(str::to_owned),
            key: key.map(Arc::new),
            host_key,
            guard: opening.guard.clone(),
            kept: Pool::default(),
        })
    }

    async fn connect(&self) -> Result<Session, Trouble> {
        let lost = |failure, why: String| Trouble::Lost(failure, why);
        let addresses = self.guard.reach(&self.host, self.port).await.map_err(|refused| lost(refused.failure, refused.message))?;
        let stream = tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect(addresses.as_slice())).await;
        let stream = match stream {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(lost(Failure::Connect, format!("the SFTP server is not reached: {}", error.kind()))),
            Err(_) => return Err(lost(Failure::Connect, "the SFTP server is not reached in time".to_owned())),
        };
        let config = client::Config { keepalive_interval: Some(Duration::from_secs(15)), nodelay: true, ..client::Config::default() };
        let seen = Arc::new(Seen::default());
        let handler = Pinned { host_key: self.host_key.clone(), seen: seen.clone() };
        let handle = client::connect_stream(Arc::new(config), stream, handler).await;
        let mut handle = handle.map_err(|error| match seen.other() {
            Some(key) => Trouble::refused(
                403,
                "host_key",
                format!("the server's key is not the one that is pinned: it shows {key}; nothing was sent. Ask its owner before changing `host_key`"),
            ),
            None => lost(Failure::Connect, format!("the SFTP server does not agree on a line: {error}")),
        })?;
        let broken = |error: russh::Error| lost(Failure::Connect, format!("the line to the SFTP server: {error}"));
        let admitted = match (&self.key, &self.password) {
            (Some(key), _) => {
                let hash = None::<HashAlg>;
                handle.authenticate_publickey(&self.user, PrivateKeyWithHashAlg::new(key.clone(), hash)).await.map_err(broken)?
            }
            (None, Some(password)) => handle.authenticate_password(&self.user, password).await.map_err(broken)?,
            (None, None) => return Err(Trouble::refused(401, "no_credentials", "nothing says who we are")),
        };
        if !matches!(admitted, AuthResult::Success) {
            return Err(Trouble::refused(401, "not_admitted", format!("the SFTP server does not admit the user `{}`", self.user)));
        }
        let channel = handle.channel_open_session().await.map_err(broken)?;
        channel.request_subsystem(true, "sftp").await.map_err(broken)?;
        let session = SftpSession::new(channel.into_stream()).await;
        let session = session.map_err(|error| lost(Failure::Connect, format!("the server does not speak SFTP: {error}")))?;
        session.set_timeout(ANSWER_SECONDS);
        Ok(Session { session, _handle: handle, root: self.root.clone() })
    }
}

impl Place for Sftp {
    type Line = Session;

    async fn enter(&self) -> Result<Session, Trouble> {
        while let Some(kept) = self.kept.take() {
            // One that died meanwhile is no reason to fail.
            if kept.session.canonicalize(".").await.is_ok() {
                return Ok(kept);
            }
        }
        self.connect().await
    }

    fn leave(&self, line: Session) {
        self.kept.give(line);
    }
}

/// What the server showed instead of the key that is pinned.
#[derive(Default)]
struct Seen {
    differs: AtomicBool,
    key: Mutex<String>,
}

impl Seen {
    fn other(&self) -> Option<String> {
        self.differs.load(Ordering::SeqCst).then(|| self.key.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

struct Pinned {
    host_key: PublicKey,
    seen: Arc<Seen>,
}

impl client::Handler for Pinned {
    type Error = russh::Error;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        let key = shown.public_key();
        let is_it = matches!(shown, PublicKeyOrCertificate::PublicKey { .. }) && key.key_data() == self.host_key.key_data();
        if !is_it {
            *self.seen.key.lock().unwrap_or_else(PoisonError::into_inner) =
                format!("{} {}", key.algorithm(), key.fingerprint(HashAlg::Sha256));
            self.seen.differs.store(true, Ordering::SeqCst);
        }
        Ok(is_it)
    }
}

/// A line to the server.
pub(super) struct Session {
    session: SftpSession,
    /// The line ends with it.
    _handle: Handle<Pinned>,
    root: String,
}

impl Session {
    fn path(&self, folder: &str, name: &str) -> String {
        let parts = [self.root.as_str(), folder, name].into_iter().filter(|part| !part.is_empty() && *part != ".");
        let path = parts.collect::<Vec<_>>().join("/");
        // The root of the server, or the folder it puts its users into.
        match (self.root.as_str(), path.as_str()) {
            ("", "") => "/".to_owned(),
            ("", path) => format!("/{path}"),
            (".", "") => ".".to_owned(),
            (_, path) => path.to_owned(),
        }
    }

    async fn attributes(&self, path: &str) -> Result<Option<FileAttributes>, Trouble> {
        match self.session.symlink_metadata(path).await {
            Ok(found) => Ok(Some(found)),
            Err(Error::Status(status)) if status.status_code == StatusCode::NoSuchFile => Ok(None),
            Err(error) => Err(trouble(path, &error)),
        }
    }

    /// No name on the way to a folder is a link: the server follows them, we do not.
    async fn check(&self, folder: &str) -> Result<(), Trouble> {
        let mut below = String::new();
        for name in folder.split('/').filter(|name| !name.is_empty() && *name != ".") {
            below = if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
            match self.attributes(&self.path(&below, "")).await? {
                Some(found) if found.file_type().is_dir() => {}
                Some(_) => return Err(Trouble::refused(403, "no_folder", format!("`{name}` is no folder; links are not followed"))),
                None => return Err(Trouble::refused(400, "no_folder", format!("there is no folder `{folder}` in the place"))),
            }
        }
        Ok(())
    }
}

fn entry(name: &str, found: &FileAttributes) -> Option<Entry> {
    let modified = found.mtime.map_or(0, i64::from);
    found.file_type().is_file().then(|| Entry { name: name.to_owned(), size: found.size.unwrap_or(0), modified })
}

impl Line for Session {
    async fn list(&mut self, folder: &str) -> Result<Vec<Entry>, Trouble> {
        self.check(folder).await?;
        let path = self.path(folder, "");
        let found = self.session.read_dir(path.as_str()).await.map_err(|error| trouble(&path, &error))?;
        let entries: Vec<Entry> = found.filter_map(|one| entry(&one.file_name(), &one.metadata())).take(ENTRIES_MAX + 1).collect();
        match entries.len() > ENTRIES_MAX {
            true => Err(Trouble::refused(413, "too_many_files", format!("`{folder}` holds more than {ENTRIES_MAX} files"))),
            false => Ok(entries),
        }
    }

    async fn look(&mut self, folder: &str, name: &str) -> Result<Option<Entry>, Trouble> {
        self.check(folder).await?;
        let found = self.attributes(&self.path(folder, name)).await?;
        Ok(found.and_then(|found| entry(name, &found)))
    }

    async fn read(&mut self, folder: &str, name: &str, bytes_max: u64) -> Result<Vec<u8>, Trouble> {
        self.check(folder).await?;
        let path = self.path(folder, name);
        let file = self.session.open(path.as_str()).await.map_err(|error| trouble(&path, &error))?;
        let mut bytes = Vec::new();
        let read = file.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes).await;
        read.map_err(|error| Trouble::Lost(Failure::Reset, format!("`{name}` could not be read to its end: {error}")))?;
        match bytes.len() as u64 > bytes_max {
            true => Err(Trouble::refused(503, "growing", format!("`{name}` grows while it is read"))),
            false => Ok(bytes),
        }
    }

    async fn write(&mut self, folder: &str, name: &str, bytes: Vec<u8>) -> Result<(), Trouble> {
        self.check(folder).await?;
        let path = self.path(folder, name);
        let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUDE;
        let mut file = self.session.open_with_flags(path.as_str(), flags).await.map_err(|error| trouble(&path, &error))?;
        let broken = |error: std::io::Error| Trouble::Lost(Failure::Reset, format!("`{name}` could not be written to its end: {error}"));
        file.write_all(&bytes).await.map_err(broken)?;
        file.flush().await.map_err(broken)?;
        // Servers without the extension say nothing, and keep to their own system.
        file.sync_all().await.map_err(|error| trouble(&path, &error))?;
        file.shutdown().await.map_err(broken)
    }

    async fn rename(&mut self, from: (&str, &str), to: (&str, &str)) -> Result<Renamed, Trouble> {
        self.check(from.0).await?;
        self.check(to.0).await?;
        let (old, new) = (self.path(from.0, from.1), self.path(to.0, to.1));
        if self.look(from.0, from.1).await?.is_none() {
            return Ok(Renamed::Gone);
        }
        // Version 3 of the protocol never renames over a file; looking first is for servers that do.
        if self.attributes(&new).await?.is_some() {
            return Ok(Renamed::Taken);
        }
        match self.session.rename(old.as_str(), new.as_str()).await {
            Ok(()) => Ok(Renamed::Done),
            Err(Error::Status(status)) if status.status_code == StatusCode::NoSuchFile => Ok(Renamed::Gone),
            // "Failure" is all that version 3 can say of a name that is taken.
            Err(error @ Error::Status(_)) => match self.attributes(&new).await? {
                Some(_) => Ok(Renamed::Taken),
                None => Err(trouble(&old, &error)),
            },
            Err(error) => Err(trouble(&old, &error)),
        }
    }

    async fn remove(&mut self, folder: &str, name: &str) -> Result<(), Trouble> {
        self.check(folder).await?;
        let path = self.path(folder, name);
        match self.session.remove_file(path.as_str()).await {
            Ok(()) => Ok(()),
            Err(Error::Status(status)) if status.status_code == StatusCode::NoSuchFile => Ok(()),
            Err(error) => Err(trouble(&path, &error)),
        }
    }
}

fn trouble(path: &str, error: &Error) -> Trouble {
    match error {
        Error::Status(status) => match status.status_code {
            StatusCode::NoSuchFile => Trouble::refused(404, "no_file", format!("`{path}` is not there")),
            StatusCode::PermissionDenied => Trouble::refused(403, "not_allowed", format!("the server does not allow it for `{path}`")),
            StatusCode::NoConnection | StatusCode::ConnectionLost => {
                Trouble::Lost(Failure::Reset, "the line to the SFTP server broke".to_owned())
            }
            _ => Trouble::refused(503, "server", format!("the server says of `{path}`: {}", status.error_message)),
        },
        other => Trouble::Lost(Failure::Reset, format!("the line to the SFTP server: {other}")),
    }
}
