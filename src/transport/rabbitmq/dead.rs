//! The dead-letter queue, for whoever looks after it: what stands in it, and giving it back or dropping it.
//!
//! Everything in it is harmless to lose: what a ticket announced is found by polling. It is an alarm, and this is how it is
//! silenced after it was looked into. Whatever is taken and not settled goes back to where it was, also when we are cut off.

use super::confirm::{self, Message};
use super::connect::{self, Error, Options, RPC_WITHIN, within};
use super::names::{Names, short};
use super::topology;
use crate::transport::bus::Published;
use crate::transport::ticket::Ticket;
use lapin::Channel;
use lapin::message::BasicGetMessage;
use lapin::options::{BasicAckOptions, BasicGetOptions, BasicNackOptions, ConfirmSelectOptions};
use lapin::types::AMQPValue;
use serde::Serialize;

/// Messages that are taken at a time at most: they are held in memory, and by the broker until they are settled.
pub const DEAD_MAX: u32 = 1_000;
/// What is said of a message that stays.
const KEPT: &str = "kept";
/// How much is shown of what is no ticket.
const SHOWN_BYTES: usize = 120;

/// What is done with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadAct {
    /// They are looked at.
    Look,
    /// Tickets go back to the queue of their connection; what is no ticket stays.
    Return,
    /// They are removed.
    Drop,
}

/// What was found, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeadWork {
    /// Messages in the queue before.
    pub in_queue: u32,
    /// Those that were looked at, the oldest first.
    pub messages: Vec<DeadLetter>,
}

/// A message that could not be handled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    /// The queue it stood in.
    pub queue: Option<String>,
    /// Why it was put aside, in the broker's word: `rejected` (it is no ticket), `delivery_limit` (it was handed out again and
    /// again).
    pub reason: Option<String>,
    /// Its size.
    pub bytes: usize,
    /// What it announces; none when it is no ticket.
    pub ticket: Option<DeadTicket>,
    /// The beginning of what is no ticket.
    pub beginning: Option<String>,
    /// `kept`, `returned` or `dropped`.
    pub became: &'static str,
    /// Why it is kept although it was to go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_kept: Option<&'static str>,
}

/// A ticket among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeadTicket {
    /// Its connection.
    pub connection: String,
    /// How many lanes it names.
    pub lanes: usize,
}

/// Looks at the oldest `limit` dead letters and does this with them.
///
/// # Errors
/// When the broker does not answer; what was not settled by then is in the queue again.
pub async fn dead_letters(options: &Options, act: DeadAct, limit: u32) -> Result<DeadWork, Error> {
    let connection = connect::open(options, "dead letters", false).await?;
    let names = Names::new(&options.prefix);
    let channel = topology::open(&connection).await?;
    let in_queue = match topology::depth(&channel, &names.dead()).await {
        Ok(depth) => depth,
        // No hub has run here yet.
        Err(error) if error.is_missing() => return Ok(DeadWork { in_queue: 0, messages: Vec::new() }),
        Err(error) => return Err(error),
    };
    let taken = take(&channel, &names, limit.min(DEAD_MAX)).await?;
    let mut messages: Vec<DeadLetter> = taken.iter().map(read).collect();
    match act {
        DeadAct::Look => {}
        DeadAct::Drop => {
            for (message, letter) in taken.iter().zip(&mut messages) {
                settle(&channel, message).await?;
                letter.became = "dropped";
            }
        }
        DeadAct::Return => give_back(&channel, &names, &taken, &mut messages).await?,
    }
    for (message, _) in taken.iter().zip(&messages).filter(|(_, letter)| letter.became == KEPT) {
        let back = BasicNackOptions { multiple: false, requeue: true };
        within(RPC_WITHIN, "take a message back", channel.basic_nack(message.delivery.delivery_tag, back)).await?;
    }
    // Closing waits for an answer, and with it for what was settled to be there.
    within(RPC_WITHIN, "close a channel", channel.close(200, "done".into())).await?;
    let _ = within(RPC_WITHIN, "close", connection.close(200, "done".into())).await;
    Ok(DeadWork { in_queue, messages })
}

async fn take(channel: &Channel, names: &Names, limit: u32) -> Result<Vec<BasicGetMessage>, Error> {
    let mut taken = Vec::new();
    while taken.len() < limit as usize {
        let got = channel.basic_get(short(&names.dead())?, BasicGetOptions::default());
        let Some(message) = within(RPC_WITHIN, "give a message", got).await? else { break };
        taken.push(message);
    }
    Ok(taken)
}

/// Tickets go back whence they came, each settled only when the broker has confirmed that it stands there.
async fn give_back(channel: &Channel, names: &Names, taken: &[BasicGetMessage], letters: &mut [DeadLetter]) -> Result<(), Error> {
    within(RPC_WITHIN, "confirm", channel.confirm_select(ConfirmSelectOptions::default())).await?;
    for (index, (message, letter)) in taken.iter().zip(letters).enumerate() {
        let Some(ticket) = &letter.ticket else {
            letter.why_kept = Some("it is no ticket, and would come back");
            continue;
        };
        let queue = names.effects(&ticket.connection);
        let again = Message {
            id: format!("returned-{index}"),
            exchange: "",
            routing_key: &queue,
            body: &message.delivery.data,
            content_type: "application/json",
            mandatory: true,
        };
        match confirm::publish(channel, &[again]).await.first() {
            Some(Published::Confirmed) => {
                settle(channel, message).await?;
                letter.became = "returned";
            }
            Some(Published::Returned) => letter.why_kept = Some("the queue of its connection is gone"),
            Some(Published::Refused) => letter.why_kept = Some("the queue of its connection is full"),
            _ => letter.why_kept = Some("the broker did not confirm that it took it"),
        }
    }
    Ok(())
}

async fn settle(channel: &Channel, message: &BasicGetMessage) -> Result<(), Error> {
    let acknowledged = channel.basic_ack(message.delivery.delivery_tag, BasicAckOptions::default());
    within(RPC_WITHIN, "take an acknowledgement", acknowledged).await
}

fn read(message: &BasicGetMessage) -> DeadLetter {
    let delivery = &message.delivery;
    let header = |name: &str| {
        let headers = delivery.properties.headers().as_ref()?;
        match headers.inner().get(name)? {
            AMQPValue::LongString(text) => Some(String::from_utf8_lossy(text.as_bytes()).into_owned()),
            AMQPValue::ShortString(text) => Some(text.to_string()),
            _ => None,
        }
    };
    let ticket = Ticket::decode(&delivery.data).ok().map(|ticket| DeadTicket { connection: ticket.connection, lanes: ticket.lanes.len() });
    let beginning = || String::from_utf8_lossy(&delivery.data[..delivery.data.len().min(SHOWN_BYTES)]).into_owned();
    DeadLetter {
        queue: header("x-first-death-queue"),
        reason: header("x-first-death-reason"),
        bytes: delivery.data.len(),
        beginning: ticket.is_none().then(beginning),
        ticket,
        became: KEPT,
        why_kept: None,
    }
}
