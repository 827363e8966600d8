//! `kind: amqp`: publishes confirmed, and takes messages that stay the broker's until what they say is stored here.
//!
//! One connection is kept for publishing and taking; each taking has a channel of its own, so that acknowledging it touches
//! nothing else. Whatever goes wrong with a connection throws it away: what was taken over it comes again, known by its id.

use super::job::{self, Stage, refusal, unanswered};
use super::{Opening, Wire};
use crate::domain::connector::Failure;
use crate::gateway::guard::Guard;
use crate::gateway::send::{Raw, Unanswered};
use crate::gateway::wire::Outgoing;
use crate::runtime::amqp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::future::BoxFuture;
use lapin::message::BasicGetMessage;
use lapin::options::{BasicAckOptions, BasicGetOptions, BasicNackOptions, BasicPublishOptions, ConfirmSelectOptions};
use lapin::tcp::OwnedTLSConfig;
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, ErrorKind};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

/// Time for a connection with its log-in.
const OPEN_WITHIN: Duration = Duration::from_secs(10);
/// Time for an acknowledgement to leave.
const SETTLE_WITHIN: Duration = Duration::from_secs(5);
/// A connection without a sign of life for twice this is dead.
const HEARTBEAT_SECONDS: u16 = 15;
/// Messages that nobody has said to be stored go back after this.
const HELD_MAX: Duration = Duration::from_secs(300);
/// Messages are kept on the broker's disk.
const PERSISTENT: u8 = 2;

/// Opens the broker of a connection; nothing is connected yet.
pub(super) fn open(opening: Opening<'_>) -> Result<Arc<dyn Wire>, String> {
    let url = Url::parse(&opening.address).map_err(|_| "`amqp.broker` is no address".to_owned())?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return Err("`amqp.broker` holds a user, password or options; give them as `amqp.user` and `amqp.password`".to_owned());
    }
    let scheme = match url.scheme() {
        "amqp" => AMQPScheme::AMQP,
        "amqps" => AMQPScheme::AMQPS,
        _ => return Err("`amqp.broker` begins with neither `amqp:` nor `amqps:`".to_owned()),
    };
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or("`amqp.broker` names no host")?;
    let usual = if scheme == AMQPScheme::AMQP { 5672 } else { 5671 };
    let path = url.path().trim_start_matches('/');
    let vhost = percent_encoding::percent_decode_str(path).decode_utf8().map_err(|_| "the virtual host is not UTF-8")?;
    Ok(Arc::new(Amqp {
        scheme,
        host: host.trim_matches(['[', ']']).to_owned(),
        port: url.port().unwrap_or(usual),
        vhost: if vhost.is_empty() { "/".to_owned() } else { vhost.into_owned() },
        user: opening.text("user").unwrap_or("guest").to_owned(),
        password: opening.text("password").unwrap_or("guest").to_owned(),
        ca: opening.tls.ca.clone(),
        guard: opening.guard,
        line: tokio::sync::Mutex::default(),
        held: Mutex::default(),
        next: AtomicU64::new(1),
    }))
}

struct Amqp {
    scheme: AMQPScheme,
    host: String,
    port: u16,
    vhost: String,
    user: String,
    password: String,
    ca: Option<String>,
    guard: Arc<Guard>,
    line: tokio::sync::Mutex<Option<Line>>,
    /// What was taken and is not yet known to be stored, by receipt.
    held: Mutex<HashMap<String, Held>>,
    next: AtomicU64,
}

#[derive(Clone)]
struct Line {
    connection: Arc<Connection>,
    /// In confirm mode.
    publishing: Channel,
}

struct Held {
    queue: String,
    channel: Channel,
    last: u64,
    since: Instant,
    /// The channel lives as long as it.
    _connection: Arc<Connection>,
}

#[derive(Deserialize)]
struct Publish {
    exchange: String,
    routing_key: String,
    message_id: String,
    headers: Map<String, Json>,
    r#type: Option<String>,
    mandatory: bool,
    content_type: String,
    content: String,
}

#[derive(Deserialize)]
struct Take {
    queue: String,
    max_messages: usize,
}

enum Trouble {
    /// The broker said no.
    Refused(Raw),
    /// The line broke, or was not made.
    Lost(Failure, String),
}

impl Wire for Amqp {
    fn send<'a>(&'a self, outgoing: Outgoing<'a>) -> BoxFuture<'a, Result<Raw, Unanswered>> {
        Box::pin(self.perform(outgoing))
    }

    fn stored<'a>(&'a self, receipt: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(self.acknowledge(receipt))
    }
}

impl Amqp {
    async fn perform(&self, outgoing: Outgoing<'_>) -> Result<Raw, Unanswered> {
        let stage = Stage::default();
        let until = Instant::now() + outgoing.timeout;
        let done = timeout_at(until, self.work(&outgoing, until, &stage)).await;
        if !matches!(done, Ok(Ok(_) | Err(Trouble::Refused(_)))) {
            // A line that lost one answer is not to be trusted with the next question.
            *self.line.lock().await = None;
        }
        match done {
            Ok(Ok(raw) | Err(Trouble::Refused(raw))) => Ok(raw),
            Ok(Err(Trouble::Lost(failure, why))) if !failure.may_have_been_sent() => Err(unanswered(failure, why)),
            Ok(Err(Trouble::Lost(_, why))) => Err(stage.lost(outgoing.effect, &why, false)),
            Err(_) => Err(stage.lost(outgoing.effect, "the broker gave no answer in time", true)),
        }
    }

    async fn work(&self, outgoing: &Outgoing<'_>, until: Instant, stage: &Stage) -> Result<Raw, Trouble> {
        let line = self.line().await?;
        stage.speaking();
        let read = |unanswered: Unanswered| Trouble::Lost(unanswered.failure, unanswered.message);
        match outgoing.request.method {
            "PUBLISH" => publish(&line, job::read(outgoing).map_err(read)?, until, stage).await,
            _ => self.take(&line, job::read(outgoing).map_err(read)?, outgoing.answer_bytes_max).await,
        }
    }

    /// The connection, made anew where it is gone.
    async fn line(&self) -> Result<Line, Trouble> {
        let mut kept = self.line.lock().await;
        if let Some(line) = kept.as_ref().filter(|line| line.connection.status().connected() && line.publishing.status().connected()) {
            return Ok(line.clone());
        }
        let line = self.connect().await?;
        *kept = Some(line.clone());
        Ok(line)
    }

    async fn connect(&self) -> Result<Line, Trouble> {
        let refused = |unanswered: Unanswered| Trouble::Lost(unanswered.failure, unanswered.message);
        let addresses = self.guard.reach(&self.host, self.port).await.map_err(refused)?;
        let mut uri = AMQPUri { scheme: self.scheme.clone(), vhost: self.vhost.clone(), ..AMQPUri::default() };
        // An address that was looked up and checked; where a certificate proves the name, the name.
        let address = addresses.first().map(|address| address.ip().to_string()).unwrap_or_default();
        uri.authority.host = if self.scheme == AMQPScheme::AMQPS { self.host.clone() } else { address };
        uri.authority.port = self.port;
        uri.authority.userinfo.username = self.user.clone();
        uri.authority.userinfo.password = self.password.clone();
        uri.query.heartbeat = Some(HEARTBEAT_SECONDS);
        let properties = ConnectionProperties::default().with_connection_name("waybill connector".into());
        let tls = OwnedTLSConfig { identity: None, cert_chain: self.ca.clone() };
        let opened = timeout(OPEN_WITHIN, async {
            let connection = amqp::open(uri, properties, tls).await?;
            let publishing = connection.create_channel().await?;
            publishing.confirm_select(ConfirmSelectOptions::default()).await?;
            Ok(Line { connection: Arc::new(connection), publishing })
        });
        match opened.await {
            Ok(Ok(line)) => Ok(line),
            Ok(Err(error)) => Err(not_opened(&error)),
            Err(_) => Err(Trouble::Lost(Failure::Connect, "the broker is not reached in time".to_owned())),
        }
    }

    /// Up to so many messages, which stay the broker's until they are known to be stored.
    async fn take(&self, line: &Line, job: Take, bytes_max: u64) -> Result<Raw, Trouble> {
        self.give_back(&job.queue).await;
        let channel = line.connection.create_channel().await.map_err(|error| lost(&error))?;
        let (mut items, mut last, mut bytes, mut too_large) = (Vec::new(), None, 0_u64, None);
        while items.len() < job.max_messages {
            let got = channel.basic_get(job.queue.as_str().into(), BasicGetOptions::default()).await;
            let got = match got {
                Ok(got) => got,
                Err(error) => return Err(said(&error, &format!("the queue `{}`", job.queue))),
            };
            let Some(message) = got else { break };
            let size = message.delivery.data.len() as u64;
            if bytes + size > bytes_max {
                // Back to where it was; the next taking begins with it.
                let back = BasicNackOptions { multiple: false, requeue: true };
                channel.basic_nack(message.delivery.delivery_tag, back).await.map_err(|error| lost(&error))?;
                too_large = Some(size);
                break;
            }
            bytes += size;
            last = Some(message.delivery.delivery_tag);
            items.push(item(&message));
        }
        if let (true, Some(size)) = (items.is_empty(), too_large) {
            let why = format!("the next message of `{}` has {size} bytes; at most {bytes_max} are taken", job.queue);
            return Ok(refusal(413, "message_too_large", why));
        }
        let Some(last) = last else {
            let _ = channel.close(200, "nothing there".into()).await;
            return Ok(job::answer(200, &json!({"messages": [], "receipt": null})));
        };
        let receipt = format!("{}-{}", self.next.fetch_add(1, Ordering::Relaxed), uuid::Uuid::new_v4().simple());
        let held = Held { queue: job.queue, channel, last, since: Instant::now(), _connection: line.connection.clone() };
        self.lock().insert(receipt.clone(), held);
        Ok(job::answer(200, &json!({"messages": items, "receipt": receipt})))
    }

    /// Messages of an earlier taking that nobody said to be stored are free again: its reading has failed.
    async fn give_back(&self, queue: &str) {
        let stale: Vec<Held> = {
            let mut held = self.lock();
            let is_stale = |one: &Held| one.queue == queue || one.since.elapsed() > HELD_MAX;
            let receipts: Vec<String> = held.iter().filter(|(_, one)| is_stale(one)).map(|(receipt, _)| receipt.clone()).collect();
            receipts.iter().filter_map(|receipt| held.remove(receipt)).collect()
        };
        for one in stale {
            let _ = timeout(SETTLE_WITHIN, one.channel.close(200, "not stored".into())).await;
        }
    }

    /// What was taken is stored: the broker may forget it. An acknowledgement that does not arrive brings it again.
    async fn acknowledge(&self, receipt: &str) {
        let Some(held) = self.lock().remove(receipt) else { return };
        let acknowledged = timeout(SETTLE_WITHIN, async {
            held.channel.basic_ack(held.last, BasicAckOptions { multiple: true }).await?;
            // Closing waits for an answer, and with it for the acknowledgement to be there.
            held.channel.close(200, "stored".into()).await
        });
        if !matches!(acknowledged.await, Ok(Ok(()))) {
            tracing::warn!("what was taken from the queue `{}` could not be acknowledged and will come again", held.queue);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn publish(line: &Line, job: Publish, until: Instant, stage: &Stage) -> Result<Raw, Trouble> {
    if line.connection.status().blocked() {
        return Ok(refusal(503, "blocked", "the broker takes nothing now: it is short of memory or disk"));
    }
    let mut headers = FieldTable::default();
    for (name, value) in job.headers {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        headers.insert(name.as_str().into(), AMQPValue::LongString(text.into()));
    }
    let mut properties = BasicProperties::default()
        .with_message_id(job.message_id.as_str().into())
        .with_content_type(job.content_type.as_str().into())
        .with_delivery_mode(PERSISTENT)
        .with_headers(headers);
    if let Some(of) = &job.r#type {
        properties = properties.with_type(of.as_str().into());
    }
    if Instant::now() >= until {
        return Err(Trouble::Lost(Failure::Deadline, "the time for this call is over".to_owned()));
    }
    stage.binding();
    let options = BasicPublishOptions { mandatory: job.mandatory, immediate: false };
    let (exchange, key): (ShortString, ShortString) = (job.exchange.as_str().into(), job.routing_key.as_str().into());
    let sent = line.publishing.basic_publish(exchange, key, options, job.content.as_bytes(), properties).await;
    let confirmed = match sent {
        Ok(confirm) => confirm.await,
        Err(error) => Err(error),
    };
    match confirmed {
        Ok(Confirmation::Ack(None)) => Ok(job::answer(200, &json!({"message_id": job.message_id}))),
        Ok(Confirmation::Ack(Some(returned)) | Confirmation::Nack(Some(returned))) => {
            let why = format!("no queue takes `{}` from the exchange `{}`: {}", job.routing_key, job.exchange, returned.reply_text);
            Ok(refusal(422, "unroutable", why))
        }
        // Some of its queues may have it: the broker says no more than that it is not safe.
        Ok(Confirmation::Nack(None)) => Err(Trouble::Lost(Failure::Reset, "the broker could not make the message safe".to_owned())),
        Ok(Confirmation::NotRequested) => Err(Trouble::Lost(Failure::Reset, "the broker did not confirm".to_owned())),
        Err(error) => Err(said(&error, &format!("the exchange `{}`", job.exchange))),
    }
}

fn text(value: Option<&ShortString>) -> Json {
    value.map_or(Json::Null, |text| Json::from(text.as_str()))
}

/// A message as an item. One without an id is known by what it says: the same twice counts once.
fn item(message: &BasicGetMessage) -> Json {
    let delivery = &message.delivery;
    let properties = &delivery.properties;
    let said = std::str::from_utf8(&delivery.data).ok();
    let body = match said {
        Some(text) => serde_json::from_str(text).unwrap_or_else(|_| Json::from(text)),
        None => json!({"base64": STANDARD.encode(&delivery.data)}),
    };
    let digest = || {
        let mut digest = Sha256::new();
        digest.update(delivery.routing_key.as_str());
        digest.update([0]);
        digest.update(&delivery.data);
        Json::from(format!("sha256:{}", hex::encode(digest.finalize())))
    };
    let id = properties.message_id().as_ref().filter(|id| !id.as_str().is_empty());
    let headers: Map<String, Json> = properties
        .headers()
        .as_ref()
        .map(|table| table.inner().iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), header(value)?))).collect())
        .unwrap_or_default();
    json!({
        "id": id.map_or_else(digest, |id| Json::from(id.as_str())),
        "body": body,
        "headers": headers,
        "exchange": delivery.exchange.as_str(),
        "routing_key": delivery.routing_key.as_str(),
        "type": text(properties.kind().as_ref()),
        "correlation_id": text(properties.correlation_id().as_ref()),
        "redelivered": delivery.redelivered,
    })
}

/// A header that is one value.
fn header(value: &AMQPValue) -> Option<Json> {
    Some(match value {
        AMQPValue::LongString(text) => Json::from(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        AMQPValue::ShortString(text) => Json::from(text.as_str()),
        AMQPValue::Boolean(flag) => Json::from(*flag),
        AMQPValue::ShortShortInt(number) => Json::from(*number),
        AMQPValue::ShortInt(number) => Json::from(*number),
        AMQPValue::LongInt(number) => Json::from(*number),
        AMQPValue::LongLongInt(number) => Json::from(*number),
        AMQPValue::Timestamp(seconds) => Json::from(*seconds),
        _ => return None,
    })
}

fn lost(error: &lapin::Error) -> Trouble {
    Trouble::Lost(Failure::Reset, format!("the line to the broker: {error}"))
}

/// An error before there was a line.
fn not_opened(error: &lapin::Error) -> Trouble {
    match error.kind() {
        ErrorKind::ProtocolError(said) if said.get_id() == 403 => {
            Trouble::Refused(refusal(401, "not_admitted", said.get_message().as_str()))
        }
        ErrorKind::ProtocolError(said) if matches!(said.get_id(), 404 | 530) => {
            Trouble::Refused(refusal(400, "no_vhost", said.get_message().as_str()))
        }
        _ => Trouble::Lost(Failure::Connect, format!("the broker is not reached: {error}")),
    }
}

/// An error the broker gave a reason for: it closed the channel over what was asked, which was then not done.
fn said(error: &lapin::Error, what: &str) -> Trouble {
    match error.kind() {
        ErrorKind::ProtocolError(said) => {
            let (status, code) = match said.get_id() {
                404 => (400, "not_there"),
                403 => (403, "not_allowed"),
                405 => (503, "locked"),
                _ => return lost(error),
            };
            Trouble::Refused(refusal(status, code, format!("{what}: {}", said.get_message())))
        }
        _ => lost(error),
    }
}
