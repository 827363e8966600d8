//! `kind: smtp`: mail to people and systems that take nothing else.
//!
//! Every try at one mail has the same Message-ID, by which its reader may know a repeat; nobody can be asked whether a mail
//! arrived. A mail whose answer is lost is therefore unknown, and most connectors will say `idempotency: {by: none}`.

use super::{Ask, Asked, ConnectorKind, Reach, job, read_reach};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::operation::Effect;
use crate::domain::connector::request::{Draft, header_text, plain_millis, scalar_text};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::shape;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Scope};
use crate::domain::text::shape::{Field, Kind, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;

/// Receivers of one mail; more is a mailing list.
const RECEIVERS_MAX: usize = 50;

static REACH: ObjectShape = ObjectShape {
    name: "smtp",
    doc: "How the mail server is reached.",
    fields: &[
        Field::required("server", Shape::Template, "Where it is: `smtps://host:465`, or `smtp://host:587`."),
        Field::optional(
            "tls",
            Shape::Any,
            "Over `smtp:`: `verify` asks for STARTTLS and a valid certificate, `off` for neither; `verify`.",
        ),
        Field::optional("user", Shape::Any, "The user, such as `{value: settings.user}`."),
        Field::optional("password", Shape::Any, "The password, such as `{value: settings.password}`."),
        Field::optional("from", Shape::Any, "The sender of mails that do not name one."),
        Field::optional("timeout", Shape::Duration, "Time for one mail; 30s."),
    ],
};

static REQUEST: ObjectShape = ObjectShape {
    name: "smtp_request",
    doc: "One mail.",
    fields: &[
        Field::required("to", Shape::Any, "Who it goes to: an address or a list of them."),
        Field::optional("cc", Shape::Any, "Who sees it as well."),
        Field::optional("bcc", Shape::Any, "Who sees it without being seen."),
        Field::optional("from", Shape::Any, "The sender; that of `smtp.from`."),
        Field::optional("reply_to", Shape::Any, "Where answers go."),
        Field::required("key", Shape::Any, "What its Message-ID is made of, such as `{value: attempt.key}`."),
        Field::required("subject", Shape::Any, "One line."),
        Field::required("text", Shape::Any, "What it says."),
        Field::optional("html", Shape::Any, "The same as HTML."),
        Field::optional("timeout", Shape::Duration, "Time for this mail."),
    ],
};

static OPERATION: ObjectShape = ObjectShape {
    name: "smtp_operation",
    doc: "One named call.",
    fields: &shape::operation_fields(Field::optional("request", Shape::Object(&REQUEST), "The mail it sends.")),
};

/// The kind.
pub static KIND: ConnectorKind = ConnectorKind {
    shape: Kind {
        word: "smtp",
        doc: "Mail.",
        later: false,
        fields: &[
            Field::required("smtp", Shape::Object(&REACH), "How the mail server is reached."),
            Field::optional("operations", Shape::IdMap(&Shape::Object(&OPERATION)), "The calls it offers."),
        ],
    },
    schemes: &[("smtp", Some(587)), ("smtps", Some(465))],
    reach,
    request: compile,
};

#[derive(Debug)]
struct Mail {
    /// Addresses by the part they play.
    receivers: Vec<(&'static str, Tree)>,
    /// Single lines.
    lines: Vec<(&'static str, Tree)>,
    /// What it says.
    texts: Vec<(&'static str, Tree)>,
    timeout_millis: Option<u64>,
}

fn reach(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Reach> {
    read_reach(&KIND, node, ("server", &["tls", "user", "password", "from"]), scopes, compiler)
}

fn compile(node: &Node, asked: &Asked<'_>, compiler: &mut Compiler<'_>) -> Option<Box<dyn Ask>> {
    if asked.effect == Effect::Read {
        compiler
            .error("wrong_type", node.span, "a mail changes something, but the operation is declared as a read")
            .hint("declare `effect: write`");
    }
    let mut trees = |keys: &[&'static str]| -> Option<Vec<(&'static str, Tree)>> {
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            let Some(written) = node.get(key) else { continue };
            found.push((*key, compiler.inside(key, |compiler| Tree::compile(written, asked.scope, compiler))?));
        }
        Some(found)
    };
    let receivers = trees(&["to", "cc", "bcc"])?;
    let lines = trees(&["from", "reply_to", "key", "subject"])?;
    let texts = trees(&["text", "html"])?;
    Some(Box::new(Mail { receivers, lines, texts, timeout_millis: plain_millis(node.get("timeout"), compiler) }))
}

impl Ask for Mail {
    fn only_looks(&self) -> bool {
        false
    }

    fn draft(
        &self,
        reach: &Reach,
        _told: Option<&str>,
        scope: &Scope<'_>,
        payload: &Value,
        _url: Option<&str>,
    ) -> Result<Draft, BuildError> {
        let mut budget = Budget::default();
        let url = reach.base_url.render(scope, &mut budget);
        let url = url.map_err(|source| BuildError::Evaluate { place: "smtp.server".to_owned(), source })?;
        let mut members: Vec<(&str, Value)> = Vec::new();
        let mut count = 0;
        for (key, tree) in &self.receivers {
            let value = tree.build(scope, payload, key, &mut budget)?;
            let several = match &value {
                Value::List(items) => items.iter().cloned().collect(),
                Value::Unset | Value::Null => Vec::new(),
                one => vec![one.clone()],
            };
            let mut addresses = Vec::with_capacity(several.len());
            for one in &several {
                addresses.extend(scalar_text(one, key)?.map(|text| header_text(text, key)).transpose()?.map(Value::text));
            }
            count += addresses.len();
            members.push((key, Value::list(addresses)));
        }
        if count == 0 || count > RECEIVERS_MAX {
            return Err(BuildError::Invalid { place: "to".to_owned(), why: "names nobody, or more than 50" });
        }
        for (key, tree) in &self.lines {
            let value = tree.build(scope, payload, key, &mut budget)?;
            // A line break would begin a header of somebody else's.
            members.extend(scalar_text(&value, key)?.map(|text| header_text(text, key)).transpose()?.map(|text| (*key, Value::text(text))));
        }
        for (key, tree) in &self.texts {
            let value = tree.build(scope, payload, key, &mut budget)?;
            members.extend(scalar_text(&value, key)?.map(|text| (*key, Value::text(text))));
        }
        Ok(job("SEND", url, Value::map(members), self.timeout_millis))
    }
}
