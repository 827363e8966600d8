//! `multipart:`: fields and files as `multipart/form-data`.
//!
//! A part is a computed value, or `{file: {name: …, media_type: …, base64: …}}` (or `text:`). The boundary is a digest of
//! what it separates, so that nothing inserted can hold it.

use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secrets;
use crate::domain::connector::request::{DraftBody, scalar_text};
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Scope, ScopeType};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Bytes of all parts together; more is a document server's work.
const BYTES_MAX: usize = 64 * 1024 * 1024;

static FILE: ObjectShape = ObjectShape {
    name: "multipart_file",
    doc: "A file among the parts.",
    fields: &[
        Field::required("name", Shape::Any, "Its name."),
        Field::optional("media_type", Shape::Any, "What it is; `application/octet-stream`."),
        Field::optional("base64", Shape::Any, "Its bytes as base64."),
        Field::optional("text", Shape::Any, "Its text."),
    ],
};

/// A compiled part.
#[derive(Debug)]
pub struct Part {
    name: Arc<str>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Value(Tree),
    File { name: Tree, media_type: Option<Tree>, bytes: Tree, is_base64: bool },
}

pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Vec<Part>> {
    compiler.inside("multipart", |compiler| {
        literal_secrets(node, compiler);
        let parts: Vec<_> = node
            .entries()
            .iter()
            .filter_map(|(name, value)| {
                let content = compiler.inside(&name.text, |compiler| match value.get("file") {
                    Some(file) if value.entries().len() == 1 => compile_file(file, scope, compiler),
                    _ => Tree::compile(value, scope, compiler).map(Content::Value),
                })?;
                Some(Part { name: Arc::from(name.text.as_str()), content })
            })
            .collect();
        (parts.len() == node.entries().len()).then_some(parts)
    })
}

fn compile_file(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Content> {
    compiler.inside("file", |compiler| {
        compiler.shape(node, &Shape::Object(&FILE))?;
        let (is_base64, bytes) = match (node.get("base64"), node.get("text")) {
            (Some(bytes), None) => (true, bytes),
            (None, Some(text)) => (false, text),
            _ => {
                compiler.error("missing_key", node.span, "a file has either `base64` or `text`");
                return None;
            }
        };
        let mut tree = |node: &Node| Tree::compile(node, scope, compiler);
        let (name, bytes) = (tree(node.get("name")?)?, tree(bytes)?);
        let media_type = match node.get("media_type") {
            Some(media_type) => Some(tree(media_type)?),
            None => None,
        };
        Some(Content::File { name, media_type, bytes, is_base64 })
    })
}

pub(super) fn build(parts: &[Part], scope: &Scope<'_>, payload: &Value, budget: &mut Budget) -> Result<DraftBody, BuildError> {
    let mut made: Vec<(String, Vec<u8>)> = Vec::with_capacity(parts.len());
    for part in parts {
        let place = format!("multipart.{}", part.name);
        let invalid = |why| BuildError::Invalid { place: place.clone(), why };
        let mut text =
            |tree: &Tree| -> Result<Option<String>, BuildError> { scalar_text(&tree.build(scope, payload, &place, budget)?, &place) };
        let head = format!("Content-Disposition: form-data; name=\"{}\"", quoted(&part.name));
        match &part.content {
            Content::Value(tree) => made.extend(text(tree)?.map(|text| (head, text.into_bytes()))),
            Content::File { name, media_type, bytes, is_base64 } => {
                let name = text(name)?.ok_or_else(|| BuildError::Unset { place: place.clone() })?;
                let media_type = match media_type {
                    Some(tree) => text(tree)?,
                    None => None,
                };
                let media_type = media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
                if media_type.chars().any(char::is_control) {
                    return Err(invalid("has a media type with a control character"));
                }
                let written = text(bytes)?.ok_or_else(|| BuildError::Unset { place: place.clone() })?;
                let bytes = match is_base64 {
                    true => STANDARD.decode(written.trim()).map_err(|_| invalid("is not base64"))?,
                    false => written.into_bytes(),
                };
                made.push((format!("{head}; filename=\"{}\"\r\nContent-Type: {media_type}", quoted(&name)), bytes));
            }
        }
    }
    if made.iter().map(|(head, bytes)| head.len() + bytes.len()).sum::<usize>() > BYTES_MAX {
        return Err(BuildError::Invalid { place: "multipart".to_owned(), why: "is larger than 64 MiB" });
    }
    let digest = made.iter().fold(Sha256::new(), |digest, (head, bytes)| digest.chain_update(head).chain_update(bytes));
    let boundary = format!("waybill-{}", &hex::encode(digest.finalize())[..40]);
    let mut body = Vec::new();
    for (head, bytes) in &made {
        body.extend_from_slice(format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok(DraftBody::Bytes { content_type: format!("multipart/form-data; boundary={boundary}"), bytes: body })
}

/// As browsers write names: quotes and line ends percent-encoded, the rest as it is.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
