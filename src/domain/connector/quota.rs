//! What answers say about limits: how long to wait, and how little is left.

use super::compiler::Compiler;
use super::reply::Reply;
use super::request::plain_millis;
use crate::domain::expression::{Cardinality, Path};
use crate::domain::retry::parse_retry_after;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::Value;
use std::sync::Arc;

/// A day: a partner that asks for a longer pause is misread.
const WAIT_MAX_MILLIS: u64 = 86_400_000;

const WRITTEN: &[&str] = &["seconds", "millis", "epoch_seconds", "epoch_millis", "date"];

static WAIT: ObjectShape = ObjectShape {
    name: "wait",
    doc: "How long an answer asks to wait.",
    fields: &[
        Field::optional("header", Shape::Text, "The header that says so."),
        Field::optional("from", Shape::Path, "Where in the body it stands."),
        Field::optional(
            "as",
            Shape::Word(WRITTEN),
            "How it is written: a number of seconds or milliseconds from now or since 1970, or a date; `seconds`.",
        ),
        Field::optional("default", Shape::Duration, "Where the answer does not say."),
    ],
};

static REMAINING: ObjectShape = ObjectShape {
    name: "remaining",
    doc: "A header that says how many requests are left; the connection pauses before they run out.",
    fields: &[
        Field::required("header", Shape::Text, "The header."),
        Field::optional("keep", Shape::Int, "Pauses when no more than so many are left; 0."),
        Field::required("pause", WAIT_SHAPE, "How long: a duration, or where the answer says."),
    ],
};

static WAIT_FORMS: [Shape; 2] = [Shape::Duration, Shape::Object(&WAIT)];

/// The shape of a wait.
pub(super) const WAIT_SHAPE: Shape = Shape::Either(&WAIT_FORMS);
/// The shape of `remaining:`.
pub(super) const REMAINING_SHAPE: Shape = Shape::OneOrMany(&Shape::Object(&REMAINING));

/// How long to wait.
#[derive(Clone, Debug)]
pub enum Wait {
    /// Always so long, milliseconds.
    Fixed(u64),
    /// As the answer says.
    Said {
        /// Where.
        source: WaitSource,
        /// How it is written.
        written: &'static str,
        /// Where it does not say, milliseconds.
        default_millis: Option<u64>,
    },
}

/// Where an answer says how long to wait.
#[derive(Clone, Debug)]
pub enum WaitSource {
    /// In a header.
    Header(Arc<str>),
    /// In its body.
    Body(Path),
}

/// A header that says how much is left.
#[derive(Clone, Debug)]
pub struct Remaining {
    header: Arc<str>,
    keep: i64,
    pause: Wait,
}

impl Wait {
    pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Wait> {
        if !matches!(node.kind, NodeKind::Map(_)) {
            return plain_millis(Some(node), compiler).map(Wait::Fixed);
        }
        let source = match (node.get("header"), node.get("from")) {
            (Some(header), None) => WaitSource::Header(Arc::from(header.text()?.to_ascii_lowercase())),
            (None, Some(path)) => WaitSource::Body(compiler.inside("from", |compiler| compiler.json_path(path))?),
            _ => {
                compiler.error("missing_key", node.span, "a wait stands either in a `header` or in the body, `from`");
                return None;
            }
        };
        let written = node.get("as").and_then(Node::text).unwrap_or("seconds");
        let written = WRITTEN.iter().copied().find(|known| *known == written)?;
        Some(Wait::Said { source, written, default_millis: plain_millis(node.get("default"), compiler) })
    }

    /// Milliseconds from now; none where the answer does not say.
    pub(super) fn read(&self, reply: &Reply) -> Option<u64> {
        let millis = match self {
            Wait::Fixed(millis) => Some(*millis),
            Wait::Said { source, written, default_millis } => said(source, written, reply).or(*default_millis),
        };
        millis.map(|millis| millis.min(WAIT_MAX_MILLIS))
    }
}

fn said(source: &WaitSource, written: &str, reply: &Reply) -> Option<u64> {
    let value = match source {
        WaitSource::Header(header) => reply.headers.member(header).clone(),
        WaitSource::Body(path) => path.extract(&reply.body, Cardinality::Optional).ok()?,
    };
    let text = match &value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        _ => return None,
    };
    if written == "date" {
        let now = reply.received_at;
        let instant = text.parse().ok().map(|at: jiff::Timestamp| at.duration_since(now).as_millis());
        return match instant {
            Some(millis) => Some(u64::try_from(millis).unwrap_or(0)),
            None => parse_retry_after(&text, now),
        };
    }
    // A fraction of a second is rounded up: too early is worse than too late.
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let number = whole.parse::<i64>().ok()?.checked_add(i64::from(fraction.bytes().any(|digit| digit != b'0')))?;
    let millis = match written {
        "seconds" => number.checked_mul(1_000)?,
        "millis" => number,
        "epoch_seconds" => number.checked_mul(1_000)?.checked_sub(reply.received_at.as_millisecond())?,
        _ => number.checked_sub(reply.received_at.as_millisecond())?,
    };
    Some(u64::try_from(millis).unwrap_or(0))
}

/// Compiles `remaining:`.
pub(super) fn compile_remaining(node: Option<&Node>, compiler: &mut Compiler<'_>) -> Vec<Remaining> {
    let Some(node) = node else { return Vec::new() };
    let items = match &node.kind {
        NodeKind::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let one = |item: &Node| {
        compiler.inside("remaining", |compiler| {
            let pause = compiler.inside("pause", |compiler| Wait::compile(item.get("pause")?, compiler))?;
            let keep = item.get("keep").and_then(Node::int).unwrap_or(0);
            Some(Remaining { header: Arc::from(item.get("header")?.text()?.to_ascii_lowercase()), keep, pause })
        })
    };
    items.iter().filter_map(one).collect()
}

/// The longest pause that an answer's headers ask for, milliseconds; none when there is enough left.
pub fn pause(rules: &[Remaining], reply: &Reply) -> Option<u64> {
    let asked = |rule: &Remaining| {
        let left = reply.headers.member(&rule.header).as_text()?.trim().parse::<i64>().ok()?;
        (left <= rule.keep).then(|| rule.pause.read(reply)).flatten()
    };
    rules.iter().filter_map(asked).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::diagnostic::Report;
    use crate::domain::text::tree::parse;

    fn reply(headers: &[(&str, &str)], body: &str) -> Reply {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Reply::new(429, &headers, body.as_bytes(), "2026-01-01T00:00:00Z".parse().unwrap())
    }

    fn wait(text: &str) -> Wait {
        let mut report = Report::new("x.yaml");
        let node = parse(&format!("wait: {text}"), &mut report).unwrap();
        let wait = Wait::compile(node.get("wait").unwrap(), &mut Compiler::new(&mut report));
        assert!(!report.has_errors(), "{text}");
        wait.unwrap()
    }

    #[test]
    fn every_way_of_saying_how_long_is_read() {
        let answer = reply(
            &[
                ("X-Reset", "2.5"),
                ("X-Epoch", "1767225660"),
                ("X-Date", "Thu, 01 Jan 2026 00:00:30 GMT"),
                ("X-Iso", "2026-01-01T00:00:05Z"),
                ("X-Past", "1"),
            ],
            r#"{"wait": 7, "ms": "1500"}"#,
        );
        for (text, millis) in [
            ("30s", Some(30_000)),
            ("{header: X-Reset}", Some(3_000)),
            ("{header: x-epoch, as: epoch_seconds}", Some(60_000)),
            ("{header: X-Date, as: date}", Some(30_000)),
            ("{header: X-Iso, as: date}", Some(5_000)),
            ("{header: X-Past, as: epoch_seconds}", Some(0)),
            ("{from: $.wait}", Some(7_000)),
            ("{from: $.ms, as: millis}", Some(1_500)),
            ("{header: X-None}", None),
            ("{header: X-None, default: 5s}", Some(5_000)),
            ("{header: X-Date}", None),
        ] {
            assert_eq!(wait(text).read(&answer), millis, "{text}");
        }
        assert_eq!(wait("{header: X-Epoch}").read(&answer), Some(WAIT_MAX_MILLIS), "bounded");
    }

    #[test]
    fn a_connection_pauses_before_nothing_is_left() {
        let text = "remaining: [{header: X-Min-Left, keep: 1, pause: 60s}, {header: X-Day-Left, pause: {header: X-Day-Reset}}]";
        let mut report = Report::new("x.yaml");
        let node = parse(text, &mut report).unwrap();
        let rules = compile_remaining(node.get("remaining"), &mut Compiler::new(&mut report));
        for (headers, pause_millis) in [
            (vec![("X-Min-Left", "2"), ("X-Day-Left", "1")], None),
            (vec![("X-Min-Left", "1")], Some(60_000)),
            (vec![("X-Min-Left", "0"), ("X-Day-Left", "0"), ("X-Day-Reset", "3600")], Some(3_600_000)),
            (vec![("X-Min-Left", "many")], None),
            (vec![], None),
        ] {
            assert_eq!(pause(&rules, &reply(&headers, "")), pause_millis, "{headers:?}");
        }
    }
}
