//! What exceptions have in common: those of one cause are mended by one act, so the desk shows them as one group.

use super::ids::derived;
use uuid::Uuid;

/// What tells causes apart.
#[derive(Clone, Copy, Debug)]
pub struct SameCause<'a> {
    /// Cause class.
    pub cause: &'a str,
    /// Stable code.
    pub code: &'a str,
    /// Connection.
    pub connection: Option<&'a str>,
    /// Operation.
    pub operation: Option<&'a str>,
    /// Flow.
    pub flow: Option<&'a str>,
    /// Step, without its visit.
    pub step: Option<&'a str>,
    /// In words; what differs from document to document is left out of it.
    pub message: &'a str,
}

/// Letters of a message that count; what follows is detail.
const MESSAGE_MAX: usize = 200;

impl SameCause<'_> {
    /// Equal for exceptions of the same cause, for ever.
    pub fn fingerprint(&self) -> Uuid {
        let step = self.step.map(|step| step.split('#').next().unwrap_or_default());
        let part = |text: Option<&str>| text.unwrap_or_default().as_bytes().to_vec();
        let message = plain(self.message);
        derived(&[
            b"cause",
            self.cause.as_bytes(),
            self.code.as_bytes(),
            &part(self.connection),
            &part(self.operation),
            &part(self.flow),
            &part(step),
            message.as_bytes(),
        ])
    }
}

/// A message without what differs between two of one kind: numbers, ids, quoted values, spaces and case.
pub fn plain(message: &str) -> String {
    let mut plain = String::new();
    let mut letters = message.chars().peekable();
    while let Some(letter) = letters.next() {
        if plain.chars().count() >= MESSAGE_MAX {
            break;
        }
        match closing(letter) {
            Some(close) if letters.clone().any(|other| other == close) => {
                letters.by_ref().find(|other| *other == close);
                mark(&mut plain);
            }
            _ if letter.is_alphanumeric() => {
                let mut word = String::from(letter);
                while let Some(next) = letters.next_if(|next| next.is_alphanumeric() || matches!(next, '-' | '_' | '.' | ':' | '/')) {
                    word.push(next);
                }
                if word.chars().any(char::is_numeric) { mark(&mut plain) } else { plain.push_str(&word.to_lowercase()) }
            }
            _ if letter.is_whitespace() => {
                if !plain.ends_with(' ') && !plain.is_empty() {
                    plain.push(' ');
                }
            }
            _ => plain.push(letter),
        }
    }
    plain.trim_end().to_owned()
}

fn mark(plain: &mut String) {
    if !plain.ends_with('#') {
        plain.push('#');
    }
}

/// How a quotation that begins so ends.
fn closing(letter: char) -> Option<char> {
    match letter {
        '`' | '"' => Some(letter),
        '“' => Some('”'),
        '«' => Some('»'),
        '「' => Some('」'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_document_to_document_is_left_out() {
        for (one, other) in [
            ("order PO-2026-004417 is locked by user 7", "order PO-2026-004418 is locked  by user 12"),
            ("`S-1` has no row in `suppliers`", "`S-2` has no row in `suppliers`"),
            ("单据「PO1」已关闭", "单据「PO2」已关闭"),
            ("429: limit of 120/min reached", "429: limit of 100/min reached"),
            ("Timeout after 3s", "timeout after 15s"),
        ] {
            assert_eq!(plain(one), plain(other), "{one}");
        }
        assert_ne!(plain("order 7 is locked"), plain("order 7 is closed"));
        assert_eq!(plain("it's 5 o'clock"), "it's # o'clock");
        assert_eq!(plain("an open ` stays"), "an open ` stays");
        assert_eq!(plain(&"word ".repeat(1000)).chars().count(), MESSAGE_MAX - 1);
    }

    #[test]
    fn a_fingerprint_tells_causes_apart_and_visits_not() {
        let one = SameCause {
            cause: "data_wrong",
            code: "call_failed",
            connection: Some("oa_main"),
            operation: Some("create_approval"),
            flow: Some("purchase_order_approval"),
            step: Some("oa#1"),
            message: "field 7 is missing",
        };
        assert_eq!(one.fingerprint(), SameCause { step: Some("oa#2"), message: "field 8 is missing", ..one }.fingerprint());
        for other in [
            SameCause { cause: "partner_down", ..one },
            SameCause { code: "mapping_failed", ..one },
            SameCause { connection: Some("oa_two"), ..one },
            SameCause { operation: None, ..one },
            SameCause { flow: Some("other"), ..one },
            SameCause { step: Some("ask#1"), ..one },
            SameCause { message: "field 7 is too long", ..one },
        ] {
            assert_ne!(one.fingerprint(), other.fingerprint(), "{other:?}");
        }
    }
}
