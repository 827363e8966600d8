//! Publishing a batch and awaiting each confirm, all under one deadline.

use super::names::short;
use crate::transport::bus::Published;
use futures::future::join_all;
use lapin::options::BasicPublishOptions;
use lapin::{BasicProperties, Channel, Confirmation, PublisherConfirm};
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Time for a batch: publishing and every confirm.
pub(super) const BATCH_WITHIN: Duration = Duration::from_secs(5);

/// One message.
pub(super) struct Message<'a> {
    pub id: String,
    pub exchange: &'a str,
    pub routing_key: &'a str,
    pub body: &'a [u8],
    pub content_type: &'static str,
    /// Come back when there is no queue for it.
    pub mandatory: bool,
}

/// Publishes in order and awaits every confirm. Each is looked at: a refusal is an `Ok` of the client, and awaiting only
/// the last would hide it.
pub(super) async fn publish(channel: &Channel, messages: &[Message<'_>]) -> Vec<Published> {
    let deadline = Instant::now() + BATCH_WITHIN;
    let mut pending = Vec::with_capacity(messages.len());
    for message in messages {
        pending.push(send(channel, message, deadline).await);
        if let Some(Err(Published::Unknown)) = pending.last() {
            // A broker that takes nothing more takes none of the rest either.
            break;
        }
    }
    pending.resize_with(messages.len(), || Err(Published::Unsent));
    let answers = join_all(pending.into_iter().map(|sent| async move {
        match sent {
            Ok(confirm) => timeout_at(deadline, confirm).await.map_or(Answer::None, answer),
            Err(published) => Answer::Not(published),
        }
    }))
    .await;
    settle(messages, answers)
}

async fn send(channel: &Channel, message: &Message<'_>, deadline: Instant) -> Result<PublisherConfirm, Published> {
    let (Ok(exchange), Ok(routing_key), Ok(id)) = (short(message.exchange), short(message.routing_key), short(&message.id)) else {
        return Err(Published::Refused);
    };
    let properties = BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_content_type(message.content_type.into())
        .with_message_id(id)
        .with_app_id("waybill".into());
    let options = BasicPublishOptions { mandatory: message.mandatory, ..BasicPublishOptions::default() };
    let published = channel.basic_publish(exchange, routing_key, options, message.body, properties);
    match timeout_at(deadline, published).await {
        Ok(Ok(confirm)) => Ok(confirm),
        Ok(Err(_)) => Err(Published::Unsent),
        Err(_) => Err(Published::Unknown),
    }
}

/// Written to disk.
const PERSISTENT: u8 = 2;

enum Answer {
    Yes { returned: Option<String> },
    No { returned: Option<String> },
    Not(Published),
    None,
}

fn answer(confirmation: lapin::Result<Confirmation>) -> Answer {
    let id = |message: Option<lapin::message::BasicReturnMessage>| {
        message.and_then(|message| message.properties.message_id().as_ref().map(ToString::to_string))
    };
    match confirmation {
        Ok(Confirmation::Ack(returned)) => Answer::Yes { returned: id(returned) },
        Ok(Confirmation::Nack(returned)) => Answer::No { returned: id(returned) },
        // The channel is in confirm mode, so this is an error of ours; nothing is known of the message.
        Ok(Confirmation::NotRequested) | Err(_) => Answer::None,
    }
}

/// A returned message comes back with some confirm of the batch, not surely with its own: its id tells.
fn settle(messages: &[Message<'_>], answers: Vec<Answer>) -> Vec<Published> {
    let returned: HashSet<&str> = answers
        .iter()
        .filter_map(|answer| match answer {
            Answer::Yes { returned } | Answer::No { returned } => returned.as_deref(),
            Answer::Not(_) | Answer::None => None,
        })
        .collect();
    messages
        .iter()
        .zip(&answers)
        .map(|(message, answer)| match answer {
            Answer::Yes { .. } if returned.contains(message.id.as_str()) => Published::Returned,
            Answer::Yes { .. } => Published::Confirmed,
            Answer::No { .. } => Published::Refused,
            Answer::Not(published) => *published,
            Answer::None => Published::Unknown,
        })
        .collect()
}
