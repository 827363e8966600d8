//! Where everything durable is kept: one URL decides between SQLite and PostgreSQL.

use secrecy::{ExposeSecret, SecretString};

use super::server::secret_setting;
use super::{Source, range::number};
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
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
        Field::optional(
            "people_role",
            Shape::Text,
            "PostgreSQL: the role that people's writes take on, subject to row-level security; left out: they stay the engine's.",
        ),
        Field::optional("connections_max", Shape::Int, "Database connections of this process."),
        Field::optional(
            "sealing_key",
            Shape::Setting,
            "`{secret: …}` of 32 characters or more: seals the log-in tokens that replicas share.",
        ),
        Field::optional(
            "master_keys",
            Shape::List(&Shape::Object(&MASTER_KEY)),
            "Keys that open the secrets the hub keeps (`store/NAME`); the first one seals. Keep them apart from the database.",
        ),
    ],
};

static MASTER_KEY: ObjectShape = ObjectShape {
    name: "master_key",
    doc: "A key that opens the secrets the hub keeps.",
    fields: &[
        Field::required("id", Shape::Text, "Its name, such as `2026-11`: stored beside what it sealed."),
        Field::required("key", Shape::Setting, "`{secret: …}` of 32 characters or more (`openssl rand -hex 32`)."),
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
    /// The role that people's writes take on.
    pub people_role: Option<String>,
    /// Database connections of this process.
    pub connections_max: u32,
    /// Seals what replicas share; without it each replica logs in at partners by itself.
    pub sealing_key: Option<SecretString>,
    /// Open the secrets the hub keeps; the first one seals.
    pub master_keys: Vec<(String, SecretString)>,
}

impl Store {
    pub(super) fn read(source: &Source<'_>, report: &mut Report) -> Store {
        Store {
            url: url(source, "url", report).unwrap_or_default(),
            people_url: people_url(source, report),
            people_role: source.get("people_role").and_then(Node::text).filter(|role| !role.is_empty()).map(str::to_owned),
            connections_max: number(source, "connections_max", 1..=1_000, report),
            sealing_key: sealing_key(source, report),
            master_keys: master_keys(source, report),
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

fn sealing_key(source: &Source<'_>, report: &mut Report) -> Option<SecretString> {
    let node = source.get("sealing_key").filter(|node| node.text() != Some(""))?;
    // Line 0 is a variable of the environment, where a secret may stand.
    let key = match node.text() {
        Some(text) if node.span.line == 0 => SecretString::from(text),
        _ => secret_setting(node, source, "store.sealing_key", report)?,
    };
    long_enough(&key, node, "store.sealing_key", report);
    Some(key)
}

/// Longest id of a master key.
const ID_CHARACTERS_MAX: usize = 64;

fn master_keys(source: &Source<'_>, report: &mut Report) -> Vec<(String, SecretString)> {
    let mut keys: Vec<(String, SecretString)> = Vec::new();
    let items = source.get("master_keys").map(Node::items).unwrap_or_default();
    for (index, item) in items.iter().enumerate() {
        let at = format!("store.master_keys[{index}]");
        let (Some(id), Some(node)) = (item.get("id").and_then(Node::text), item.get("key")) else { continue };
        if id.is_empty() || id.chars().count() > ID_CHARACTERS_MAX {
            let message = format!("the id of a master key has 1 to {ID_CHARACTERS_MAX} characters");
            report.error("bad_value", item.span, message).at(format!("{at}.id"));
        }
        if keys.iter().any(|(known, _)| known == id) {
            let message = format!("two master keys are called `{id}`");
            report.error("duplicate_key", item.span, message).at(&at).hint("a new key has a new id: it is stored beside what it sealed");
        }
        let Some(key) = secret_setting(node, source, &format!("{at}.key"), report) else { continue };
        long_enough(&key, node, &format!("{at}.key"), report);
        keys.push((id.to_owned(), key));
    }
    keys
}

/// A key that can be guessed protects nothing, so a short one is refused.
fn long_enough(key: &SecretString, node: &Node, at: &str, report: &mut Report) {
    let length = key.expose_secret().chars().count();
    if length < SECRET_CHARACTERS_MIN {
        let message = format!("the key has {length} characters, fewer than {SECRET_CHARACTERS_MIN}");
        report.error("out_of_range", node.span, message).at(at).hint("make one with `openssl rand -hex 32`");
    }
}
