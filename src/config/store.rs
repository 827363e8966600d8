//! Where everything durable is kept: one URL decides between SQLite and PostgreSQL.

use secrecy::{ExposeSecret, SecretString};

use super::server::secret_setting;
use super::{Source, range::number};
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::runtime::seal::SECRET_CHARACTERS_MIN;

/// What stands under `store`.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "store",
    doc: "Where everything durable is kept.",
    fields: &[
        Field::optional("url", Shape::Setting, "`sqlite:PATH` or `postgres://…`; with a password write `{secret: …}`."),
        Field::optional("connections_max", Shape::Int, "Database connections of this process."),
        Field::optional(
            "sealing_key",
            Shape::Setting,
            "`{secret: …}` of 32 characters or more: seals the log-in tokens that replicas share.",
        ),
    ],
};

/// Where everything durable is kept.
#[derive(Clone, Debug)]
pub struct Store {
    /// The database. It may hold a password, so it is kept like one. Relative SQLite paths start from the working
    /// folder.
    pub url: SecretString,
    /// Database connections of this process.
    pub connections_max: u32,
    /// Seals what replicas share; without it each replica logs in at partners by itself.
    pub sealing_key: Option<SecretString>,
}

impl Store {
    pub(super) fn read(source: &Source<'_>, report: &mut Report) -> Store {
        Store {
            url: url(source, report),
            connections_max: number(source, "connections_max", 1..=1_000, report),
            sealing_key: sealing_key(source, report),
        }
    }
}

fn url(source: &Source<'_>, report: &mut Report) -> SecretString {
    let Some(node) = source.get("url") else { return SecretString::default() };
    let Some(text) = node.text() else {
        return secret_setting(node, source, "store.url", report).unwrap_or_default();
    };
    let scheme = text.split(':').next().unwrap_or_default();
    if !["sqlite", "postgres", "postgresql"].contains(&scheme) {
        report
            .error("bad_value", node.span, "the database URL begins with neither `sqlite:` nor `postgres:`")
            .at("store.url")
            .hint("write for example `sqlite:waybill.sqlite` or `postgres://waybill@localhost/waybill`");
    } else if node.span.line > 0 && url::Url::parse(text).is_ok_and(|url| url.password().is_some()) {
        // Line 0 is a variable of the environment, where a password may stand.
        report
            .error("secret_in_text", node.span, "the database URL holds a password in plain text")
            .at("store.url")
            .hint("put the whole URL into the environment as `WAYBILL_STORE_URL`, or write `{secret: file/PATH}`");
    }
    SecretString::from(text)
}

/// A key that can be guessed protects nothing, so a short one is refused.
fn sealing_key(source: &Source<'_>, report: &mut Report) -> Option<SecretString> {
    let node = source.get("sealing_key").filter(|node| node.text() != Some(""))?;
    // Line 0 is a variable of the environment, where a secret may stand.
    let key = match node.text() {
        Some(text) if node.span.line == 0 => SecretString::from(text),
        _ => secret_setting(node, source, "store.sealing_key", report)?,
    };
    let length = key.expose_secret().chars().count();
    if length < SECRET_CHARACTERS_MIN {
        let message = format!("the sealing key has {length} characters, fewer than {SECRET_CHARACTERS_MIN}");
        report.error("out_of_range", node.span, message).at("store.sealing_key").hint("make one with `openssl rand -hex 32`");
    }
    Some(key)
}
