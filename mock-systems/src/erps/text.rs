//! Small texts that several protocols share.

use crate::instant::Micros;
use hmac::{Hmac, KeyInit, Mac};
use rust_decimal::Decimal;
use serde_json::Value;
use sha2::{Digest, Sha256};

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

pub(super) fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// `2026-01-01T08:00:00`, as a clock in a zone of so many hours shows it.
pub(super) fn local(at: Micros, hours: i64) -> String {
    at.plus_seconds(hours * 3_600).to_rfc3339()[..19].to_owned()
}

/// A number exactly as the decimal is written.
pub(super) fn number(decimal: Decimal) -> Value {
    serde_json::from_str(&decimal.to_string()).unwrap_or(Value::Null)
}

/// A decimal out of a number or a text.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => number.to_string().parse().ok().or_else(|| Decimal::from_scientific(&number.to_string()).ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// JSON as Python's `json.dumps` writes it: a space behind `,` and `:`, nothing beyond ASCII, floats with a point.
pub(super) fn python_dumps(members: &[(&str, Value)]) -> String {
    let text = |text: &str| {
        let quoted = Value::from(text).to_string();
        let mut out = String::with_capacity(quoted.len());
        for character in quoted.chars() {
            match character {
                ' '..='~' => out.push(character),
                other => other.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
            }
        }
        out
    };
    let value = |value: &Value| match value {
        Value::String(content) => text(content),
        other => other.to_string(),
    };
    let shown: Vec<String> = members.iter().map(|(name, of)| format!("{}: {}", text(name), value(of))).collect();
    format!("{{{}}}", shown.join(", "))
}

/// A float: always with a point.
pub(super) fn float(decimal: Decimal) -> Value {
    let plain = decimal.normalize().to_string();
    let text = if plain.contains('.') { plain } else { format!("{plain}.0") };
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// Undoes percent-encoding; `+` stays.
pub(super) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (bytes[at], pair.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `/` and what RFC 3986 does not leave as it is, percent-encoded.
pub(super) fn percent_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    #[test]
    fn a_body_and_its_signature_are_as_frappe_writes_them() {
        let body = python_dumps(&[
            ("doctype", json!("Purchase Order")),
            ("name", json!("PUR-ORD-2026-00042")),
            ("supplier", json!("华东钢铁")),
            ("grand_total", float(Decimal::from(11_300))),
            ("docstatus", json!(0)),
        ]);
        let wanted = r#"{"doctype": "Purchase Order", "name": "PUR-ORD-2026-00042", "supplier": "\u534e\u4e1c\u94a2\u94c1", "grand_total": 11300.0, "docstatus": 0}"#;
        assert_eq!(body, wanted);
        // Computed elsewhere, with Python.
        let signature = STANDARD.encode(hmac_sha256(b"hub-webhook-secret", body.as_bytes()));
        assert_eq!(signature, "DJgLnznVXkBuISOi5JvrOER5e7BGxikuzMeTmyvNCc4=");
        assert_eq!(python_dumps(&[("a", json!("\"🚀\n"))]), r#"{"a": "\"\ud83d\ude80\n"}"#);
    }
}
