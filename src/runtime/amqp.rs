//! Opening a connection to an AMQP broker so that it can be called off.
//!
//! The client opens on a thread of its own, and that thread waits for whoever accepts and says nothing as long as its socket is open:
//! a deadline around the client alone leaves thread and socket behind, one of each with every try.

use lapin::tcp::{AsyncTcpStream, OwnedTLSConfig};
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{Connection, ConnectionProperties};
use std::io;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// Opens a connection. Whoever waits for it no longer (a deadline, a stop) ends the try with its socket and its thread: before the
/// broker accepts, in the TLS handshake, in the log-in.
///
/// # Errors
/// What the client says.
pub async fn open(uri: AMQPUri, properties: ConnectionProperties, tls: OwnedTLSConfig) -> lapin::Result<Connection> {
    let runtime = lapin::runtime::default_runtime()?;
    let opening = Arc::new(Opening::default());
    // Dropped with this future.
    let called_off = CalledOff(opening.clone());
    let opened = Box::pin(Connection::connector(
        uri,
        runtime,
        async move |uri: AMQPUri, runtime| {
            let secured = async {
                // The resolver takes no brackets.
                let host = uri.authority.host.trim_matches(['[', ']']).to_owned();
                let stream = AsyncTcpStream::connect(&runtime, runtime.to_socket_addrs((host, uri.authority.port))).await?;
                if let AsyncTcpStream::Plain(plain) = &stream {
                    opening.keep(plain.get_ref())?;
                }
                match uri.scheme {
                    AMQPScheme::AMQP => Ok(stream),
                    AMQPScheme::AMQPS => stream.into_tls(&uri.authority.host, tls.as_ref()).await,
                }
            };
            tokio::select! {
                biased;
                () = opening.over.cancelled() => Err(io::Error::from(io::ErrorKind::TimedOut)),
                secured = secured => secured,
            }
            .map_err(lapin::Error::from)
        },
        properties,
    ))
    .await;
    if opened.is_ok() {
        // It is the connection's alone from here: a second handle would keep it from being closed.
        drop(called_off.0.socket().take());
    }
    opened
}

/// What is being opened.
#[derive(Default)]
struct Opening {
    /// Nobody waits for it any more.
    over: CancellationToken,
    /// A second handle of its socket, once it has one.
    socket: Mutex<Option<TcpStream>>,
}

impl Opening {
    fn socket(&self) -> MutexGuard<'_, Option<TcpStream>> {
        self.socket.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, socket: &impl AsFd) -> io::Result<()> {
        let socket = TcpStream::from(socket.as_fd().try_clone_to_owned()?);
        *self.socket() = Some(socket);
        // Called off in between, nobody will look for the socket again.
        if self.over.is_cancelled() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(()) }
    }
}

/// Calls it off when dropped.
struct CalledOff(Arc<Opening>);

impl Drop for CalledOff {
    fn drop(&mut self) {
        self.0.over.cancel();
        // The end of its socket is what the client's thread wakes up from.
        if let Some(socket) = self.0.socket().take() {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;

    /// Far more than the end of a socket takes to be noticed.
    const PATIENCE: Duration = Duration::from_secs(20);
    const TRIES: usize = 3;

    /// Threads of the client in this process.
    fn threads() -> usize {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
        tasks.filter(|task| std::fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.trim() == "lapin-io-loop")).count()
    }

    /// Someone accepts and stays silent: after each try that nobody waits for any more, its socket is closed and its thread ended.
    async fn leaves_nothing_behind(scheme: &str) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri: AMQPUri = format!("{scheme}://guest:guest@{}/%2f", listener.local_addr().unwrap()).parse().unwrap();
        for _ in 0..TRIES {
            let mut opening = Box::pin(open(uri.clone(), ConnectionProperties::default(), OwnedTLSConfig::default()));
            let greeted = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                // A greeting in the clear, or the first message of the handshake.
                stream.read_u8().await.unwrap();
                stream
            };
            let mut accepted = tokio::select! {
                opened = &mut opening => panic!("nobody can be logged in there: {opened:?}"),
                accepted = greeted => accepted,
            };
            assert!(threads() > 0, "it is the client's thread that waits");
            drop(opening);
            let ended = tokio::time::timeout(PATIENCE, accepted.read_to_end(&mut Vec::new())).await;
            assert!(ended.is_ok(), "the socket is still open");
        }
        // Nothing else here speaks to a broker.
        let began = Instant::now();
        while threads() > 0 {
            assert!(began.elapsed() < PATIENCE, "{} of {TRIES} tries left their thread behind", threads());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_accepts_and_stays_silent_costs_no_thread_and_no_socket() {
        leaves_nothing_behind("amqp").await;
        leaves_nothing_behind("amqps").await;
    }
}
