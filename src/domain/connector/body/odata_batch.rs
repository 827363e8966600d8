//! `odata_batch:`: several requests in one, as OData's `$batch` takes them (`multipart/mixed`).
//!
//! A list of `{method, path, headers, json}`, usually `{value: batch.items}`. Whatever changes something stands in a changeset of its
//! own: a changeset is done or undone as a whole, so that each item has an outcome of its own. Paths are relative to the service.
//! The boundaries are digests of what they separate, so that nothing inserted can hold them; the answer is read in `mixed.rs`.

use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secrets;
use crate::domain::connector::request::{DraftBody, header_text, scalar_text};
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Scope, ScopeType};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use sha2::{Digest, Sha256};

/// Bytes of all requests together.
const BYTES_MAX: usize = 16 * 1024 * 1024;

pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Tree> {
    compiler.inside("odata_batch", |compiler| {
        literal_secrets(node, compiler);
        Tree::compile(node, scope, compiler)
    })
}

/// One of the requests as it stands in the body.
struct Part {
    changes: bool,
    text: String,
}

pub(super) fn build(tree: &Tree, scope: &Scope<'_>, payload: &Value, budget: &mut Budget) -> Result<DraftBody, BuildError> {
    let place = "odata_batch";
    let Value::List(requests) = tree.build(scope, payload, place, budget)? else {
        return Err(BuildError::Invalid { place: place.to_owned(), why: "is not a list of requests" });
    };
    let parts = requests.iter().enumerate().map(|(at, request)| part(request, &format!("{place}[{at}]"))).collect::<Result<Vec<_>, _>>()?;
    if parts.iter().map(|part| part.text.len()).sum::<usize>() > BYTES_MAX {
        return Err(BuildError::Invalid { place: place.to_owned(), why: "is larger than 16 MiB" });
    }
    let digest = parts.iter().fold(Sha256::new(), |digest, part| digest.chain_update(&part.text)).finalize();
    let digest = &hex::encode(digest)[..32];
    let boundary = format!("batch_{digest}");
    let mut body = String::new();
    for (at, part) in parts.iter().enumerate() {
        let http = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n";
        body += &format!("--{boundary}\r\n");
        if part.changes {
            let changeset = format!("changeset_{digest}_{at}");
            body += &format!(
                "Content-Type: multipart/mixed; boundary={changeset}\r\n\r\n--{changeset}\r\n{http}Content-ID: {}\r\n\r\n",
                at + 1
            );
            body += &format!("{}\r\n--{changeset}--\r\n", part.text);
        } else {
            body += &format!("{http}\r\n{}\r\n", part.text);
        }
    }
    body += &format!("--{boundary}--\r\n");
    Ok(DraftBody::Bytes { content_type: format!("multipart/mixed; boundary={boundary}"), bytes: body.into_bytes() })
}

fn part(request: &Value, place: &str) -> Result<Part, BuildError> {
    let invalid = |why| BuildError::Invalid { place: place.to_owned(), why };
    let method = request.member("method").as_text().unwrap_or_default();
    let known = ["GET", "POST", "PUT", "PATCH", "MERGE", "DELETE"];
    if !known.contains(&method) {
        return Err(invalid("has no method: GET, POST, PUT, PATCH, MERGE or DELETE"));
    }
    let path = request.member("path").as_text().unwrap_or_default();
    // A line of its own would begin another header or request.
    if path.is_empty() || path.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
        return Err(invalid("has no path, or one with spaces: percent-encode it"));
    }
    let mut text = format!("{method} {path} HTTP/1.1\r\nAccept: application/json\r\n");
    if let Value::Map(headers) = request.member("headers") {
        for (name, value) in headers.iter() {
            let token = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
            if !token {
                return Err(invalid("has a header whose name is none"));
            }
            if let Some(value) = scalar_text(value, place)? {
                text += &format!("{name}: {}\r\n", header_text(value, place)?);
            }
        }
    }
    match request.member("json") {
        Value::Unset => text += "\r\n",
        json => {
            let json = json.to_json_text();
            text += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}", json.len());
        }
    }
    Ok(Part { changes: method != "GET", text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(requests: &serde_json::Value) -> Result<(String, String), BuildError> {
        let tree = Tree::Literal(Value::from_json(requests));
        match build(&tree, &Scope::default(), &Value::Unset, &mut Budget::default())? {
            DraftBody::Bytes { content_type, bytes } => Ok((content_type, String::from_utf8(bytes).unwrap())),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_write_is_a_changeset_of_its_own_and_a_read_is_none() {
        let requests = json!([
            {"method": "POST", "path": "A_PurchaseOrder", "json": {"Supplier": "V\r\n--x"}},
            {"method": "PATCH", "path": "A_PurchaseOrder('45')", "headers": {"If-Match": "W/\"1\""}, "json": {"PaymentTerms": "0001"}},
            {"method": "GET", "path": "A_PurchaseOrder('45')"},
        ]);
        let (content_type, text) = body(&requests).unwrap();
        let boundary = content_type.strip_prefix("multipart/mixed; boundary=").unwrap();
        let parts: Vec<&str> = text.split(&format!("--{boundary}")).collect();
        assert_eq!((parts.len(), parts[0], parts[4]), (5, "", "--\r\n"));
        let inner = |part: &str| part.split_once("boundary=").map(|(_, rest)| rest.split("\r\n").next().unwrap().to_owned());
        let (first, second) = (inner(parts[1]).unwrap(), inner(parts[2]).unwrap());
        assert_ne!(first, second);
        assert_eq!(
            parts[1],
            format!(
                "\r\nContent-Type: multipart/mixed; boundary={first}\r\n\r\n--{first}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 1\r\n\r\nPOST A_PurchaseOrder HTTP/1.1\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n{{\"Supplier\":\"V\\r\\n--x\"}}\r\n--{first}--\r\n"
            )
        );
        assert!(
            parts[2].contains("\r\n\r\nPATCH A_PurchaseOrder('45') HTTP/1.1\r\nAccept: application/json\r\nIf-Match: W/\"1\"\r\n"),
            "{}",
            parts[2]
        );
        assert!(
            parts[3].ends_with("binary\r\n\r\nGET A_PurchaseOrder('45') HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n"),
            "{}",
            parts[3]
        );
    }

    #[test]
    fn nothing_inserted_makes_another_request() {
        for request in [
            json!({"method": "POST", "path": "A\r\nX-Admin: 1"}),
            json!({"method": "POST", "path": "A B"}),
            json!({"method": "POST"}),
            json!({"method": "POST /x HTTP/1.1\r\n", "path": "A"}),
            json!({"method": "POST", "path": "A", "headers": {"X: 1\r\nY": "2"}}),
            json!({"method": "POST", "path": "A", "headers": {"X": "1\r\nY: 2"}}),
        ] {
            assert!(body(&json!([request])).is_err(), "{request}");
        }
        assert!(body(&json!({"method": "GET"})).is_err());
    }
}
