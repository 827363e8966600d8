//! Drafts of connectors that speak no HTTP: a template for each of these kinds, as the gallery's entries are written, to be changed
//! by whoever knows the system. The texts stand beside this file.

use super::connection::{allowed, variable};
use super::written::Written;
use super::yaml::quoted;
use super::{DraftError, DraftFile};
use url::Url;

/// The template of a kind.
#[derive(Debug)]
pub struct Template {
    /// The kind.
    pub kind: &'static str,
    /// What it is, for people.
    pub doc: &'static str,
    /// The setting that says where the system is.
    place: &'static str,
    /// How that begins.
    schemes: &'static [&'static str],
    /// One such place.
    pub such: &'static str,
    /// Its connection: setting, and what it gives where the place is a host; a secret where it gives nothing.
    settings: &'static [(&'static str, Option<&'static str>)],
    connector: &'static str,
    examples: &'static [(&'static str, &'static str)],
}

/// The kinds that have one.
pub static TEMPLATES: &[Template] = &[
    Template {
        kind: "sql",
        doc: "tables of a database (PostgreSQL, MySQL, MariaDB, SQLite)",
        place: "database",
        schemes: &["postgres", "mysql", "sqlite"],
        such: "postgres://db.example:5432/erp",
        settings: &[("user", Some("the hub's login")), ("password", None)],
        connector: include_str!("sql/connector.yaml"),
        examples: &[
            ("list_changed", include_str!("sql/list_changed.json")),
            ("get_order", include_str!("sql/get_order.json")),
            ("release_order", include_str!("sql/release_order.json")),
        ],
    },
    Template {
        kind: "file",
        doc: "files in folders, on this machine or over SFTP",
        place: "place",
        schemes: &["file", "sftp"],
        such: "sftp://files.example:22/drop",
        settings: &[
            ("user", Some("the hub's login")),
            ("password", None),
            ("host_key", Some("the server's key, such as ssh-ed25519 AAAA…")),
        ],
        connector: include_str!("file/connector.yaml"),
        examples: &[
            ("list_orders", include_str!("file/list_orders.json")),
            ("get_order", include_str!("file/get_order.json")),
            ("archive_order", include_str!("file/archive_order.json")),
            ("write_result", include_str!("file/write_result.json")),
            ("find_result", include_str!("file/find_result.json")),
        ],
    },
    Template {
        kind: "amqp",
        doc: "queues of a broker (AMQP 0-9-1)",
        place: "broker",
        schemes: &["amqps", "amqp"],
        such: "amqps://broker.example:5671/erp",
        settings: &[("user", Some("the hub's login")), ("password", None)],
        connector: include_str!("amqp/connector.yaml"),
        examples: &[("take_orders", include_str!("amqp/take_orders.json")), ("tell_result", include_str!("amqp/tell_result.json"))],
    },
    Template {
        kind: "smtp",
        doc: "mail that is sent",
        place: "server",
        schemes: &["smtps", "smtp"],
        such: "smtps://mail.example:465",
        settings: &[("user", Some("the hub's login")), ("password", None), ("from", Some("Waybill <hub@example.com>"))],
        connector: include_str!("smtp/connector.yaml"),
        examples: &[("send", include_str!("smtp/send.json"))],
    },
];

impl Template {
    /// The template of a kind.
    pub fn of(kind: &str) -> Option<&'static Template> {
        TEMPLATES.iter().find(|template| template.kind == kind)
    }

    /// What is wrong with a place; nothing where it may be one.
    pub fn wrong(&self, place: &str) -> Option<String> {
        let url = Url::parse(place).ok().filter(|url| self.schemes.contains(&url.scheme()));
        match url {
            None => Some(format!("`{place}` is no address of this kind: such as `{}`", self.such)),
            Some(url) if !url.username().is_empty() || url.password().is_some() => {
                Some("user and password do not stand in the address; they are settings of their own".to_owned())
            }
            // Only files of this machine have no host.
            Some(url) if !url.has_host() && !matches!(url.scheme(), "file" | "sqlite") => Some(format!("`{place}` names no host")),
            Some(_) => None,
        }
    }

    /// The draft.
    ///
    /// # Errors
    /// When the place cannot be one.
    pub fn draft(&self, id: &str, title: &str, place: &str) -> Result<Written, DraftError> {
        if let Some(message) = self.wrong(place) {
            return Err(DraftError::new(message, format!("such as `{}`", self.such)));
        }
        let text = self.connector.replace("__ID__", id).replace("__TITLE__", &quoted(title));
        let open = text.lines().filter_map(|line| line.trim_start().strip_prefix("# Open: ")).map(str::to_owned).collect();
        let connection = format!("{id}_main");
        let (own, variables) = self.connection(id, &connection, place);
        let folder = format!("connectors/{id}");
        let mut files = vec![DraftFile { path: format!("{folder}/connector.yaml"), text }];
        files.extend(
            self.examples.iter().map(|(name, text)| DraftFile { path: format!("{folder}/examples/{name}.json"), text: (*text).to_owned() }),
        );
        files.push(DraftFile { path: format!("config/connections/{connection}.yaml"), text: own });
        Ok(Written {
            id: id.to_owned(),
            connection,
            files,
            open,
            variables,
            first: self.examples.first().map(|(name, _)| (*name).to_owned()),
        })
    }

    fn connection(&self, id: &str, connection: &str, place: &str) -> (String, Vec<String>) {
        let mut variables = Vec::new();
        let mut out = format!(
            "format: 1\nconnection: {connection}\nconnector: {id}\nenvironment: test\nsettings:\n  {}: {}\n",
            self.place,
            quoted(place)
        );
        if !Url::parse(place).is_ok_and(|url| url.has_host()) {
            // A file of this machine: nobody logs in, and nothing is called.
            return (out, variables);
        }
        for (name, given) in self.settings {
            let value = given.map_or_else(
                || {
                    variables.push(variable(id, name));
                    format!("{{secret: env/{}}}", variable(id, name))
                },
                quoted,
            );
            out += &format!("  {name}: {value}\n");
        }
        (out + &format!("egress: {{allow: [{}]}}\n", allowed(place)), variables)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::Catalog;
    use crate::domain::connector::example::replay;
    use crate::domain::text::files::Files;

    #[test]
    fn every_template_is_sound_and_its_examples_pass() {
        let here = ["sqlite:///srv/erp.db", "file:///srv/exchange"];
        for template in TEMPLATES {
            for place in here.iter().filter(|place| template.wrong(place).is_none()).chain([&template.such]) {
                let drafted = template.draft("plant", "Plant \"north\"", place).unwrap();
                let files: Files = drafted.files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
                let (catalog, found) = Catalog::compile(files);
                assert!(found.is_empty(), "{} {place}: {found:#?}", template.kind);
                let connector = &catalog.connectors["plant"];
                let shown: Vec<&str> = template.examples.iter().map(|(name, _)| *name).collect();
                assert!(connector.operations.keys().all(|name| shown.contains(&&**name)), "{}", template.kind);
                for (name, text) in template.examples {
                    assert_eq!(replay(connector, &serde_json::from_str(text).unwrap()), vec![], "{} {name}", template.kind);
                }
                assert!(!drafted.open.is_empty(), "{} leaves nothing to be settled", template.kind);
                assert_eq!(drafted.variables.is_empty(), here.contains(place), "{} {place}", template.kind);
            }
        }
    }

    #[test]
    fn places_of_another_kind_are_refused() {
        for (kind, place) in [
            ("sql", "https://db.example"),
            ("sql", "postgres://u:p@db.example/erp"),
            ("file", "/srv/exchange"),
            ("amqp", "amqp:queue"),
            ("smtp", "mail.example"),
        ] {
            assert!(Template::of(kind).unwrap().wrong(place).is_some(), "{kind} {place}");
        }
    }
}
