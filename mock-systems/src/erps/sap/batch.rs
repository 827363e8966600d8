//! `$batch`: several requests in one. A changeset is done or undone as a whole; what stands outside of one only reads.
//!
//! As strict as a gateway: parts without `application/http`, without `binary`, or with a wrong `Content-Length` are refused as a whole.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use bytes::Bytes;

use super::super::stage::{Answer, Asked};
use super::book::Book;
use super::{Call, Fault, Sap, fault, spaced};

const BOUNDARY: &str = "ejjeeffe0";

/// One request of a batch.
struct Inner {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

pub(super) fn answer(book: &mut Book, call: &Call<'_>) -> Result<Answer, Fault> {
    let content_type = call.asked.header("content-type").unwrap_or_default();
    let body = std::str::from_utf8(&call.asked.body).map_err(|_| malformed("the body is no text"))?;
    let (mut told, mut wrote) = (String::new(), false);
    for part in parts(content_type, body)? {
        let (headers, rest) = head(part)?;
        let kind = headers.get("content-type").cloned().unwrap_or_default();
        told += &format!("--{BOUNDARY}\r\n");
        if kind.starts_with("multipart/mixed") {
            let requests = parts(&kind, rest)?.into_iter().map(request).collect::<Result<Vec<_>, _>>()?;
            let before = book.clone();
            let mut answers = Vec::new();
            for inner in &requests {
                answers.push(one(book, call, inner));
            }
            match answers.iter().position(|answer| answer.status >= 400) {
                // One error undoes the whole, and is all that is said of it.
                Some(at) => {
                    *book = before;
                    told += &written(&answers[at], None);
                }
                None => {
                    wrote |= answers.iter().any(|answer| answer.wrote);
                    let changeset = format!("cs_{BOUNDARY}");
                    let inner: String = answers
                        .iter()
                        .enumerate()
                        .map(|(at, answer)| format!("--{changeset}\r\n{}", written(answer, requests[at].headers.get("content-id"))))
                        .collect();
                    let inner = format!("{inner}--{changeset}--\r\n");
                    told += &format!(
                        "Content-Type: multipart/mixed; boundary={changeset}\r\nContent-Length: {}\r\n\r\n{inner}\r\n",
                        inner.len()
                    );
                }
            }
        } else {
            let inner = request(part)?;
            if inner.method != "GET" {
                return Err(malformed("a change stands outside of a changeset"));
            }
            told += &written(&one(book, call, &inner), None);
        }
    }
    told += &format!("--{BOUNDARY}--\r\n");
    let answer = Answer::text(202, "batch", &format!("multipart/mixed; boundary={BOUNDARY}"), told).with("dataserviceversion", "2.0");
    Ok(if wrote { answer.wrote() } else { answer })
}

fn malformed(why: &str) -> Fault {
    fault(400, "/IWBEP/CM_MGW_RT/002", format!("The Data Services Request could not be understood: {why}"))
}

/// One request, answered as if it had come alone.
fn one(book: &mut Book, call: &Call<'_>, inner: &Inner) -> Answer {
    let asked = Asked {
        method: Method::from_bytes(inner.method.as_bytes()).unwrap_or(Method::GET),
        path: inner.path.clone(),
        query: inner.query.clone(),
        headers: inner.headers.clone(),
        body: inner.body.clone(),
        now: call.asked.now,
    };
    let options: BTreeMap<String, String> =
        inner.query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (spaced(name), spaced(value))).collect();
    let path = format!("{}/{}", super::SERVICE, inner.path);
    let inner = Call { method: &inner.method, path: &path, options, asked: &asked };
    Sap::of_service(book, &inner, &format!("/{}", asked.path)).unwrap_or_else(|fault| fault.answer("error_in_batch"))
}

/// An answer as a part.
fn written(answer: &Answer, id: Option<&HeaderValue>) -> String {
    let body = String::from_utf8_lossy(&answer.body);
    let mut http = format!("HTTP/1.1 {} {}\r\n", answer.status, if answer.status < 400 { "OK" } else { "Bad Request" });
    if answer.body.is_empty() {
        http += "Content-Length: 0\r\n";
    } else {
        http += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", answer.body.len());
    }
    for (name, value) in answer.headers.iter().filter(|(name, _)| *name != "content-type") {
        http += &format!("{name}: {value}\r\n");
    }
    http += &format!("dataserviceversion: 2.0\r\n\r\n{body}");
    let id = id.and_then(|id| id.to_str().ok()).map(|id| format!("Content-ID: {id}\r\n")).unwrap_or_default();
    format!("Content-Type: application/http\r\nContent-Length: {}\r\ncontent-transfer-encoding: binary\r\n{id}\r\n{http}\r\n", http.len())
}

fn parts<'b>(content_type: &str, body: &'b str) -> Result<Vec<&'b str>, Fault> {
    let boundary = content_type.split("boundary=").nth(1).map(|rest| rest.split(';').next().unwrap_or_default().trim().trim_matches('"'));
    let boundary = boundary.filter(|boundary| !boundary.is_empty()).ok_or_else(|| malformed("there is no boundary"))?;
    let delimiter = format!("--{boundary}");
    let mut pieces = body.split(delimiter.as_str());
    pieces.next();
    let mut found = Vec::new();
    for piece in pieces {
        if piece.starts_with("--") {
            return Ok(found);
        }
        let piece = piece.strip_prefix("\r\n").and_then(|piece| piece.strip_suffix("\r\n"));
        found.push(piece.ok_or_else(|| malformed("a boundary is not a line of its own"))?);
    }
    Err(malformed("the last boundary is missing"))
}

/// Header lines, and what follows the empty one.
fn head(part: &str) -> Result<(BTreeMap<String, String>, &str), Fault> {
    let (lines, rest) = part.split_once("\r\n\r\n").ok_or_else(|| malformed("headers do not end"))?;
    let pairs = lines.split("\r\n").map(|line| line.split_once(':').ok_or_else(|| malformed("a line is no header")));
    let pairs = pairs.map(|pair| pair.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned())));
    Ok((pairs.collect::<Result<_, _>>()?, rest))
}

fn request(part: &str) -> Result<Inner, Fault> {
    let (around, text) = head(part)?;
    let is = |name: &str, wanted: &str| around.get(name).is_some_and(|value| value.eq_ignore_ascii_case(wanted));
    if !is("content-type", "application/http") || !is("content-transfer-encoding", "binary") {
        return Err(malformed("a part is not application/http, binary"));
    }
    let (line, rest) = text.split_once("\r\n").ok_or_else(|| malformed("a request has no line of its own"))?;
    let words: Vec<&str> = line.split(' ').collect();
    let [method, target, "HTTP/1.1"] = words.as_slice() else { return Err(malformed("a request line is none")) };
    let (own, body) = head(&format!("{rest}\r\n")).map(|(own, body)| (own, body.to_owned()))?;
    let body = body.trim_end_matches("\r\n").to_owned();
    if own.get("content-length").is_some_and(|length| length.parse() != Ok(body.len())) {
        return Err(malformed("Content-Length is not that of the body"));
    }
    let mut headers = HeaderMap::new();
    let id = around.get("content-id").map(|id| ("content-id".to_owned(), id.clone()));
    for (name, value) in own.into_iter().chain(id) {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value)) {
            headers.insert(name, value);
        }
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ok(Inner { method: (*method).to_owned(), path: path.to_owned(), query: query.to_owned(), headers, body: Bytes::from(body) })
}
