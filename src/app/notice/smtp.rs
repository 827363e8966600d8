//! One mail to one server, command by command, because what a lost line means depends on how far it got.

use super::{Security, SetupError, SmtpOptions, outcome};
use crate::domain::connector::Class;
use crate::domain::delivery::Attempted;
use crate::gateway::Recorder;
use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use secrecy::ExposeSecret;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A server and how to speak to it.
pub(super) struct Smtp {
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    /// Servers say back what they got.
    recorder: Recorder,
}

/// Why a mail did not leave.
struct Failed {
    error: Error,
    /// It was our user or password.
    credentials: bool,
    /// What was being done.
    doing: String,
}

impl Smtp {
    pub(super) fn new(options: &SmtpOptions) -> Result<Smtp, SetupError> {
        let parameters = TlsParameters::new(options.host.clone());
        let server = |error: Error| SetupError::Server { host: options.host.clone(), reason: error.to_string() };
        let tls = if options.security == Security::None { None } else { Some(parameters.map_err(server)?) };
        let credentials = options.user.as_ref().zip(options.password.as_ref());
        let credentials = credentials.map(|(user, password)| (user.as_str(), password.expose_secret()));
        let mut recorder = Recorder::default();
        if let Some((user, password)) = credentials {
            recorder.add(password);
            // Both as `AUTH PLAIN` sends them.
            recorder.add(&format!("\0{user}\0{password}"));
        }
        let credentials = credentials.map(|(user, password)| Credentials::new(user.to_owned(), password.to_owned()));
        Ok(Smtp { host: options.host.clone(), port: options.port, security: options.security, tls, credentials, recorder })
    }

    /// Sends a mail within a time. Unknown is only what was lost after the content had begun to leave. What the server says back
    /// of our password or of these secrets in the mail is masked.
    pub(super) async fn send(&self, message: &Message, secrets: &[String], within: Duration) -> Attempted {
        let mut recorder = self.recorder.clone();
        secrets.iter().for_each(|secret| recorder.add(secret));
        let attempted = self.attempt(message, within).await;
        Attempted { message: recorder.mask(attempted.message), ..attempted }
    }

    async fn attempt(&self, message: &Message, within: Duration) -> Attempted {
        // Seen from outside, since a time-out drops what is under way.
        let content_left = AtomicBool::new(false);
        let sent = tokio::time::timeout(within, self.deliver(message, within, &content_left)).await;
        let after_content = content_left.load(Ordering::Relaxed);
        match sent {
            Ok(Ok(())) => outcome(Class::Ok, String::new()),
            Ok(Err(failed)) => judge(&failed, after_content),
            Err(_) if after_content => outcome(Class::Unknown, "the mail server did not say in time whether it took the mail".to_owned()),
            Err(_) => outcome(Class::Retryable, "the mail server did not answer in time".to_owned()),
        }
    }

    async fn deliver(&self, message: &Message, within: Duration, content_left: &AtomicBool) -> Result<(), Failed> {
        let mut line = self.connect(within).await?;
        let result = transfer(&mut line, message, content_left).await;
        match result {
            // The mail is the server's; whether it hears our farewell changes nothing.
            Ok(()) => drop(line.quit().await),
            Err(_) => line.abort().await,
        }
        result
    }

    async fn connect(&self, within: Duration) -> Result<AsyncSmtpConnection, Failed> {
        let doing = |doing: &str| {
            let doing = doing.to_owned();
            move |error| Failed { error, credentials: false, doing }
        };
        let hello = ClientId::default();
        let from_the_start = self.tls.clone().filter(|_| self.security == Security::Tls);
        let connected = AsyncSmtpConnection::connect_tokio1((self.host.as_str(), self.port), Some(within), &hello, from_the_start, None);
        let mut line = connected.await.map_err(doing("connecting"))?;
        if let Some(tls) = self.tls.clone().filter(|_| self.security == Security::StartTls) {
            line.starttls(tls, &hello).await.map_err(doing("STARTTLS"))?;
        }
        if let Some(credentials) = &self.credentials {
            let signed_in = line.auth(DEFAULT_MECHANISMS, credentials).await;
            signed_in.map_err(|error| Failed { credentials: error.is_permanent(), error, doing: "logging in".to_owned() })?;
        }
        Ok(line)
    }
}

async fn transfer(line: &mut AsyncSmtpConnection, message: &Message, content_left: &AtomicBool) -> Result<(), Failed> {
    let doing = |doing: String| move |error| Failed { error, credentials: false, doing };
    let (envelope, content) = (message.envelope(), message.formatted());
    let mut options = Vec::new();
    if !envelope.to().iter().chain(envelope.from()).all(|address| address.to_string().is_ascii()) {
        options.push(MailParameter::SmtpUtfEight);
    }
    if !content.is_ascii() && line.server_info().supports_feature(Extension::EightBitMime) {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    line.command(Mail::new(envelope.from().cloned(), options)).await.map_err(doing("naming the sender".to_owned()))?;
    for address in envelope.to() {
        // One unknown recipient stops the notice for all: nothing has left yet, and a person mends the address.
        line.command(Rcpt::new(address.clone(), Vec::new())).await.map_err(doing(format!("naming the recipient `{address}`")))?;
    }
    line.command(Data).await.map_err(doing("DATA".to_owned()))?;
    content_left.store(true, Ordering::Relaxed);
    line.message(&content).await.map_err(doing("sending the mail".to_owned()))?;
    Ok(())
}

fn judge(failed: &Failed, after_content: bool) -> Attempted {
    let Failed { error, credentials, doing } = failed;
    let class = match error {
        error if error.is_permanent() => Class::Refused,
        error if error.is_transient() => Class::Retryable,
        // Something this server does not offer, such as STARTTLS: no repeat changes that.
        error if error.is_client() => Class::Refused,
        _ if after_content => Class::Unknown,
        _ => Class::Retryable,
    };
    super::Attempted { credentials: *credentials, ..outcome(class, format!("{doing}: {}", words(error))) }
}

/// The error with its innermost cause, which names the server's words or the system's.
fn words(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    let mut text = error.to_string();
    while let Some(next) = cause.source() {
        let said = next.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = next;
    }
    text
}
