//! What is looked for, in the forms in which it travels, and where.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A secret, and what it is for.
#[derive(Clone, Debug)]
pub struct Canary {
    pub what: String,
    pub text: String,
    /// Content of documents: whoever may see payloads is shown it.
    pub content: bool,
}

/// Something that was told or kept: a page, an answer, a log, a cell.
#[derive(Clone, Debug)]
pub struct Place {
    pub name: String,
    pub text: String,
}

impl Place {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Place {
        Place { name: name.into(), text: text.into() }
    }
}

/// A secret.
pub fn secret(what: impl Into<String>, text: impl Into<String>) -> Canary {
    Canary { what: what.into(), text: text.into(), content: false }
}

/// Something that a sealed document says.
pub fn content(what: impl Into<String>, text: impl Into<String>) -> Canary {
    Canary { content: true, ..secret(what, text) }
}

impl Canary {
    /// As it is, as JSON and addresses write it, in base64, in hexadecimal.
    pub fn forms(&self) -> Vec<String> {
        let text = self.text.as_str();
        let quoted = serde_json::Value::from(text).to_string();
        let percent = text.bytes().map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        });
        let hexadecimal: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        let mut forms = vec![
            text.to_owned(),
            quoted[1..quoted.len() - 1].to_owned(),
            percent.collect(),
            text.replace(' ', "+"),
            STANDARD_NO_PAD.encode(text),
            URL_SAFE_NO_PAD.encode(text),
            hexadecimal,
        ];
        forms.sort();
        forms.dedup();
        forms
    }
}

/// Where canaries sit: what, where, and the words around it.
pub fn hits<'a>(places: impl IntoIterator<Item = &'a Place>, canaries: &[&Canary]) -> Vec<String> {
    let forms: Vec<(&Canary, Vec<String>)> = canaries.iter().map(|canary| (*canary, canary.forms())).collect();
    let mut found = Vec::new();
    for place in places {
        for (canary, forms) in &forms {
            if let Some(at) = forms.iter().find_map(|form| place.text.find(form.as_str())) {
                found.push(format!("{} in {}: {}", canary.what, place.name, around(&place.text, at)));
            }
        }
    }
    found
}

fn around(text: &str, at: usize) -> &str {
    let (mut from, mut to) = (at.saturating_sub(160), (at + 160).min(text.len()));
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    while !text.is_char_boundary(to) {
        to += 1;
    }
    &text[from..to]
}
