//! `kind: http`: a system spoken to over HTTP.

use super::{Ask, Asked, ConnectorKind, Reach, read_reach};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::request::{self, Draft, RequestTemplate};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::tree::BuildError;
use crate::domain::connector::{auth, shape};
use crate::domain::expression::Scope;
use crate::domain::text::shape::{Field, Kind, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;

static HTTP: ObjectShape = ObjectShape {
    name: "http",
    doc: "How the system is reached.",
    fields: &[
        Field::required("base_url", Shape::Template, "Where it is, such as `{{settings.base_url}}`."),
        Field::optional("timeout", Shape::Duration, "Time for one request; 30s."),
        Field::optional(
            "max_answer",
            Shape::Size,
            "Longest answer taken, after decompression; 16MiB, and never more than `gateway.response_bytes_max`.",
        ),
        Field::optional("version", Shape::Word(&["1.1"]), "Speaks only this version of HTTP, for servers that stumble over HTTP/2."),
        Field::later("proxy", "A proxy."),
    ],
};

static OPERATION: ObjectShape = ObjectShape {
    name: "operation",
    doc: "One named call.",
    fields: &shape::operation_fields(Field::optional("request", Shape::Object(&request::SHAPE), "The request it makes.")),
};

/// The kind.
pub static KIND: ConnectorKind = ConnectorKind {
    shape: Kind {
        word: "http",
        doc: "A system spoken to over HTTP.",
        later: false,
        fields: &[
            Field::required("http", Shape::Object(&HTTP), "How it is reached."),
            Field::optional("auth", auth::SHAPE, "How a connection proves who it is; `none` where it is left out."),
            Field::optional("operations", Shape::IdMap(&Shape::Object(&OPERATION)), "The calls it offers."),
        ],
    },
    schemes: &[("http", Some(80)), ("https", Some(443))],
    reach,
    request: compile,
};

fn reach(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Reach> {
    let reach = read_reach(&KIND, node, ("base_url", &[]), scopes, compiler)?;
    Some(Reach { only_http1: node.get("version").is_some(), ..reach })
}

fn compile(node: &Node, asked: &Asked<'_>, compiler: &mut Compiler<'_>) -> Option<Box<dyn Ask>> {
    RequestTemplate::compile(node, asked.scope, compiler).map(|request| Box::new(request) as Box<dyn Ask>)
}

impl Ask for RequestTemplate {
    fn draft(&self, reach: &Reach, told: Option<&str>, scope: &Scope<'_>, payload: &Value, url: Option<&str>) -> Result<Draft, BuildError> {
        self.draft_at(told, &reach.base_url, scope, payload, url)
    }

    fn only_looks(&self) -> bool {
        matches!(self.method(), "GET" | "HEAD")
    }
}
