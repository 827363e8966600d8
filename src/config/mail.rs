//! How notices leave as mail: the channel `mail` of flows.

use super::server::secret_setting;
use super::{Source, range::number};
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use secrecy::SecretString;

/// What stands under `mail`.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "mail",
    doc: "How notices leave as mail.",
    fields: &[
        Field::optional("host", Shape::Text, "The mail server; empty: notices by mail are refused."),
        Field::optional("port", Shape::Int, "Its port."),
        Field::optional("security", Shape::Word(&["none", "starttls", "tls"]), "How the line to it is protected."),
        Field::optional("from", Shape::Text, "The sender's address."),
        Field::optional("user", Shape::Text, "The user, where the server wants one."),
        Field::optional("password", Shape::Setting, "Its password, as `{secret: …}`."),
    ],
};

/// How notices leave as mail.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The mail server; none where it is not set up.
    pub host: Option<String>,
    /// Its port.
    pub port: u16,
    /// `none`, `starttls` or `tls`.
    pub security: String,
    /// The sender's address.
    pub from: String,
    /// The user.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<SecretString>,
}

impl Mail {
    pub(super) fn read(source: &Source<'_>, report: &mut Report) -> Mail {
        let set = |name: &str| Some(source.text(name)).filter(|text| !text.is_empty());
        let password = source.get("password").filter(|node| node.text().is_none_or(|text| !text.is_empty()));
        let host = set("host");
        if host.is_some() && set("from").is_none() {
            let span = source.get("from").map(|node| node.span).unwrap_or_default();
            report.error("bad_value", span, "mail needs a sender").at("mail.from").hint("write an address such as `waybill@example.com`");
        }
        Mail {
            host,
            port: u16::try_from(number(source, "port", 1..=65_535, report)).unwrap_or(587),
            security: source.text("security"),
            from: source.text("from"),
            user: set("user"),
            password: password.and_then(|node| secret_setting(node, source, "mail.password", report)),
        }
    }
}
