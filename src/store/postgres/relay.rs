//! A way around a defect of sqlx 0.9.0: it leaves Nagle's algorithm on for TCP connections (transact-rs/sqlx#4335). A
//! statement of more than one TLS record or segment then waits 40 ms for the server's delayed acknowledgement, which is
//! nearly every batch: 220 flows a second instead of 2,000. sqlx offers no access to its socket, but it speaks to Unix
//! sockets; so it speaks to one in a private folder, behind which the bytes, TLS included, are passed to a TCP connection
//! with `TCP_NODELAY`. To be removed when a release of sqlx sets the option again.

use crate::store::{Error, Result};
use sqlx::postgres::PgConnectOptions;
use std::path::PathBuf;
use tokio::io::copy_bidirectional_with_sizes;
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::task::JoinHandle;

/// Listens while it lives; connections that are open go on until either side closes.
pub(super) struct Relay {
    folder: PathBuf,
    accepting: JoinHandle<()>,
}

/// Big enough that a usual batch passes in one piece.
const BUFFER_BYTES: usize = 64 * 1024;

impl Relay {
    /// Starts a relay for options that lead to TCP, and the options that lead through it. Without a writable temporary
    /// folder connections go directly, only slower.
    pub async fn start(options: PgConnectOptions) -> Result<(PgConnectOptions, Option<Relay>)> {
        if options.get_socket().is_some() || options.get_host().starts_with('/') {
            return Ok((options, None));
        }
        // Behind the relay a refused connection would look like one that ended; here it has its own words.
        let reached = TcpStream::connect((host(&options), options.get_port())).await;
        reached.map_err(|error| Error::Unavailable(format!("{}:{}: {error}", options.get_host(), options.get_port()).into()))?;
        match Relay::listen(&options) {
            Ok(relay) => Ok((options.socket(&relay.folder), Some(relay))),
            Err(error) => {
                tracing::warn!(%error, "PostgreSQL is reached without TCP_NODELAY; batches wait 40 ms more");
                Ok((options, None))
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the folder's name only has to be free; nothing is derived from it")]
    fn listen(options: &PgConnectOptions) -> std::io::Result<Relay> {
        use std::os::unix::fs::DirBuilderExt;
        let folder = std::env::temp_dir().join(format!("waybill-{}", uuid::Uuid::now_v7().simple()));
        // Nobody else may speak through it.
        std::fs::DirBuilder::new().mode(0o700).create(&folder)?;
        let listener = UnixListener::bind(folder.join(format!(".s.PGSQL.{}", options.get_port())));
        let listener = listener.inspect_err(|_| drop(std::fs::remove_dir_all(&folder)))?;
        let (host, port) = (host(options).to_owned(), options.get_port());
        let accepting = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(pass(near, host.clone(), port));
            }
        });
        Ok(Relay { folder, accepting })
    }
}

/// The host, without the brackets of an IPv6 address.
fn host(options: &PgConnectOptions) -> &str {
    options.get_host().trim_matches(['[', ']'])
}

/// An end without a word is what the driver makes an error of; it needs no other report here.
async fn pass(mut near: UnixStream, host: String, port: u16) {
    let Ok(mut far) = TcpStream::connect((host, port)).await else { return };
    if far.set_nodelay(true).is_ok() {
        let _ = copy_bidirectional_with_sizes(&mut near, &mut far, BUFFER_BYTES, BUFFER_BYTES).await;
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
        // What cannot be removed is an empty folder in the temporary one.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
