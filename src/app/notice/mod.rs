//! Notices to people: the log, or mail over SMTP. Other channels are operations of connectors.
//!
//! A mail carries the effect's id in its Message-ID, the same at every attempt, so that a repeat can be recognised; SMTP itself
//! cannot be looked up, which the guarantee says. Whether a server has taken a mail is unknown when its answer to the content is
//! lost, and only then.

mod address;
mod bundles;
mod smtp;

pub use address::Here;
pub use bundles::Bundles;

use crate::domain::connector::Class;
use crate::domain::delivery::{Attempted, Guarantee};
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use secrecy::SecretString;
use smtp::Smtp;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

/// How mail leaves.
#[derive(Clone, Debug)]
pub struct SmtpOptions {
    /// The channel's name in flows.
    pub name: String,
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// `none`, `starttls` or `tls`.
    pub security: Security,
    /// Sender.
    pub from: String,
    /// User, when the server wants one.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<SecretString>,
}

/// How the line to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all: for a server on this machine.
    None,
    /// STARTTLS, required.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

struct Channel {
    smtp: Smtp,
    from: Mailbox,
}

/// Sends notices.
pub struct Notices {
    channels: HashMap<String, Channel>,
    /// Addresses of people, by user id, as the directory in force has them.
    addresses: RwLock<HashMap<String, String>>,
    /// Where this hub is reached.
    here: Here,
}

/// Why mail cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The sender is not an address.
    #[error("`{0}` is not a mail address")]
    Address(String),
    /// The server's name cannot be used.
    #[error("mail server `{host}` cannot be used: {reason}")]
    Server {
        /// The host.
        host: String,
        /// Why.
        reason: String,
    },
}

/// How long one mail may take.
const SEND_WITHIN: Duration = Duration::from_secs(20);

/// One notice.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// User ids or addresses.
    pub to: &'a [String],
    /// One line.
    pub subject: &'a str,
    /// The text.
    pub body: &'a str,
    /// The same for every attempt at this notice.
    pub id: &'a str,
}

impl Notices {
    /// Notices that go to the log alone.
    pub fn to_log() -> Self {
        Self { channels: HashMap::new(), addresses: RwLock::default(), here: Here::default() }
    }

    /// Notices over these SMTP channels; `addresses` are people's mail addresses by user id.
    pub fn new(channels: &[SmtpOptions], addresses: HashMap<String, String>) -> Result<Self, SetupError> {
        let mut built = HashMap::new();
        for options in channels {
            let from = options.from.parse().map_err(|_| SetupError::Address(options.from.clone()))?;
            built.insert(options.name.clone(), Channel { smtp: Smtp::new(options)?, from });
        }
        Ok(Self { channels: built, addresses: RwLock::new(addresses), here: Here::default() })
    }

    /// The same for a hub that is reached here.
    #[must_use]
    pub fn at(self, here: Here) -> Self {
        Self { here, ..self }
    }

    /// Where this hub is reached.
    pub fn here(&self) -> &Here {
        &self.here
    }

    /// Takes over people's addresses from a newer directory.
    pub fn readdress(&self, addresses: HashMap<String, String>) {
        *self.addresses.write().unwrap_or_else(PoisonError::into_inner) = addresses;
    }

    /// What a repeat of a notice means: two mails at worst, which is said in the docs; a lost one would be worse.
    pub fn guarantee(&self) -> Guarantee {
        Guarantee::Nature
    }

    /// Sends one notice; nothing of it leaves after `within` is over.
    pub async fn send(&self, channel: &str, letter: Letter<'_>, within: Duration) -> Attempted {
        let Some(channel) = self.channels.get(channel) else {
            if channel == "log" {
                // Whom it goes to is said by user id; an address is personal and stays out of the log.
                let people = letter.to.iter().filter(|person| !person.contains('@')).cloned().collect::<Vec<_>>().join(", ");
                tracing::info!(notice.id = %letter.id, notice.to = %people, "notice {} to {}: {}", letter.id, people, letter.subject);
                return outcome(Class::Ok, String::new());
            }
            return outcome(Class::Refused, format!("there is no notice channel `{channel}`"));
        };
        let body = self.here.outward(letter.body).into_owned();
        // A filter that refuses a mail for its links names them.
        let secrets = self.here.secrets(&body);
        match self.message(channel, letter, body) {
            Ok(message) => channel.smtp.send(&message, &secrets, within.min(SEND_WITHIN)).await,
            Err(problem) => outcome(Class::Refused, problem),
        }
    }

    fn message(&self, channel: &Channel, letter: Letter<'_>, body: String) -> Result<Message, String> {
        let id = format!("<{}@waybill>", letter.id);
        // Without its character set a text is read as ASCII.
        let plain = ContentType::TEXT_PLAIN;
        let mut builder = Message::builder().from(channel.from.clone()).subject(letter.subject).message_id(Some(id)).header(plain);
        let addresses = self.addresses.read().unwrap_or_else(PoisonError::into_inner);
        for person in letter.to {
            let address = addresses.get(person).map_or(person.as_str(), String::as_str);
            let mailbox: Mailbox = address.parse().map_err(|_| format!("`{person}` has no mail address"))?;
            builder = builder.to(mailbox);
        }
        builder.body(body).map_err(|error| error.to_string())
    }
}

fn outcome(class: Class, message: String) -> Attempted {
    Attempted {
        class,
        output: serde_json::json!({}),
        confirmed: class == Class::Ok,
        message,
        credentials: false,
        retry_after_millis: None,
        unsent: false,
        misread: false,
        absence_is_said: false,
    }
}

#[cfg(test)]
mod tests;
