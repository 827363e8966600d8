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
        Field::optional(
            "people_url",
            Shape::Setting,
            "PostgreSQL as the role that people's reads use, subject to row-level security; left out: the same as `url`.",
        ),
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
    /// The database as people's reads see it: a role that row-level security applies to.
    pub people_url: Option<SecretString>,
    /// Database connections of this process.
    pub connections_max: u32,
    /// Seals what replicas share; without it each replica logs in at partners by itself.
    pub sealing_key: Option<SecretString>,
}

impl Store {
    pub(super) fn read(source: &Source<'_>, report: &mut Report) -> Store {
        Store {
            url: url(source, "url", report).unwrap_or_default(),
            people_url: people_url(source, report),
            connections_max: number(source, "connections_max", 1..=1_000, report),
            sealing_key: sealing_key(source, report),
        }
    }
}

fn url(source: &Source<'_>, name: &str, report: &mut Report) -> Option<SecretString> {
    let node = source.get(name).filter(|node| node.text() != Some(""))?;
    let place = format!("store.{name}");
    let Some(text) = node.text() else { return secret_setting(node, source, &place, report) };
    let scheme = text.split(':').next().unwrap_or_default();
    if !["sqlite", "postgres", "postgresql"].contains(&scheme) {
        report
            .error("bad_value", node.span, "the database URL begins with neither `sqlite:` nor `postgres:`")
            .at(&place)
            .hint("write for example `sqlite:waybill.sqlite` or `postgres://waybill@localhost/waybill`");
    } else if node.span.line > 0 && url::Url::parse(text).is_ok_and(|url| url.password().is_some()) {
        // Line 0 is a variable of the environment, where a password may stand.
        let variable = name.to_uppercase();
        report
            .error("secret_in_text", node.span, "the database URL holds a password in plain text")
            .at(&place)
            .hint(format!("put the whole URL into the environment as `WAYBILL_STORE_{variable}`, or write `{{secret: file/PATH}}`"));
    }
    Some(SecretString::from(text))
}

/// SQLite has no roles, so a second one there is a mistake.
fn people_url(source: &Source<'_>, report: &mut Report) -> Option<SecretString> {
    let people = url(source, "people_url", report)?;
    if people.expose_secret().starts_with("sqlite:") {
        let span = source.get("people_url").map(|node| node.span).unwrap_or_default();
        report
            .error("bad_value", span, "SQLite has no roles and no row-level security")
            .at("store.people_url")
            .hint("leave it out, or use PostgreSQL");
    }
    Some(people)
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
