//! Attempts as they are kept: redacted by rule, then every secret that still stands in them masked.

use crate::domain::connector::redact::{MASK, Redaction};
use crate::domain::connector::request::Request;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use url::Url;

/// Bytes of a body that are kept.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// Shorter secrets cannot be told from ordinary text.
const SECRET_LENGTH_MIN: usize = 4;

/// Masks the secrets of one connection.
#[derive(Clone, Default)]
pub struct Recorder {
    needles: Vec<Arc<str>>,
}

impl Recorder {
    /// A recorder that knows these secrets.
    pub fn new<'s>(secrets: impl IntoIterator<Item = &'s str>) -> Recorder {
        let mut recorder = Recorder::default();
        secrets.into_iter().for_each(|secret| recorder.add(secret));
        recorder
    }

    /// Adds a secret in the forms it can appear in.
    pub fn add(&mut self, secret: &str) {
        if secret.len() < SECRET_LENGTH_MIN {
            return;
        }
        let quoted = Json::from(secret).to_string();
        let forms = [
            secret.to_owned(),
            quoted[1..quoted.len() - 1].to_owned(),
            utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
            STANDARD.encode(secret),
            STANDARD_NO_PAD.encode(secret),
            URL_SAFE.encode(secret),
        ];
        for form in forms {
            if !self.needles.iter().any(|known| **known == *form) {
                self.needles.push(form.into());
            }
        }
        // The longest first: a form that holds another must go as a whole.
        self.needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
    }

    /// The text without any secret.
    pub fn mask(&self, text: String) -> String {
        self.needles.iter().fold(text, |text, needle| match text.contains(needle.as_ref()) {
            true => text.replace(needle.as_ref(), MASK),
            false => text,
        })
    }

    /// A request as JSON. `hidden` keeps the whole body out: log-ins.
    pub fn request(&self, request: &Request, redaction: &Redaction, hidden: bool) -> String {
        let content_type = header(&request.headers, "content-type");
        let body = body(&request.body, content_type, redaction, hidden);
        let json = json!({
            "method": request.method,
            "url": redact_url(&request.url, redaction),
            "headers": headers(&request.headers, redaction),
            "body": body,
        });
        self.mask(json.to_string())
    }

    /// An answer as JSON.
    pub fn response(&self, status: u16, answer_headers: &[(String, String)], bytes: &[u8], redaction: &Redaction, hidden: bool) -> String {
        let body = body(bytes, header(answer_headers, "content-type"), redaction, hidden);
        let json = json!({"status": status, "headers": headers(answer_headers, redaction), "body": body});
        self.mask(json.to_string())
    }
}

fn header<'h>(headers: &'h [(String, String)], name: &str) -> &'h str {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
}

fn headers(headers: &[(String, String)], redaction: &Redaction) -> Json {
    let shown = |(name, value): &(String, String)| {
        let value = if redaction.hides_header(name) { MASK.to_owned() } else { value.clone() };
        (name.clone(), Json::String(value))
    };
    Json::Object(headers.iter().map(shown).collect::<Map<_, _>>())
}

fn redact_url(text: &str, redaction: &Redaction) -> String {
    let Ok(mut url) = Url::parse(text) else { return MASK.to_owned() };
    if !url.query_pairs().any(|(name, _)| redaction.hides_query(&name)) {
        return text.to_owned();
    }
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| {
            let value = if redaction.hides_query(&name) { MASK.into() } else { value };
            (name.into_owned(), value.into_owned())
        })
        .collect();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url.into()
}

fn body(bytes: &[u8], content_type: &str, redaction: &Redaction, hidden: bool) -> Json {
    if bytes.is_empty() {
        return Json::Null;
    }
    if hidden {
        return Json::String(MASK.to_owned());
    }
    let content_type = content_type.to_ascii_lowercase();
    let Ok(text) = std::str::from_utf8(bytes) else { return digest(bytes, &content_type) };
    let trimmed = text.trim_start();
    if content_type.contains("json") || trimmed.starts_with(['{', '[']) {
        // Without JSON that can be redacted, only what it was is kept.
        let Ok(mut json) = serde_json::from_str::<Json>(text) else { return digest(bytes, &content_type) };
        redaction.apply(&mut json);
        return if bytes.len() <= BODY_BYTES_MAX { json } else { digest(bytes, &content_type) };
    }
    if content_type.contains("x-www-form-urlencoded") {
        let fields = url::form_urlencoded::parse(bytes);
        let shown = fields.map(|(name, value)| {
            let value = if redaction.hides_query(&name) { MASK.into() } else { value };
            (name.into_owned(), Json::String(value.into_owned()))
        });
        return Json::Object(shown.collect());
    }
    if (content_type.starts_with("text/") || content_type.contains("xml")) && !redaction.has_paths() {
        let end = text.char_indices().nth(BODY_BYTES_MAX / 16).map_or(text.len(), |(end, _)| end);
        return Json::String(text[..end].to_owned());
    }
    digest(bytes, &content_type)
}

/// What is kept of a body that cannot be looked into.
fn digest(bytes: &[u8], content_type: &str) -> Json {
    json!({"content_type": content_type, "bytes": bytes.len(), "sha256": hex::encode(Sha256::digest(bytes))})
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "hunter2/\"ü+x";

    fn request(url: &str, content_type: &str, body: &str) -> Request {
        Request {
            method: "POST",
            url: url.into(),
            headers: vec![
                ("content-type".into(), content_type.into()),
                ("authorization".into(), "Bearer abc".into()),
                ("x-custom".into(), format!("is {SECRET}")),
            ],
            body: body.as_bytes().to_vec(),
            timeout_millis: None,
        }
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        let recorder = Recorder::new([SECRET]);
        let encoded = utf8_percent_encode(SECRET, NON_ALPHANUMERIC).to_string();
        let table = [
            request(&format!("https://erp.example/x?note={encoded}"), "application/json", "{}"),
            request("https://erp.example/", "application/json", &json!({"note": format!("a {SECRET} b")}).to_string()),
            request("https://erp.example/", "application/json", &json!({"note": STANDARD.encode(SECRET)}).to_string()),
            request("https://erp.example/", "application/x-www-form-urlencoded", &format!("note={encoded}")),
            request("https://erp.example/", "text/plain", SECRET),
        ];
        for request in table {
            let text = recorder.request(&request, &Redaction::default(), false);
            for form in [SECRET, &encoded, &STANDARD.encode(SECRET), "hunter2", "Bearer abc"] {
                assert!(!text.contains(form), "{form} stands in {text}");
            }
            assert!(text.contains(MASK));
        }
    }

    #[test]
    fn bodies_that_cannot_be_looked_into_leave_only_a_digest() {
        let recorder = Recorder::default();
        for (content_type, body) in [("application/json", &b"{\"a\": tru"[..]), ("application/pdf", b"%PDF\xff"), ("", b"\x00\xff")] {
            let headers = [("content-type".to_owned(), content_type.to_owned())];
            let text = recorder.response(200, &headers, body, &Redaction::default(), false);
            assert!(text.contains("sha256") && !text.contains("tru"), "{text}");
        }
        let hidden = recorder.response(200, &[], b"{\"access_token\": \"abc\"}", &Redaction::default(), true);
        assert!(!hidden.contains("abc"), "{hidden}");
    }

    #[test]
    fn queries_with_tokens_are_masked() {
        let recorder = Recorder::default();
        let text = recorder.request(&request("https://erp.example/x?access_token=abc&page=2", "", ""), &Redaction::default(), false);
        assert!(!text.contains("abc\"") && !text.contains("=abc") && text.contains("page=2"), "{text}");
    }
}
