//! Bodies of requests, one file a kind.

mod form;
mod json;
mod multipart;
mod odata_batch;
mod soap;
mod text;
mod xml;

use super::compiler::Compiler;
use super::request::DraftBody;
use super::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Scope, ScopeType, Template};
use crate::domain::text::shape::{Field, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use std::sync::Arc;

/// The kinds there are; a request has one at most.
const KINDS: [&str; 7] = ["json", "form", "multipart", "odata_batch", "xml", "soap", "body_text"];

/// Their keys in a request.
pub(super) const JSON: Field = Field::optional("json", Shape::Any, "A JSON body, built as a value.");
pub(super) const FORM: Field = Field::optional("form", Shape::Map(&Shape::Any), "A form body.");
pub(super) const MULTIPART: Field =
    Field::optional("multipart", Shape::Map(&Shape::Any), "A multipart body: values, and files as `{file: {name, media_type, base64}}`.");
pub(super) const ODATA_BATCH: Field = Field::optional(
    "odata_batch",
    Shape::Any,
    "The requests of an OData `$batch`, a list of `{method, path, headers, json}`; each that changes something is a changeset of its own. Its answer reads as `{responses: [{status, headers, body, id}]}`.",
);
pub(super) const XML: Field = Field::optional("xml", Shape::Any, "An XML body: members are elements, `@name` attributes, `#text` text.");
pub(super) const SOAP: Field = Field::optional("soap", soap::SHAPE, "A SOAP envelope.");
pub(super) const TEXT: Field = Field::optional(
    "body_text",
    Shape::Template,
    "A text body; what is inserted is escaped where the content type is XML, and refused in JSON.",
);

/// A compiled body.
#[derive(Debug)]
pub enum RequestBody {
    /// None.
    Empty,
    /// A JSON value.
    Json(Tree),
    /// Form fields.
    Form(Vec<(Arc<str>, Tree)>),
    /// Fields and files.
    Multipart(Vec<multipart::Part>),
    /// Requests of an OData batch.
    ODataBatch(Tree),
    /// An XML document.
    Xml(Tree),
    /// A SOAP envelope.
    Soap(Box<soap::Soap>),
    /// A text.
    Text(Template),
}

/// The content type as written among the headers of a request.
fn content_type(request: &Node) -> Option<&Node> {
    let headers = request.get("headers").map(Node::entries).unwrap_or_default();
    headers.iter().find(|(name, _)| name.text.eq_ignore_ascii_case("content-type")).map(|(_, value)| value)
}

impl RequestBody {
    /// Compiles the body a request declares.
    pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<RequestBody> {
        let given: Vec<(&str, &Node)> = KINDS.into_iter().filter_map(|kind| Some((kind, node.get(kind)?))).collect();
        if let [(first, _), (second, body), ..] = given.as_slice() {
            compiler.error("wrong_type", body.span, format!("`{first}` and `{second}` cannot stand together")).hint("keep one of them");
            return None;
        }
        let Some((kind, body)) = given.first().copied() else { return Some(RequestBody::Empty) };
        match kind {
            "json" => json::compile(body, scope, compiler).map(RequestBody::Json),
            "form" => form::compile(body, scope, compiler).map(RequestBody::Form),
            "multipart" => multipart::compile(body, scope, compiler).map(RequestBody::Multipart),
            "odata_batch" => odata_batch::compile(body, scope, compiler).map(RequestBody::ODataBatch),
            "xml" => xml::compile(body, scope, compiler).map(RequestBody::Xml),
            "soap" => soap::Soap::compile(body, scope, compiler).map(|soap| RequestBody::Soap(Box::new(soap))),
            _ => text::compile(body, content_type(node), scope, compiler).map(RequestBody::Text),
        }
    }

    /// Builds the body.
    pub(super) fn build(&self, scope: &Scope<'_>, payload: &Value, budget: &mut Budget) -> Result<DraftBody, BuildError> {
        match self {
            RequestBody::Empty => Ok(DraftBody::Empty),
            RequestBody::Json(tree) => json::build(tree, scope, payload, budget),
            RequestBody::Form(fields) => form::build(fields, scope, payload, budget),
            RequestBody::Multipart(parts) => multipart::build(parts, scope, payload, budget),
            RequestBody::ODataBatch(tree) => odata_batch::build(tree, scope, payload, budget),
            RequestBody::Xml(tree) => xml::build(tree, scope, payload, budget),
            RequestBody::Soap(soap) => soap.build(scope, payload, budget),
            RequestBody::Text(template) => text::build(template, scope, budget),
        }
    }

    /// A header that the kind of body wants, where the definition does not set it.
    pub(super) fn header(&self) -> Option<(&'static str, String)> {
        match self {
            RequestBody::Soap(soap) => soap.header(),
            _ => None,
        }
    }

    /// What the partner is likely to answer with.
    pub(super) fn accepts(&self) -> Option<&'static str> {
        match self {
            RequestBody::ODataBatch(_) => Some("multipart/mixed"),
            RequestBody::Xml(_) | RequestBody::Soap(_) => Some("application/soap+xml, text/xml, application/xml, */*;q=0.5"),
            _ => None,
        }
    }
}
