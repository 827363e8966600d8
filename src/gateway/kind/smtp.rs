//! `kind: smtp`: one mail over one connection, command by command, because what a lost line means depends on how far it got.

use super::job::{self, Stage, refusal, unanswered};
use super::{Opening, Wire};
use crate::domain::connector::Failure;
use crate::gateway::guard::Guard;
use crate::gateway::send::{Raw, Unanswered};
use crate::gateway::wire::Outgoing;
use futures::future::BoxFuture;
use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as From, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::Url;

/// Opens the mail server of a connection; nothing is connected yet.
pub(super) fn open(opening: Opening<'_>) -> Result<Arc<dyn Wire>, String> {
    let url = Url::parse(&opening.address).map_err(|_| "`smtp.server` is no address".to_owned())?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return Err("`smtp.server` holds a user, password or options; give them as `smtp.user` and `smtp.password`".to_owned());
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or("`smtp.server` names no host")?;
    let host = host.trim_matches(['[', ']']).to_owned();
    let (usual, security) = match (url.scheme(), opening.text("tls")) {
        ("smtps", _) => (465, Security::FromTheStart),
        ("smtp", None | Some("verify")) => (587, Security::StartTls),
        ("smtp", Some("off")) => (587, Security::Off),
        ("smtp", Some(_)) => return Err("`smtp.tls` is `verify` or `off`".to_owned()),
        _ => return Err("`smtp.server` begins with neither `smtp:` nor `smtps:`".to_owned()),
    };
    let mut tls = TlsParameters::builder(host.clone());
    if let Some(ca) = &opening.tls.ca {
        let certificate = Certificate::from_pem(ca.as_bytes()).map_err(|_| "`tls.ca` holds no certificate".to_owned())?;
        tls = tls.add_root_certificate(certificate);
    }
    let credentials = match (opening.text("user"), opening.text("password")) {
        (Some(user), Some(password)) => Some(Credentials::new(user.to_owned(), password.to_owned())),
        (None, None) => None,
        _ => return Err("`smtp.user` and `smtp.password` stand together".to_owned()),
    };
    Ok(Arc::new(Smtp {
        port: url.port().unwrap_or(usual),
        tls: tls.build().map_err(|error| format!("TLS cannot be set up: {error}"))?,
        security,
        credentials,
        from: opening.text("from").map(str::to_owned),
        guard: opening.guard,
        host,
    }))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Security {
    Off,
    StartTls,
    FromTheStart,
}

struct Smtp {
    host: String,
    port: u16,
    security: Security,
    tls: TlsParameters,
    credentials: Option<Credentials>,
    from: Option<String>,
    guard: Arc<Guard>,
}

#[derive(Deserialize)]
struct Mail {
    to: Vec<String>,
    #[serde(default)]
    cc: Vec<String>,
    #[serde(default)]
    bcc: Vec<String>,
    from: Option<String>,
    reply_to: Option<String>,
    key: String,
    subject: String,
    text: String,
    html: Option<String>,
}

enum Trouble {
    /// The server said no, or the mail cannot be made.
    Refused(Raw),
    /// The line broke, or was not made.
    Lost(Failure, String),
}

impl Wire for Smtp {
    fn send<'a>(&'a self, outgoing: Outgoing<'a>) -> BoxFuture<'a, Result<Raw, Unanswered>> {
        Box::pin(self.perform(outgoing))
    }
}

impl Smtp {
    async fn perform(&self, outgoing: Outgoing<'_>) -> Result<Raw, Unanswered> {
        let mail: Mail = job::read(&outgoing)?;
        let (message, id) = match self.message(&mail) {
            Ok(made) => made,
            Err(why) => return Ok(refusal(422, "bad_mail", why)),
        };
        let stage = Stage::default();
        let until = Instant::now() + outgoing.timeout;
        match timeout_at(until, self.deliver(&message, until, &stage)).await {
            Ok(Ok(())) => Ok(job::answer(200, &json!({"message_id": id}))),
            Ok(Err(Trouble::Refused(raw))) => Ok(raw),
            Ok(Err(Trouble::Lost(failure, why))) if !failure.may_have_been_sent() => Err(unanswered(failure, why)),
            Ok(Err(Trouble::Lost(_, why))) => Err(stage.lost(outgoing.effect, &why, false)),
            Err(_) => Err(stage.lost(outgoing.effect, "the mail server gave no answer in time", true)),
        }
    }

    /// The mail, and its Message-ID: the same for every try.
    fn message(&self, mail: &Mail) -> Result<(Message, String), String> {
        let mailbox = |text: &String| text.parse::<Mailbox>().map_err(|_| format!("`{text}` is no mail address"));
        let from =
            mail.from.as_ref().or(self.from.as_ref()).ok_or("nobody is named as the sender: give `smtp.from`, or `from` in the request")?;
        let from = mailbox(from)?;
        let digest = hex::encode(&Sha256::digest(mail.key.as_bytes())[..16]);
        let id = format!("<{digest}@{}>", from.email.domain());
        let mut builder = Message::builder().message_id(Some(id.clone())).from(from).subject(mail.subject.clone());
        if let Some(reply_to) = &mail.reply_to {
            builder = builder.reply_to(mailbox(reply_to)?);
        }
        for to in &mail.to {
            builder = builder.to(mailbox(to)?);
        }
        for cc in &mail.cc {
            builder = builder.cc(mailbox(cc)?);
        }
        for bcc in &mail.bcc {
            builder = builder.bcc(mailbox(bcc)?);
        }
        let made = match &mail.html {
            None => builder.header(ContentType::TEXT_PLAIN).body(mail.text.clone()),
            Some(html) => builder.multipart(
                MultiPart::alternative().singlepart(SinglePart::plain(mail.text.clone())).singlepart(SinglePart::html(html.clone())),
            ),
        };
        made.map(|message| (message, id)).map_err(|error| format!("the mail cannot be made: {error}"))
    }

    async fn deliver(&self, message: &Message, until: Instant, stage: &Stage) -> Result<(), Trouble> {
        let mut line = self.connect(until).await?;
        stage.speaking();
        let result = transfer(&mut line, message, until, stage).await;
        match &result {
            // The mail is the server's; whether it hears our farewell changes nothing.
            Ok(()) => drop(line.quit().await),
            Err(_) => line.abort().await,
        }
        result
    }

    async fn connect(&self, until: Instant) -> Result<AsyncSmtpConnection, Trouble> {
        let lost = |unanswered: Unanswered| Trouble::Lost(unanswered.failure, unanswered.message);
        let addresses = self.guard.reach(&self.host, self.port).await.map_err(lost)?;
        let address = addresses.first().map(|address| address.ip().to_string()).unwrap_or_default();
        let left = Some(until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1)));
        let hello = ClientId::default();
        // The certificate is for the name, whatever the address.
        let from_the_start = (self.security == Security::FromTheStart).then(|| self.tls.clone());
        let connected = AsyncSmtpConnection::connect_tokio1((address.as_str(), self.port), left, &hello, from_the_start, None).await;
        let mut line = connected.map_err(|error| not_connected(&error))?;
        if self.security == Security::StartTls {
            line.starttls(self.tls.clone(), &hello).await.map_err(|error| not_connected(&error))?;
        }
        if let Some(credentials) = &self.credentials {
            let signed_in = line.auth(DEFAULT_MECHANISMS, credentials).await;
            signed_in.map_err(|error| match error.is_permanent() {
                true => Trouble::Refused(refusal(401, "not_admitted", words(&error))),
                false => not_connected(&error),
            })?;
        }
        Ok(line)
    }
}

async fn transfer(line: &mut AsyncSmtpConnection, message: &Message, until: Instant, stage: &Stage) -> Result<(), Trouble> {
    let (envelope, content) = (message.envelope(), message.formatted());
    let mut options = Vec::new();
    if !envelope.to().iter().chain(envelope.from()).all(|address| address.to_string().is_ascii()) {
        options.push(MailParameter::SmtpUtfEight);
    }
    if !content.is_ascii() && line.server_info().supports_feature(Extension::EightBitMime) {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    line.command(From::new(envelope.from().cloned(), options)).await.map_err(|error| said(&error, "the sender"))?;
    for address in envelope.to() {
        // One unknown receiver stops the mail for all: nothing has left yet, and a person mends the address.
        line.command(Rcpt::new(address.clone(), Vec::new())).await.map_err(|error| said(&error, &format!("the receiver `{address}`")))?;
    }
    line.command(Data).await.map_err(|error| said(&error, "the mail"))?;
    if Instant::now() >= until {
        return Err(Trouble::Lost(Failure::Deadline, "the time for this call is over".to_owned()));
    }
    stage.binding();
    line.message(&content).await.map(drop).map_err(|error| said(&error, "the mail"))
}

/// An answer of the server, or a line that broke.
fn said(error: &Error, what: &str) -> Trouble {
    let why = format!("{what}: {}", words(error));
    let code = error.status().map_or_else(|| "smtp".to_owned(), |code| code.to_string());
    match error {
        error if error.is_permanent() => Trouble::Refused(refusal(422, &code, why)),
        error if error.is_transient() => Trouble::Refused(refusal(503, &code, why)),
        // Something this server does not offer: no repeat changes that.
        error if error.is_client() => Trouble::Refused(refusal(400, &code, why)),
        _ => Trouble::Lost(Failure::Reset, why),
    }
}

/// The same before anything was asked for.
fn not_connected(error: &Error) -> Trouble {
    match said(error, "the mail server") {
        Trouble::Lost(_, why) => Trouble::Lost(Failure::Connect, why),
        refused => refused,
    }
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
