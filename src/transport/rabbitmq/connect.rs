//! Opening a connection, and deadlines around everything that is asked of the broker.

use crate::runtime::amqp;
use lapin::protocol::AMQPErrorKind;
use lapin::tcp::OwnedTLSConfig;
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{Connection, ConnectionProperties, ErrorKind};
use secrecy::{ExposeSecret, SecretString};
use std::future::Future;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How the broker is reached.
#[derive(Clone, Debug)]
pub struct Options {
    /// `amqp://user:password@host/vhost` or `amqps://…`.
    pub url: SecretString,
    /// Authorities to trust beside the public ones, PEM.
    pub ca: Option<String>,
    /// What names at the broker begin with.
    pub prefix: String,
    /// What the broker's page calls this process.
    pub process: String,
    /// Spreads the waits between tries.
    pub seed: u64,
}

/// Why something at the broker did not work. Messages hold no password.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL cannot be read.
    #[error("`transport.url` is no AMQP URL: {0}")]
    Url(String),
    /// A name is too long for the protocol.
    #[error("the name `{0}` is too long for a broker")]
    Name(String),
    /// The broker said no, or the connection ended.
    #[error("the broker does not {0}: {1}")]
    Broker(&'static str, Box<lapin::Error>),
    /// No answer came.
    #[error("the broker does not {0} within {1:?}")]
    Late(&'static str, Duration),
    /// Nobody listens there.
    #[error("the broker cannot be reached: {0}")]
    Unreachable(#[source] std::io::Error),
}

impl Error {
    /// Whether the broker says no to one queue: it is of another kind, somebody's own, or not for us. The connection is well.
    pub(super) fn is_about_a_queue(&self) -> bool {
        match self {
            Error::Broker(_, error) => is_soft(error),
            Error::Url(_) | Error::Name(_) | Error::Late(..) | Error::Unreachable(_) => false,
        }
    }
}

impl Error {
    /// Whether there is no such queue.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Error::Broker(_, error) if matches!(error.kind(), ErrorKind::ProtocolError(error) if error.get_id() == NOT_FOUND))
    }
}

/// The protocol's code for what is not there.
const NOT_FOUND: u16 = 404;

/// Whether an error ends a channel only.
pub(super) fn is_soft(error: &lapin::Error) -> bool {
    matches!(error.kind(), ErrorKind::ProtocolError(error) if matches!(error.kind(), AMQPErrorKind::Soft(_)))
}

/// Time for a connection with its log-in.
const OPEN_WITHIN: Duration = Duration::from_secs(10);
/// Time for one question to the broker.
pub(super) const RPC_WITHIN: Duration = Duration::from_secs(5);
/// A connection without a sign of life for twice this is dead; the URL may say otherwise.
const HEARTBEAT_SECONDS: u16 = 15;

/// Awaits an answer of the broker for so long and no longer.
pub(super) async fn within<T>(limit: Duration, what: &'static str, answer: impl Future<Output = lapin::Result<T>>) -> Result<T, Error> {
    match tokio::time::timeout(limit, answer).await {
        Ok(answer) => answer.map_err(|error| Error::Broker(what, Box::new(error))),
        Err(_) => Err(Error::Late(what, limit)),
    }
}

/// Opens a connection. `again` says that an earlier try failed: then the address is tried by hand first, which costs no thread of
/// the client and says in plain what is wrong there.
pub(super) async fn open(options: &Options, role: &str, again: bool) -> Result<Connection, Error> {
    let mut uri: AMQPUri = options.url.expose_secret().parse().map_err(Error::Url)?;
    uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
    if again && uri.scheme == AMQPScheme::AMQP {
        probe(&uri.authority.host, uri.authority.port).await?;
    }
    let name = format!("waybill {role} {}", options.process);
    let properties = ConnectionProperties::default().with_connection_name(name.into());
    let tls = OwnedTLSConfig { identity: None, cert_chain: options.ca.clone() };
    within(OPEN_WITHIN, "open a connection", amqp::open(uri, properties, tls)).await
}

/// The broker's version, from its greeting; none when it does not say it in plain.
///
/// # Errors
/// When nothing answers there as a broker does.
pub(super) async fn version(options: &Options) -> Result<Option<String>, Error> {
    let uri: AMQPUri = options.url.expose_secret().parse().map_err(Error::Url)?;
    if uri.scheme != AMQPScheme::AMQP {
        return Ok(None);
    }
    let greeting = probe(&uri.authority.host, uri.authority.port).await?;
    Ok(version_in(&greeting))
}

/// The first frame of whoever answers there as a broker does.
async fn probe(host: &str, port: u16) -> Result<Vec<u8>, Error> {
    let greet = async {
        let mut stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
        stream.write_all(b"AMQP\x00\x00\x09\x01").await?;
        let mut head = [0; 7];
        stream.read_exact(&mut head).await?;
        // Method frames of channel 0 begin with 1; anything else is no broker of this protocol.
        let size = u32::from_be_bytes([head[3], head[4], head[5], head[6]]).min(GREETING_BYTES_MAX);
        if head[0] != 1 {
            return Err(std::io::Error::other("what answers there does not speak AMQP 0-9-1"));
        }
        let mut body = vec![0; size as usize];
        stream.read_exact(&mut body).await?;
        Ok(body)
    };
    match tokio::time::timeout(RPC_WITHIN, greet).await {
        Ok(greeted) => greeted.map_err(Error::Unreachable),
        Err(_) => Err(Error::Late("answer", RPC_WITHIN)),
    }
}

/// A greeting is a few hundred bytes.
const GREETING_BYTES_MAX: u32 = 64 * 1024;

/// The value of `version` in the greeting's table: a short string as key, `S`, a length of four bytes, the text.
fn version_in(greeting: &[u8]) -> Option<String> {
    const KEY: &[u8] = b"\x07versionS";
    let at = greeting.windows(KEY.len()).position(|window| window == KEY)? + KEY.len();
    let length = u32::from_be_bytes(greeting.get(at..at + 4)?.try_into().ok()?) as usize;
    let text = greeting.get(at + 4..(at + 4).checked_add(length)?)?;
    std::str::from_utf8(text).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_the_greeting() {
        let greeting = b"\x00\x0a\x00\x0a\x00\x09\x07productS\x00\x00\x00\x08RabbitMQ\x07versionS\x00\x00\x00\x063.10.8\x00";
        assert_eq!(version_in(greeting).as_deref(), Some("3.10.8"));
        assert_eq!(version_in(b"\x07versionS\x00\x00\xff\xff3.10"), None);
        assert_eq!(version_in(b""), None);
    }
}
