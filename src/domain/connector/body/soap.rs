//! `soap:`: an envelope around a tree, and the headers that its version wants.

use super::xml::write;
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secrets;
use crate::domain::connector::request::DraftBody;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Scope, ScopeType};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use quick_xml::escape::escape;
use std::sync::Arc;

static OBJECT: ObjectShape = ObjectShape {
    name: "soap_body",
    doc: "A SOAP envelope; faults are classified by who is said to be at fault.",
    fields: &[
        Field::optional("version", Shape::Word(&["1.1", "1.2"]), "The version of SOAP; 1.1."),
        Field::optional("action", Shape::Text, "The action; empty where nothing is said."),
        Field::optional("namespaces", Shape::Map(&Shape::Text), "Prefixes and what they stand for."),
        Field::optional("header", Shape::Any, "Members of the envelope's header."),
        Field::required("body", Shape::Any, "Members of the envelope's body."),
    ],
};

/// The shape of `soap:`.
pub(in crate::domain::connector) const SHAPE: Shape = Shape::Object(&OBJECT);

/// A compiled envelope.
#[derive(Debug)]
pub struct Soap {
    is_12: bool,
    action: Arc<str>,
    namespaces: String,
    header: Option<Tree>,
    body: Tree,
}

impl Soap {
    pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Soap> {
        compiler.inside("soap", |compiler| {
            literal_secrets(node, compiler);
            let action = node.get("action").and_then(Node::text).unwrap_or_default();
            if action.chars().any(|letter| letter.is_control() || letter == '"') {
                compiler.error("bad_value", node.get("action")?.span, "an action goes into a header and has neither quotes nor line ends");
                return None;
            }
            let mut namespaces = String::new();
            for (prefix, uri) in node.get("namespaces").map(Node::entries).unwrap_or_default() {
                let plain = prefix.text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'));
                if !plain || prefix.text.is_empty() || prefix.text == "soap" {
                    compiler.error("bad_value", prefix.span, format!("`{}` cannot be a prefix here", prefix.text));
                    return None;
                }
                namespaces.push_str(&format!(" xmlns:{}=\"{}\"", prefix.text, escape(uri.text()?)));
            }
            let header = match node.get("header") {
                Some(header) => Some(compiler.inside("header", |compiler| Tree::compile(header, scope, compiler))?),
                None => None,
            };
            let body = compiler.inside("body", |compiler| Tree::compile(node.get("body")?, scope, compiler))?;
            let is_12 = node.get("version").and_then(Node::text) == Some("1.2");
            Some(Soap { is_12, action: Arc::from(action), namespaces, header, body })
        })
    }

    /// The envelope, and the header that names the action where the version wants one.
    pub(super) fn build(&self, scope: &Scope<'_>, payload: &Value, budget: &mut Budget) -> Result<DraftBody, BuildError> {
        let envelope = match self.is_12 {
            true => "http://www.w3.org/2003/05/soap-envelope",
            false => "http://schemas.xmlsoap.org/soap/envelope/",
        };
        let header = match &self.header {
            Some(header) => {
                format!("<soap:Header>{}</soap:Header>", write(&header.build(scope, payload, "soap.header", budget)?, "soap.header")?)
            }
            None => String::new(),
        };
        let body = write(&self.body.build(scope, payload, "soap.body", budget)?, "soap.body")?;
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soap:Envelope xmlns:soap=\"{envelope}\"{}>{header}<soap:Body>{body}</soap:Body></soap:Envelope>",
            self.namespaces
        );
        let content_type = match self.is_12 {
            true if self.action.is_empty() => "application/soap+xml; charset=utf-8".to_owned(),
            true => format!("application/soap+xml; charset=utf-8; action=\"{}\"", self.action),
            false => "text/xml; charset=utf-8".to_owned(),
        };
        Ok(DraftBody::Bytes { content_type, bytes: text.into_bytes() })
    }

    /// `SOAPAction`, which 1.1 wants even when it is empty, quotes included.
    pub(super) fn header(&self) -> Option<(&'static str, String)> {
        (!self.is_12).then(|| ("soapaction", format!("\"{}\"", self.action)))
    }
}
